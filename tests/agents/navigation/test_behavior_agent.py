"""BehaviorAgent in the small world: its characters, overtaking, making room, and what its parts answer."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from agents.navigation.path import Path
from tests.agents.navigation.children import answers
from tests.agents.navigation.test_basic_agent import BRAKE, HALF_WIDTH_M, LANE_M, SPEED, TIME, X, Y, standing, trace

NAMES = (
    "town_normal", "red_light_behavior", "follow_cautious", "follow_aggressive", "overtake_normal", "overtake_cautious",
    "overtake_blocked", "make_room_normal", "make_room_aggressive", "answers_of_the_parts", "debug",
)  # fmt: skip
BESIDE_M = 3.7
"""Between the middles of two cars side by side, on lanes of 3.75 m."""


@pytest.fixture(scope="module")
def drives():
    pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    return answers("tests.agents.navigation.drives_child", NAMES)


def lanes(drive):
    return [lane for lane, _ in groupby(row[0] for row in drive["seen"])]


def nearest_m(drive):
    return min(row[1] for row in drive["seen"])


def test_it_drives_below_the_limit_and_within_the_lane(drives):
    rows = trace(drives["town_normal"])
    _, lateral = Path(np.array(drives["town_normal"]["route"])).project(rows[:, [X, Y]])
    assert drives["town_normal"]["done"]
    assert rows[:, SPEED].max() * 3.6 == pytest.approx(47.0, abs=0.5), "3 km/h below 50"
    assert np.abs(lateral).max() < 0.5 * LANE_M - HALF_WIDTH_M


def test_it_stands_at_a_red_light(drives):
    drive = drives["red_light_behavior"]
    stood = standing(trace(drive), 30.0)
    assert len(stood) > 200
    assert stood[-1, X] - drive["line_x"] == pytest.approx(5.0, abs=0.3)
    assert drive["done"]


@pytest.mark.parametrize(("name", "gap"), [("follow_cautious", 6.0), ("follow_aggressive", 4.0)])
def test_each_stands_as_far_behind_as_it_likes(drives, name, gap):
    rows, gaps = trace(drives[name]), np.array(drives[name]["seen"])
    stands = np.searchsorted(rows[:, TIME], 39.0)
    assert rows[stands, SPEED] < 0.05
    assert gaps[stands] == pytest.approx(gap, abs=0.5)
    assert rows[:, BRAKE].max() == pytest.approx(0.5)


def test_the_slow_are_overtaken_and_one_goes_back(drives):
    drive = drives["overtake_normal"]
    assert lanes(drive) == [3, 2, 3]
    assert nearest_m(drive) > BESIDE_M
    assert trace(drive)[-1, SPEED] > 12.0
    assert drive["done"]


def test_the_cautious_stay_behind(drives):
    drive = drives["overtake_cautious"]
    assert lanes(drive) == [3]
    assert trace(drive)[-1, SPEED] == pytest.approx(6.0, abs=0.5)


def test_nobody_is_cut_off_to_overtake(drives):
    drive = drives["overtake_blocked"]
    times = trace(drive)[:, TIME]
    first = next(n for n, row in enumerate(drive["seen"]) if row[0] == 2)
    assert times[first] > 20.0
    assert lanes(drive)[:2] == [3, 2]
    assert nearest_m(drive) > BESIDE_M


def test_room_is_made_for_the_fast_by_all_but_the_aggressive(drives):
    assert lanes(drives["make_room_normal"]) == [3, 2, 3]
    assert nearest_m(drives["make_room_normal"]) > BESIDE_M
    assert lanes(drives["make_room_aggressive"])[0] == 3
    assert len(lanes(drives["make_room_aggressive"])) == 1


def test_who_is_seen_where(drives):
    seen = drives["answers_of_the_parts"]["seen"]
    assert seen["ahead"] == [True, "ahead", pytest.approx(30.0, abs=0.01)]
    assert seen["too far"] == [False, None, -1]
    assert seen["behind"] == [True, "behind", pytest.approx(25.0, abs=0.01)]
    assert seen["left"] == [True, "left", pytest.approx(np.hypot(8.0, 3.75), abs=0.05)]
    assert seen["right"] == [False, None, -1]


def test_stopping_at_once_and_plans_to_change_lanes(drives):
    parts = drives["answers_of_the_parts"]
    assert parts["stop"] == [0.0, 0.5, 0.0, False]
    assert parts["no_lane"] == []
    assert [lane for lane, _ in groupby(row[0] for row in parts["left"])] == [-3, -2]


def test_what_is_steered_at_is_drawn_when_asked(drives):
    assert drives["debug"] == {"drawn": 1}
