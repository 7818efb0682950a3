"""Collisions by hand: momentum, who is pushed which way, and when a contact is a new event."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.dynamics.vehicles import MASS_KG, PARAMETERS
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.contact import SAME_TICKS, collide
from sim_suite.driving.world.kinds import (
    AGENT,
    BICYCLE,
    CAR,
    COLLISION,
    NO_CONTROL,
    OBSTACLE,
    PARKED,
    PEDESTRIAN,
    SCRIPT,
    STILL,
    TRAFFIC,
    TRUCK,
)
from sim_suite.driving.world.layout import new_state

SIZES = {
    CAR: (4.0, 2.0),
    TRUCK: (8.0, 2.0),
    BICYCLE: (2.0, 0.6),
    PEDESTRIAN: (0.5, 0.5),
    PARKED: (4.0, 2.0),
    OBSTACLE: (1.0, 1.0),
}


class Scene:
    """Boxes (kind, control, x, y, yaw, speed) of one world, the first an agent's."""

    def __init__(self, *actors):
        count = len(actors)
        self.state = new_state(1, count, 1, 0, max_legs=1)
        self.body, self.mind = self.state.body[0], self.state.mind[0]
        self.mind[:, col.CONTACT] = -1
        for i, (kind, control, *pose) in enumerate(actors):
            self.mind[i, [col.KIND, col.CONTROL, col.ID]] = kind, control, 10 + i
            self.body[i, [col.X, col.Y, col.YAW, col.SPEED]] = pose
            self.body[i, [col.LENGTH, col.WIDTH]] = SIZES[kind]
        self.push = np.zeros((count, 5), np.float32)

    def collide(self, tick=1):
        state = self.state
        state.world[0, col.TICK], state.world[0, col.NUM_EVENTS_NOW] = tick, 0
        rows = state.world[0], state.event[0], state.event_place[0], state.tally[0]
        collide(self.push, self.body, self.mind, len(self.body), *rows)
        count = state.world[0, col.NUM_EVENTS_NOW]
        return [
            (*event, *place) for event, place in zip(state.event[0, :count], state.event_place[0, :count], strict=True)
        ]


def test_two_cars_share_their_momentum():
    scene = Scene((CAR, AGENT, 0, 0, 0, 10.0), (CAR, TRAFFIC, 3.8, 0, 0, 2.0))
    events = scene.collide()
    assert scene.body[:, col.SPEED] == pytest.approx([6.0, 6.0])
    assert scene.body[:, col.X] == pytest.approx([-0.1, 3.9])  # apart by half the depth each
    assert [event[:4] for event in events] == [(1, COLLISION, 0, 1), (1, COLLISION, 1, 0)]
    assert events[0][7] == pytest.approx(8.0)  # closing


def test_a_truck_gives_most_of_the_push():
    truck, car = PARAMETERS[TRUCK, MASS_KG], PARAMETERS[CAR, MASS_KG]
    scene = Scene((TRUCK, AGENT, 0, 0, 0, 9.0), (CAR, TRAFFIC, 5.9, 0, 0, 0.0))
    scene.collide()
    assert scene.body[:, col.SPEED] == pytest.approx([9.0 * truck / (truck + car)] * 2, rel=1e-5)


def test_head_on_both_stop():
    scene = Scene((CAR, AGENT, 0, 0, 0, 10.0), (CAR, TRAFFIC, 3.9, 0, math.pi, 10.0))
    scene.collide()
    assert scene.body[:, col.SPEED] == pytest.approx([0.0, 0.0], abs=1e-4)


@pytest.mark.parametrize(("kind", "control"), [(PARKED, STILL), (OBSTACLE, STILL), (CAR, SCRIPT)])
def test_what_nobody_moves_takes_no_push(kind, control):
    scene = Scene((CAR, AGENT, 0, 0, 0, 10.0), (kind, control, SIZES[kind][0] / 2 + 1.8, 0, 0, 0.0))
    before = scene.body[1].copy()
    scene.collide()
    assert scene.body[0, col.SPEED] == pytest.approx(0.0, abs=1e-5)
    assert scene.body[0, col.X] == pytest.approx(-0.2, abs=1e-5)
    assert np.array_equal(scene.body[1], before)


@pytest.mark.parametrize(
    ("other", "direction"),
    [
        ((CAR, TRAFFIC, -3.9, 0, 0, 8.0), 0.0),  # from behind: forward
        ((CAR, TRAFFIC, 3.9, 0, math.pi, 8.0), math.pi),
        ((CAR, TRAFFIC, 0, 2.9, -math.pi / 2, 8.0), -math.pi / 2),  # from the left: to the right
        ((CAR, TRAFFIC, 0, -2.9, math.pi / 2, 8.0), math.pi / 2),
    ],
)
@pytest.mark.parametrize("yaw", [0.0, 1.0, 3.0])
def test_the_impulse_points_away_from_who_hits_relative_to_the_heading(other, direction, yaw):
    kind, control, x, y, turned, speed = other
    cos, sin = math.cos(yaw), math.sin(yaw)
    scene = Scene(
        (CAR, AGENT, 0, 0, yaw, 0.0), (kind, control, x * cos - y * sin, x * sin + y * cos, turned + yaw, speed)
    )
    events = scene.collide()
    assert math.cos(events[0][6] - direction) == pytest.approx(1.0, abs=1e-4)
    assert scene.body[0, col.IMPULSE] == np.float32(events[0][6])


def test_traffic_that_is_hit_head_on_does_not_roll_back():
    scene = Scene((TRUCK, AGENT, 0, 0, 0, 15.0), (CAR, TRAFFIC, 5.9, 0, math.pi, 1.0))
    scene.collide()
    assert scene.body[1, col.SPEED] == 0.0


def test_a_contact_that_lasts_is_one_collision():
    scene = Scene((CAR, AGENT, 0, 0, 0, 10.0), (PARKED, STILL, 3.8, 0, 0, 0.0))
    assert len(scene.collide(1)) == 1  # parked cars note nothing
    for tick in range(2, 40):
        scene.body[0, [col.X, col.SPEED]] = 0.0, 3.0
        assert scene.collide(tick) == []


@pytest.mark.parametrize(("later", "times"), [(SAME_TICKS - 1, 0), (SAME_TICKS, 1)])
def test_the_same_partner_counts_again_after_a_while(later, times):
    scene = Scene((CAR, AGENT, 0, 0, 0, 10.0), (PARKED, STILL, 3.8, 0, 0, 0.0))
    scene.collide(1)
    scene.body[0, [col.X, col.SPEED]] = 0.0, 5.0
    assert len(scene.collide(1 + later)) == times


def test_another_partner_is_another_collision():
    scene = Scene(
        (CAR, AGENT, 0, 0, 0, 10.0), (PARKED, STILL, 3.8, 0, 0, 0.0), (PARKED, STILL, 30.0, 0, 0, 0.0)
    )  # fmt: skip
    scene.collide(1)
    scene.body[0, [col.X, col.SPEED]] = 26.2, 5.0
    assert [event[3] for event in scene.collide(5)] == [2]


@pytest.mark.parametrize(
    ("kind", "control", "column"),
    [
        (PEDESTRIAN, TRAFFIC, col.TALLY_PEDESTRIAN), (CAR, TRAFFIC, col.TALLY_VEHICLE), (TRUCK, SCRIPT, col.TALLY_VEHICLE),
        (BICYCLE, TRAFFIC, col.TALLY_VEHICLE), (PARKED, STILL, col.TALLY_OTHER), (OBSTACLE, STILL, col.TALLY_OTHER),
    ],
)  # fmt: skip
def test_partners_are_tallied_by_kind(kind, control, column):
    scene = Scene((CAR, AGENT, 0, 0, 0, 5.0), (kind, control, 1.8 + SIZES[kind][0] / 2, 0, 0, 0.0))
    scene.collide()
    tally = scene.state.tally[0, 0]
    assert tally[COLLISION] == tally[column] == 1
    assert tally.sum() == 2


@pytest.mark.parametrize(
    "actors",
    [
        ((PEDESTRIAN, TRAFFIC, 0, 0, 0, 1.0), (PEDESTRIAN, TRAFFIC, 0.2, 0, 0, 1.0)),
        ((PARKED, STILL, 0, 0, 0, 0.0), (PARKED, STILL, 1.0, 0, 0, 0.0)),
        ((CAR, AGENT, 0, 0, 0, 5.0), (CAR, NO_CONTROL, 1.0, 0, 0, 5.0)),
        ((CAR, AGENT, 0, 0, 0, 5.0), (CAR, TRAFFIC, 0.0, 2.1, 0, 5.0)),
    ],
)
def test_who_cannot_touch_does_not(actors):
    scene = Scene(*actors)
    before = scene.body.copy()
    assert scene.collide() == []
    assert np.array_equal(scene.body, before)


def test_separating_boxes_are_pushed_apart_but_keep_their_speeds():
    scene = Scene((CAR, AGENT, 0, 0, 0, 2.0), (CAR, TRAFFIC, 3.9, 0, 0, 7.0))
    scene.collide()
    assert scene.body[:, col.SPEED] == pytest.approx([2.0, 7.0])
    assert scene.body[1, col.X] - scene.body[0, col.X] == pytest.approx(4.0, abs=1e-5)
