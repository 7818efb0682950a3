"""Trips recorded from the arrays of a world: what lies under the ego, who is around it, what happened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from sim_suite.driving.metrics.recorder import TripRecorder
from sim_suite.driving.metrics.report import score_trip
from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.kinds import AGENT, TICK_S, TRAFFIC, ActorKind, EventKind
from sim_suite.driving.world.layout import new_state
from sim_suite.driving.world.terrain import prepare
from sim_suite.errors import SuiteError

EGO = {col.LENGTH: 4.5, col.WIDTH: 1.9, col.WHEELBASE: 2.8, col.SPEED: 8.0, col.SPEED_LIMIT: 13.9}


class Happened(NamedTuple):
    tick: int
    kind: int
    actor: int
    partner: int
    x: float
    y: float


@pytest.fixture(scope="module")
def ground():
    return prepare(load_map("crossroads")).ground


@pytest.fixture(scope="module")
def lane(ground):
    """The longest driven lane outside of junctions."""
    terrain = ground.terrain
    fits = (terrain.lane[:-1, land.DRIVEN] == 1) & (terrain.lane[:-1, land.JUNCTION] < 0)
    return int(np.argmax(np.where(fits, terrain.lane_f[:, land.LANE_LENGTH], 0)))


@pytest.fixture
def world(ground, lane):
    """A world of one agent on that lane and three other slots; `put` drives it to an arc and a place beside the centre."""
    state = new_state(1, 4, 1, 1, max_legs=4)
    state.legs[0, 0, 0], state.leg_arc[0, 0, 1] = lane, 80.0
    state.mind[0, 0, [col.CONTROL, col.ID, col.LANE, col.SIDE_LANE]] = AGENT, 7, lane, -1
    for column, value in EGO.items():
        state.body[0, 0, column] = value

    def put(tick, arc, lateral=0.0, turn=0.0):
        terrain = ground.terrain
        k = terrain.lane[lane, land.FIRST_POINT] + round(arc / float(terrain.lane_f[lane, land.LANE_STEP]))
        x, y, heading = terrain.point[k, [land.PX, land.PY, land.HEADING]]
        place = {
            col.X: x - lateral * np.sin(heading), col.Y: y + lateral * np.cos(heading), col.YAW: heading + turn,
            col.LANE_ARC: arc, col.LANE_LATERAL: lateral, col.ROUTE_ARC: arc,
        }  # fmt: skip
        for column, value in place.items():
            state.body[0, 0, column] = value
        state.world[0, col.TICK] = tick
        return state

    return put


def test_the_ego_in_its_lane(ground, world, lane):
    recorder = TripRecorder(ground)
    for i in range(20):
        recorder.observe(world(2 * i, 5 + 0.8 * i))
    trip = recorder.finish()
    assert trip.time_s == pytest.approx(0.1 * np.arange(20))
    assert (trip.route_length_m, trip.length_m, trip.width_m, trip.wheelbase_m) == pytest.approx((80, 4.5, 1.9, 2.8))
    assert trip.progress_m == pytest.approx(5 + 0.8 * np.arange(20), abs=1e-5)
    assert trip.road.lane_yaw == pytest.approx(trip.pose[:, 2], abs=0.01)
    assert trip.road.speed_limit_mps == pytest.approx(np.full(20, 13.9))
    for name in ("off_road", "outside_lanes", "in_junction", "between_lanes"):
        assert not getattr(trip.road, name).any(), name
    assert score_trip(trip)["nuplan_drivable_area"] == 1


def test_off_the_road_and_against_the_lane(ground, world):
    recorder = TripRecorder(ground)
    for i, (lateral, turn) in enumerate(((0.0, 0.0), (-60.0, 0.0), (0.0, np.pi), (0.0, np.deg2rad(119)))):
        recorder.observe(world(2 * i, 20, lateral, turn))
    road = recorder.finish().road
    assert road.off_road.tolist()[:3] == [False, True, False]
    assert road.outside_lanes.tolist() == [False, True, True, False]
    assert road.between_lanes.tolist()[:3] == [False, True, False]


def test_a_parking_lane_is_no_place_outside():
    """Its centre is more than half a metre beyond the driving lane beside it."""
    ground = prepare(load_map("parking")).ground
    terrain = ground.terrain
    parking = int(np.flatnonzero(terrain.lane[:-1, land.LANE_KIND] == LaneKind.PARKING)[0])
    beside = max(int(terrain.lane[parking, column]) for column in (land.BESIDE_LEFT, land.BESIDE_RIGHT))
    point = terrain.point[(terrain.lane[parking, land.FIRST_POINT] + terrain.lane[parking + 1, land.FIRST_POINT]) // 2]
    state = new_state(1, 1, 1, 1, max_legs=1)
    state.legs[0, 0, 0], state.leg_arc[0, 0, 1] = beside, 50.0
    state.mind[0, 0, [col.CONTROL, col.LANE, col.SIDE_LANE]] = AGENT, beside, -1
    values = EGO | {col.X: point[land.PX], col.Y: point[land.PY], col.YAW: point[land.HEADING], col.LANE_LATERAL: 3.0}
    for column, value in values.items():
        state.body[0, 0, column] = value
    recorder = TripRecorder(ground)
    recorder.observe(state)
    state.body[0, 0, [col.X, col.Y]] += 60.0  # into the green
    state.world[0, col.TICK] = 2
    recorder.observe(state)
    assert recorder.finish().road.outside_lanes.tolist() == [False, True]


def test_no_lane_and_a_junction(ground, world):
    terrain = ground.terrain
    junction = int(np.flatnonzero(terrain.lane[:-1, land.JUNCTION] >= 0)[0])
    recorder = TripRecorder(ground)
    for tick, lane in ((0, -1), (2, junction)):
        state = world(tick, 0.0, turn=np.pi)
        state.mind[0, 0, col.LANE] = lane
        recorder.observe(state)
    road = recorder.finish().road
    assert np.isnan(road.lane_yaw).all()
    assert road.in_junction.tolist() == [False, True]
    assert road.outside_lanes.tolist() == [True, False]  # in junctions directions are not judged


def test_the_others_and_what_happens(ground, world):
    recorder = TripRecorder(ground)
    state = world(10, 5)
    state.mind[0, 2, [col.CONTROL, col.KIND, col.ID]] = TRAFFIC, ActorKind.BUS, 31
    state.body[0, 2, [col.X, col.LENGTH, col.WIDTH]] = 50.0, 12.0, 2.5
    recorder.observe(state)
    state = world(12, 6)
    recorder.observe(
        state,
        [Happened(11, EventKind.COLLISION, 0, 2, 1.0, 2.0), Happened(12, EventKind.RED_LIGHT, 0, -1, 3.0, 4.0),
         Happened(12, EventKind.RED_LIGHT, 2, -1, 3.0, 4.0)],
    )  # fmt: skip
    state.mind[0, 2, col.ID] = 44  # the slot goes to another: what was told stays as it was
    trip = recorder.finish()
    assert trip.others.kind.tolist() == [[-1, ActorKind.BUS, -1]] * 2
    assert trip.others.identity.tolist() == [[-1, 31, -1]] * 2
    assert trip.others.size_m[0, 1].tolist() == [12, 2.5]
    assert [(event.kind, event.partner, event.partner_kind) for event in trip.events] == [
        (EventKind.COLLISION, 31, ActorKind.BUS), (EventKind.RED_LIGHT, -1, -1),
    ]  # fmt: skip
    assert trip.events[0].time_s == pytest.approx(11 * TICK_S)


def test_uneven_samples_and_none_are_refused(ground, world):
    recorder = TripRecorder(ground)
    with pytest.raises(SuiteError, match="at least one sample"):
        recorder.finish()
    for tick in (0, 2, 3):
        recorder.observe(world(tick, 5))
    with pytest.raises(SuiteError, match="equal intervals"):
        recorder.finish()
