"""How many agent steps a second Breakout gives, alone and in batches, against Gymnasium's own wrappers and EnvPool.

One agent step is four frames, preprocessed to 84 x 84 grey, four stacked. Actions are random. EnvPool runs in a process of its
own, in the virtual environment of the peers (`.venv-bench`), and is left out where that is missing. Peers are measured
in turn with ours, round by round, since the machine's load drifts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ale_py
import gymnasium as gym
import numpy as np
from gymnasium.wrappers import AtariPreprocessing, FrameStackObservation

from sim_suite.benchmarking import SECONDS, Row, batch_rate, compared, peer_rate, single_rate
from sim_suite.envs.breakout.vector import BreakoutVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.views import ATARI

SUMMARY = "Breakout: agent steps a second, one and many, against Gymnasium's wrappers and EnvPool"

_ENVPOOL = """
import sys, time
import envpool, numpy
num_envs, seconds = int(sys.argv[1]), float(sys.argv[2])
env = envpool.make_gymnasium("Breakout-v5", num_envs=num_envs, reward_clip=False, seed=0)
env.reset()
actions = numpy.random.default_rng(0).integers(4, size=(64, num_envs)).astype(numpy.int32)
for row in actions: env.step(row)
steps, started = 0, time.perf_counter()
while time.perf_counter() - started < seconds:
    env.step(actions[steps % 64])
    steps += 1
print(steps * num_envs / (time.perf_counter() - started))
"""


def gymnasium_breakout() -> gym.Env[Any, Any]:
    """The same task from Gymnasium's wrappers."""
    gym.register_envs(ale_py)
    raw = gym.make("ALE/Breakout-v5", frameskip=1, repeat_action_probability=0.0, disable_env_checker=True)
    return FrameStackObservation(AtariPreprocessing(raw, noop_max=30, frame_skip=4), 4)


def rows() -> Iterator[Row]:
    """One environment, then batches of 8 and 32."""
    unit, rng = "agent steps/s", np.random.default_rng(0)
    actions = rng.integers(4, size=64).tolist()
    yield compared(
        "Breakout, one, 84x84 grey x4",
        unit,
        single_rate(make("sim_suite/BreakoutDeterministic-v0", ATARI), actions),
        "Gymnasium AtariPreprocessing + FrameStackObservation",
        single_rate(gymnasium_breakout(), actions),
        bar=1.0,
    )
    for num_envs in (8, 32):
        many = list(rng.integers(4, size=(64, num_envs)))
        ours = batch_rate(BreakoutVectorEnv(num_envs), many)
        sync = batch_rate(gym.vector.SyncVectorEnv([gymnasium_breakout] * num_envs), many)
        name = f"Breakout, {num_envs}"
        yield compared(name, unit, ours, "Gymnasium SyncVectorEnv of the same", sync, bar=1.5)
        yield compared(name, unit, ours, "EnvPool", peer_rate(_ENVPOOL, num_envs, SECONDS), bar=0.9)
