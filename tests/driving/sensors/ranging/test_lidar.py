"""Lidars: walls, rings on flat ground and occlusion by hand; every ray against casting it alone; angles against neighbouring rays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.sensors.ranging.incidence import incidence
from sim_suite.driving.sensors.ranging.lidar import INTENSITY, PX, PY, PZ, Lidar
from sim_suite.driving.sensors.ranging.lidar_spec import LidarSpec
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.rays import NEVER, hit
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solid_grid import first_of_grid, first_of_rows, sort_solids
from sim_suite.driving.sensors.solids.solids import (
    BOX,
    CYLINDER,
    ELLIPSOID,
    FIRST_THING,
    INSTANCE,
    SOLID,
    TAPERED,
    new_solids,
)
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, NO_CONTROL, PEDESTRIAN
from sim_suite.errors import SuiteError
from tests.driving.sensors.ranging.standing import NO_SCENERY, standing, wall
from tests.driving.sensors.scenes import prepared, scene

MAP = "crossroads"
FEW = LidarSpec(channels=9, points=72, upper_deg=10.0, lower_deg=-30.0, noise_m=0.0)


def scanned(state, spec=FEW, scenery=NO_SCENERY, slots=(0,)):
    lidar = Lidar(prepared(MAP), spec, scenery)
    out = lidar.new_scans(state.num_worlds, len(slots))
    lidar.scan(state, out, slots)
    return out


def points_of(out, w=0, m=0):
    count = out.counts[w, m]
    return out.points[w, m, :count], out.tag[w, m, :count], out.instance[w, m, :count], out.cosine[w, m, :count]


EGO = (CAR, 10.0, -5.0, 0.7)


def test_rings_on_flat_ground_have_the_radius_of_their_angle():
    points, _, instances, cosines = points_of(scanned(standing(EGO)))
    down = np.radians(np.linspace(10.0, -30.0, 9))
    down = down[down < 0][1.9 / np.tan(-down[down < 0]) < 100.0]
    assert len(points) == len(down) * 72
    rings = points.reshape(72, len(down), 4)
    assert np.hypot(rings[..., PX], rings[..., PY]) == pytest.approx(np.tile(1.9 / np.tan(-down), (72, 1)), rel=1e-5)
    assert rings[..., PZ] == pytest.approx(np.full((72, len(down)), -1.9), abs=1e-4)
    assert rings[..., INTENSITY] == pytest.approx(np.tile(np.exp(-0.004 * 1.9 / np.sin(-down)), (72, 1)), rel=1e-5)
    # The first column looks ahead, the next ones turn to the left.
    assert np.arctan2(rings[:, 0, PY], rings[:, 0, PX]) % (2 * np.pi) == pytest.approx(
        2 * np.pi * np.arange(72) / 72, abs=1e-5
    )
    assert cosines.reshape(72, -1) == pytest.approx(np.tile(np.sin(-down), (72, 1)), rel=1e-5)
    assert not instances.any()


def test_the_ground_is_what_the_map_says():
    points, tags, _, _ = points_of(scanned(scene(prepared(MAP), 1, seed=3), LidarSpec(noise_m=0.0)))
    state = scene(prepared(MAP), 1, seed=3)
    x, y, yaw = state.body[0, 0, :3].astype(float)
    on_ground = points[:, PZ] < -1.9 + 1e-3
    px, py = points[on_ground, PX].astype(float), points[on_ground, PY].astype(float)
    at = x + px * math.cos(yaw) - py * math.sin(yaw), y + px * math.sin(yaw) + py * math.cos(yaw)
    mask, _ = lookup(prepared(MAP).ground.textures, *at)
    road, painted, crosswalk = mask & 1 != 0, mask & (2 | 16) != 0, mask & 8 != 0
    found = tags[on_ground]
    ground = np.isin(found, [Tag.ROAD, Tag.ROAD_LINE, Tag.SIDEWALK, Tag.TERRAIN, Tag.GROUND])
    assert len(set(found[ground].tolist())) >= 4
    # Float32 moves a point by a hair: one at a texel's edge may be its neighbour's.
    assert (found[ground] == Tag.ROAD_LINE)[painted[ground]].mean() > 0.99
    assert (found[ground] == Tag.ROAD)[(road & ~painted & ~crosswalk)[ground]].mean() > 0.99
    # Of a crosswalk the stripes are paint, half of it.
    assert 0.3 < (found[ground] == Tag.ROAD_LINE)[(crosswalk & ~painted)[ground]].mean() < 0.7


def test_a_wall_stands_where_it_is():
    # The wall's near side is 20 m ahead of a lidar that looks east from the origin.
    points, tags, instances, cosines = points_of(
        scanned(standing((CAR, 0.0, 0.0, 0.0)), scenery=sort_solids(wall(20.1)[None]))
    )
    on_wall = tags == Tag.WALL
    assert points[on_wall, PX] == pytest.approx(np.full(on_wall.sum(), 20.0), abs=1e-3)
    assert set(instances[on_wall].tolist()) == {FIRST_THING}
    # 15 m to either side: 36.87 degrees, so seven columns of 5 degrees. Three rays, 10, 5 and 0 degrees up, but for that of 10 in the
    # outermost columns, which passes over 6 m; that of -5 reaches the ground after 21.7 m, so before the wall beyond 22.9 degrees.
    columns = np.round(np.degrees(np.arctan2(points[on_wall, PY], points[on_wall, PX])) / 5).astype(int)
    assert sorted(set(columns.tolist())) == list(range(-7, 8))
    assert on_wall.sum() == 15 * 3 - 2 + 9
    far = np.linalg.norm(points[on_wall, :3], axis=1)
    assert cosines[on_wall] == pytest.approx(20.0 / far, rel=1e-4)


def test_the_lidar_turns_with_its_carrier_and_sits_where_it_is_mounted():
    north = standing((CAR, 3.0, -4.0, math.pi / 2))
    spec = LidarSpec(channels=1, points=4, upper_deg=0.0, lower_deg=0.0, noise_m=0.0, ahead_m=1.0, left_m=0.5, up_m=2.5)
    walls = sort_solids(np.stack([wall(3.0, 16.1, yaw=math.pi / 2), wall(-27.1)]))
    points, _, _, _ = points_of(scanned(north, spec, walls))
    # Ahead (north) from y = -3 to 16; to the left (west) from x = 2.5 to -27.
    assert points[:, [PX, PY]] == pytest.approx(np.array([[19.0, 0.0], [0.0, 29.5]]), abs=1e-3)


def test_what_stands_before_hides_what_is_behind():
    behind = standing((CAR, 0.0, 0.0, 0.0), (CAR, 30.0, 0.0, 0.3), (PEDESTRIAN, 15.0, 4.0, 0.0))
    _, tags, instances, _ = points_of(scanned(behind, LidarSpec(noise_m=0.0)))
    assert set(tags[instances == 2].tolist()) == {Tag.CAR}
    assert set(tags[instances == 3].tolist()) == {Tag.PEDESTRIAN}
    # Nothing of the carrier itself.
    assert not (instances == 1).any()
    _, _, instances, _ = points_of(scanned(behind, LidarSpec(noise_m=0.0), sort_solids(wall(20.0)[None])))
    assert not (instances == 2).any()
    assert (instances == 3).any()
    low = sort_solids(wall(20.0, height=0.3)[None])
    assert (points_of(scanned(behind, LidarSpec(noise_m=0.0), low))[2] == 2).any()


def test_every_ray_gets_as_far_as_when_it_is_cast_alone():
    driving_map, spec = prepared("left_hand"), LidarSpec(channels=16, points=180, noise_m=0.0, range_m=80.0)
    state = scene(driving_map, 3, seed=5)
    lidar = Lidar(driving_map, spec)
    out = lidar.new_scans(3)
    lidar.scan(state, out)
    solids, counts = new_solids(3, 16 * MOST_PARTS)
    fill_solids(state, solids, counts)
    up, around = np.radians(np.linspace(10.0, -30.0, 16)), 2 * np.pi * np.arange(180) / 180
    met = differ = 0
    for w in range(3):
        x, y, yaw = state.body[w, 0, :3]
        others = np.ascontiguousarray(solids[w, : counts[w]][solids[w, : counts[w], INSTANCE] != 1])
        points, _, instances, _ = points_of(out, w)
        elevation = np.arctan2(points[:, PZ], np.hypot(points[:, PX], points[:, PY]))
        channel = np.abs(elevation[:, None] - up).argmin(axis=1)
        column = np.round(np.arctan2(points[:, PY], points[:, PX]) / (2 * np.pi) * 180).astype(int) % 180
        found = np.full((180, 16), np.inf)
        whose = np.full((180, 16), -1)
        found[column, channel], whose[column, channel] = np.linalg.norm(points[:, :3], axis=1), instances
        for k in range(180):
            for c in range(16):
                level, bearing = np.cos(up[c]), around[k] + yaw
                way = level * np.cos(bearing), level * np.sin(bearing), np.sin(up[c])
                ray = [np.float32(value) for value in (x, y, 1.9, *way)]
                ground = -1.9 / np.sin(up[c]) if up[c] < 0 else np.inf
                thing, row = first_of_grid(lidar.scenery, *ray, np.float32(80.0))
                actor, part = first_of_rows(others, len(others), *ray, np.float32(80.0))
                best = min(ground, thing, actor)
                best = best if best < 80.0 else np.inf
                met += best < ground
                owner = (
                    0
                    if best == ground
                    else others[part, INSTANCE]
                    if actor < thing
                    else lidar.scenery.solid[row, INSTANCE]
                )
                same = best == found[k, c] or (abs(best - found[k, c]) < 2e-3 and owner == whose[k, c])
                differ += not same
    assert met > 1500
    # Rays that graze an edge may pass it on either side.
    assert differ <= 6


def test_noise_and_lost_points_are_as_large_as_they_are_said_to_be():
    state = standing(EGO)
    spec = LidarSpec(channels=9, points=4000, noise_m=0.05, dropout=0.25)
    points, _, _, _ = points_of(scanned(state, spec))
    exact = points_of(scanned(state, LidarSpec(channels=9, points=4000, noise_m=0.0)))[0]
    assert len(points) / len(exact) == pytest.approx(0.75, abs=0.01)
    steep = np.degrees(np.arcsin(points[:, PZ] / np.linalg.norm(points[:, :3], axis=1))) < -29.9
    assert (np.linalg.norm(points[steep, :3], axis=1) - 1.9 / math.sin(math.radians(30))).std() == pytest.approx(
        0.05, rel=0.05
    )


def test_a_world_of_a_batch_scans_as_alone_on_any_number_of_threads():
    driving_map = prepared(MAP)
    lidar = Lidar(driving_map, LidarSpec(channels=8, points=90, dropout=0.1))
    state = scene(driving_map, 5, seed=1)
    state.mind[3, 7, layout.CONTROL] = NO_CONTROL
    both, again = lidar.new_scans(5, 2), lidar.new_scans(5, 2)
    lidar.scan(state, both, (0, 7))
    with at_most(1):
        lidar.scan(state, again, (0, 7))
    for one, other in zip(both, again, strict=True):
        assert np.array_equal(one, other)
    assert both.counts[3, 1] == 0
    assert np.delete(both.counts.ravel(), 7).min() > 300
    alone = lidar.new_scans(1, 1)
    one_world = layout.State(*(rows[2:3].copy() for rows in state))
    lidar.scan(one_world, alone, (7,))
    count = alone.counts[0, 0]
    assert count == both.counts[2, 1]
    assert np.array_equal(alone.points[0, 0, :count], both.points[2, 1, :count])


def test_what_makes_no_scan_is_refused():
    with pytest.raises(SuiteError, match="channels must lie in 1 to 256, not be 0"):
        LidarSpec(channels=0)
    with pytest.raises(SuiteError, match="lower_deg is 20, above upper_deg, 10"):
        LidarSpec(lower_deg=20.0)
    state, lidar = standing(EGO), Lidar(prepared(MAP), FEW, NO_SCENERY)
    with pytest.raises(SuiteError, match=r"give new_scans\(1, 1\)"):
        lidar.scan(state, lidar.new_scans(2))
    with pytest.raises(SuiteError, match="a world has 0 to 0"):
        lidar.scan(state, lidar.new_scans(1), (1,))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([BOX, CYLINDER, ELLIPSOID, TAPERED]), st.floats(-3, 3), st.floats(-3, 3), st.floats(0.2, 4.0), st.floats(-3, 3)
)  # fmt: skip
def test_the_angle_is_that_of_the_plane_through_neighbouring_hits(shape, aside, turn, up, tilt):
    row = np.zeros(SOLID, np.float32)
    row[:8] = 10.0, 0.0, 0.0, 2.0, turn, 2.0, 1.0, shape
    origin = np.array([0.0, aside, up])
    way = np.array([10.0, -aside * 0.7, 1.0 + 0.3 * tilt - up])
    way /= np.linalg.norm(way)
    across = np.cross(way, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    step = 2e-3
    ways = [way, way + step * across, way + step * np.cross(across, way)]
    ways = [w / np.linalg.norm(w) for w in ways]
    depths = [float(hit(row, *map(np.float32, (*origin, *w)))) for w in ways]
    assume(max(depths) < NEVER)
    at = [origin + t * w for t, w in zip(depths, ways, strict=True)]
    normal = np.cross(at[1] - at[0], at[2] - at[0])
    normal /= np.linalg.norm(normal)
    opposite = [origin + float(hit(row, *map(np.float32, (*origin, *w)))) * w for w in (2 * way - w for w in ways[1:])]
    flat = max(abs(float(normal @ (p - at[0]))) for p in opposite)
    # Only where the neighbours lie on one side of it, not round an edge.
    assume(flat < 2e-4)
    found = float(incidence(row, *map(np.float32, (*at[0], *way))))
    assert found == pytest.approx(abs(float(normal @ way)), abs=0.03)
