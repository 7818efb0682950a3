"""Junctions by hand: lights, stop signs, and of two who arrive together exactly one waits, the one who has to."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim_suite.driving.traffic.paths import take_another_way
from sim_suite.driving.traffic.stops import LINE_GAP_M
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as tr
from sim_suite.driving.world.kinds import GREEN, OFF, RED, SCRIPT, TICKS_A_SECOND, YELLOW, EventKind
from tests.driving.actors_by_hand import empty_world, lane_named, put, run
from tests.driving.sensors.scenes import prepared

BEFORE_M, SPEED = 38.0, 8.0
"""Where and how fast each of two begins, before the overlap of their ways."""
DELAY_TICKS = 15
"""Later by less than this than without the other nobody has waited."""


def conflicts(town):
    """(lane, row of the list of conflicts) of each pair once, where both come from lanes long enough to begin on."""
    graph, terrain = prepared(town).graph, prepared(town).ground.terrain
    lanes = np.repeat(np.arange(graph.num_lanes), np.diff(graph.conflicts.first))
    rows = []
    for row, lane in enumerate(lanes.tolist()):
        other = int(terrain.conflict[row, tr.OTHER])
        ways = (way_to(graph, lane), way_to(graph, other))
        if lane < other and all(graph.lanes.length_m[way] > BEFORE_M for way in ways) and ways[0] != ways[1]:
            rows.append((lane, row))
    return rows


def way_to(graph, lane):
    return int(graph.predecessors.lane[graph.predecessors.first[lane]])


def drive_through(town, approaches):
    """[N] Tick at which each front enters its overlap; events; whether both were within at once."""
    world = empty_world(town, len(approaches), judge_all=True)
    graph, body, mind = world.map.graph, world.state.body[0], world.state.mind[0]
    world.state.lights[:] = OFF
    for slot, (lane, begin, _) in enumerate(approaches):
        way = way_to(graph, lane)
        put(world, slot, [way, lane], float(graph.lanes.length_m[way]) + begin - BEFORE_M, speed=SPEED)
    half = body[0, col.LENGTH] / 2
    entered, events, together = [0] * len(approaches), [], False
    left = [False] * len(approaches)
    for tick in range(1, 1200):
        events += run(world, 1)
        within = []
        for slot, (lane, begin, end) in enumerate(approaches):
            on, arc = mind[slot, col.LANE] == lane, body[slot, col.ARC]
            if on and arc + half > begin and not entered[slot]:
                entered[slot] = tick
            left[slot] = left[slot] or (entered[slot] > 0 and (not on or arc - half > end))
            within.append(on and arc + half > begin and arc - half < end)
        together = together or all(within)
        if all(left):
            break
    assert all(left), "somebody waits for ever"
    return entered, events, together


@pytest.mark.parametrize("town", ["t_junction", "crossroads"])
def test_of_two_who_arrive_together_at_most_one_waits_and_it_is_the_one_who_yields(town):
    terrain = prepared(town).ground.terrain
    pairs = conflicts(town)
    assert len(pairs) >= 2
    waited = 0
    for lane, row in pairs:
        other = int(terrain.conflict[row, tr.OTHER])
        own_from, own_to, other_from, other_to = (float(arc) for arc in terrain.conflict_f[row])
        narrow = tr.WIDER_M
        first, second = (lane, own_from + narrow, own_to - narrow), (other, other_from + narrow, other_to - narrow)
        (alone,), _, _ = drive_through(town, [first])
        (other_alone,), _, _ = drive_through(town, [second])
        entered, events, together = drive_through(town, [first, second])
        assert not any(event.kind == EventKind.COLLISION for event in events), (lane, other)
        if not terrain.conflict[row, tr.MERGES]:
            assert not together, (lane, other)
        late = entered[0] - alone > DELAY_TICKS, entered[1] - other_alone > DELAY_TICKS
        assert not all(late), (lane, other)
        order = terrain.conflict[row, tr.ORDER]
        if order != 0:
            assert not late[0 if order > 0 else 1], (lane, other, order)
        waited += any(late)
    assert waited > 0


def light_lane(world):
    """(lane, arc of its line, a lane through the junction)."""
    stops = world.map.graph.stop_lines
    lane = int(np.flatnonzero(np.diff(stops.first))[0])
    graph = world.map.graph
    return lane, float(stops.arc_m[stops.first[lane]]), int(graph.successors.lane[graph.successors.first[lane]])


def front_to_line(world, line):
    body = world.state.body[0, 0]
    return line - float(body[col.ARC] + body[col.LENGTH] / 2)


def test_it_stops_at_red_and_goes_at_green():
    world = empty_world("crossroads", 1, judge_all=True)
    lane, line, through = light_lane(world)
    put(world, 0, [lane, through], line - 60.0, speed=12.0)
    world.state.lights[:] = RED
    events = run(world, 500)
    assert events == []
    assert world.state.body[0, 0, col.SPEED] < 0.05
    assert LINE_GAP_M - 0.1 < front_to_line(world, line) < LINE_GAP_M + 0.3
    world.state.lights[:] = GREEN
    events = run(world, 200)
    assert not any(event.kind in (EventKind.RED_LIGHT, EventKind.COLLISION) for event in events)
    assert world.state.mind[0, 0, col.LANE] != lane


@pytest.mark.parametrize(("before", "stops"), [(35.0, True), (6.0, False)])
def test_at_yellow_it_stops_where_it_can(before, stops):
    world = empty_world("crossroads", 1, judge_all=True)
    lane, line, through = light_lane(world)
    put(world, 0, [lane, through], line - before - 2.25, speed=10.0)
    world.state.lights[:] = YELLOW
    events = run(world, 150)
    assert not any(event.kind == EventKind.RED_LIGHT for event in events)
    assert (front_to_line(world, line) > 0.0 and world.state.mind[0, 0, col.LANE] == lane) == stops


def test_it_stands_at_a_stop_sign_for_a_second_and_goes_on():
    world = empty_world("t_junction", 1, judge_all=True)
    lane, line, through = light_lane(world)
    put(world, 0, [lane, through], line - 50.0, speed=8.0)
    stood, events = [], []
    for tick in range(500):
        events += run(world, 1)
        if world.state.mind[0, 0, col.LANE] != lane:
            break
        if world.state.body[0, 0, col.SPEED] < 0.1:
            stood.append(tick)
    # Once, at a stretch; getting going takes a tick or two beyond the 20.
    assert 20 <= len(stood) <= 24
    assert stood[-1] - stood[0] == len(stood) - 1
    assert world.state.mind[0, 0, col.LANE] != lane
    assert not any(event.kind == EventKind.STOP_SIGN for event in events)


def test_eight_who_stand_at_dead_lights_do_not_wait_for_each_other_for_ever():
    world = empty_world("crossroads", 8, judge_all=True)
    graph = world.map.graph
    world.state.lights[:] = OFF
    into = np.flatnonzero(np.diff(graph.stop_lines.first)).tolist()
    for slot, lane in enumerate(into + into):
        ways = graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]
        line = float(graph.stop_lines.arc_m[graph.stop_lines.first[lane]])
        put(world, slot, [lane, int(ways[slot % len(ways)])], line - 4.0 - 8.0 * (slot // 4))
    begun, gone = world.state.mind[0, :, col.LANE].copy(), np.zeros(8, bool)
    for _ in range(1800):
        assert not any(event.kind == EventKind.COLLISION for event in run(world, 1))
        gone |= world.state.mind[0, :, col.LANE] != begun
    assert gone.all()


@pytest.mark.parametrize("light", [RED, GREEN])
def test_a_queue_moves_only_at_green(light):
    world = empty_world("crossroads", 4, judge_all=True)
    lane, line, through = light_lane(world)
    for slot in range(4):
        put(world, slot, [lane, through], line - 5.0 - 8.0 * slot)
    world.state.lights[:] = light
    events = run(world, 400)
    assert not any(event.kind in (EventKind.COLLISION, EventKind.RED_LIGHT) for event in events)
    gone = world.state.mind[0, :, col.LANE] != lane
    assert np.all(gone == (light == GREEN))


def test_who_enters_a_roundabout_lets_those_on_it_go():
    world = empty_world("roundabout", 2)
    graph = world.map.graph
    into, entry, ring = (lane_named(world, name) for name in ("1/0/1", "10/0/-1", "9/0/-1"))
    before = way_to(graph, ring)
    round_ = way_to(graph, before)
    put(world, 0, [into, entry], float(graph.lanes.length_m[into]) - 24.0, speed=7.0)
    put(world, 1, [round_, before, ring], float(graph.lanes.length_m[round_]) - 20.0, speed=6.0)
    merged = int(graph.successors.lane[graph.successors.first[ring]])
    order, slowest = [], 99.0
    for _ in range(400):
        assert run(world, 1) == []
        for slot in (0, 1):
            if world.state.mind[0, slot, col.LANE] == merged and slot not in order:
                order.append(slot)
        if 1 not in order:
            slowest = min(slowest, float(world.state.body[0, 1, col.SPEED]))
    assert order == [1, 0]
    assert slowest > 3.0


@pytest.mark.parametrize(("held", "waits"), [(0, True), (11 * TICKS_A_SECOND, False)])
def test_who_was_held_for_long_is_let_in_though_it_has_just_crept_forward(held, waits):
    """Beside the line of a side street; one comes on the main road, far enough to brake gently."""
    lane, row = next(
        (lane, row)
        for lane, row in conflicts("t_junction")
        if prepared("t_junction").ground.terrain.conflict[row, tr.ORDER] < 0
    )
    world = empty_world("t_junction", 2)
    graph, terrain = world.map.graph, world.ground.terrain
    other = int(terrain.conflict[row, tr.OTHER])
    for slot, (way, speed) in enumerate([(lane, 0.0), (other, 6.0)]):
        before = way_to(graph, way)
        arc = float(graph.lanes.length_m[before]) - (2.5 if slot == 0 else 25.0)
        put(world, slot, [before, way], arc, speed=speed)
    world.state.mind[0, 0, [col.HELD, col.STOPPED]] = held, graph.stop_lines.first[way_to(graph, lane)]
    entered = []
    for _ in range(200):
        run(world, 1)
        entered += [
            slot
            for slot, way in enumerate((lane, other))
            if world.state.mind[0, slot, col.LANE] == way and slot not in entered
        ]
    assert entered == ([1, 0] if waits else [0, 1])


def test_another_way_begins_at_the_next_junction_and_is_drawn_anew():
    world = empty_world("crossroads", 1)
    lane, _, through = light_lane(world)
    put(world, 0, [lane, through], 10.0)
    state, graph = world.state, world.map.graph
    path, span = state.path[0, 0], state.span[0, 0]
    ways = set()
    for _ in range(30):
        take_another_way(world.ground.terrain, state.world[0], state.mind[0, 0], path, span)
        assert path[0] == lane
        for before, after in itertools.pairwise(path.tolist()):
            assert after in graph.successors.lane[graph.successors.first[before] : graph.successors.first[before + 1]]
        assert span[1:, 1] == pytest.approx(graph.lanes.length_m[path[1:]])
        ways.add(int(path[1]))
    assert ways == set(graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]].tolist())


def test_only_the_first_is_held_and_creeping_counts():
    """Two at a stop sign; somebody stands in the junction."""
    world = empty_world("t_junction", 3)
    lane, line, through = light_lane(world)
    put(world, 0, [lane, through], line - 6.0, speed=2.0)
    put(world, 1, [lane, through], line - 14.0, speed=2.0)
    put(world, 2, [through], 8.0, control=SCRIPT)
    mind = world.state.mind[0]
    run(world, 300)
    assert mind[0, col.HELD] > 150
    assert mind[1, col.HELD] == 0
    before = int(mind[0, col.HELD])
    world.state.body[0, 0, col.SPEED] = 0.6
    run(world, 1)
    assert mind[0, col.WAIT] == 0
    assert mind[0, col.HELD] == before + 1
