"""Actions fall into the classes that a person would name."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium import spaces

from sim_suite.envs.making import make
from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.actions import CAR, actions_of
from sim_suite.episodes.store.facts import EnvRecord, Head
from sim_suite.errors import SuiteError


def about(env_id, space, observed=True):
    seen = {"kind": "Discrete", "n": 1} if observed else None
    return actions_of(Head(EnvRecord(env_id), (), space_to_json(space), seen, 1))


def test_wheels_have_nine_classes_left_and_right_as_each_environment_means_them():
    with make("sim_suite/CarRacing-v0") as env:
        car = about("sim_suite/CarRacing-v0", env.action_space)
    driving = about("sim_suite/Driving-v0", spaces.Box(-1, 1, (2,), np.float32), observed=False)
    assert (car.names, driving.names, car.classes) == (("steer", "gas", "brake"), ("steer", "drive"), CAR)
    cases = {"left, accelerate": (0.5, 0.4), "straight, roll": (0.04, 0.0), "right, brake": (-1.0, -0.3)}
    actions = np.array(list(cases.values()), np.float32)
    assert [CAR[k] for k in driving.classify(actions)] == list(cases)
    pedals = np.stack([-actions[:, 0], actions[:, 1].clip(0), -actions[:, 1].clip(None, 0)], axis=1)
    assert [CAR[k] for k in car.classify(pedals)] == list(cases)


def test_gas_and_brake_at_once_are_what_prevails():
    low = np.array([-1, 0, 0], np.float32)
    car = about("sim_suite/CarRacing-v0", spaces.Box(low, np.ones(3, np.float32)))
    found = car.classify(np.array([[0, 0.3, 0.8], [0, 0.8, 0.3]]))
    assert [CAR[k] for k in found] == ["straight, brake", "straight, accelerate"]


def test_numbered_actions_are_their_own_classes():
    poles = about("CartPole-v1", spaces.Discrete(2))
    assert poles.classes == ("0", "1")
    assert poles.classify(np.array([1, 0, 1])).tolist() == [1, 0, 1]
    assert about("sim_suite/CarRacingDiscrete-v0", spaces.Discrete(5)).classes[3] == "accelerate"


def test_other_numbers_are_cut_into_thirds_of_their_range():
    box = about("Pendulum-v1", spaces.Box(-2, 2, (2,), np.float32))
    assert len(box.classes) == 9
    found = [box.classes[k] for k in box.classify(np.array([[-2, 2], [0, 0], [2, -0.7]]))]
    assert found == ["low, high", "middle, middle", "high, low"]


def test_too_many_classes_and_boundless_numbers_are_none():
    for space in (spaces.Box(-1, 1, (8,), np.float32), spaces.Box(-np.inf, np.inf, (1,), np.float32)):
        found = about("Some-v0", space)
        assert found.classes == ()
        with pytest.raises(SuiteError, match="classes"):
            found.classify(np.zeros((1, *space.shape)))
