"""Radars: range and range rate by hand, against distances a moment later, and the same in any batch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.ranging.radar import AZIMUTH, ELEVATION, RANGE, RANGE_RATE, Radar, RadarSpec
from sim_suite.driving.sensors.solids.solid_grid import sort_solids
from sim_suite.driving.sensors.solids.solids import FIRST_THING
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, NO_CONTROL
from sim_suite.errors import SuiteError
from tests.driving.sensors.ranging.standing import NO_SCENERY, standing, wall
from tests.driving.sensors.scenes import prepared, scene

MAP = "crossroads"
IDEAL = {"range_noise_m": 0.0, "angle_noise_deg": 0.0, "rate_noise_mps": 0.0}
NARROW = RadarSpec(rays=40, horizontal_deg=2.0, vertical_deg=0.5, up_m=0.6, **IDEAL)


def detected(state, spec=NARROW, scenery=NO_SCENERY, slots=(0,)):
    radar = Radar(prepared(MAP), spec, scenery)
    out = radar.new_detections(state.num_worlds, len(slots))
    radar.detect(state, out, slots)
    return out


def rows_of(out, w=0, m=0):
    count = out.counts[w, m]
    return out.rows[w, m, :count], out.instance[w, m, :count]


def test_a_car_that_drives_away_does_so_by_the_difference_of_speeds():
    # 4.6 m long and 30 m ahead: its rear is at 27.7 m, 25.4 m from the radar at 2.3 m. It drives 13 m/s, the ego 8.
    rows, instances = rows_of(detected(standing((CAR, 0, 0, 0, 8.0), (CAR, 30.0, 0, 0, 13.0))))
    assert len(rows) == 40
    assert set(instances.tolist()) == {2}
    level = rows[:, RANGE] * np.cos(rows[:, ELEVATION]) * np.cos(rows[:, AZIMUTH])
    assert level == pytest.approx(np.full(40, 25.4), abs=1e-3)
    assert rows[:, RANGE_RATE] == pytest.approx(5.0 * np.cos(rows[:, AZIMUTH]) * np.cos(rows[:, ELEVATION]), abs=1e-4)
    oncoming, _ = rows_of(detected(standing((CAR, 0, 0, 0, 8.0), (CAR, 30.0, 0, math.pi, 13.0))))
    assert oncoming[:, RANGE_RATE] == pytest.approx(np.full(40, -21.0), abs=0.01)


def test_what_crosses_neither_comes_nor_goes():
    rows, _ = rows_of(detected(standing((CAR, 0, 0, 0, 0.0), (CAR, 30.0, 0, math.pi / 2, 10.0))))
    assert rows[:, RANGE_RATE] == pytest.approx(10.0 * np.sin(rows[:, AZIMUTH]) * np.cos(rows[:, ELEVATION]), abs=1e-3)


def test_a_wall_comes_nearer_as_fast_as_one_drives():
    ahead = sort_solids(wall(50.1, width=40.0, height=5.0)[None])
    rows, instances = rows_of(detected(standing((CAR, 0, 0, 0, 12.0)), scenery=ahead))
    assert set(instances.tolist()) == {FIRST_THING}
    assert rows[:, RANGE_RATE] == pytest.approx(-12.0 * np.cos(rows[:, AZIMUTH]) * np.cos(rows[:, ELEVATION]), abs=1e-3)
    assert rows[:, RANGE].min() == pytest.approx(47.7, abs=0.01)


def test_rates_of_turning_cars_are_the_slopes_of_distances():
    # Both cars turn and slip: the wall of the other's box moves as the box does in a millisecond.
    ego, other = (CAR, 0, 0, 0.2, 9.0), (CAR, 25.0, 8.0, 1.1, 7.0)
    state = standing(ego, other)
    state.body[0, :, layout.YAW_RATE], state.body[0, :, layout.SLIP] = (0.3, -0.6), (0.05, -0.04)
    spec = RadarSpec(rays=400, horizontal_deg=60.0, vertical_deg=1.0, up_m=0.6, **IDEAL)
    rows, _ = rows_of(detected(state, spec))
    assert len(rows) > 20
    dt = 1e-3

    def moved(a, x, y):
        """Where a point of an actor is after dt."""
        body = state.body[0, a].astype(float)
        way = body[layout.YAW] + body[layout.SLIP]
        turn = body[layout.YAW_RATE] * dt
        off = np.array([x - body[layout.X], y - body[layout.Y]])
        turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ off
        return body[:2] + body[layout.SPEED] * dt * np.array([np.cos(way), np.sin(way)]) + turned

    eye = np.array([2.3 * np.cos(0.2), 2.3 * np.sin(0.2)])
    for row in rows[::5].astype(float):
        level, bearing = row[RANGE] * np.cos(row[ELEVATION]), row[AZIMUTH] + 0.2
        at = eye + level * np.array([np.cos(bearing), np.sin(bearing)])
        height = row[RANGE] * np.sin(row[ELEVATION])
        later = np.hypot(np.hypot(*(moved(1, *at) - moved(0, *eye))), height)
        assert row[RANGE_RATE] == pytest.approx((later - row[RANGE]) / dt, abs=0.02)


def test_what_hides_another_answers_and_the_ground_does_not():
    rows, instances = rows_of(detected(standing((CAR, 0, 0, 0, 0), (CAR, 20.0, 0, 0, 0), (CAR, 40.0, 0, 0, 0))))
    assert set(instances.tolist()) == {2}
    assert rows[:, RANGE].max() < 18.0
    # Down at 30 degrees there is nothing but the ground.
    open_ground = RadarSpec(rays=50, horizontal_deg=60.0, vertical_deg=60.0, **IDEAL)
    assert rows_of(detected(standing((CAR, 0, 0, 0, 0)), open_ground))[0].size == 0


def test_directions_fill_the_cone_and_noise_is_as_large_as_it_is_said_to_be():
    cone = {"rays": 4000, "horizontal_deg": 60.0, "vertical_deg": 4.0, "up_m": 2.0}
    plain = RadarSpec(**cone, **IDEAL)
    noisy = RadarSpec(**cone, range_noise_m=0.2, angle_noise_deg=0.5, rate_noise_mps=0.1)
    state, scenery = standing((CAR, 0, 0, 0, 0)), sort_solids(wall(30.1, width=120.0, height=20.0)[None])
    exact, off = rows_of(detected(state, plain, scenery))[0], rows_of(detected(state, noisy, scenery))[0]
    assert np.degrees(exact[:, AZIMUTH]).std() == pytest.approx(60 / math.sqrt(12), rel=0.03)
    assert np.abs(np.degrees(exact[:, ELEVATION])).max() <= 2.0
    assert (off - exact).std(axis=0) == pytest.approx([0.2, math.radians(0.5), math.radians(0.5), 0.1], rel=0.05)


def test_a_world_of_a_batch_detects_as_alone_on_any_number_of_threads():
    driving_map = prepared(MAP)
    radar, state = Radar(driving_map), scene(driving_map, 6, seed=2)
    state.mind[3, 7, layout.CONTROL] = NO_CONTROL
    both, again = radar.new_detections(6, 2), radar.new_detections(6, 2)
    radar.detect(state, both, (0, 7))
    with at_most(1):
        radar.detect(state, again, (0, 7))
    for one, other in zip(both, again, strict=True):
        assert np.array_equal(one, other)
    assert both.counts[3, 1] == 0
    assert both.counts.sum() > 100
    alone = radar.new_detections(1)
    radar.detect(layout.State(*(rows[2:3].copy() for rows in state)), alone, (7,))
    assert np.array_equal(alone.rows[0, 0], both.rows[2, 1])


def test_what_makes_no_radar_is_refused():
    with pytest.raises(SuiteError, match="rays must lie in 1 to 32768, not be 0"):
        RadarSpec(rays=0)
    state, radar = standing((CAR, 0, 0, 0, 0)), Radar(prepared(MAP), NARROW, NO_SCENERY)
    with pytest.raises(SuiteError, match=r"give new_detections\(1, 1\)"):
        radar.detect(state, radar.new_detections(2))
    with pytest.raises(SuiteError, match="a world has 0 to 0"):
        radar.detect(state, radar.new_detections(1), (1,))
