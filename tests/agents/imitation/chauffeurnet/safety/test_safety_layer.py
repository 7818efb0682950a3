"""The safety layer on rasters by hand, and at the wheel of somebody who looks at nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.guarded import GuardedAgent
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.safety.layer import (
    BLIND_M,
    CLEAR_M,
    LIGHT,
    NUMBERS,
    ROOM_M,
    STOOD,
    SafetyLayer,
)
from agents.imitation.chauffeurnet.spec import CAR_RACING, ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import on_raster, slowed
from agents.naming import build, find
from sim_suite.driving.sensors.raster.intensity import (
    GREEN_VALUE,
    LIGHT_LINE_VALUE,
    RED_VALUE,
    STOP_SIGN_VALUE,
    YELLOW_VALUE,
)
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.batch import run_variations

SPEC = preset("small")
STRAIGHT = np.zeros(10, np.float32)
ENV = "sim_suite/Driving-v0"
VALUES = {"stop": STOP_SIGN_VALUE, "red": RED_VALUE, "yellow": YELLOW_VALUE, "green": GREEN_VALUE}


def ahead(speed):
    return np.stack([0.2 * speed * np.arange(1, 11), np.zeros(10)], axis=1).astype(np.float32)


def before(room, kind):
    """A raster with a line `room` m before the front, held by a stop sign or a light that shows red, yellow or green."""
    raster = np.zeros(SPEC.shape, np.uint8)
    raster[SPEC.channels.index("road")] = 255
    lines, lights = raster[SPEC.channels.index("crosswalks_stops")], raster[SPEC.channels.index("lights_0")]
    row = int(96 - (room + 2.254) / 0.5)
    lines[row, 61:68] = STOP_SIGN_VALUE if kind == "stop" else LIGHT_LINE_VALUE
    holds = lines if kind == "stop" else lights
    holds[max(row - 26, 0) : row - 9, 64] = VALUES[kind]  # from 5 m behind the line on
    return raster


def asked(room, kind, speed, planned=None, memory=None):
    """m/s^2; planned: m/s of the plan."""
    memory = np.zeros(NUMBERS) if memory is None else memory
    raster = before(room, kind) if kind else np.zeros(SPEC.shape, np.uint8)
    places = ahead(speed if planned is None else planned)
    return SafetyLayer(SPEC).checked(raster, places, STRAIGHT, speed, memory)[1]


@pytest.mark.parametrize("kind", ["stop", "red"])
def test_who_would_pass_a_line_that_asks_to_stop_is_stopped_half_a_metre_before_it(kind):
    """8 m/s on 8 m less half a metre, less what the pixel is early: v^2 / 2s, 4.3 to 4.7 m/s^2."""
    assert asked(8.0, kind, 8.0) == pytest.approx(-64.0 / (2 * 7.25), rel=0.06)
    assert asked(15.5, kind, 8.0) == pytest.approx(-64.0 / (2 * 14.9), rel=0.08), "2 m/s^2 is late enough"
    assert asked(15.5, kind, 6.0) is None, "there is time: the network is left to brake"
    assert asked(8.0, kind, 8.0, planned=3.0) is None, "the plan stops by itself"


def test_lights_are_told_apart():
    assert asked(8.0, "green", 8.0) is None
    assert asked(1.0, "red", 0.0, planned=4.0) == -1.0, "who stands before it does not set off"
    assert asked(11.5, "yellow", 8.0) == pytest.approx(-64.0 / (2 * 10.9), rel=0.08)
    assert asked(8.0, "yellow", 8.0) is None, "it would take more than 3 m/s^2"
    assert asked(3.0, "red", 8.0) is None, "with 13 m/s^2 the line is lost"
    assert asked(4.0, "stop", 8.0) == pytest.approx(-64.0 / (2 * 3.5), rel=0.15), "at a sign one stops late rather"


def test_at_a_stop_sign_one_stands_once_and_goes_and_it_is_behind_one_then():
    memory = np.zeros(NUMBERS)
    assert asked(5.0, "stop", 0.0, planned=6.0, memory=memory) is None, "5 m before it: not yet the stop"
    assert asked(5.0, "stop", 2.0, planned=6.0, memory=memory) is None
    assert memory[STOOD] == 0.0
    assert asked(1.0, "stop", 2.0, planned=6.0, memory=memory) < -2.0
    assert asked(1.0, "stop", 0.0, planned=6.0, memory=memory) is None
    assert memory[STOOD] == 1.0
    assert asked(0.6, "stop", 1.0, planned=6.0, memory=memory) is None
    assert asked(0.2, "stop", 2.0, planned=6.0, memory=memory) is None
    asked(None, "", 3.0, memory=memory)
    assert memory[[BLIND_M, STOOD]].tolist() == [CLEAR_M - 0.6, 0.0]
    asked(None, "", 10.0, memory=memory)
    assert memory[BLIND_M] == pytest.approx(CLEAR_M - 2.6)
    assert asked(8.0, "stop", 8.0, memory=memory) is None, "lanes of the junction are not lines"


def test_a_line_that_was_seen_is_there_though_the_path_misses_it_for_a_while():
    memory = np.zeros(NUMBERS)
    asked(4.0, "stop", 2.0, planned=6.0, memory=memory)
    assert asked(None, "", 5.0, memory=memory) < -4.0


def lit(room, colour):
    """A raster with a light's lanes and no line: `room` m before the front it was."""
    raster = before(room, colour)
    raster[SPEC.channels.index("crosswalks_stops")] = 0
    return raster


def test_the_line_of_a_light_that_was_seen_is_there_until_the_light_is_green():
    memory = np.zeros(NUMBERS)
    assert asked(5.0, "red", 4.0, planned=6.0, memory=memory) == 0.0, "there is time, but not for getting faster"
    assert asked(9.0, "red", 4.0, planned=6.0) is None
    assert memory[LIGHT] == 1.0
    layer, places = SafetyLayer(SPEC), ahead(6.0)
    assert layer.checked(lit(4.2, "red"), places, STRAIGHT, 4.0, memory)[1] == pytest.approx(-16.0 / (2 * 3.7), rel=0.1)
    assert layer.checked(lit(3.4, "green"), places, STRAIGHT, 4.0, memory)[1] is None
    assert memory[LIGHT] == memory[ROOM_M] == 0.0
    assert layer.checked(lit(2.6, "red"), places, STRAIGHT, 4.0, memory)[1] is None, "it was not seen since"


def test_who_has_begun_to_stop_at_yellow_goes_on_with_it():
    assert asked(4.5, "yellow", 6.0) is None, "it would take 4.5 m/s^2, and more than 3 is not begun with"
    memory = np.zeros(NUMBERS)
    asked(7.0, "yellow", 6.0, memory=memory)
    assert asked(4.5, "yellow", 6.0, memory=memory) == pytest.approx(-36.0 / (2 * 4.0), rel=0.1)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), speed=st.floats(0.0, 20.0))
def test_it_never_makes_a_car_faster_whatever_it_is_shown(seed, speed):
    rng = np.random.default_rng(seed)
    raster = (rng.choice([64, 85, 128, 150, 170, 192, 255], SPEC.shape) * (rng.random(SPEC.shape) < 0.02)).astype(
        np.uint8
    )
    places = np.cumsum(rng.normal([0.2 * speed, 0.0], 0.3, (10, 2)), axis=0).astype(np.float32)
    memory = np.array([
        rng.choice([0.0, 9.0]), rng.choice([0.0, 1.0]), rng.choice([0.0, 3.0]), -rng.random(), rng.random() * 5, rng.choice([0.0, 1.0])
    ])  # fmt: skip
    _, accel = SafetyLayer(SPEC).checked(raster, places, rng.normal(0, 0.5, 10).astype(np.float32), speed, memory)
    assert np.isfinite(memory).all()
    if accel is not None:
        assert accel <= 0.0
        action = rng.uniform(-1, 1, 2).astype(np.float32)
        checked = slowed(action, speed, accel)
        assert checked[0] == action[0]
        assert -1.0 <= checked[1] <= action[1]


class Blind(ChauffeurAgent):
    """Wants to go straight on at 8 m/s, whatever it is shown."""

    def foresee(self, rasters, steps=None, dice=None, is_alone=None):
        waypoints = np.repeat(on_raster(self.policy.spec, ahead(8.0))[None], len(rasters), axis=0)
        still = torch.zeros(len(rasters), 10)
        return Prediction(torch.from_numpy(waypoints), still, still + 8.0, torch.zeros(len(rasters), 10, 64, 64))


def blind(is_guarded, world="driving"):
    sizes = Sizes(maps=(4, 8, 8, 8), dilations=(1,), hidden=8, meta=8)
    policy = ChauffeurPolicy("chauffeurnet", "small", ChauffeurSpec(SPEC, 2), sizes, world=world)
    return Blind(policy, policy.build(), is_guarded=is_guarded)


def wrong_of(verdicts):
    """Of what a safety layer is to keep a car from."""
    judged = {"no_collision", "stops_at_red", "stops_at_stop_sign"}
    return [(one.id, held.name) for one in verdicts for held in one.criteria if held.name in judged and not held.held]


@pytest.mark.parametrize("name", ["stop_sign", "red_light", "slow_lead", "rear_stationary"])
def test_it_keeps_the_blind_from_lines_and_from_others(name):
    """Whoever looks at nothing fails in three of four variations at the least, with the layer in one at the most: somebody comes from
    farther away than it looks ahead, or a light turns red when its line is lost."""
    scenario = load_scenario(name)
    variations = draw(scenario, 0, range(4))
    assert len(wrong_of(run_variations(scenario, variations, blind(False)))) >= 3
    assert len(wrong_of(run_variations(scenario, variations, blind(True)))) <= 1


def test_a_car_is_guarded_alone_as_among_others_and_does_what_it_did_where_nothing_is_wrong():
    free, guarded = blind(False), blind(True)
    open_road, line = np.zeros(SPEC.shape, np.uint8), before(6.0, "red")
    vector = np.full((2, 4), 8.0 / 30.0, np.float32)
    wanted, _ = free.predict({"raster": np.stack([open_road, line]), "vector": vector}, deterministic=True)
    both, state = guarded.predict({"raster": np.stack([open_road, line]), "vector": vector}, deterministic=True)
    alone, _ = guarded.predict({"raster": line[None], "vector": vector[:1]}, deterministic=True)
    assert np.array_equal(both[0], wanted[0])
    assert both[1, 1] < wanted[1, 1]
    assert np.array_equal(both[1], alone[0])
    held, _ = guarded.predict({"raster": np.stack([line, open_road]), "vector": vector}, state, deterministic=True)
    assert np.array_equal(held, both), "a decision holds for two steps"


def test_copies_that_fill_a_batch_are_checked_once(monkeypatch):
    """As many decisions as cars that differ in raster or speed; copies do, and remember, what theirs does."""
    guarded, looked, checked = blind(True), [], SafetyLayer.checked

    def counted(self, *told):
        looked.append(1)
        return checked(self, *told)

    monkeypatch.setattr(SafetyLayer, "checked", counted)
    rasters = np.stack([before(6.0, "red")] * 3 + [before(6.0, "stop")] * 2)
    vector = np.full((5, 4), 8.0 / 30.0, np.float32)
    vector[2] = 3.0 / 30.0
    actions, state = guarded.predict({"raster": rasters, "vector": vector}, deterministic=True)
    assert len(looked) == 3
    for copy, own in ((1, 0), (4, 3)):
        assert np.array_equal(actions[copy], actions[own])
        assert np.array_equal(state[copy], state[own])
    assert not np.array_equal(actions[2], actions[0])


def test_it_is_named_by_its_checkpoint_and_is_for_the_driving_world(tmp_path):
    found = find("guarded:zoo:chauffeurnet-m4")
    assert found.fingerprint == f"guarded:{find('zoo:chauffeurnet-m4').fingerprint}"
    named = build(found, ENV, {}, 0)
    assert isinstance(named, GuardedAgent)
    assert named.side_by_side
    with pytest.raises(SuiteError, match="random is no checkpoint; guarded: takes the folder"):
        find("guarded:random")
    with pytest.raises(SuiteError, match="name is empty"):
        find("guarded:")
    with pytest.raises(SuiteError, match="is no ChauffeurNet"):
        build(find("guarded:zoo:cart-pole-ppo"), ENV, {}, 0)
    with pytest.raises(
        SuiteError, match="a safety layer is for the driving world; this network drives in 'car_racing'"
    ):
        blind(True, CAR_RACING)
