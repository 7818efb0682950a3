"""Whom an ego sees: by hand, and against lines of sight sampled point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.buildings import build_walls, sort_walls, wall_between
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, NO_CONTROL, PARKED, PEDESTRIAN, TRUCK
from sim_suite.driving.world.layout import new_state
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import SIZES, place, prepared, scene

OPEN_GROUND = sort_walls([])


def seen(*actors, walls=OPEN_GROUND, range_m=300.0):
    """Whom the first of (kind, x, y, yaw) sees."""
    state = new_state(1, len(actors), 1, 0, max_legs=1)
    state.world[0, layout.NUM_ACTORS] = len(actors)
    state.weather[0, layout.VISIBILITY] = range_m
    for slot, actor in enumerate(actors):
        place(state, 0, slot, *actor)
    out = np.full((1, 1, len(actors)), 9, np.uint8)
    see(state, walls, out)
    return out[0, 0].tolist()


EGO = (CAR, 0.0, 0.0, 0.0)
VAN = (PARKED, 20.0, -3.0, 0.0)


def test_a_parked_van_hides_a_child_until_it_steps_out():
    # Sight passes the van's far corner (22.2, -2.1). The child's far corner, at x = 24.25, shows above y = -2.294: it is half
    # of 0.5 m to the left of the child.
    assert seen(EGO, VAN, (PEDESTRIAN, 24.0, -3.3, 0.0)) == [1, 1, 0]
    assert seen(EGO, VAN, (PEDESTRIAN, 24.0, -2.56, 0.0)) == [1, 1, 0]
    assert seen(EGO, VAN, (PEDESTRIAN, 24.0, -2.53, 0.0)) == [1, 1, 1]
    assert seen(EGO, VAN, (PEDESTRIAN, 24.0, -1.0, 0.0)) == [1, 1, 1]


def test_people_hide_nobody_and_lorries_do():
    behind = (PEDESTRIAN, 30.0, 0.0, 0.0)
    assert seen(EGO, (PEDESTRIAN, 10.0, 0.0, 0.0), behind) == [1, 1, 1]
    assert seen(EGO, (TRUCK, 14.0, 0.0, 0.0), behind) == [1, 1, 0]
    # The lorry's own centre lies behind its front, which hides nothing of itself.
    assert seen(EGO, (TRUCK, 14.0, 0.0, math.pi / 2), behind) == [1, 1, 0]


def test_a_corner_that_shows_is_enough():
    wide = (TRUCK, 40.0, 0.0, math.pi / 2)
    assert seen(EGO, (CAR, 20.0, 0.0, 0.0), wide) == [1, 1, 1]
    assert seen(EGO, (CAR, 10.0, 0.0, 0.0), (CAR, 20.0, 0.0, 0.0)) == [1, 1, 0]


def test_weather_limits_sight_to_the_nearest_point():
    far = (CAR, 50.0, 0.0, 0.0)
    assert [seen(EGO, far, range_m=range_m)[1] for range_m in (47.0, 47.72, 47.5)] == [0, 1, 0]


def test_empty_slots_hide_nobody_and_are_not_seen():
    state = new_state(2, 3, 2, 0, max_legs=1)
    state.world[:, layout.NUM_ACTORS] = 3
    for w in range(2):
        place(state, w, 0, *EGO)
        place(state, w, 1, TRUCK, 14.0, 0.0, 0.0)
        place(state, w, 2, PEDESTRIAN, 30.0, 0.0, 0.0)
    state.mind[1, 1, layout.CONTROL] = NO_CONTROL
    out = np.zeros((2, 2, 3), np.uint8)
    see(state, OPEN_GROUND, out)
    assert out.tolist() == [[[1, 1, 0], [1, 1, 1]], [[1, 0, 1], [0, 0, 0]]]


def test_what_the_ego_stands_in_hides_nothing():
    assert seen(EGO, (CAR, 1.0, 0.5, 0.3), (PEDESTRIAN, 30.0, 0.0, 0.0)) == [1, 1, 1]


def box(x0, y0, x1, y1):
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return [(*a, *b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]


def test_round_a_buildings_corner():
    house = sort_walls(box(10.0, 5.0, 60.0, 40.0))
    # From the origin the corner (60, 5) hides what lies above y = x / 12: the centre at y = 6.8, but not the corner below it.
    shown = [seen(EGO, (PEDESTRIAN, 80.0, y, 0.0), walls=house)[1] for y in (6.3, 6.8, 7.0, 39.0)]
    assert shown == [1, 1, 0, 0]
    # And the corner (10, 40) what lies below y = 4 x.
    shown = [seen(EGO, (PEDESTRIAN, x, 80.0, 0.0), walls=house)[1] for x in (19.0, 20.2, 20.6)]
    assert shown == [1, 1, 0]
    assert seen(EGO, (PEDESTRIAN, 8.0, 12.0, 0.0), walls=house) == [1, 1]


def test_walls_in_a_grid_hide_as_all_of_them_do():
    rng = np.random.default_rng(0)
    at, way = rng.uniform(-100, 100, (60, 2)), rng.uniform(-25, 25, (60, 2))
    walls = [(*a, *(a + w)) for a, w in zip(at, way, strict=True)]
    grid = sort_walls(walls)
    ends = rng.uniform(-160, 160, (4000, 4))
    ends[:40, 2] = ends[:40, 0]
    ends[40:80, 3] = ends[40:80, 1]
    hidden = np.array([wall_between(grid, *end) for end in ends])
    (x, y, to_x, to_y), (wx, wy, wx2, wy2) = ends.T[:, :, None], grid.wall.astype(float).T[:, None]

    def side(ax, ay, bx, by, px, py):
        return np.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax))

    cross = (side(x, y, to_x, to_y, wx, wy) != side(x, y, to_x, to_y, wx2, wy2)) & (
        side(wx, wy, wx2, wy2, x, y) != side(wx, wy, wx2, wy2, to_x, to_y)
    )
    assert 500 < hidden.sum() < 3500
    assert np.array_equal(hidden, cross.any(axis=1))


def test_scenes_in_town_against_sampled_lines():
    driving_map = prepared("left_hand")
    walls, props = map_walls(driving_map), driving_map.graph.props
    state = scene(driving_map, 12, seed=4)
    # Others stand anywhere within 60 m, behind houses too.
    state.body[:, 1:, :2] = state.body[:, :1, :2] + np.random.default_rng(1).uniform(-60, 60, (12, 15, 2))
    state.weather[:, layout.VISIBILITY] = 70.0
    out = np.zeros((12, 1, 16), np.uint8)
    see(state, walls, out)
    share = np.linspace(0.0, 1.0, 2001)[1:, None]
    outlines = [
        np.stack([props.corner_x[a:b], props.corner_y[a:b]], axis=1)
        for kind, a, b in zip(props.kind, props.first_corner[:-1], props.first_corner[1:], strict=True)
        if kind == 3
    ]
    differ = 0
    for w in range(12):
        body = state.body[w].astype(float)
        eye = body[0, :2]
        hiders = [corners_of(body[a]) for a in range(16)]
        for target in range(1, 16):
            ends = [body[target, :2], *corners_of(body[target])]
            near = [outline for outline in outlines if np.hypot(*(outline.mean(axis=0) - eye)) < 130.0]
            others = [hiders[a] for a in range(1, 16) if a != target and state.mind[w, a, layout.KIND] != PEDESTRIAN]
            others = [other for other in others if not inside(other, eye[None])[0]]
            free = [
                np.hypot(*(end - eye)) <= 70.0
                and not any(inside(shape, eye + share * (end - eye)).any() for shape in near + others)
                for end in ends
            ]
            differ += bool(out[w, 0, target]) != any(free)
    assert 20 < out[:, :, 1:].sum() < 12 * 15 - 20
    # A line may touch a corner between two samples, which lie 3 cm apart.
    assert differ <= 1


def corners_of(body):
    cos, sin = math.cos(body[layout.YAW]), math.sin(body[layout.YAW])
    half = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * body[[layout.LENGTH, layout.WIDTH]] / 2
    return body[:2] + half @ np.array([[cos, sin], [-sin, cos]])


def inside(corners, points):
    """Which points lie in a convex outline."""
    way = np.roll(corners, -1, axis=0) - corners
    off = points[:, None] - corners
    cross = way[:, 0] * off[..., 1] - way[:, 1] * off[..., 0]
    return (cross > 1e-9).all(axis=1) | (cross < -1e-9).all(axis=1)


def test_threads_change_nothing():
    driving_map = prepared("left_hand")
    walls, state = map_walls(driving_map), scene(driving_map, 20, agents=2, seed=9)
    shared, alone = np.zeros((2, 20, 2, 16), np.uint8)
    see(state, walls, shared)
    with at_most(1):
        see(state, walls, alone)
    assert np.array_equal(shared, alone)
    assert shared[:, 0, 0].all()


def test_walls_of_a_map_count_from_its_origin():
    props = prepared("left_hand").graph.props
    here, moved = build_walls(props), build_walls(props, 100.0, -50.0)
    assert len(here.wall) == 4 * 102
    assert np.allclose(here.wall - (100.0, -50.0, 100.0, -50.0), moved.wall, atol=1e-3)


def test_memory_that_does_not_fit_is_refused():
    state = new_state(2, 3, 1, 0, max_legs=1)
    with pytest.raises(SuiteError, match=r"give uint8 \(2, 1, 3\)"):
        see(state, OPEN_GROUND, np.zeros((2, 3), np.uint8))


def test_sizes_of_the_scenes_are_those_that_the_numbers_above_use():
    assert SIZES[PARKED] == (4.4, 1.8)
    assert SIZES[PEDESTRIAN] == (0.5, 0.5)
