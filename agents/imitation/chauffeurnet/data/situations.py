"""Puts into worlds what an imitator must have seen and traffic seldom brings about: parked cars that reach into the lane, slow cars
and cyclists ahead, starts in motion, beside the lane's middle and askew, and where traffic is held. Source: ours, after the test
families of Bansal et al. 2018, section 6.3.

Everything is drawn; nothing is taken from the evaluation's scenarios, nor are their maps (`experience.MAPS`).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, shared
from sim_suite.driving.traffic.passing import edge_offset
from sim_suite.driving.traffic.paths import BICYCLE_LIMIT_MPS, begin_path, path_of_legs
from sim_suite.driving.traffic.stops import SIGN_TICKS
from sim_suite.driving.traffic.temper import TEMPER, TOP_MPS
from sim_suite.driving.world.kinds import BICYCLE, CAR, PARKED, STILL, TRAFFIC
from sim_suite.driving.world.lanes import length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    HEADING_ERROR,
    KIND,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LATERAL,
    LEG,
    LENGTH,
    NUM_ACTORS,
    OFFSET,
    ROUTE_ARC,
    SPEED,
    SPEED_LIMIT,
    WAIT,
    WIDTH,
    WISH,
    YAW,
    State,
    X,
    Y,
)
from sim_suite.driving.world.locate import find_lane
from sim_suite.driving.world.spawn import begin_actor, clear_actor, is_free
from sim_suite.driving.world.terrain import FIRST_STOP, JUNCTION, ONCOMING, Ground

STAGED: Final = 4
"""Slots, empty before: that of who leads, then the parked cars'."""
DRAWS: Final = 6 + 4 * STAGED
"""Even numbers in [0, 1) for each world."""
HELD: Final = 0.5
"""Share of worlds that begin standing where a light or sign holds traffic, if there is such a line on the lane where the route begins: what
is to be learned of standing there lasts but for moments where one comes driving."""
BACK_M: Final = (0.3, 2.0)
"""From their front to the line."""
COMING: Final = 0.4
"""Share of worlds that begin in motion towards such a line, if there is one on their way: seldom does one come to it at the limit. Where
there is none, they begin as fast, and come to a bend like that."""
COMING_M: Final = (20.0, 90.0)
"""From their front to the line, as far as the route allows ..."""
COMING_SHARE: Final = 0.6
"""... at this share of the limit at least, and no faster than can be braked away ..."""
COMING_MPS2: Final = 3.0
"""... like this."""
IN_MOTION: Final = 0.7
"""Share of worlds that begin in motion, at up to the lane's safe speed."""
ASKEW_M: Final = 1.0
"""Who begins beside the middle and askew does so by up to this, times the lane's room and below, ..."""
ASKEW_RAD: Final = 0.2
SLOW_LEADS: Final = 0.5
CYCLISTS: Final = 0.4
"""Of those that lead, where people cycle: traffic alone has one in twenty."""
LEAD_M: Final = (15.0, 60.0)
"""From the agent's middle to that of who leads."""
LEAD_WISH: Final = (0.15, 0.5)
"""Of the limit."""
PARKED_CARS: Final = 0.8
"""Chance of each parked car."""
PARKED_M: Final = (15.0, 150.0)
"""Along the route."""
INTO_LANE_M: Final = (0.2, 2.0)
"""How far a parked car reaches over its lane's edge."""
_END_M: Final = 8.0
_ZERO: Final = np.float32(0.0)


@shared
def stage(state: State, ground: Ground, draws: np.ndarray, askew: float, begin: int, end: int) -> None:
    """Arrange worlds begin..end, just reset, whose last STAGED slots are empty. draws: [W, DRAWS] float64; askew: share of worlds that
    begin beside the lane's middle and askew, all of them in motion."""
    for w in range(begin, end):
        slot = state.world[w, NUM_ACTORS] - STAGED
        _start(state, ground, w, draws[w], askew)
        for n in range(STAGED):
            row = draws[w, 6 + 4 * n : 10 + 4 * n]
            if row[0] < (SLOW_LEADS if n == 0 else PARKED_CARS):
                low, high = LEAD_M if n == 0 else PARKED_M
                ahead = np.float32(low + row[1] * (high - low))
                lane, arc = _on_route(state, w, state.body[w, 0, ROUTE_ARC] + ahead)
                if lane >= 0 and ground.terrain.lane[lane, JUNCTION] < 0:
                    if n == 0:
                        _lead(state, ground, w, slot, lane, arc, row[2], row[3])
                    else:
                        _park(state, ground, w, slot + n, lane, arc, row[2], row[3])


@borrowing
def _start(state: State, ground: Ground, w: int, draws: np.ndarray, askew: float) -> None:
    """The agent's speed and pose."""
    lane, arc = _on_route(state, w, _ZERO)
    if lane < 0 or (draws[4] < HELD and _hold(state, ground, w, draws[5])):
        return
    is_coming = HELD <= draws[4] < HELD + COMING
    if is_coming and _come(state, ground, w, draws[5], draws[1]):
        return
    if not is_coming and draws[0] >= max(IN_MOTION, askew):
        return
    body, mind = state.body[w, 0], state.mind[w, 0]
    half_width, limit, safe = width_and_speeds(ground.terrain, lane, arc)
    least = COMING_SHARE if is_coming else 0.0
    body[SPEED] = np.float32(least + draws[1] * (1.0 - least)) * min(limit, safe)
    if draws[0] >= askew:
        return
    room = min(max(half_width - np.float32(0.5) * body[WIDTH], _ZERO), np.float32(ASKEW_M))
    aside = np.float32(2.0 * draws[2] - 1.0) * room
    turn = np.float32((2.0 * draws[3] - 1.0) * ASKEW_RAD)
    body[X] -= aside * np.float32(math.sin(body[YAW]))
    body[Y] += aside * np.float32(math.cos(body[YAW]))
    body[YAW] += turn
    body[LATERAL], body[HEADING_ERROR] = aside, turn
    find_lane(body, mind, ground)


@borrowing
def _hold(state: State, ground: Ground, w: int, share: float) -> bool:
    """Let the agent stand at the next line, if there is one on the lane where it is."""
    leg, line = _next_line(state, ground, w, _ZERO)
    back = np.float32(BACK_M[0] + share * (BACK_M[1] - BACK_M[0]))
    if leg != 0 or not _put(state, ground, w, line - back):
        return False
    # Its past poses all lie here: as one sees it, it has stood for long.
    state.mind[w, 0, WAIT] = SIGN_TICKS
    return True


@borrowing
def _come(state: State, ground: Ground, w: int, share: float, haste: float) -> bool:
    """Let the agent come to a line on its way, the first that is far enough ahead."""
    leg, line = _next_line(state, ground, w, np.float32(COMING_M[0]))
    back = np.float32(COMING_M[0]) + np.float32(share) * (min(np.float32(COMING_M[1]), line) - np.float32(COMING_M[0]))
    if leg < 0 or not _put(state, ground, w, line - back):
        return False
    body = state.body[w, 0]
    _, limit, safe = width_and_speeds(ground.terrain, state.path[w, 0, 0], body[ARC])
    speed = np.float32(COMING_SHARE + haste * (1.0 - COMING_SHARE)) * limit
    body[SPEED] = min(min(speed, safe), np.float32(math.sqrt(2.0 * COMING_MPS2 * back)))
    return True


@borrowing
def _next_line(state: State, ground: Ground, w: int, least: np.float32) -> tuple[int, np.float32]:
    """(Leg of the route with the next line that holds traffic, how far along the route the agent's middle is when its front is there, m);
    -1 and 0 where none is more than so far ahead."""
    terrain = ground.terrain
    for leg in range(state.legs.shape[2]):
        lane = state.legs[w, 0, leg]
        if lane < 0:
            break
        begin, end = state.leg_span[w, 0, leg, 0], state.leg_span[w, 0, leg, 1]
        for n in range(terrain.lane[lane, FIRST_STOP], terrain.lane[lane + 1, FIRST_STOP]):
            arc = terrain.stop_arc[n]
            place = state.leg_arc[w, 0, leg] + arc - begin - np.float32(0.5) * state.body[w, 0, LENGTH]
            if begin < arc < end and place > least:
                return leg, place
    return -1, _ZERO


@borrowing
def _put(state: State, ground: Ground, w: int, along: np.float32) -> bool:
    """Let the agent stand in the middle of its lane so far along its route, if that is outside junctions and nobody is there."""
    terrain, body, mind = ground.terrain, state.body[w, 0], state.mind[w, 0]
    lane, arc = _on_route(state, w, along)
    if along <= _ZERO or lane < 0 or terrain.lane[lane, JUNCTION] >= 0:
        return False
    x, y, heading, _ = pose_at(terrain, lane, arc)
    if not is_free(state, w, 0, state.world[w, NUM_ACTORS], x, y, np.float32(1.0)):
        return False
    while state.leg_arc[w, 0, mind[LEG] + 1] <= along:
        mind[LEG] += 1
    path_of_legs(state.legs[w, 0], state.leg_span[w, 0], mind[LEG], mind, state.path[w, 0], state.span[w, 0])
    body[X], body[Y], body[YAW], body[ARC], body[ROUTE_ARC], body[SPEED] = x, y, heading, arc, along, _ZERO
    body[LATERAL], body[HEADING_ERROR] = _ZERO, _ZERO
    _, body[SPEED_LIMIT], _ = width_and_speeds(terrain, lane, arc)
    find_lane(body, mind, ground)
    return True


@borrowing
def _on_route(state: State, w: int, arc: np.float32) -> tuple[int, np.float32]:
    """(lane, arc on it) so far along the agent's route; lane -1 beyond its end."""
    legs = state.legs[w, 0]
    for leg in range(len(legs)):
        if legs[leg] < 0:
            break
        if arc < state.leg_arc[w, 0, leg + 1]:
            return int(legs[leg]), state.leg_span[w, 0, leg, 0] + arc - state.leg_arc[w, 0, leg]
    return -1, _ZERO


@borrowing
def _lead(
    state: State, ground: Ground, w: int, i: int, lane: int, arc: np.float32, slowness: float, chance: float
) -> None:  # fmt: skip
    """A car of the traffic that wishes to drive slowly, or a cyclist at the lane's edge, already in motion."""
    terrain = ground.terrain
    half_width, limit, safe = width_and_speeds(terrain, lane, arc)
    cycles = chance < CYCLISTS and limit <= BICYCLE_LIMIT_MPS
    begin_actor(state, w, i, BICYCLE if cycles else CAR, TRAFFIC)
    body, mind = state.body[w, i], state.mind[w, i]
    x, y, heading, _ = pose_at(terrain, lane, arc)
    if cycles:
        body[OFFSET] = edge_offset(terrain, half_width)
        x, y = x - body[OFFSET] * np.float32(math.sin(heading)), y + body[OFFSET] * np.float32(math.cos(heading))
    if not is_free(state, w, i, state.world[w, NUM_ACTORS], x, y, np.float32(1.0)):
        clear_actor(body, mind, state.path[w, i], state.span[w, i])
        return
    body[X], body[Y], body[YAW] = x, y, heading
    body[ARC], body[LANE_ARC], body[SPEED_LIMIT] = arc, arc, limit
    body[LATERAL], body[LANE_LATERAL] = body[OFFSET], body[OFFSET]
    if not cycles:
        body[WISH] = np.float32(LEAD_WISH[0] + slowness * (LEAD_WISH[1] - LEAD_WISH[0]))
    body[SPEED] = min(min(body[WISH] * limit, safe), TEMPER[mind[KIND], TOP_MPS])
    mind[LANE] = lane
    begin_path(terrain, lane, state.world[w], mind, state.path[w, i], state.span[w, i])


@borrowing
def _park(state: State, ground: Ground, w: int, i: int, lane: int, arc: np.float32, share: float, lean: float) -> None:
    """A parked car on the outer edge of a lane with another beside it, or an oncoming one: there is a way past it."""
    terrain = ground.terrain
    if terrain.lane[lane, ONCOMING] < 0 or not _END_M < arc < length_of(terrain, lane) - np.float32(_END_M):
        return
    begin_actor(state, w, i, PARKED, STILL)
    body, mind = state.body[w, i], state.mind[w, i]
    x, y, heading, _ = pose_at(terrain, lane, arc)
    half_width, _, _ = width_and_speeds(terrain, lane, arc)
    side = np.float32(1.0 if terrain.left_hand == 1 else -1.0)
    into = np.float32(INTO_LANE_M[0] + share * (INTO_LANE_M[1] - INTO_LANE_M[0]))
    aside = side * (half_width + np.float32(0.5) * body[WIDTH] - into)
    x, y = x - aside * np.float32(math.sin(heading)), y + aside * np.float32(math.cos(heading))
    if not is_free(state, w, i, state.world[w, NUM_ACTORS], x, y, np.float32(1.0)):
        clear_actor(body, mind, state.path[w, i], state.span[w, i])
        return
    # Parked cars are seldom parallel to the kerb: within three degrees.
    body[X], body[Y], body[YAW] = x, y, heading + np.float32(0.1 * (lean - 0.5))
    find_lane(body, mind, ground)
