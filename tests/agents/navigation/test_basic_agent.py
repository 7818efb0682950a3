"""BasicAgent in the small world: its lane, lights, signs, vehicles, people, lane changes, roaming."""

from __future__ import annotations

import numpy as np
import pytest

from agents.navigation.path import Path
from tests.agents.navigation.children import answers

NAMES = (
    "town_basic", "town_wide_wheels", "red_light", "red_light_ignored", "yellow_far", "yellow_near", "stop_sign", "stop_sign_ignored",
    "follow_basic", "follow_ignored", "cut_in", "walker", "lane_change", "roam_0", "roam_0_again", "roam_1", "put_elsewhere",
    "limits", "offset",
    "light_by_its_box", "done_control", "destinations", "one_road",
)  # fmt: skip
TIME, X, Y, YAW, SPEED, BRAKE = range(6)
HALF_WIDTH_M, LANE_M, FRONT_M, LENGTH_M = 0.92, 3.5, 2.35, 4.7
COMFORT = 3.0
"""m/s^2: the wish is 2, the controller's band adds to it."""

SIDEWAYS = 3.0
"""m/s^2: the wish is 2 along the path, and the steering swings about it."""


@pytest.fixture(scope="module")
def drives():
    pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    return answers("tests.agents.navigation.drives_child", NAMES)


def trace(drive):
    return np.array(drive["trace"])


def hardest_braking(rows):
    """m/s^2, before the full brake at the end of a plan."""
    return -np.diff(rows[:-1, SPEED]).min() / 0.05


def sideways(rows):
    """m/s^2, the hardest mean over a quarter of a second: the small world's wheels turn without delay."""
    rate = np.abs(np.diff(np.unwrap(np.radians(rows[:, YAW])))) / 0.05
    return np.convolve(rate * rows[1:, SPEED], np.full(5, 0.2), mode="valid").max()


def standing(rows, until_s):
    """Rows in which it stands after it has begun to drive."""
    return rows[(rows[:, TIME] > 3.0) & (rows[:, TIME] < until_s) & (rows[:, SPEED] < 0.05)]


@pytest.mark.parametrize("name", ["town_basic", "town_wide_wheels"])
def test_a_kilometre_of_town_is_driven_within_the_lane(drives, name):
    rows = trace(drives[name])
    path = Path(np.array(drives[name]["route"]))
    arc, lateral = path.project(rows[:, [X, Y]])
    assert drives[name]["done"]
    assert path.length_m > 1000.0
    assert arc[-1] > path.length_m - 3.0
    assert np.abs(lateral).max() < 0.5 * LANE_M - HALF_WIDTH_M
    assert hardest_braking(rows) < COMFORT
    assert sideways(rows) < SIDEWAYS
    assert rows[:, SPEED].max() == pytest.approx(50.0 / 3.6, abs=0.2)


def test_it_stands_before_a_red_light_and_goes_at_green(drives):
    drive = drives["red_light"]
    rows = trace(drive)
    stood = standing(rows, 30.0)
    assert len(stood) > 200
    before_m = stood[-1, X] - drive["line_x"]  # it drives towards smaller x
    assert before_m == pytest.approx(5.0, abs=0.3)
    assert before_m > FRONT_M
    assert hardest_braking(rows) < COMFORT
    assert stood[-1, BRAKE] == pytest.approx(0.5), "it holds itself"
    assert drive["done"]
    assert rows[-1, TIME] > 30.0


def test_a_light_that_is_ignored_is_passed(drives):
    rows = trace(drives["red_light_ignored"])
    assert rows[rows[:, TIME] > 8.0, SPEED].min() > 12.0
    assert not any(drives["red_light_ignored"]["asked"])


def test_at_yellow_it_stops_where_it_can_and_passes_where_it_cannot(drives):
    far, near = trace(drives["yellow_far"]), trace(drives["yellow_near"])
    assert len(standing(far, 99.0)) > 50
    assert standing(far, 99.0)[0, X] > drives["yellow_far"]["line_x"]
    assert near[near[:, TIME] > 8.0, SPEED].min() > 12.0
    assert near[-1, X] < drives["yellow_near"]["line_x"]


def test_a_light_that_knows_its_box_alone_holds_the_lane_there(drives):
    drive = drives["light_by_its_box"]
    assert not drive["done"]
    assert trace(drive)[-1, SPEED] < 0.05
    assert trace(drive)[-1, X] - drive["line_x"] == pytest.approx(5.0, abs=0.3)


def test_it_stands_at_a_stop_sign_for_a_second(drives):
    drive = drives["stop_sign"]
    rows = trace(drive)
    stood = rows[(rows[:, TIME] > 3.0) & (rows[:, SPEED] < 0.1)]
    assert 1.0 <= 0.05 * len(stood) < 2.0
    assert drive["line_y"] - 7.0 < stood[0, Y] < drive["line_y"] - FRONT_M
    assert drive["done"]
    ignored = trace(drives["stop_sign_ignored"])
    assert ignored[ignored[:, TIME] > 6.0, SPEED].min() > 12.0


def test_it_keeps_a_second_and_five_metres_behind_a_leader(drives):
    rows, gaps = trace(drives["follow_basic"]), np.array(drives["follow_basic"]["seen"])
    steady = np.searchsorted(rows[:, TIME], 24.0)
    assert rows[steady, SPEED] == pytest.approx(8.0, abs=0.5)
    assert gaps[steady] == pytest.approx(5.0 + 8.0, abs=2.0)
    stands = np.searchsorted(rows[:, TIME], 39.0)
    assert rows[stands, SPEED] < 0.05
    assert gaps[stands] == pytest.approx(5.0, abs=0.5)
    assert gaps.min() > 4.5
    assert rows[-1, SPEED] == pytest.approx(8.0, abs=0.5)
    assert min(drives["follow_ignored"]["seen"]) < 0.0, "who ignores vehicles drives through them"


def test_it_brakes_hard_for_what_comes_suddenly(drives):
    rows = trace(drives["cut_in"])
    assert rows[:, BRAKE].max() == pytest.approx(0.9), "the agent's own brake"
    assert rows[-1, SPEED] < 0.05
    assert min(drives["cut_in"]["seen"]) > 1.0


def test_it_waits_for_people_who_cross(drives):
    rows, gaps = trace(drives["walker"]), drives["walker"]["seen"]
    assert len(standing(rows, 16.0)) > 20
    assert min(gaps) > FRONT_M + 1.0
    assert rows[-1, SPEED] > 10.0


def test_a_lane_change_is_planned_and_driven(drives):
    drive = drives["lane_change"]
    lanes, options = [row[0] for row in drive["plan"]], [row[1] for row in drive["plan"]]
    change = options.index("CHANGELANELEFT")
    assert options == ["LANEFOLLOW"] * change + ["CHANGELANELEFT"] * 2 + ["LANEFOLLOW"] * (len(options) - change - 2)
    assert lanes == [-3] * (change + 1) + [-2] * (len(lanes) - change - 1)
    stations = [row[2] for row in drive["plan"]]
    assert stations[change] - stations[0] == pytest.approx(13.0)
    assert stations[change + 1] - stations[change] == pytest.approx(26.0)
    assert stations[-1] - stations[change + 1] == pytest.approx(52.0)
    assert (drive["seen"][0], drive["seen"][-1]) == (3, 2)
    assert drive["off_m"] < 0.1


def test_it_roams_for_ever_and_the_same_way_with_the_same_seed(drives):
    assert drives["roam_0"] == drives["roam_0_again"]
    assert set(drives["roam_0"]["seen"]) <= set(range(85, 101)), "about a hundred waypoints lie ahead"
    first, other = trace(drives["roam_0"]), trace(drives["roam_1"])
    assert not drives["roam_0"]["done"]
    assert np.hypot(*(first[-1] - other[-1])[[X, Y]]) > 50.0
    assert np.hypot(*np.diff(first[:, [X, Y]], axis=0).T).sum() > 300.0


def test_it_roams_on_from_where_its_vehicle_was_put(drives):
    rows = trace(drives["put_elsewhere"])
    assert rows[0, X] > 219.0
    assert rows[-1, X] > 280.0
    assert np.ptp(rows[:, Y]) < 0.1


def test_speed_limits_are_followed_once_asked_for(drives):
    first, second = np.array(drives["limits"]["first"]), np.array(drives["limits"]["second"])
    assert first[-1, SPEED] * 3.6 == pytest.approx(30.0, abs=0.5)
    assert second[-1, SPEED] * 3.6 == pytest.approx(20.0, abs=0.5)


def test_an_offset_is_kept(drives):
    assert drives["offset"]["seen"][-1] == pytest.approx(0.8, abs=0.02)


def test_a_plan_that_is_done_ends_with_the_brake(drives):
    assert drives["done_control"] == {"done": True, "control": [0.0, 1.0]}


def test_destinations_one_after_the_other_and_from_a_start_that_is_told(drives):
    both, told = np.array(drives["destinations"]["both"]), np.array(drives["destinations"]["told"])
    assert both[0, 0] == pytest.approx(20.0, abs=0.1)
    assert both[-1, 0] == pytest.approx(180.0, abs=0.1)
    assert np.diff(both[:, 0]).max() < 2.1
    assert np.diff(both[:, 0]).min() >= 0.0, "none twice backwards"
    assert told[[0, -1], 0] == pytest.approx([180.0, 300.0], abs=0.1)


def test_lanes_that_lead_nowhere_and_what_is_refused(drives):
    found = drives["one_road"]
    assert found["stations"] == pytest.approx(np.arange(50.0, 151.0, 2.0), abs=0.01)
    route, resolution, behavior, direction = found["refused"]
    assert route == (
        "no route leads from (50.0, 1.8) to (150.0, -1.8) on one_road. Choose a destination that lanes lead to."
    )
    assert resolution == "sampling_resolution must be above 0 m, not 0."
    assert behavior.startswith("unknown behavior 'normall'. Did you mean 'normal'?")
    assert direction.startswith("unknown direction 'up'.")
