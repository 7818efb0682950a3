"""Gymnasium's frames, drawn faster: equal to the last bit, at the start, on the road, at the field's border, in any colours."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pygame
import pytest

from sim_suite.envs.car_racing import swift_frames
from sim_suite.envs.car_racing.swift_frames import SwiftFrames, quicken
from sim_suite.envs.making import make


def both(**options):
    slow, swift = (gym.make("CarRacing-v3", **options) for _ in range(2))
    quicken(swift)
    assert isinstance(vars(swift.unwrapped)["_render"].__self__, SwiftFrames), "Gymnasium draws otherwise than is known"
    return slow, swift


@pytest.mark.parametrize(("seed", "options"), [(1, {}), (2, {"domain_randomize": True})])
def test_frames_are_equal(seed, options):
    slow, swift = both(**options)
    rng, action = np.random.default_rng(seed), np.zeros(3, np.float32)
    for track in range(2 if seed == 1 else 1):
        frame, _ = slow.reset(seed=seed + 10 * track)
        assert np.array_equal(swift.reset(seed=seed + 10 * track)[0], frame)
        for step in range(60):
            if step % 10 == 0:
                action = rng.uniform((-0.5, 0.2, 0.0), (0.5, 0.9, 0.2)).astype(np.float32)
            if step == 50:  # grass ends in view, then the field, then the episode
                for env in (slow, swift):
                    env.unwrapped.car.hull.position = (328.0, 0.0)
            ours, theirs = swift.step(action), slow.step(action)
            assert np.array_equal(ours[0], theirs[0])
            assert ours[1:4] == theirs[1:4]
    assert slow.unwrapped.tile_visited_count > 0, "tiles change their colours when they are visited"


def test_pictures_for_people_are_equal_and_pygame_may_end_meanwhile():
    slow, swift = both(render_mode="rgb_array")
    slow.reset(seed=3)
    swift.reset(seed=3)
    for _ in range(3):
        action = np.array([0.1, 0.5, 0.0], np.float32)
        slow.step(action)
        swift.step(action)
        assert np.array_equal(swift.render(), slow.render())
    pygame.quit()
    for _ in range(12):  # another return is written
        assert np.array_equal(swift.step(action)[0], slow.step(action)[0])


def test_the_suite_makes_it_so_and_lets_another_gymnasium_be(monkeypatch):
    assert "_render" in vars(make("CarRacing-v3").unwrapped)
    monkeypatch.setattr(swift_frames, "KNOWN", "another")
    assert "_render" not in vars(make("CarRacing-v3").unwrapped)
