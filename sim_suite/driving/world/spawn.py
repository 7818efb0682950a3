"""How worlds are peopled: agents at the start of their routes, vehicles on lanes, parked cars, people on sidewalks. Source: ours.

Where and what is drawn by (seed, number of the actor): a world is the same whichever batch it is part of. A place that is
taken is drawn anew, a few times; then the slot stays empty.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WHEELBASE_M, WIDTH_M
from sim_suite.driving.roads.graph.kinds import DRIVABLE, WALKABLE
from sim_suite.driving.roads.graph.nearest import nearest_lane
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.paths import BICYCLE_LIMIT_MPS, begin_path, path_of_legs
from sim_suite.driving.traffic.temper import HEADWAY_S, TEMPER, TOP_MPS, WISH_MEAN, WISH_SPREAD
from sim_suite.driving.world.kinds import (
    AGENT,
    BICYCLE,
    BUS,
    CAR,
    NO_CONTROL,
    PARKED,
    PEDESTRIAN,
    STILL,
    TICKS_A_SECOND,
    TRAFFIC,
    TRUCK,
)
from sim_suite.driving.world.lanes import length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    BODY,
    BORN,
    BUBBLE_M,
    CHANGED,
    CONTACT,
    CONTROL,
    CROSSWALK,
    ENTERED,
    GAP,
    GOAL_X,
    GOAL_Y,
    HEADWAY,
    ID,
    KIND,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LAST_LANE,
    LEG,
    LENGTH,
    MIND,
    MODEL,
    NEXT_ID,
    OFFSET,
    PATH,
    PHASE,
    RESTING,
    SEED_HIGH,
    SEED_LOW,
    SIDE_LANE,
    SPEED,
    SPEED_LIMIT,
    STOPPED,
    TICK,
    UNTIL,
    WALKING,
    WHEELBASE,
    WIDTH,
    WISH,
    YAW,
    State,
    X,
    Y,
)
from sim_suite.driving.world.locate import find_lane
from sim_suite.driving.world.random import SPAWN, uniform
from sim_suite.driving.world.terrain import (
    AX,
    DRIVEN,
    FIRST_CROSSING,
    FIRST_POINT,
    FIRST_STOP,
    HALF_WIDTH,
    JUNCTION,
    ONCOMING,
    RIGHT,
    Ground,
    Terrain,
)

TRIES: Final = 40
SPACE_M: Final = np.float32(5.0)
"""Between the boxes of those who begin beside each other on a lane: IDM's standing gap and a second at walking pace."""
AGENT_SPACE_M: Final = np.float32(25.0)
"""Nobody begins so near an agent that either must brake at once."""
BAY_SPACE_M: Final = np.float32(8.0)
"""Nobody parks so near an agent's beginning."""
BESIDE_M: Final = 25.0
"""A place drawn in the bubble is taken to the nearest lane within so much: half of a block."""
KERB_SPACE_M: Final = np.float32(30.0)
"""No parking so near a junction, crosswalk or line (German StVO section 12: 5 m before crosswalks, 5 to 8 m before corners; more, so
that those who pass are back in their lane)."""
KERB_BEND: Final = np.float32(1.0 / 120.0)
"""1/m: no parking in bends (StVO section 12), where the corners of buses sweep the kerb."""
KERB_IN_M: Final = np.float32(-0.3)
"""How far the centre of a car parked at the kerb is inside the lane: half of it stands on the pavement, as on most narrow streets."""
BUS_SHARE: Final = np.float32(0.02)
TRUCK_SHARE: Final = np.float32(0.05)
BICYCLE_SHARE: Final = np.float32(0.05)
"""Shares of town traffic by kind; the rest are cars (Germany, MiD 2017, vehicle kilometres in towns, rounded)."""
CROSSWALK_SHARE: Final = np.float32(0.5)
"""Of people on foot, how many begin at a crosswalk."""
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@borrowing
def draw(world: np.ndarray, actor: int, number: int) -> np.float32:
    """The `number`-th random number of the actor's beginning."""
    return uniform(world[SEED_LOW], world[SEED_HIGH], SPAWN, world[TICK], actor, number)


@borrowing
def clear_actor(body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray) -> None:
    """An empty slot."""
    for column in range(BODY):
        body[column] = _ZERO
    for column in range(MIND):
        mind[column] = 0
    for column in (LANE, SIDE_LANE, LAST_LANE, STOPPED, ENTERED, CROSSWALK, CONTACT):
        mind[column] = -1
    mind[CHANGED] = -1000
    for k in range(PATH):
        path[k], span[k, 0], span[k, 1] = -1, _ZERO, _ZERO


@called
def begin_actor(state: State, w: int, i: int, kind: int, control: int) -> None:
    """A new actor of a kind in slot i, with the measures and temper of its kind; its place is still to be set."""
    body, mind, world = state.body[w, i], state.mind[w, i], state.world[w]
    clear_actor(body, mind, state.path[w, i], state.span[w, i])
    mind[KIND], mind[CONTROL], mind[ID], mind[BORN] = kind, control, world[NEXT_ID], world[TICK]
    world[NEXT_ID] += 1
    shape = CAR if kind == PARKED else kind
    body[LENGTH], body[WIDTH] = PARAMETERS[shape, LENGTH_M], PARAMETERS[shape, WIDTH_M]
    body[WHEELBASE] = PARAMETERS[shape, WHEELBASE_M]
    temper = TEMPER[kind]
    body[GAP] = FREE
    # The sum of two even draws is near enough to a bell, and has bounds.
    spread = draw(world, mind[ID], 0) + draw(world, mind[ID], 1) - np.float32(1.0)
    body[WISH] = temper[WISH_MEAN] + np.float32(2.0) * temper[WISH_SPREAD] * spread
    body[HEADWAY] = temper[HEADWAY_S] * (np.float32(0.85) + np.float32(0.3) * draw(world, mind[ID], 2))


@borrowing
def is_free(state: State, w: int, i: int, actors: int, x: np.float32, y: np.float32, room: np.float32) -> bool:
    """Whether a box in slot i fits at a place: so much room to everybody's box, more to agents."""
    own = _HALF * state.body[w, i, LENGTH]
    for j in range(actors):
        if j == i or state.mind[w, j, CONTROL] == NO_CONTROL:
            continue
        least = own + _HALF * state.body[w, j, LENGTH] + room
        if state.mind[w, j, CONTROL] == AGENT and room > np.float32(2.0):
            least = max(least, AGENT_SPACE_M)
        dx, dy = state.body[w, j, X] - x, state.body[w, j, Y] - y
        if dx * dx + dy * dy < least * least:
            return False
    return True


@borrowing
def is_near(state: State, w: int, x: np.float32, y: np.float32, nearest: np.float32, share: np.float32) -> bool:
    """Whether a place lies within the bubble's radius times share of the first agent, and not nearer than `nearest`."""
    bubble = np.float32(state.world[w, BUBBLE_M])
    if bubble <= _ZERO or state.mind[w, 0, CONTROL] != AGENT:
        return True
    dx, dy = x - state.body[w, 0, X], y - state.body[w, 0, Y]
    away = dx * dx + dy * dy
    return bool(nearest * nearest <= away <= share * share * bubble * bubble)


@borrowing
def pick(summed: np.ndarray, chance: np.float32) -> tuple[int, np.float32]:
    """(index, rest) where a share of the whole lies in summed lengths."""
    place = chance * summed[-1]
    low, high = 0, len(summed) - 1
    while low < high:
        middle = (low + high) // 2
        if summed[middle] > place:
            high = middle
        else:
            low = middle + 1
    return low, place - (summed[low - 1] if low > 0 else _ZERO)


@borrowing
def draw_place(
    state: State, ground: Ground, w: int, actor: int, n: int, nearest: np.float32, share: np.float32, kinds: int
) -> tuple[int, np.float32]:
    """(lane, arc) outside of junctions, -1 for a miss: anywhere on the map by length or, in a bubble, beside a place drawn in its ring."""
    world, terrain = state.world[w], ground.terrain
    chance = draw(world, actor, 10 + 2 * n)
    bubble = np.float32(world[BUBBLE_M])
    if bubble <= _ZERO or state.mind[w, 0, CONTROL] != AGENT:
        lanes, summed = (
            (terrain.spawn_lane, terrain.spawn_m) if kinds == DRIVABLE else (terrain.walk_lane, terrain.walk_m)
        )
        if len(lanes) == 0:
            return -1, _ZERO
        index, arc = pick(summed, chance)
        return int(lanes[index]), np.float32(arc)
    far = share * bubble
    away = np.float32(math.sqrt(nearest * nearest + chance * (far * far - nearest * nearest)))
    angle = np.float32(2.0 * math.pi) * draw(world, actor, 11 + 2 * n)
    x = terrain.origin_x + state.body[w, 0, X] + away * np.float32(math.cos(angle))
    y = terrain.origin_y + state.body[w, 0, Y] + away * np.float32(math.sin(angle))
    place = nearest_lane(x, y, math.nan, math.nan, kinds, BESIDE_M, ground.grid)
    lane = place[0]
    if lane < 0 or terrain.lane[lane, JUNCTION] >= 0 or (kinds == DRIVABLE and terrain.lane[lane, DRIVEN] != 1):
        return -1, _ZERO
    return lane, np.float32(place[1])


@called
def begin_vehicle(
    state: State, ground: Ground, w: int, i: int, actors: int, nearest: np.float32, share: np.float32, tries: int
) -> bool:
    """Put a vehicle of the traffic model somewhere on the lanes; False, and an empty slot, where no place was found."""
    terrain = ground.terrain
    world, body, mind = state.world[w], state.body[w, i], state.mind[w, i]
    chance = draw(world, world[NEXT_ID], 3)
    kind = CAR
    if chance < BUS_SHARE:
        kind = BUS
    elif chance < BUS_SHARE + TRUCK_SHARE:
        kind = TRUCK
    elif chance < BUS_SHARE + TRUCK_SHARE + BICYCLE_SHARE:
        kind = BICYCLE
    begin_actor(state, w, i, kind, TRAFFIC)
    for n in range(tries):
        lane, arc = draw_place(state, ground, w, mind[ID], n, nearest, share, DRIVABLE)
        if lane < 0:
            continue
        length = length_of(terrain, lane)
        half = _HALF * body[LENGTH]
        if length < body[LENGTH] + np.float32(2.0):
            continue
        arc = min(max(arc, half + np.float32(1.0)), length - half - np.float32(1.0))
        x, y, heading, _ = pose_at(terrain, lane, arc)
        if not (is_near(state, w, x, y, nearest, share) and is_free(state, w, i, actors, x, y, SPACE_M)):
            continue
        _, limit, safe = width_and_speeds(terrain, lane, arc)
        if kind == BICYCLE and limit > BICYCLE_LIMIT_MPS:
            kind = CAR
            begin_actor(state, w, i, kind, TRAFFIC)
        body[X], body[Y], body[YAW] = x, y, heading
        body[ARC], body[LANE_ARC], body[SPEED_LIMIT] = arc, arc, limit
        mind[LANE] = lane
        begin_path(terrain, lane, world, mind, state.path[w, i], state.span[w, i])
        # Slow enough to stop before the end of the lane, whatever is there.
        until_end = max(length - arc - half - np.float32(2.0), _ZERO)
        quick = min(min(safe, limit * body[WISH]), TEMPER[kind, TOP_MPS])
        body[SPEED] = min(quick, np.float32(math.sqrt(np.float32(2.0) * until_end))) * np.float32(0.8)
        if not _is_followed_fast(state, w, i, actors):
            return True
    clear_actor(body, mind, state.path[w, i], state.span[w, i])
    return False


@borrowing
def _is_followed_fast(state: State, w: int, i: int, actors: int) -> bool:
    """Whether one on the same lane comes from behind, or is before it, so that either would have to brake hard."""
    body, lane = state.body[w, i], state.mind[w, i, LANE]
    for j in range(actors):
        other = state.body[w, j]
        if j == i or state.mind[w, j, CONTROL] == NO_CONTROL or state.mind[w, j, LANE] != lane:
            continue
        ahead = body[LANE_ARC] - other[LANE_ARC]
        closing = other[SPEED] - body[SPEED] if ahead > _ZERO else body[SPEED] - other[SPEED]
        gap = abs(ahead) - _HALF * (body[LENGTH] + other[LENGTH])
        if closing > _ZERO and closing * closing > np.float32(2.0) * max(gap - np.float32(3.0), _ZERO):
            return True
    return False


@called
def begin_parked(state: State, ground: Ground, w: int, i: int, actors: int) -> bool:
    """Put a parked car into a bay or, where the map has none near, to the kerb; False, and an empty slot, where there is no place."""
    terrain = ground.terrain
    world, body, mind = state.world[w], state.body[w, i], state.mind[w, i]
    begin_actor(state, w, i, PARKED, STILL)
    bays = 0
    for bay in range(terrain.bay.shape[0]):
        bays += 1 if is_near(state, w, terrain.bay[bay, 0], terrain.bay[bay, 1], BAY_SPACE_M, np.float32(1.0)) else 0
    for n in range(TRIES):
        x, y, heading = _ZERO, _ZERO, _ZERO
        if bays > 0 and n < TRIES // 2:
            bay = _near_bay(state, terrain, w, min(int(draw(world, mind[ID], 10 + n) * np.float32(bays)), bays - 1))
            x, y, heading = terrain.bay[bay, 0], terrain.bay[bay, 1], terrain.bay[bay, 2]
            room = np.float32(-2.0)  # neighbours' bays are narrower than cars are long
        else:
            lane, arc = draw_place(state, ground, w, mind[ID], n, BAY_SPACE_M, np.float32(1.0), DRIVABLE)
            if lane < 0 or not _may_park(terrain, lane, arc):
                continue
            x, y, heading, _ = pose_at(terrain, lane, arc)
            half_width, _, _ = width_and_speeds(terrain, lane, arc)
            side = np.float32(1.0 if terrain.left_hand == 1 else -1.0)
            aside = side * (half_width - KERB_IN_M)
            x, y = x - aside * np.float32(math.sin(heading)), y + aside * np.float32(math.cos(heading))
            room = np.float32(1.0)
        if is_near(state, w, x, y, BAY_SPACE_M, np.float32(1.0)) and is_free(state, w, i, actors, x, y, room):
            body[X], body[Y], body[YAW] = x, y, heading
            find_lane(body, mind, ground)
            return True
    clear_actor(body, mind, state.path[w, i], state.span[w, i])
    return False


@borrowing
def _near_bay(state: State, terrain: Terrain, w: int, chosen: int) -> int:
    """The bay with this number among those in the bubble."""
    for bay in range(terrain.bay.shape[0]):
        if is_near(state, w, terrain.bay[bay, 0], terrain.bay[bay, 1], BAY_SPACE_M, np.float32(1.0)):
            if chosen == 0:
                return bay
            chosen -= 1
    return 0


@borrowing
def _may_park(terrain: Terrain, lane: int, arc: np.float32) -> bool:
    """On one side of a two-way street of one lane each way, away from its ends, lines and crosswalks."""
    other = terrain.lane[lane, ONCOMING]
    if other < 0 or other < lane or terrain.lane[lane, RIGHT] >= 0:
        return False
    if arc < KERB_SPACE_M or arc > length_of(terrain, lane) - KERB_SPACE_M:
        return False
    _, _, _, curvature = pose_at(terrain, lane, arc)
    if abs(curvature) > KERB_BEND:
        return False
    for n in range(terrain.lane[lane, FIRST_STOP], terrain.lane[lane + 1, FIRST_STOP]):
        if abs(terrain.stop_arc[n] - arc) < KERB_SPACE_M:
            return False
    for n in range(terrain.lane[lane, FIRST_CROSSING], terrain.lane[lane + 1, FIRST_CROSSING]):
        if abs(terrain.crossing_f[n, 0] - arc) < KERB_SPACE_M:
            return False
    return True


@called
def begin_pedestrian(
    state: State, ground: Ground, w: int, i: int, actors: int, nearest: np.float32, share: np.float32, tries: int
) -> bool:
    """Put a person on a sidewalk or at a crosswalk; False, and an empty slot, where there is none near."""
    terrain = ground.terrain
    world, body, mind = state.world[w], state.body[w, i], state.mind[w, i]
    ends = _near_ends(state, terrain, w, nearest, share)
    begin_actor(state, w, i, PEDESTRIAN, TRAFFIC)
    at_crosswalk = ends > 0 and (len(terrain.walk_lane) == 0 or draw(world, mind[ID], 5) < CROSSWALK_SHARE)
    for n in range(tries):
        x, y, lane, arc, crosswalk = _ZERO, _ZERO, -1, _ZERO, -1
        if at_crosswalk:
            number = min(int(draw(world, mind[ID], 10 + n) * np.float32(ends)), ends - 1)
            crosswalk, x, y = _near_end(state, terrain, w, nearest, share, number)
        else:
            lane, arc = draw_place(state, ground, w, mind[ID], n, nearest, share, WALKABLE)
            if lane < 0:
                continue
            half = terrain.point[terrain.lane[lane, FIRST_POINT], HALF_WIDTH]
            body[OFFSET] = (draw(world, mind[ID], 6) - _HALF) * max(np.float32(2.0) * half - np.float32(0.8), _ZERO)
            x, y, heading, _ = pose_at(terrain, lane, arc)
            x = x - body[OFFSET] * np.float32(math.sin(heading))
            y = y + body[OFFSET] * np.float32(math.cos(heading))
        if not (is_near(state, w, x, y, nearest, share) and is_free(state, w, i, actors, x, y, np.float32(0.3))):
            continue
        body[X], body[Y], body[GOAL_X], body[GOAL_Y] = x, y, x, y
        mind[LEG] = 1 if draw(world, mind[ID], 4) < _HALF else -1
        if at_crosswalk:
            mind[CROSSWALK], mind[PHASE] = crosswalk, RESTING
            mind[UNTIL] = world[TICK] + int(draw(world, mind[ID], 7) * np.float32(10 * TICKS_A_SECOND))
        else:
            mind[LANE], mind[PHASE], body[ARC], body[LANE_ARC] = lane, WALKING, arc, arc
            body[LANE_LATERAL] = body[OFFSET]
        return True
    clear_actor(body, mind, state.path[w, i], state.span[w, i])
    return False


@borrowing
def _near_ends(state: State, terrain: Terrain, w: int, nearest: np.float32, share: np.float32) -> int:
    """How many ends of crosswalks lie in the bubble's ring."""
    count = 0
    for end in range(2 * terrain.crosswalk_f.shape[0]):
        row = terrain.crosswalk_f[end // 2]
        count += 1 if is_near(state, w, row[AX + 2 * (end % 2)], row[AX + 2 * (end % 2) + 1], nearest, share) else 0
    return count


@borrowing
def _near_end(
    state: State, terrain: Terrain, w: int, nearest: np.float32, share: np.float32, chosen: int
) -> tuple[int, np.float32, np.float32]:
    """(crosswalk, x, y) of the end with this number among them."""
    for end in range(2 * terrain.crosswalk_f.shape[0]):
        row = terrain.crosswalk_f[end // 2]
        x, y = row[AX + 2 * (end % 2)], row[AX + 2 * (end % 2) + 1]
        if is_near(state, w, x, y, nearest, share):
            if chosen == 0:
                return end // 2, x, y
            chosen -= 1
    return -1, _ZERO, _ZERO


@called
def begin_agent(state: State, ground: Ground, w: int, i: int, model: int, speed: np.float32) -> None:
    """Put agent i at the start of its route, with a speed."""
    terrain = ground.terrain
    begin_actor(state, w, i, CAR, AGENT)
    body, mind = state.body[w, i], state.mind[w, i]
    mind[MODEL] = model
    body[WISH] = np.float32(1.0)
    body[HEADWAY] = TEMPER[CAR, HEADWAY_S]
    if state.legs[w, i, 0] >= 0:
        lane, arc = state.legs[w, i, 0], state.leg_span[w, i, 0, 0]
        body[X], body[Y], body[YAW], _ = pose_at(terrain, lane, arc)
        body[ARC], body[SPEED] = arc, speed
        path_of_legs(state.legs[w, i], state.leg_span[w, i], 0, mind, state.path[w, i], state.span[w, i])
        _, body[SPEED_LIMIT], _ = width_and_speeds(terrain, lane, arc)
        find_lane(body, mind, ground)
