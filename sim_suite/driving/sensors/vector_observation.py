"""What a driver knows of its surroundings, as one vector of numbers in [-1, 1]. Source: ours.

Everything is seen from the vehicle: x ahead, y to the left. Lengths, speeds and angles are divided by the scales below and
cut to [-1, 1]. The blocks follow each other: own motion, path, lane, rules ahead, weather, points of the path, actors from the
nearest to the farthest, ties by ID, so that the order of slots changes nothing. The kernels allocate nothing.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing, called, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT, SignalKind
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.lanes import pose_at, segment, width_and_speeds
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import Terrain

NUM_OWN: Final = 32
"""Numbers before the points of the path."""
NUM_POINTS: Final = 10
POINT_NUMBERS: Final = 4
"""x, y, curvature and safe speed of a point of the path."""
ACTOR_NUMBERS: Final = 16
FIRST_ACTOR: Final = NUM_OWN + NUM_POINTS * POINT_NUMBERS

POINTS_M: Final = np.array([2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 65.0, 80.0], np.float32)
"""Distances along the path of its points: dense where a car steers by them (0.5 s at 30 km/h is 4 m), far where it brakes (80 m
is a stop from 80 km/h at 3 m/s^2)."""
RANGE_M: Final = np.float32(80.0)
"""Other actors are told of up to here, and no farther than the weather lets one see."""
SPEED_SCALE_MPS: Final = np.float32(30.0)
ACCEL_SCALE_MPS2: Final = np.float32(10.0)
YAW_RATE_SCALE: Final = np.float32(1.5)
LATERAL_SCALE_M: Final = np.float32(5.0)
MARGIN_SCALE_MPS: Final = np.float32(10.0)
REMAINING_SCALE_M: Final = np.float32(200.0)
AHEAD_SCALE_M: Final = np.float32(100.0)
"""Stop lines, crosswalks and junctions are seen up to here."""
CURVATURE_SCALE: Final = np.float32(0.1)
LENGTH_SCALE_M: Final = np.float32(20.0)
WIDTH_SCALE_M: Final = np.float32(4.0)
VISIBILITY_SCALE_M: Final = np.float32(300.0)
_PI: Final = np.float32(math.pi)
_ONE, _ZERO, _HALF = np.float32(1.0), np.float32(0.0), np.float32(0.5)
_LIGHT, _STOP_SIGN = int(SignalKind.LIGHT), int(SignalKind.STOP)
_LEAST_WORLDS: Final = 32  # a thread; to wake it takes as long


class Sight(NamedTuple):
    """What belongs to one world, as views of its State: one argument for the kernels below."""

    body: np.ndarray
    mind: np.ndarray
    path: np.ndarray
    span: np.ndarray
    controls: np.ndarray
    legs: np.ndarray
    leg_arc: np.ndarray
    world: np.ndarray
    weather: np.ndarray
    lights: np.ndarray
    visible: np.ndarray


def observation_size(num_actors: int) -> int:
    """How many numbers an observation with `num_actors` other actors has."""
    return FIRST_ACTOR + num_actors * ACTOR_NUMBERS


def observe(state: State, terrain: Terrain, visible: np.ndarray, slot: int, out: np.ndarray) -> None:
    """What the agent in `slot` of each world sees; out: [W, observation_size(K)] float32, filled.

    visible: [W, N, A] uint8, 0 for actors that an agent does not see (visibility.py); they are left out.
    """
    share(lambda _, begin, end: observe_worlds(state, terrain, visible, slot, out, begin, end), len(out), _LEAST_WORLDS)


@shared
def observe_worlds(
    state: State, terrain: Terrain, visible: np.ndarray, slot: int, out: np.ndarray, begin: int, end: int
) -> None:
    """As `observe`, worlds begin..end, on the caller's thread."""
    for w in range(begin, end):
        observe_world(state, terrain, visible, w, slot, out[w])


@called
def observe_world(state: State, terrain: Terrain, visible: np.ndarray, w: int, slot: int, out: np.ndarray) -> None:
    """What one agent sees; out: [observation_size(K)] float32."""
    sight = Sight(
        state.body[w], state.mind[w], state.path[w], state.span[w], state.controls[w], state.legs[w], state.leg_arc[w],
        state.world[w], state.weather[w], state.lights[w], visible[w, slot],
    )  # fmt: skip
    _motion(sight, slot, out)
    _lane(sight, terrain, slot, out)
    _rules(sight, terrain, slot, out)
    _points(sight, terrain, slot, out)
    _others(sight, slot, out)


@borrowing
def cut(value: np.float32) -> np.float32:
    """Cut to [-1, 1]."""
    return min(max(value, -_ONE), _ONE)


@borrowing
def route_length(legs: np.ndarray, leg_arc: np.ndarray) -> np.float32:
    """Metres of a route; legs: [R], -1 after the last; leg_arc: [R + 1]."""
    count = 0
    while count < len(legs) and legs[count] >= 0:
        count += 1
    return np.float32(leg_arc[count])


@borrowing
def _motion(sight: Sight, slot: int, out: np.ndarray) -> None:
    """Numbers 0 to 11, and the weather at 29 to 31."""
    own, controls, weather = sight.body[slot], sight.controls[slot], sight.weather
    out[0] = cut(own[col.SPEED] / SPEED_SCALE_MPS)
    out[1] = cut(own[col.ACCEL] / ACCEL_SCALE_MPS2)
    out[2] = cut(own[col.STEER])
    out[3] = cut(own[col.YAW_RATE] / YAW_RATE_SCALE)
    out[4] = cut(own[col.SLIP])
    out[5] = cut(controls[0])
    out[6] = cut(controls[1] - controls[2])
    out[7] = cut(own[col.LATERAL] / LATERAL_SCALE_M)
    out[8] = cut(own[col.HEADING_ERROR] / _PI)
    out[9] = cut(own[col.SPEED_LIMIT] / SPEED_SCALE_MPS)
    out[10] = cut((own[col.SPEED_LIMIT] - own[col.SPEED]) / MARGIN_SCALE_MPS)
    left = route_length(sight.legs[slot], sight.leg_arc[slot]) - own[col.ROUTE_ARC]
    out[11] = cut(max(left, _ZERO) / REMAINING_SCALE_M)
    out[29] = cut(weather[col.FRICTION])
    out[30] = cut(weather[col.VISIBILITY] / VISIBILITY_SCALE_M)
    out[31] = cut(weather[col.DARKNESS])


@borrowing
def _lane(sight: Sight, terrain: Terrain, slot: int, out: np.ndarray) -> None:
    """Numbers 12 to 18: the lane that the vehicle is on; all 0 where none is near."""
    for k in range(12, 19):
        out[k] = _ZERO
    lane = sight.mind[slot, col.LANE]
    if lane < 0:
        return
    own = sight.body[slot]
    k, _ = segment(terrain, lane, own[col.LANE_ARC])
    half, _, _ = width_and_speeds(terrain, lane, own[col.LANE_ARC])
    change = int(terrain.point[k, land.CHANGE])
    out[12] = _ONE
    out[13] = cut((half - own[col.LANE_LATERAL]) / LATERAL_SCALE_M)
    out[14] = cut((half + own[col.LANE_LATERAL]) / LATERAL_SCALE_M)
    out[15] = _flag(terrain.lane[lane, land.LEFT] >= 0) * _change(change & CHANGE_LEFT != 0)
    out[16] = _flag(terrain.lane[lane, land.RIGHT] >= 0) * _change(change & CHANGE_RIGHT != 0)
    out[17] = _flag(terrain.lane[lane, land.ONCOMING] >= 0)
    out[18] = _flag(terrain.lane[lane, land.JUNCTION] >= 0)


@borrowing
def _flag(yes: bool) -> np.float32:
    return _ONE if yes else _ZERO


@borrowing
def _change(allowed: bool) -> np.float32:
    return _ONE if allowed else _HALF


@borrowing
def _rules(sight: Sight, terrain: Terrain, slot: int, out: np.ndarray) -> None:
    """Numbers 19 to 28: the next junction, stop line and crosswalk on the path, from the vehicle's front on."""
    for k in range(19, 29):
        out[k] = _ZERO
    out[19], out[21], out[28] = _ONE, _ONE, _ONE
    own, path, span = sight.body[slot], sight.path[slot], sight.span[slot]
    front = own[col.LENGTH] * _HALF
    passed = -own[col.ARC] - front  # what lies between the front and the start of the lane that is looked at
    seen_junction, seen_stop, seen_crosswalk = False, False, False
    for n in range(col.PATH):
        lane = path[n]
        if n > 0:
            passed -= span[n, 0]
        if lane < 0 or passed + span[n, 0] > AHEAD_SCALE_M:
            break
        if not seen_junction and terrain.lane[lane, land.JUNCTION] >= 0:
            seen_junction = True
            out[19] = cut(max(passed + span[n, 0], _ZERO) / AHEAD_SCALE_M)
            out[20] = cut(terrain.lane_f[lane, land.LANE_TURN] / _PI)
        for s in range(terrain.lane[lane, land.FIRST_STOP], terrain.lane[lane + 1, land.FIRST_STOP]):
            arc = terrain.stop_arc[s]
            if not seen_stop and passed + arc >= _ZERO and span[n, 0] <= arc <= span[n, 1]:
                seen_stop = True
                _stop(sight, terrain, slot, s, passed + arc, out)
        for c in range(terrain.lane[lane, land.FIRST_CROSSING], terrain.lane[lane + 1, land.FIRST_CROSSING]):
            arc = terrain.crossing_f[c, land.CROSS_FROM]
            if not seen_crosswalk and passed + arc >= _ZERO and span[n, 0] <= arc <= span[n, 1]:
                seen_crosswalk = True
                out[28] = cut((passed + arc) / AHEAD_SCALE_M)
        passed += span[n, 1]


@borrowing
def _stop(sight: Sight, terrain: Terrain, slot: int, stop: int, distance: np.float32, out: np.ndarray) -> None:
    """Numbers 21 to 27: how far the line is, and what holds there."""
    out[21] = cut(distance / AHEAD_SCALE_M)
    kind = terrain.stop[stop, land.STOP_KIND]
    if kind == _LIGHT:
        light = light_at(terrain.programme, sight.lights, terrain.stop[stop, land.STOP_GROUP], sight.world[col.TICK])
        out[22] = _flag(light == kinds.GREEN)
        out[23] = _flag(light == kinds.YELLOW)
        out[24] = _flag(light == kinds.RED)
    elif kind == _STOP_SIGN:
        out[25] = _ONE
        out[26] = _flag(sight.mind[slot, col.STOPPED] == stop)
    else:
        out[27] = _ONE


@borrowing
def _points(sight: Sight, terrain: Terrain, slot: int, out: np.ndarray) -> None:
    """POINT_NUMBERS for each of POINTS_M; points beyond the end of the path lie at its end."""
    own, path, span = sight.body[slot], sight.path[slot], sight.span[slot]
    cos, sin = math.cos(own[col.YAW]), math.sin(own[col.YAW])
    n, passed = 0, -own[col.ARC]  # metres to the start of lane n of the path
    for point in range(NUM_POINTS):
        to = NUM_OWN + point * POINT_NUMBERS
        if path[0] < 0:
            for k in range(to, to + POINT_NUMBERS):
                out[k] = _ZERO
            continue
        while n + 1 < col.PATH and path[n + 1] >= 0 and passed + span[n, 1] < POINTS_M[point]:
            passed += span[n, 1] - span[n + 1, 0]
            n += 1
        arc = min(POINTS_M[point] - passed, span[n, 1])
        x, y, _, curvature = pose_at(terrain, path[n], arc)
        _, _, safe = width_and_speeds(terrain, path[n], arc)
        dx, dy = x - own[col.X], y - own[col.Y]
        out[to] = cut((dx * cos + dy * sin) / RANGE_M)
        out[to + 1] = cut((dy * cos - dx * sin) / RANGE_M)
        out[to + 2] = cut(curvature / CURVATURE_SCALE)
        out[to + 3] = cut(safe / SPEED_SCALE_MPS)


@borrowing
def _others(sight: Sight, slot: int, out: np.ndarray) -> None:
    """ACTOR_NUMBERS for each of the nearest actors, zeros where there are fewer."""
    reach = min(RANGE_M, sight.weather[col.VISIBILITY])
    places = (len(out) - FIRST_ACTOR) // ACTOR_NUMBERS
    last, last_id = np.float32(-1.0), -1
    for place in range(places):
        other, distance = _next_nearest(sight, slot, last, last_id, reach * reach)
        to = FIRST_ACTOR + place * ACTOR_NUMBERS
        if other < 0:
            for k in range(to, len(out)):
                out[k] = _ZERO
            return
        _describe(sight, slot, other, out[to : to + ACTOR_NUMBERS])
        last, last_id = distance, sight.mind[other, col.ID]


@borrowing
def _next_nearest(sight: Sight, slot: int, last: np.float32, last_id: int, reach: np.float32) -> tuple[int, np.float32]:
    """(slot, squared distance) of the actor that comes after (last, last_id) in the order of distance, then ID; -1: none."""
    body, mind = sight.body, sight.mind
    best, best_distance, best_id = -1, reach, 0
    for other in range(sight.world[col.NUM_ACTORS]):
        if other == slot or mind[other, col.CONTROL] == kinds.NO_CONTROL or sight.visible[other] == 0:
            continue
        dx, dy = body[other, col.X] - body[slot, col.X], body[other, col.Y] - body[slot, col.Y]
        distance, number = dx * dx + dy * dy, mind[other, col.ID]
        if distance < last or (distance == last and number <= last_id) or distance > best_distance:
            continue
        if best < 0 or distance < best_distance or number < best_id:
            best, best_distance, best_id = other, distance, number
    return best, best_distance


@borrowing
def _describe(sight: Sight, slot: int, other: int, out: np.ndarray) -> None:
    """The numbers of one other actor."""
    own, its = sight.body[slot], sight.body[other]
    kind, signals = sight.mind[other, col.KIND], sight.mind[other, col.SIGNALS]
    cos, sin = math.cos(own[col.YAW]), math.sin(own[col.YAW])
    dx, dy = its[col.X] - own[col.X], its[col.Y] - own[col.Y]
    its_way, own_way = its[col.YAW] + its[col.SLIP], own[col.YAW] + own[col.SLIP]
    vx = its[col.SPEED] * math.cos(its_way) - own[col.SPEED] * math.cos(own_way)
    vy = its[col.SPEED] * math.sin(its_way) - own[col.SPEED] * math.sin(own_way)
    turn = its[col.YAW] - own[col.YAW]
    out[0] = _ONE
    out[1] = cut((dx * cos + dy * sin) / RANGE_M)
    out[2] = cut((dy * cos - dx * sin) / RANGE_M)
    out[3] = math.cos(turn)
    out[4] = math.sin(turn)
    out[5] = cut((vx * cos + vy * sin) / SPEED_SCALE_MPS)
    out[6] = cut((vy * cos - vx * sin) / SPEED_SCALE_MPS)
    out[7] = cut(its[col.LENGTH] / LENGTH_SCALE_M)
    out[8] = cut(its[col.WIDTH] / WIDTH_SCALE_M)
    out[9] = _flag(kind <= kinds.BUS)
    out[10] = _flag(kind == kinds.BICYCLE)
    out[11] = _flag(kind == kinds.PEDESTRIAN)
    out[12] = _flag(kind > kinds.PEDESTRIAN)
    out[13] = _flag(signals & kinds.BRAKE_LIGHT != 0)
    out[14] = _flag(signals & kinds.LEFT_INDICATOR != 0)
    out[15] = _flag(signals & kinds.RIGHT_INDICATOR != 0)
