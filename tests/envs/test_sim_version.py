"""SIM_VERSION stands for how seeded episodes go: recorded ones are simulated again and compared only under an equal one.

A short hash of what some drives come to, for each environment of ours that people record. Physics in float arithmetic may differ in
the last bit between processors, so numbers are rounded before they are hashed, and drives are short.
"""

from __future__ import annotations

import hashlib

import gymnasium as gym
import numpy as np
import pytest

import sim_suite.envs  # noqa: F401  # registers
from sim_suite.driving.world import layout as col
from sim_suite.version import SIM_VERSION

GOLDEN = {
    (1, "sim_suite/CarRacing-v0"): "c4aeeb7c89dfc3cb",
    (1, "sim_suite/Driving-v0"): "b9a6890c1b442818",
    (2, "sim_suite/CarRacing-v0"): "c4aeeb7c89dfc3cb",
    (2, "sim_suite/Driving-v0"): "b9a6890c1b442818",
    (3, "sim_suite/CarRacing-v0"): "c4aeeb7c89dfc3cb",
    (3, "sim_suite/Driving-v0"): "1a6c6dbdbd676237",
}
"""By version and environment. Add lines with a new version; never change those of an old one."""
STEPS = 60


def drive(env_id: str) -> str:
    """A hash of where some seeded drives lead."""
    env = gym.make(env_id)
    digest = hashlib.sha256()
    for seed in (0, 1):
        env.reset(seed=seed)
        env.reset()  # the second episode of a seed is recorded too
        rng = np.random.default_rng(seed)
        low, high = (np.maximum(env.action_space.low, -0.3), env.action_space.high)  # type: ignore[attr-defined]
        for _ in range(STEPS):
            _, reward, terminated, truncated, _ = env.step(rng.uniform(low, high).astype(np.float32))
            digest.update((np.round([float(reward), terminated, truncated, *place(env.unwrapped)], 2) + 0.0).tobytes())
            if terminated or truncated:
                break
    return digest.hexdigest()[:16]


def place(env: object) -> list[float]:
    """Where the car is, and how fast; of traffic, where everybody is."""
    if hasattr(env, "live_state"):
        body = env.live_state.body[0]
        return [0.0 + number for number in body[:, [col.X, col.Y, col.SPEED]].ravel().tolist()]
    hull = env.car.hull  # type: ignore[attr-defined]
    return [*hull.position, hull.angle, *hull.linearVelocity]


@pytest.mark.parametrize("env_id", sorted({env_id for _, env_id in GOLDEN}))
def test_a_seeded_drive_goes_as_it_went_under_this_sim_version(env_id):
    found = drive(env_id)
    assert (SIM_VERSION, env_id) in GOLDEN, f"add what {env_id} does under SIM_VERSION {SIM_VERSION}: {found!r}"
    assert found == GOLDEN[SIM_VERSION, env_id], (
        f"{env_id} goes otherwise than before: {found!r}. Episodes that were recorded do not go so any more. If that is meant, raise "
        f"SIM_VERSION in sim_suite/version.py and add its line to GOLDEN."
    )
