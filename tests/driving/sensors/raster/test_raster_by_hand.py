"""Where things are in a picture and how bright, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.raster.placing import pose_ago
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import BICYCLE, CAR, GREEN, OBSTACLE, OFF, PEDESTRIAN, RED, YELLOW
from sim_suite.driving.world.terrain import CYCLE, GREEN_FROM, GREEN_TICKS, GROUP
from tests.driving.sensors.scenes import place, prepared, scene

SPEC = RasterSpec(("ego", "actors_0", "actors_2", "past_poses"), (100, 80), 0.5, (80, 40), past_points=3)


def picture(state, spec=SPEC, **options):
    out = np.zeros((1, 1, *spec.shape), np.uint8)
    Rasteriser(prepared("crossroads"), spec).draw(state, out, **options)
    return dict(zip(spec.channels, out[0, 0], strict=True))


def two_actors(kind, ahead, left, yaw=0.0):
    """An ego that heads north at (10, 20), and another; tick 100, everything has stood still."""
    state = scene(prepared("crossroads"), 1, actors=2)
    state.world[0, layout.TICK] = 100
    place(state, 0, 0, CAR, 10.0, 20.0, math.pi / 2)
    place(state, 0, 1, kind, 10.0 - left, 20.0 + ahead, math.pi / 2 + yaw)
    return state


def extent(plane):
    rows, cols = np.nonzero(plane)
    return rows.min(), rows.max(), cols.min(), cols.max()


def test_the_ego_stands_upright_at_its_place():
    # 4.6 m x 1.9 m: 4.6 rows and 1.9 columns either way of the corner (80, 40); five and two centres, at .5, lie within.
    shown = picture(two_actors(CAR, 10.0, 3.0))
    assert extent(shown["ego"]) == (75, 84, 38, 41)
    assert set(np.unique(shown["ego"])) == {0, 255}


def test_ahead_is_up_and_left_is_left():
    shown = picture(two_actors(CAR, 10.0, 3.0))
    assert extent(shown["actors_0"]) == (60 - 5, 60 + 4, 34 - 2, 34 + 1)
    across = picture(two_actors(CAR, 10.0, 3.0, yaw=math.pi / 2))
    assert extent(across["actors_0"]) == (60 - 2, 60 + 1, 34 - 5, 34 + 4)


def test_turning_the_picture_to_the_left_turns_the_scene_to_the_right():
    quarter = np.full((1, 1), math.pi / 2, np.float32)
    shown = picture(two_actors(CAR, 10.0, 3.0), rotation=quarter)
    # Up is now west: 3 m ahead, and 10 m to the right.
    assert extent(shown["actors_0"])[:2] == (74 - 2, 74 + 1)
    assert extent(shown["actors_0"])[2:] == (60 - 5, 60 + 4)
    assert extent(shown["ego"])[:2] == (78, 81)


@pytest.mark.parametrize(("kind", "value"), [(CAR, 150), (PEDESTRIAN, 255), (BICYCLE, 200), (OBSTACLE, 100)])
def test_kinds_have_their_brightness_and_the_brightest_is_seen(kind, value):
    state = two_actors(kind, 10.0, 0.0)
    assert picture(state)["actors_0"].max() == value
    both = scene(prepared("crossroads"), 1, actors=3)
    both.world[0] = state.world[0]
    both.world[0, layout.NUM_ACTORS] = 3
    for field, source in ((both.body, state.body), (both.mind, state.mind), (both.trail, state.trail)):
        field[:, :2] = source
    place(both, 0, 2, PEDESTRIAN, 10.0, 30.0, 0.3)
    assert picture(both)["actors_0"].max() == 255


def test_no_pedestrian_falls_between_pixels():
    spec = RasterSpec(("actors_0",), (60, 60), 0.9, (40, 30))
    for turn in np.linspace(0, math.pi / 2, 13):
        for ahead in (10.0, 10.1, 10.33):
            assert picture(two_actors(PEDESTRIAN, ahead, 2.2, yaw=turn), spec)["actors_0"].any()


def test_past_frames_show_where_an_actor_was():
    state = two_actors(CAR, 10.0, 0.0)
    place(state, 0, 1, CAR, 10.0, 30.0, math.pi / 2, speed=10.0)
    shown = picture(state)
    # 2 frames of 0.2 s at 10 m/s: 4 m, 8 rows behind.
    assert np.array_equal(shown["actors_2"][8:], shown["actors_0"][:-8])


def test_actors_without_a_past_are_not_in_past_frames():
    state = two_actors(CAR, 10.0, 0.0)
    state.trail[0, 1, 1:, 3] = 0.0
    shown = picture(state)
    assert shown["actors_0"].any()
    assert not shown["actors_2"].any()


def test_past_poses_fade():
    state = two_actors(CAR, 10.0, 0.0)
    place(state, 0, 0, CAR, 10.0, 20.0, math.pi / 2, speed=10.0)
    plane = picture(state)["past_poses"]
    # 2 m, 4 rows apart; 0.6 m are drawn 0.71 wide: the four pixels around each corner lie 0.35 m off in both ways.
    assert [int(plane[row, 39:41].max()) for row in (79, 80, 83, 84, 87, 88)] == [255, 255, 158, 158, 60, 60]
    assert np.count_nonzero(plane) == 12
    assert np.count_nonzero(picture(state, past_points=np.array([[1]], np.int32))["past_poses"]) == 4


def test_poses_between_kept_ones_are_interpolated_the_short_way_round():
    body = np.zeros(layout.BODY, np.float32)
    trail = np.array([[0, 0, 3.1, 1], [-4, 8, -3.1, 1], [0, 0, 0, 0]], np.float32)
    assert pose_ago(body, trail, 100, 0, 4) == (True, -4.0, 8.0, pytest.approx(-3.1))
    known, x, y, yaw = pose_ago(body, trail, 101, 0, 4)
    assert (known, x, y) == (True, -3.0, 6.0)
    assert yaw == pytest.approx(-3.1 - (2 * math.pi - 6.2) / 4, abs=1e-6)
    assert not pose_ago(body, trail, 100, 0, 8)[0]
    assert not pose_ago(body, trail, 103, 0, 8)[0]


@pytest.mark.parametrize(
    ("tick", "born", "ago", "x"),
    [
        (100, 96, 4, -1.0),  # the second entry is the first of its own
        (100, 97, 4, 0.0),
        (100, 100, 40, 0.0),
        (101, 96, 4, -0.75),
        (101, 97, 4, 0.0),
        (103, 101, 4, 7.0),  # nothing was kept of it yet
    ],
)
def test_before_its_birth_an_actor_is_where_it_began(tick, born, ago, x):
    body = np.zeros(layout.BODY, np.float32)
    body[layout.X] = 7.0
    trail = np.array([[0, 0, 0, 1], [-1, 0, 0, 1], [-50, 0, 0, 1], [-60, 0, 0, 1]], np.float32)
    assert pose_ago(body, trail, tick, born, ago)[:2] == (True, x)


@pytest.mark.parametrize(("light", "value"), [(OFF, 0), (GREEN, 85), (YELLOW, 170), (RED, 255)])
def test_lights_that_are_told_what_to_show(light, value):
    spec = RasterSpec(("lights_0", "lights_3"), (192, 192), 0.2, (144, 96))
    state = scene(prepared("crossroads"), 1)
    state.body[0, 0, :3] = 0.0, -10.0, math.pi / 2
    state.lights[:] = light
    shown = picture(state, spec)
    assert set(np.unique(shown["lights_0"])) == {0, value}
    assert np.array_equal(shown["lights_0"], shown["lights_3"])


def test_lights_over_time_follow_the_programme():
    driving_map = prepared("crossroads")
    terrain = driving_map.ground.terrain
    spec = RasterSpec(("lights_0", "lights_1", "lights_4"), (192, 192), 0.2, (144, 96))
    state = scene(driving_map, 1)
    lane = int(np.flatnonzero(terrain.lane[:-1, GROUP] >= 0)[0])
    programme = terrain.programme[terrain.lane[lane, GROUP]]
    middle = int(driving_map.graph.lanes.first_point[lane]) + 1
    points = driving_map.graph.points
    state.body[0, 0, :3] = points.x[middle], points.y[middle], points.heading[middle]
    # Two ticks after its green began, 4 and 16 ticks ago it was red.
    state.world[0, layout.TICK] = programme[GREEN_FROM] + programme[CYCLE] + 2
    assert programme[GREEN_TICKS] > 2
    shown = picture(state, spec)
    under = {name: int(plane[143:145, 95:97].max()) for name, plane in shown.items()}
    assert under == {"lights_0": 85, "lights_1": 255, "lights_4": 255}


def test_speed_limits_are_in_proportion():
    spec = RasterSpec(("speed_limit",), (192, 192), 0.2, (144, 96))
    state = scene(prepared("crossroads"), 1)
    state.body[0, 0, :3] = 40.0, -1.75, 0.0
    # 50 km/h of 144 km/h.
    assert picture(state, spec)["speed_limit"].max() == round(255 * 50 / 144)


@pytest.mark.parametrize(
    ("kind", "value"), [(SignalKind.STOP, 255), (SignalKind.YIELD, 192), (SignalKind.LIGHT, 0)], ids=str
)
def test_a_sign_is_drawn_along_the_lanes_of_the_junction_that_it_holds_and_no_others(kind, value):
    driving_map = prepared("town_1km")
    graph, spec = driving_map.graph, RasterSpec(("crosswalks_stops",), (8, 8), 0.5, (4, 4))
    owner = np.repeat(np.arange(graph.num_lanes), np.diff(graph.stop_lines.first))
    checked = 0
    for line in np.flatnonzero((graph.stop_lines.kind == kind) & (graph.lanes.junction[owner] < 0)):
        lane = owner[line]
        for held in graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]:
            if graph.lanes.junction[held] < 0:
                continue
            at = (graph.lanes.first_point[held] + graph.lanes.first_point[held + 1]) // 2
            state = scene(driving_map, 1, actors=1)
            place(
                state, 0, 0, CAR, float(graph.points.x[at]), float(graph.points.y[at]), float(graph.points.heading[at])
            )
            out = np.zeros((1, 1, *spec.shape), np.uint8)
            Rasteriser(driving_map, spec).draw(state, out)
            # Its middle lies on the corner of the four pixels; other lanes may cross there.
            shown = out[0, 0, 0, 2:6, 3:5]
            assert shown.max() == value if value else not np.isin(shown, (255, 192)).any()
            checked += 1
    assert checked >= 3


@pytest.mark.parametrize(
    ("kind", "value"), [(SignalKind.STOP, 255), (SignalKind.YIELD, 192), (SignalKind.LIGHT, 128)], ids=str
)
def test_a_line_says_what_holds_traffic_there(kind, value):
    driving_map = prepared("town_1km")
    graph, spec = driving_map.graph, RasterSpec(("crosswalks_stops",), (40, 12), 0.5, (40, 6))
    owner = np.repeat(np.arange(graph.num_lanes), np.diff(graph.stop_lines.first))
    checked = 0
    for line in np.flatnonzero((graph.stop_lines.kind == kind) & (graph.stop_lines.arc_m > 15.0)):
        lane, arc = owner[line], float(graph.stop_lines.arc_m[line])
        first, step = graph.lanes.first_point[lane], float(graph.lanes.step_m[lane])
        back = round((arc - 10.0) / step)
        heading, at_line = graph.points.heading[first + back], graph.points.heading[first + round(arc / step)]
        if abs(heading - at_line) > 0.02:
            continue
        state = scene(driving_map, 1, actors=1)
        place(
            state, 0, 0, CAR, float(graph.points.x[first + back]), float(graph.points.y[first + back]), float(heading)
        )
        out = np.zeros((1, 1, *spec.shape), np.uint8)
        Rasteriser(driving_map, spec).draw(state, out)
        # The line is 0.5 m, a pixel, and its far edge at the arc: a row of pixels, give or take one.
        row = 40 - round((arc - back * step) / 0.5)
        assert out[0, 0, 0, row - 1 : row + 2, 3:9].max() == value
        assert not np.isin(out[0, 0, 0, :, 3:9], [other for other in (255, 192, 128) if other != value]).any()
        checked += 1
    assert checked >= 3
