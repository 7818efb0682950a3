"""The observation "camera": what the car's camera sees, single and for many at once."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import camera_preset
from sim_suite.driving.sensors.camera.styles import style
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import UnknownNameError
from tests.envs.driving.test_driving_vector import actions_of, assert_equal_to_singles

FAST = {"map": "crossroads", "actors": 6, "route_m": (60.0, 80.0), "observation": "camera", "camera": "pilotnet"}


def test_gymnasium_finds_no_fault() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(DrivingEnv(**FAST), skip_render_check=True)


def test_many_worlds_see_what_single_ones_see_through_ends_and_resets() -> None:
    options = FAST | {"limit_ticks": 20, "style": "rainy_night"}
    vector, singles = DrivingVectorEnv(3, **options), [DrivingEnv(**options) for _ in range(3)]
    assert vector.observation_space.shape == (3, 66, 200, 3)
    assert assert_equal_to_singles(vector, singles, actions_of(24, 3), seed=4) > 0


def test_the_observation_is_the_cameras_picture() -> None:
    env = DrivingEnv(**FAST, style="low_sun")
    env.reset(seed=2)
    observation, *_ = env.step(np.array([0.0, 0.5], np.float32))
    spec = camera_preset("pilotnet")
    camera = Camera(driving_map("crossroads"), spec, styles=[style("low_sun")])
    pictures = camera.new_pictures(1)
    camera.draw(env._fleet.state, pictures)
    assert np.array_equal(observation, pictures.rgb[0, 0])
    assert observation.std() > 10.0


def test_unknown_cameras_and_styles_suggest_the_nearest() -> None:
    for name, wrong, near in (("camera", "frnt", "front"), ("style", "nigt", "night")):
        with pytest.raises(UnknownNameError, match=repr(near)):
            DrivingEnv(**(FAST | {name: wrong}))


def test_presets_are_of_colours_alone() -> None:
    for name in ("front", "wide", "pilotnet"):
        assert camera_preset(name).outputs == ("rgb",)
