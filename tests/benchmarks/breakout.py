"""How many agent steps a second Breakout gives, alone and in batches, against Gymnasium's own wrappers and EnvPool.

One agent step is four frames, preprocessed to 84 x 84 grey, four stacked. Actions are random. EnvPool runs in a process of its
own, in the virtual environment of the peers (`.venv-bench`), and is left out where that is missing. Peers are measured
in turn with ours, round by round, since the machine's load drifts.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ale_py
import gymnasium as gym
import numpy as np
from gymnasium.wrappers import AtariPreprocessing, FrameStackObservation

from sim_suite.benchmarking import Row
from sim_suite.envs.breakout.vector import BreakoutVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.views import ATARI

SUMMARY = "Breakout: agent steps a second, one and many, against Gymnasium's wrappers and EnvPool"

ROUNDS = 5
SECONDS = 1.0
"""Of one measurement."""
PEERS = Path(__file__).resolve().parents[2] / ".venv-bench" / "bin" / "python"
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


def single_rate(env: gym.Env[Any, Any]) -> Callable[[], float]:
    """A measurement of steps per second of one environment."""
    actions = np.random.default_rng(0).integers(4, size=64).tolist()
    env.reset(seed=0)

    def measure() -> float:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            *_, terminated, truncated, _ = env.step(actions[steps % 64])
            steps += 1
            if terminated or truncated:
                env.reset()
        return steps / (time.perf_counter() - started)

    return measure


def batch_rate(env: gym.vector.VectorEnv[Any, Any, Any]) -> Callable[[], float]:
    """A measurement of agent steps per second of a whole batch."""
    actions = np.random.default_rng(0).integers(4, size=(64, env.num_envs))
    env.reset(seed=0)

    def measure() -> float:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            env.step(actions[steps % 64])
            steps += 1
        return steps * env.num_envs / (time.perf_counter() - started)

    return measure


def envpool_rate(num_envs: int) -> Callable[[], float]:
    """A measurement of EnvPool's agent steps per second, in a process of its own."""

    def measure() -> float:
        command = [str(PEERS), "-c", _ENVPOOL, str(num_envs), str(SECONDS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        return float(done.stdout.split()[-1])

    return measure


def compare(name: str, ours: Callable[[], float], peer: str, theirs: Callable[[], float], bar: float) -> Row:
    """Medians over `ROUNDS` of alternating measurements, after one of each to warm up."""
    ours(), theirs()
    rounds = [(ours(), theirs()) for _ in range(ROUNDS)]
    value, peer_value = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = value / peer_value
    return Row(name, value, "agent steps/s", peer, peer_value, ratio, bar, ratio >= bar)


def rows() -> Iterator[Row]:
    """One environment, then batches of 8 and 32."""
    yield compare(
        "Breakout, one, 84x84 grey x4",
        single_rate(make("sim_suite/BreakoutDeterministic-v0", ATARI)),
        "Gymnasium AtariPreprocessing + FrameStackObservation",
        single_rate(gymnasium_breakout()),
        bar=1.0,
    )
    for num_envs in (8, 32):
        ours = batch_rate(BreakoutVectorEnv(num_envs))
        sync = gym.vector.SyncVectorEnv([gymnasium_breakout] * num_envs)
        name = f"Breakout, {num_envs}"
        yield compare(name, ours, "Gymnasium SyncVectorEnv of the same", batch_rate(sync), bar=1.5)
        if PEERS.exists():
            yield compare(name, ours, "EnvPool", envpool_rate(num_envs), bar=0.9)
