"""The replay memory of value-based learners: past transitions, drawn at random to learn from again.

    replay = FrameReplay((4, 84, 84), num_envs=128, options=ReplayOptions(n_step=3), device="cuda")
    replay.add(observations, actions, rewards, terminated, truncated, next_observations)
    batch = replay.sample(256, rng)
    replay.update(batch.rows, td_errors)

Sources: Lin 1992 (Machine Learning 8), Mnih et al. 2015 (Nature 518), Schaul et al. 2016 (arXiv:1511.05952).
"""

from agents.value_based.replay.array_replay import ArrayReplay
from agents.value_based.replay.frame_replay import FrameReplay
from agents.value_based.replay.memory import Replay
from agents.value_based.replay.options import ReplayOptions
from agents.value_based.replay.transitions import Transitions

__all__ = ["ArrayReplay", "FrameReplay", "Replay", "ReplayOptions", "Transitions"]
