"""The drivers on a street by hand: lanes, lights, those who stand, those who cross."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.driving.blind import SET_MPS, BlindDriver
from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.pdm import PdmDriver
from agents.experts.driving.pursuit import PursuitDriver
from agents.interface import Agent
from sim_suite.driving.world.kinds import ActorKind, EventKind, Light
from sim_suite.driving.world.layout import LATERAL, LENGTH, SPEED, X
from tests.agents.experts.driving.street import LINE_M, Street

LAWFUL = [PursuitDriver, IdmDriver, PdmDriver]
ALL = [BlindDriver, *LAWFUL]


@pytest.mark.parametrize("driver", ALL)
def test_it_is_an_agent_that_reads_the_state(driver):
    agent = driver()
    assert isinstance(agent, Agent)
    assert agent.interface.privileged
    assert agent.interface.actions == "continuous"


@pytest.mark.parametrize("driver", ALL)
def test_it_keeps_to_the_middle_of_an_empty_lane_and_to_the_limit(driver):
    bodies, _ = Street().drive(driver(), 90)
    assert np.abs(bodies[:, LATERAL]).max() < 0.3
    if driver is BlindDriver:
        assert bodies[-1, SPEED] == pytest.approx(SET_MPS, abs=0.1)
    # The lane bends: 7 to 9 m/s are what LATERAL_ACCEL leaves at first.
    assert bodies[-1, SPEED] > 7.0
    assert bodies[:, SPEED].max() < 14.3


@pytest.mark.parametrize("driver", LAWFUL)
def test_it_stops_at_a_red_light_and_goes_at_green(driver):
    street, agent = Street(), driver()
    street.show(Light.RED)
    bodies, memory = street.drive(agent, 220)
    front = street.place_m(bodies)[-1] + bodies[-1, LENGTH] / 2
    assert bodies[-1, SPEED] < 0.1
    assert LINE_M - 3.5 < front < LINE_M
    street.show(Light.GREEN)
    bodies, _ = street.drive(agent, 60, memory)
    assert street.place_m(bodies)[-1] > LINE_M + 10.0
    assert not street.events


@pytest.mark.parametrize("driver", LAWFUL)
def test_it_stops_behind_one_that_stands_in_the_middle_of_its_lane(driver):
    street = Street(from_m=90.0)
    # In the crossing's reach nobody goes over to the other side to pass.
    street.put(ActorKind.CAR, 143.0)
    bodies, _ = street.drive(driver(), 200)
    gap = 143.0 - street.place_m(bodies)[-1] - bodies[-1, LENGTH]
    assert bodies[-1, SPEED] < 0.1
    assert 0.5 < gap < 10.0  # it keeps PULL_OUT_M, to get out of the lane
    assert not street.events


@pytest.mark.parametrize("driver", [IdmDriver, PdmDriver])
def test_it_passes_a_parked_car_that_stands_half_in_the_lane(driver):
    street = Street()
    street.put(ActorKind.PARKED, 85.0, left_m=-1.2)
    bodies, _ = street.drive(driver(), 200)
    assert street.place_m(bodies)[-1] > 110.0
    assert bodies[:, LATERAL].max() > 0.8
    assert EventKind.COLLISION not in street.events


@pytest.mark.parametrize("driver", LAWFUL)
def test_it_lets_a_person_cross(driver):
    street = Street(from_m=110.0, speed_mps=8.0)
    person = street.put_crossing_person()
    bodies, _ = street.drive(driver(), 150)
    assert EventKind.COLLISION not in street.events
    assert street.world.state.tally[0, 0, EventKind.COLLISION] == 0
    assert bodies[:, SPEED].min() < 4.0
    assert street.place_m(bodies)[-1] > 165.0
    assert street.world.state.body[0, person, X] == pytest.approx(14.0, abs=3.0)


def test_the_blind_one_hits_who_stands_in_its_way():
    street = Street()
    street.put(ActorKind.CAR, 85.0)
    street.drive(BlindDriver(), 100)
    assert EventKind.COLLISION in street.events


def test_the_blind_one_drives_through_red():
    street = Street()
    street.show(Light.RED)
    street.drive(BlindDriver(), 170)
    assert EventKind.RED_LIGHT in street.events


@pytest.mark.parametrize("driver", ALL)
def test_two_drives_are_equal_and_a_batch_equals_its_rows_alone(driver):
    def begin():
        street = Street(from_m=100.0, speed_mps=5.0)
        street.put(ActorKind.PARKED, 130.0, left_m=-1.2)
        return street

    first, memory = begin().drive(driver(), 15)
    again, _ = begin().drive(driver(), 15)
    assert np.array_equal(first, again)
    streets = [begin(), Street(from_m=60.0)]
    for street in streets:
        street.drive(driver(), 5)
    moments = [street.moment() for street in streets]
    agent = driver()
    memories = np.concatenate([memory, memory])
    together, after = agent.predict(moments, memories, np.array([False, True]))
    for k, (moment, start) in enumerate(zip(moments, (False, True), strict=True)):
        alone, kept = agent.predict([moment], memories[k : k + 1], np.array([start]))
        assert np.array_equal(alone[0], together[k])
        assert np.array_equal(kept[0], after[k])


@pytest.mark.parametrize("driver", ALL)
def test_it_leaves_the_moment_and_its_memory_as_they_were(driver):
    street = Street()
    _, memory = street.drive(driver(), 3)
    moment, kept = street.moment(), memory.copy()
    rows = [row.copy() for row in moment.world]
    driver().predict([moment], memory, np.array([False]))
    assert np.array_equal(memory, kept)
    for row, was in zip(moment.world, rows, strict=True):
        assert np.array_equal(row, was)


def test_the_plan_begins_where_the_car_is_and_leads_ahead():
    street, agent = Street(), PdmDriver()
    assert agent.plan is None
    bodies, memory = street.drive(agent, 40)
    moment = street.moment()
    agent.predict([moment], memory, np.array([False]))
    assert agent.plan is not None
    assert agent.plan.shape == (9, 2)
    assert agent.plan[0] == pytest.approx(bodies[-1, :2], abs=1e-4)
    steps = np.hypot(*np.diff(agent.plan, axis=0).T)
    assert steps[0] == pytest.approx(bodies[-1, SPEED] * 0.5, abs=0.5)
