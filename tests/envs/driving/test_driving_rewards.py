"""Reward terms by hand, and their weights."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.envs.driving import rewards
from sim_suite.errors import SuiteError, UnknownNameError

STEP_S = np.float32(0.1)


def step(change):
    """The terms of one step during which `change(state)` happens."""
    state = col.new_state(1, 1, 1, 0, max_legs=2)
    memory, terms = np.zeros(rewards.MEMORY, np.float32), np.full(rewards.NUM_TERMS, np.nan, np.float32)
    state.body[0, 0, col.SPEED_LIMIT], state.body[0, 0, col.ROUTE_ARC] = 10.0, 50.0
    state.controls[0, 0, 0] = 0.25
    state.tally[0, 0] = 3
    rewards.remember(state, 0, 0, memory)
    change(state)
    rewards.measure(state, 0, 0, STEP_S, memory, terms)
    return dict(zip(rewards.TERMS, terms.tolist(), strict=True))


def test_standing_still_is_worth_nothing_but_time():
    terms = step(lambda state: None)
    assert terms.pop("time") == pytest.approx(0.1)
    assert set(terms.values()) == {0.0}


def test_motion_by_hand():
    def drive(state):
        own = state.body[0, 0]
        own[col.ROUTE_ARC], own[col.SPEED], own[col.ACCEL], own[col.YAW_RATE], own[col.LATERAL] = 51.5, 12, 3, 0.5, -2
        state.controls[0, 0, 0] = -0.25

    terms = step(drive)
    assert terms["progress"] == pytest.approx(1.5)
    assert terms["speeding"] == pytest.approx(0.2)
    assert terms["off_centre"] == pytest.approx(0.2)
    assert terms["steering"] == pytest.approx(0.5)
    assert terms["harshness"] == pytest.approx(0.4)  # 1 along and 4 across, cut to 4


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("route_done", kinds.ROUTE_DONE), ("red_light", kinds.RED_LIGHT), ("stop_sign", kinds.STOP_SIGN),
        ("lane_invasion", kinds.LANE_INVASION), ("route_deviation", kinds.ROUTE_DEVIATION),
        ("blocked", kinds.BLOCKED), ("collision_pedestrian", col.TALLY_PEDESTRIAN),
        ("collision_vehicle", col.TALLY_VEHICLE), ("collision_other", col.TALLY_OTHER),
    ],
)  # fmt: skip
def test_what_begins_is_counted_once(name, column):
    def happen(state):
        state.tally[0, 0, column] += 2

    terms = step(happen)
    assert terms.pop(name) == 2.0
    assert {value for key, value in terms.items() if key != "time"} == {0.0}


@pytest.mark.parametrize(("name", "kind"), [("off_road", kinds.OFF_ROAD), ("wrong_way", kinds.WRONG_WAY)])
def test_what_goes_on_is_counted_in_seconds(name, kind):
    def go_on(state):
        state.mind[0, 0, col.GOING_ON] = 1 << kind

    assert step(go_on)[name] == pytest.approx(0.1)


def test_the_reward_is_the_sum_of_terms_times_weights():
    terms = np.arange(rewards.NUM_TERMS, dtype=np.float32)
    weights = rewards.weights_of({"time": -3.0})
    assert rewards.weigh(terms, weights) == pytest.approx(float(terms @ weights))
    assert weights[rewards.TIME] == -3.0
    assert list(rewards.WEIGHTS) == list(rewards.TERMS)


def test_unknown_terms_and_senseless_weights_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'progress'"):
        rewards.weights_of({"progres": 1.0})
    with pytest.raises(SuiteError, match="finite"):
        rewards.weights_of({"progress": float("nan")})
