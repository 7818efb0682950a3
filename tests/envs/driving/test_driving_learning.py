"""The rewards teach: a linear driver learns to drive in seconds. Cross-entropy method, Rubinstein 1999, one candidate a world."""

from __future__ import annotations

import numpy as np

from sim_suite.envs.driving.vector import DrivingVectorEnv

WORLDS, STEPS, GENERATIONS, ELITE = 64, 120, 8, 8
SEEN = [10, 7, 8, 45]
"""Speed below the limit, lateral offset, heading error, y of the route 15 m ahead."""


def returns_of(env, weights):
    """[WORLDS] what drivers with weights [WORLDS, 2, len(SEEN) + 1] earn from one start each, the same in every call."""
    observations, _ = env.reset(seed=100)
    earned, alive = np.zeros(WORLDS), np.ones(WORLDS, bool)
    for _ in range(STEPS):
        seen = np.concatenate([observations[:, SEEN], np.ones((WORLDS, 1))], axis=1)
        actions = np.tanh(np.einsum("wij,wj->wi", weights, seen)).astype(np.float32)
        observations, rewards, terminated, truncated, _ = env.step(actions)
        earned += rewards * alive
        alive &= ~(terminated | truncated)
    return earned


def test_a_linear_driver_learns_to_follow_its_route():
    env = DrivingVectorEnv(
        WORLDS, map="crossroads", vehicles_per_km=0.0, pedestrians_per_km=0.0, actors=1, route_m=(150.0, 200.0)
    )
    random = np.random.default_rng(0)
    mean, spread = np.zeros((2, len(SEEN) + 1)), np.full((2, len(SEEN) + 1), 1.5)
    history = []
    for _ in range(GENERATIONS):
        candidates = mean + spread * random.standard_normal((WORLDS, *mean.shape))
        earned = returns_of(env, candidates)
        best = candidates[np.argsort(earned)[-ELITE:]]
        mean, spread = best.mean(axis=0), best.std(axis=0) + 0.05
        history.append(float(earned.mean()))
    untrained = returns_of(env, np.zeros((WORLDS, *mean.shape))).mean()
    trained = returns_of(env, np.broadcast_to(mean, (WORLDS, *mean.shape))).mean()
    assert trained > untrained + 5.0, (untrained, trained, history)
    assert history[-1] > history[0] + 5.0, history
