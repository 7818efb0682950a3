"""What legs are called: turns by the angle of the whole way through a junction, and what a route sums up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.routes.route import (
    TURN_RAD,
    LanePosition,
    Manoeuvre,
    Route,
    lane_turns,
    name_manoeuvres,
)
from tests.driving.roads.lanes_by_hand import Strip, graph_of

FOLLOW, CHANGE_L, CHANGE_R, TURN_L, TURN_R, STRAIGHT = Manoeuvre


def named(lanes, junction, turn, change=None, first=None):
    first = [0, len(lanes)] if first is None else first
    change = np.zeros(len(lanes)) if change is None else np.array(change)
    return name_manoeuvres(
        np.array(first, np.int32), np.array(lanes, np.int32), change.astype(np.uint8), np.array(junction, np.int32),
        np.array(turn, float),
    ).tolist()  # fmt: skip


def test_turns_are_told_from_straight_on_by_their_angle():
    angles = [TURN_RAD - 0.01, TURN_RAD + 0.01, -TURN_RAD + 0.01, -TURN_RAD - 0.01, 2.0]
    ways = [named([0], [3], [angle])[0] for angle in angles]
    assert ways == [STRAIGHT, TURN_L, STRAIGHT, TURN_R, TURN_L]
    assert named([0], [-1], [2.0]) == [FOLLOW]


def test_legs_in_one_junction_are_one_way_and_other_junctions_others():
    half = 0.6 * TURN_RAD
    assert named([0, 1, 2, 3], [-1, 0, 0, -1], [0, half, half, 0]) == [FOLLOW, TURN_L, TURN_L, FOLLOW]
    assert named([0, 1], [0, 1], [half, half]) == [STRAIGHT, STRAIGHT]
    assert named([0, 1], [0, 0], [half, half], first=[0, 1, 2]) == [STRAIGHT, STRAIGHT]


def test_changes_keep_their_name_and_turn_once():
    assert named([0, 1, 1], [0, 0, 0], [0.6 * TURN_RAD] * 2, [0, CHANGE_R, 0]) == [STRAIGHT, CHANGE_R, STRAIGHT]
    assert named([0, 1], [-1, -1], [0, 0], [0, CHANGE_L]) == [FOLLOW, CHANGE_L]


def test_lanes_turn_in_junctions_only():
    graph = graph_of(
        [Strip(0, 0, 0, 10, 0.1), Strip(0, 0, 3.0, 10, 0.1, junction=0), Strip(0, 0, 0, 8, -0.2, junction=0)]
    )
    assert lane_turns(graph) == pytest.approx([0.0, 1.0, -1.6])


def test_sums_of_a_route():
    route = Route(
        LanePosition(0, 1.0), LanePosition(1, 5.0), np.array([0, 1, 1], np.int32), np.array([1.0, 9.0, 2.0]),
        np.array([9.0, 2.0, 5.0]), np.array([0, 0, 1], np.int32),
        np.array([FOLLOW, CHANGE_R, FOLLOW], np.uint8), np.array([8.0, 25.0, 3.0]), np.array([1.0, 2.0, 0.5]),
    )  # fmt: skip
    assert (route.length_m, route.duration_s, route.num_changes) == (36.0, 3.5, 1)
    assert math.degrees(TURN_RAD) == pytest.approx(35.0)
