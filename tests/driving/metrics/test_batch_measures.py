"""Measures of many worlds against the metrics of single trips, against themselves alone, and by hand."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from sim_suite.compiling import sharing
from sim_suite.driving.metrics.at_fault import at_fault_collisions
from sim_suite.driving.metrics.batch.measures import measure
from sim_suite.driving.metrics.batch.traces import Traces
from sim_suite.driving.metrics.comfort import motion
from sim_suite.driving.metrics.post_encroachment import post_encroachment_time
from sim_suite.driving.metrics.recorder import TripRecorder
from sim_suite.driving.metrics.time_to_collision import EXPOSED_S, STANDING_MPS, time_to_collision
from sim_suite.driving.metrics.trip import NOBODY
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.kinds import (
    AGENT,
    CAR,
    COLLISION,
    NO_CONTROL,
    OBSTACLE,
    PARKED,
    PEDESTRIAN,
    SCRIPT,
    TICK_S,
    TRAFFIC,
    EventKind,
)
from sim_suite.driving.world.layout import new_state
from sim_suite.driving.world.world import Event, World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import prepared

LEFT = math.pi / 2
EXTREMES = (
    "longitudinal_mps2", "lateral_mps2", "jerk_mps3", "longitudinal_jerk_mps3", "yaw_rate_radps", "yaw_acceleration_radps2",
)  # fmt: skip


def drive(town, worlds, ends, *, ticks=2, **options):
    """Worlds whose egos half the time weave along by themselves and half the time go with the traffic: traces and trips."""
    world = World(prepared(town), worlds, WorldOptions(bubble_m=45, start_speed_mps=9.0, **options))
    world.reset(np.arange(worlds) + 70)
    world.state.mind[1::2, 0, col.CONTROL] = TRAFFIC
    world.state.body[:, 0, [col.WISH, col.HEADWAY]] = 1.2, 0.8
    traces = Traces(worlds, world.options.actors, max(ends))
    recorders = [TripRecorder(world.ground, world=w) for w in range(worlds)]
    rng = np.random.default_rng(1)
    for sample in range(max(ends)):
        if sample > 0:
            world.state.controls[::2, 0] = rng.normal(0, 0.05, (len(range(0, worlds, 2)), 1)) + np.array([0, 0.6, 0])
            world.state.controls[::2, 0, 1] *= rng.random(len(range(0, worlds, 2)))
            world.step(ticks)
        if sample == 30:  # somebody leaves, as a scenario may have it
            world.state.mind[:, 1, col.CONTROL] = NO_CONTROL
        traces.observe(world.state)
        for w in range(worlds):
            if sample < ends[w]:
                recorders[w].observe(world.state, world.events(w))
        traces.end([w for w in range(worlds) if sample + 1 == ends[w]])
    return world.ground, traces, [recorder.finish() for recorder in recorders]


RUNS = {
    "crossroads": {"ends": (160, 120, 90, 160, 47, 33, 12, 21), "vehicles": 8, "pedestrians": 3, "parked": 1},
    "highway": {"ends": (100, 120, 80, 120, 5, 4, 3, 1), "vehicles": 10, "ticks": 3},
    "village": {"ends": (120, 80, 120, 120, 120, 100), "vehicles": 5, "pedestrians": 8, "parked": 3, "ticks": 1},
}


@cache
def run(town):
    ground, traces, trips = drive(town, len(RUNS[town]["ends"]), **RUNS[town])
    return ground, traces, trips, measure(traces, ground)


@pytest.fixture(scope="module")
def ground():
    return prepared("crossroads").ground


def check_gaps(found, w, trip):
    """Time to collision and post-encroachment time of world w are those of the trip."""
    times = time_to_collision(trip, trip.road, trip.others, at_fault_collisions(trip, trip.road, trip.others))
    assert found.least_time_to_collision_s[w] == pytest.approx(times.min(), abs=1e-9), w
    tick = round(trip.time_s[times.argmin()] / TICK_S) if np.isfinite(times.min()) else -1
    assert found.least_time_to_collision_tick[w] == tick, w
    exposed = ((times < EXPOSED_S) & (np.abs(trip.speed_mps) > STANDING_MPS)).sum() * trip.step_s
    assert found.time_exposed_s[w] == pytest.approx(exposed), w
    pet = post_encroachment_time(trip, trip.others)
    assert found.post_encroachment_s[w] == pytest.approx(math.inf if pet is None else pet), w


@pytest.mark.parametrize("town", RUNS)
def test_gaps_in_time_are_those_of_the_trips(town):
    _, traces, trips, found = run(town)
    assert tuple(traces.counts) == RUNS[town]["ends"]
    for w, trip in enumerate(trips):
        check_gaps(found, w, trip)


def test_gaps_in_time_of_users_at_random(ground):
    """Crossing, following, coming the other way; in a junction and off the road, some of them hit."""
    rng = np.random.default_rng(0)
    junction = int(np.flatnonzero(ground.terrain.lane[:-1, land.JUNCTION] >= 0)[0])
    pet, least = [], []
    for _ in range(250):
        users = [
            (*rng.uniform(-25, 25, 2), rng.uniform(-4, 4), rng.uniform(-1, 15), rng.choice([CAR, PARKED, PEDESTRIAN]))
            for _ in range(4)
        ]
        hits = [(int(rng.integers(1, 30)), int(rng.integers(1, 4))) for _ in range(rng.integers(0, 4))]
        ticks, count = int(rng.integers(1, 5)), int(rng.integers(2, 30))
        lane, ago = int(rng.choice([-1, junction])), int(rng.integers(0, ticks))
        traces, trip = record(*users, ticks=ticks, count=count, hits=sorted(hits), ago=ago, lane=lane)
        found = measure(traces, ground)
        check_gaps(found, 0, trip)
        pet.append(found.post_encroachment_s[0])
        least.append(found.least_time_to_collision_s[0])
    assert 10 < np.isfinite(pet).sum() < 200
    assert len(set(pet)) > 5
    assert len(set(least)) > 5


@pytest.mark.parametrize("town", RUNS)
def test_comfort_is_that_of_the_trips(town):
    _, _, trips, found = run(town)
    for w, trip in enumerate(trips):
        moved = motion(trip)
        if moved is None:
            assert np.isnan([found.least_longitudinal_mps2[w], found.most_jerk_mps3[w], found.comfortable[w]]).all()
            assert np.isnan(found.hardest_brake_mps2[w])
            continue
        assert found.comfortable[w] == moved.comfort
        assert found.least_longitudinal_mps2[w] == pytest.approx(moved.longitudinal_mps2.min(), abs=1e-7)
        assert found.hardest_brake_mps2[w] == max(0.0, -found.least_longitudinal_mps2[w])
        assert found.most_longitudinal_mps2[w] == pytest.approx(moved.longitudinal_mps2.max(), abs=1e-7)
        for name in EXTREMES[1:]:
            assert getattr(found, f"most_{name}")[w] == pytest.approx(np.abs(getattr(moved, name)).max(), abs=1e-7), (
                name
            )


@pytest.mark.parametrize("town", RUNS)
def test_the_rest_is_that_of_the_trips(town):
    _, _, trips, found = run(town)
    for w, trip in enumerate(trips):
        assert found.top_speed_mps[w] == np.abs(trip.speed_mps).max()
        assert found.distance_m[w] == pytest.approx(np.hypot(*np.diff(trip.pose[:, :2], axis=0).T).sum())
        collisions = [event for event in trip.events if event.kind == COLLISION]
        assert found.impact_tick[w] == (round(collisions[0].time_s / TICK_S) if collisions else -1)
        assert np.isnan(found.impact_speed_mps[w]) == (not collisions)
        assert (found.least_gap_m[w] == 0) >= bool(collisions)


def test_the_runs_have_something_of_everything():
    """What the comparisons above would not notice if nothing happened."""
    ends = [run(town) for town in RUNS]
    least = np.concatenate([found.least_time_to_collision_s for *_, found in ends])
    pet = np.concatenate([found.post_encroachment_s for *_, found in ends])
    calm = np.concatenate([found.comfortable for *_, found in ends])
    impact = np.concatenate([found.impact_slot for *_, found in ends])
    assert (least == 0).any()
    assert np.isinf(least).any()
    assert ((least > 0) & (least < 3)).sum() >= 3
    assert np.isinf(pet).any()
    assert np.isfinite(pet).any()
    assert {0.0, 1.0} <= set(calm)
    assert (impact >= 0).any()
    assert (impact < 0).any()


@pytest.mark.parametrize("threads", [1, 3])
def test_a_world_of_a_batch_is_the_world_alone(threads, monkeypatch):
    ground, traces, _, _ = run("crossroads")
    monkeypatch.setattr(sharing, "most_threads", lambda: threads)
    found = measure(traces, ground)
    for w in range(len(traces.counts)):
        alone = Traces(1, traces.samples.kind.shape[2], int(traces.counts[w]))
        for mine, theirs in zip(alone.samples, traces.samples, strict=True):
            mine[:] = theirs[w : w + 1, : mine.shape[1]]
        for name, values in measure(alone, ground)._asdict().items():
            assert values.tobytes() == getattr(found, name)[w : w + 1].tobytes(), (name, w)


def record(*users, ticks=2, count=30, hits=(), ago=0, lane=-1):
    """Traces and trip of users (x, y, yaw, speed, kind), the ego first, 4 m x 2 m, each going straight on, on the crossroads.

    hits: (sample, slot) of collisions, noted `ago` ticks before the sample; lane: of all.
    """
    state = new_state(1, len(users), 1, 1, max_legs=2)
    traces, recorder = Traces(1, len(users), count), TripRecorder(prepared("crossroads").ground)
    state.legs[0, 0, 0], state.leg_arc[0, 0, 1] = 0, 100.0
    state.mind[..., col.LANE], state.mind[..., col.SIDE_LANE] = lane, -1
    for sample in range(count):
        now = 100 + sample * ticks
        for slot, (x, y, yaw, speed, kind) in enumerate(users):
            way = speed * sample * ticks * TICK_S
            state.body[0, slot, [col.X, col.Y, col.YAW]] = x + way * math.cos(yaw), y + way * math.sin(yaw), yaw
            state.body[0, slot, [col.SPEED, col.LENGTH, col.WIDTH, col.WHEELBASE]] = speed, 4.0, 2.0, 3.0
            control = NO_CONTROL if kind == NOBODY else SCRIPT if slot else AGENT
            state.mind[0, slot, [col.KIND, col.CONTROL, col.ID]] = max(kind, 0), control, slot + 5
        events = [Event(now - ago, EventKind.COLLISION, 0, slot, 0, 0, 0, 6.5) for when, slot in hits if when == sample]
        state.world[0, [col.TICK, col.NUM_EVENTS_NOW]] = now, len(events)
        for k, event in enumerate(events):
            state.event[0, k], state.event_place[0, k] = event[:4], event[4:]
        traces.observe(state)
        recorder.observe(state, events)
    return traces, recorder.finish()


def measured(*users, **options):
    """Their measures."""
    return measure(record(*users, **options)[0], prepared("crossroads").ground)


EAST = (0.0, 0.0, 0.0, 10.0, CAR)


def test_head_on():
    """60.5 m between bumpers, closing at 20 m/s. At the last sample, at 2.9 s, 2.5 m are left, 0.125 s: 0.2 s on the grid. At 1.7 s
    it is 1.325 s, so 1.4 s; a sample before it is 1.5 s, which is not below."""
    found = measured(EAST, (64.5, 0, math.pi, 10, CAR), count=30)
    assert found.least_time_to_collision_s[0] == pytest.approx(0.2)
    assert found.least_time_to_collision_tick[0] == 158
    assert found.time_exposed_s[0] == pytest.approx(1.3)
    assert found.least_gap_m[0] == pytest.approx(2.5, abs=1e-5)
    assert (found.least_gap_tick[0], found.least_gap_slot[0]) == (158, 1)
    assert found.distance_m[0] == pytest.approx(29.0, abs=1e-5)
    assert found.top_speed_mps[0] == 10
    assert found.comfortable[0] == 1
    assert np.isinf(found.post_encroachment_s[0])  # along the same way


@pytest.mark.parametrize(
    ("x", "y", "yaw", "gap"),
    [
        (7.0, 0.0, 0.0, 3.0),
        (0.0, -3.5, 0.0, 1.5),
        (7.0, 6.0, 0.0, 5.0),  # corners (2, 1) and (5, 5)
        (3.5, 0.0, LEFT, 0.5),
        (3.0, 0.0, LEFT, 0.0),
        (0.5, 0.5, 0.3, 0.0),
        (5.0, 0.0, math.pi / 4, 3.0 - 1.5 * math.sqrt(2.0)),  # its corner, at 5 - 3 / sqrt(2), before the ego's front
        (4.0, 3.0, math.pi / 4, 2.0 * math.sqrt(2.0) - 2.0),  # from the ego's corner (2, 1) to its end
    ],
)
def test_gaps_of_two_who_stand(x, y, yaw, gap):
    found = measured((0, 0, 0, 0, CAR), (x, y, yaw, 0, PARKED), count=2)
    assert found.least_gap_m[0] == pytest.approx(gap, abs=1e-6)


def test_gaps_agree_with_points_on_the_edges():
    """The least distance of 100 points along either border is no less than the gap, and hardly more."""
    rng = np.random.default_rng(3)
    t = np.linspace(-1, 1, 101)
    edge = np.concatenate(
        [np.stack([t, 0 * t + side], 1) for side in (-1, 1)] + [np.stack([0 * t + side, t], 1) for side in (-1, 1)]
    )
    own = edge * [2.0, 1.0]
    for _ in range(60):
        x, y, yaw = rng.uniform(-8, 8), rng.uniform(-8, 8), rng.uniform(-3, 3)
        turn = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
        theirs = own @ turn + [x, y]
        nearest = np.linalg.norm(own[:, None] - theirs[None], axis=-1).min()
        gap = measured((0, 0, 0, 0, CAR), (x, y, yaw, 0, PARKED), count=1).least_gap_m[0]
        assert gap == pytest.approx(nearest, abs=0.04) if gap > 0 else nearest < 1.0


def test_crossing_behind_the_ego():
    """As for a single trip (test_time_gaps.py): 1.7 s after the ego."""
    found = measured(EAST, (20.05, -22.9, LEFT, 5, CAR), count=61)
    assert found.post_encroachment_s[0] == pytest.approx(1.7)
    found = measured(EAST, (20.05, -22.9, LEFT, 5, OBSTACLE), count=61)
    assert np.isinf(found.post_encroachment_s[0])
    found = measured(EAST, (20, -10, LEFT, 5, PEDESTRIAN), count=61)
    assert found.post_encroachment_s[0] == 0


def test_a_collision():
    """With one that moves, at the front: the ego's fault, and it does not count from then on."""
    found = measured(EAST, (16.0, 0, 0, 4, CAR), count=30, hits=[(20, 1), (22, 1)])
    assert (found.impact_tick[0], found.impact_slot[0], found.impact_speed_mps[0]) == (140, 1, 6.5)
    assert (found.least_time_to_collision_s[0], found.least_time_to_collision_tick[0]) == (0, 140)
    assert (found.least_gap_m[0], found.least_gap_tick[0]) == (0, 140)
    # From behind it is not: only the time before stays, in which nobody was ahead.
    found = measured((0, 0, 0, 4, CAR), (-16.0, 0, 0, 10, CAR), count=30, hits=[(20, 1)])
    assert np.isinf(found.least_time_to_collision_s[0])


def test_alone():
    found = measured(EAST, count=3)
    for name in ("least_gap_m", "least_time_to_collision_s", "post_encroachment_s"):
        assert getattr(found, name).tolist() == [math.inf], name
    for name in ("least_gap_tick", "least_gap_slot", "least_time_to_collision_tick", "impact_tick", "impact_slot"):
        assert getattr(found, name).tolist() == [-1], name
    assert np.isnan(found.impact_speed_mps).all()
    assert {values.shape for values in found} == {(1,)}


def test_empty_slots_are_nobody():
    found = measured(EAST, (12.0, 0, 0, 4, NOBODY), (20.0, -20.0, LEFT, 10, NOBODY), (14.0, 5.0, 0, 10, CAR), count=40)
    assert (found.least_gap_slot[0], found.least_gap_tick[0]) == (3, 100)
    assert found.least_gap_m[0] == pytest.approx(math.hypot(10.0, 3.0), abs=1e-5)
    assert np.isinf([found.least_time_to_collision_s[0], found.post_encroachment_s[0]]).all()


def test_cleared_traces_are_as_new(ground):
    traces, _ = record(EAST, (16.0, 0, 0, 4, CAR), hits=[(20, 1)])
    before = measure(traces, ground)
    traces.clear()
    assert traces.counts.tolist() == [0]
    with pytest.raises(SuiteError, match="no sample"):
        measure(traces, ground)
    traces.observe(new_state(1, 2, 1, 1, max_legs=1))
    assert measure(traces, ground).impact_slot[0] == -1
    assert before.impact_slot[0] == 1


def test_what_cannot_be_recorded_is_refused(ground):
    with pytest.raises(SuiteError, match="1 or more"):
        Traces(0, 1, 1)
    state = new_state(2, 3, 1, 1, max_legs=1)
    with pytest.raises(SuiteError, match="Make them for this state"):
        Traces(2, 2, 4).observe(state)
    full = Traces(2, 3, 1)
    full.observe(state)
    with pytest.raises(SuiteError, match="room for 1 samples"):
        full.observe(state)
    for ticks, broken in (((0, 2, 3), True), ((0, 2, 4), False), ((5, 5, 5), True), ((4, 2, 0), True)):
        traces = Traces(2, 3, 3)
        for tick in ticks:
            state.world[:, col.TICK] = tick
            traces.observe(state)
        if broken:
            with pytest.raises(SuiteError, match="unequal intervals"):
                measure(traces, ground)
        else:
            measure(traces, ground)
    state.body[1, 0, col.SPEED] = np.nan
    traces.clear()
    traces.observe(state)
    with pytest.raises(SuiteError, match="world 1 has values that are not finite"):
        measure(traces, ground)
