"""Each picture is kept once, and what is drawn is what Breakout showed, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gymnasium.wrappers import FrameStackObservation, TimeLimit

from agents.value_based.replay import FrameReplay, ReplayOptions
from sim_suite.envs.breakout.vector import BreakoutVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.views import ATARI, View
from tests.agents.value_based.replay.whole_transitions import WholeTransitions, agree

ID = "sim_suite/BreakoutDeterministic-v0"
ATARI_SHAPE = (ATARI.stack, *ATARI.size)
GAMMA = 0.5
"""Of two, so that sums of rewards are exact and can be compared by equality."""


@pytest.mark.parametrize("grey", [True, False])
def test_a_batch_of_breakouts(grey):
    """Lives lost (the game goes on), games lost, and a limit of 130 steps, over a ring that wraps."""
    rng = np.random.default_rng(0)
    env = BreakoutVectorEnv(3, size=(21, 16), grey=grey, life_loss_info=True, max_episode_steps=130, num_threads=1)
    options = ReplayOptions(capacity=3 * 180, n_step=3, discount=GAMMA)
    replay = FrameReplay(env.single_observation_space.shape, 3, options)
    oracle = WholeTransitions(3, 4, options)
    now, _ = env.reset(seed=[0, 1, 2])
    seen = {"life_lost": 0, "game_over": 0, "truncated": 0}
    for number in range(300):
        actions = rng.integers(4, size=3)
        actions[number % 3] = 1  # FIRE, so that balls come and are lost
        shown, rewards, terminated, truncated, info = env.step(actions)
        then = shown.copy()
        if "_final_obs" in info:
            then[info["_final_obs"]] = info["final_obs"][info["_final_obs"]]
        step = (now, actions, rewards, terminated, truncated, then)
        replay.add(*step)
        oracle.add(*step)
        seen = {name: count + {**info, "truncated": truncated}[name].sum() for name, count in seen.items()}
        if number % 60 == 59:
            agree(replay, oracle)
        now = shown
    env.close()
    assert min(seen.values()) > 0, seen
    agree(replay, oracle)
    whole = sum(len(rows) for rows in oracle.shown)
    games = 3 + seen["game_over"] + seen["truncated"]
    assert whole == 3 * 300 + games, "a row a step and one for a game's last observation; a lost life takes none"


@pytest.mark.parametrize("padding", ["zero", "reset", None])
def test_one_breakout_in_any_stacking(padding):
    """The suite's own view (None) and Gymnasium's wrapper: black or repeated frames where an episode is young."""
    if padding is None:
        env = make(ID, View("pixels", size=(21, 16), grey=True, stack=4))
    else:
        env = FrameStackObservation(make(ID, View("pixels", size=(21, 16), grey=True)), 4, padding_type=padding)
    env = TimeLimit(env, 9)
    options = ReplayOptions(capacity=60, n_step=2, discount=GAMMA)
    replay, oracle = FrameReplay((4, 21, 16), 1, options), WholeTransitions(1, 4, options)
    rng = np.random.default_rng(1)
    for seed in range(8):
        now, _ = env.reset(seed=seed)
        ended = False
        while not ended:
            action = int(rng.integers(4))
            then, reward, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
            step = [np.array([one]) for one in (now, action, reward, terminated, truncated, then)]
            replay.add(*step)
            oracle.add(*step)
            now = then
        agree(replay, oracle)
    env.close()
    assert len(oracle.shown[0]) == 8 * 10, "black and repeated frames take no rows"


def test_a_frame_is_kept_once():
    """84 x 84 bytes a row and one black frame, whatever the stack: the million of Mnih et al. 2015 takes 7.06 GB."""
    replay = FrameReplay(ATARI_SHAPE, 10, ReplayOptions(capacity=1_000))
    assert replay.nbytes == 1_001 * 84 * 84


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's count of resident pages")
def test_memory_is_taken_as_rows_are_written():
    """Of 353 MB for frames and 1 MB for the rest hardly any are resident at first; a hundred steps take 3 MB."""

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    step = (np.zeros((4, *ATARI_SHAPE), np.uint8), np.zeros(4, int), np.zeros(4), np.zeros(4, bool), np.zeros(4, bool))
    warm = FrameReplay(ATARI_SHAPE, 4, ReplayOptions(capacity=100))
    warm.add(*step, step[0])  # what is compiled or loaded at the first call is no part of the measure
    before = resident()
    replay = FrameReplay(ATARI_SHAPE, 4, ReplayOptions(capacity=50_000))
    assert resident() - before < 20e6
    for _ in range(100):
        replay.add(*step, step[0])
    assert len(replay) == 400
    assert resident() - before < 40e6
