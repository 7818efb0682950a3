"""A told speed: what agents see of it, who keeps to it, and that the rules of the road do not judge by it."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.driving.blind import SET_MPS, BlindDriver
from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.pdm import PdmDriver
from agents.experts.driving.pursuit import PursuitDriver
from sim_suite.driving.sensors.vector_observation import SPEED_SCALE_MPS, observation_size, observe
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import EventKind
from sim_suite.driving.world.locate import told_limit
from tests.agents.experts.driving.street import LANE, Street
from tests.driving.actors_by_hand import put, run

LAWFUL = [IdmDriver, PursuitDriver, PdmDriver]
LIMIT_MPS = 50 / 3.6


def told(told_mps, **options):
    street = Street(**options)
    street.world.state.body[0, 0, col.TOLD_SPEED] = told_mps
    return street


def test_the_lower_of_both_holds_and_zero_is_none():
    assert told_limit(np.float32(10.0), np.float32(0.0)) == 10.0
    assert told_limit(np.float32(10.0), np.float32(4.0)) == 4.0
    assert told_limit(np.float32(10.0), np.float32(12.0)) == 10.0


@pytest.mark.parametrize(("speed_mps", "limit_mps"), [(0.0, LIMIT_MPS), (6.0, 6.0), (20.0, LIMIT_MPS)])
def test_the_limit_of_an_agent_is_the_told_one_and_is_observed(speed_mps, limit_mps):
    world = told(speed_mps).world
    world.step()
    assert world.state.body[0, 0, col.SPEED_LIMIT] == pytest.approx(limit_mps)
    out = np.zeros((1, observation_size(2)), np.float32)
    observe(world.state, world.ground.terrain, np.ones((1, 1, 4), np.uint8), 0, out)
    assert out[0, 9] == pytest.approx(limit_mps / SPEED_SCALE_MPS)


def test_traffic_is_told_nothing():
    world = Street().world
    put(world, 1, [LANE], 80.0, speed=8.0)
    world.state.body[0, 1, col.TOLD_SPEED] = 3.0
    run(world, 20)
    assert world.state.body[0, 1, col.SPEED_LIMIT] == pytest.approx(LIMIT_MPS)
    assert world.state.body[0, 1, col.SPEED] > 6.0


def test_a_reset_forgets_it():
    street = told(6.0)
    street.world.reset([5])
    assert (street.world.state.body[..., col.TOLD_SPEED] == 0.0).all()


@pytest.mark.parametrize(
    ("speed_mps", "told_mps", "speeds"), [(12.0, 4.0, False), (20.0, 4.0, True), (20.0, 30.0, True)]
)
def test_speeding_is_judged_by_the_lane(speed_mps, told_mps, speeds):
    events = {}
    for given in (told_mps, 0.0):
        street = told(given, speed_mps=speed_mps)
        events[given] = [event for event in run(street.world, 4) if event.kind == EventKind.SPEEDING]
    assert events[told_mps] == events[0.0]
    assert bool(events[0.0]) == speeds


def test_off_every_lane_nobody_speeds_by_a_told_speed():
    street = told(4.0, speed_mps=12.0)
    street.world.step()
    street.world.state.body[0, 0, [col.X, col.Y]] += 500.0
    events = run(street.world, 2)
    assert street.world.state.mind[0, 0, col.LANE] < 0
    assert EventKind.SPEEDING not in [event.kind for event in events]


@pytest.mark.parametrize("driver", LAWFUL)
def test_the_lawful_keep_to_the_told_speed(driver):
    bodies, _ = told(5.0).drive(driver(), 80)
    assert 4.5 < bodies[-1, col.SPEED] < 5.1
    assert bodies[:, col.SPEED].max() < 5.1


@pytest.mark.parametrize("driver", LAWFUL)
def test_who_is_faster_than_told_slows_down(driver):
    bodies, _ = told(5.0, speed_mps=8.0).drive(driver(), 60)
    assert bodies[-1, col.SPEED] < 5.2


@pytest.mark.parametrize("driver", LAWFUL)
def test_to_be_told_more_than_the_limit_changes_nothing(driver):
    seen = [told(speed).drive(driver(), 40)[0] for speed in (0.0, 40.0)]
    assert np.array_equal(np.delete(seen[0], col.TOLD_SPEED, 1), np.delete(seen[1], col.TOLD_SPEED, 1))


@pytest.mark.parametrize("speed_mps", [5.0, 11.0])
def test_the_blind_one_drives_at_the_told_speed(speed_mps):
    bodies, _ = told(speed_mps, speed_mps=float(SET_MPS)).drive(BlindDriver(), 80)
    assert bodies[-1, col.SPEED] == pytest.approx(speed_mps, abs=0.1)
