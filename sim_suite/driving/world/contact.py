"""Collisions: who touches whom, the push that each gets, and the event that is noted. Source: impulse of an inelastic impact along
the contact normal (Brach and Brach 2005, planar impact mechanics with zero restitution and no friction).

Pushes are summed up from the state after all have moved and applied together: the order of actors changes nothing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.collisions import overlap
from sim_suite.driving.dynamics.vehicles import MASS_KG, PARAMETERS
from sim_suite.driving.rules.events import note_event
from sim_suite.driving.world.kinds import (
    BICYCLE,
    COLLISION,
    NO_CONTROL,
    PEDESTRIAN,
    SCRIPT,
    STILL,
    TICKS_A_SECOND,
    TRAFFIC,
)
from sim_suite.driving.world.lanes import wrap
from sim_suite.driving.world.layout import (
    CONTACT,
    CONTACT_TICK,
    CONTROL,
    ID,
    IMPULSE,
    KIND,
    LENGTH,
    SLIP,
    SPEED,
    TALLY_OTHER,
    TALLY_PEDESTRIAN,
    TALLY_VEHICLE,
    TICK,
    WIDTH,
    YAW,
    X,
    Y,
)

SAME_TICKS: Final = 5 * TICKS_A_SECOND
"""Touching the same partner again within so long is the same collision."""
LEANING_TICKS: Final = TICKS_A_SECOND
LEANING_MPS: Final = np.float32(1.0)
"""One who has touched somebody within so long and now touches another more gently than this leans on both: no new collision."""
SCENERY: Final = 2**31 - 1
"""In place of an actor's ID in CONTACT: something of the scenery."""
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@called
def collide(
    push: np.ndarray, bodies: np.ndarray, minds: np.ndarray, actors: int, world: np.ndarray, event: np.ndarray,
    event_place: np.ndarray, tally: np.ndarray,
) -> None:  # fmt: skip
    """Find all contacts of a world, note events, and apply the pushes. push: [A, 5] scratch (velocity x, y; shift x, y; touched)."""
    touched = False
    for i in range(actors):
        for j in range(i + 1, actors):
            dx, dy = bodies[i, X] - bodies[j, X], bodies[i, Y] - bodies[j, Y]
            reach = _HALF * (bodies[i, LENGTH] + bodies[j, LENGTH] + bodies[i, WIDTH] + bodies[j, WIDTH])
            if dx * dx + dy * dy > reach * reach or not _may_touch(minds[i], minds[j]):
                continue
            depth, nx, ny = overlap(
                bodies[i, X], bodies[i, Y], bodies[i, YAW], bodies[i, LENGTH], bodies[i, WIDTH],
                bodies[j, X], bodies[j, Y], bodies[j, YAW], bodies[j, LENGTH], bodies[j, WIDTH],
            )  # fmt: skip
            if depth <= _ZERO:
                continue
            if not touched:
                touched = True
                for k in range(actors):
                    for column in range(5):
                        push[k, column] = _ZERO
            closing = _push_apart(push, i, j, bodies, minds, depth, nx, ny)
            _note(i, j, nx, ny, closing, bodies, minds, world, event, event_place, tally)
            _note(j, i, -nx, -ny, closing, bodies, minds, world, event, event_place, tally)
    if touched:
        for i in range(actors):
            if push[i, 4] > _ZERO:
                _apply(push[i], bodies[i], minds[i])


@borrowing
def note_told(
    told: np.ndarray, bodies: np.ndarray, minds: np.ndarray, world: np.ndarray, event: np.ndarray, event_place: np.ndarray,
    tally: np.ndarray,
) -> None:  # fmt: skip
    """Note collisions that another simulator saw, for both sides, as if they had been found here; nobody is pushed. told: [K, 5]
    float32: slots i and j, the normal's x and y from j to i, closing speed m/s; j is -1 for what is no actor."""
    for k in range(len(told)):
        i, j, nx, ny, closing = int(told[k, 0]), int(told[k, 1]), told[k, 2], told[k, 3], told[k, 4]
        if j >= 0:
            _note(i, j, nx, ny, closing, bodies, minds, world, event, event_place, tally)
            _note(j, i, -nx, -ny, closing, bodies, minds, world, event, event_place, tally)
            continue
        since = world[TICK] - minds[i, CONTACT_TICK]
        same = minds[i, CONTACT] == SCENERY and since < SAME_TICKS
        minds[i, CONTACT], minds[i, CONTACT_TICK] = SCENERY, world[TICK]
        bodies[i, IMPULSE] = wrap(np.float32(math.atan2(ny, nx)) - bodies[i, YAW])
        if not same:
            note_event(world, event, event_place, tally, bodies[i], COLLISION, i, -1, bodies[i, IMPULSE], closing)
            if i < tally.shape[0]:
                tally[i, TALLY_OTHER] += 1


@borrowing
def _may_touch(mind: np.ndarray, other: np.ndarray) -> bool:
    """Pairs that nobody moves are none; people on foot walk past each other, and squeeze past what stands."""
    if mind[CONTROL] == NO_CONTROL or other[CONTROL] == NO_CONTROL:
        return False
    if mind[CONTROL] == STILL and other[CONTROL] == STILL:
        return False
    if mind[KIND] == PEDESTRIAN:
        return bool(other[KIND] != PEDESTRIAN and other[CONTROL] != STILL)
    return not (other[KIND] == PEDESTRIAN and mind[CONTROL] == STILL)


@borrowing
def _share(mind: np.ndarray, other: np.ndarray) -> np.float32:
    """How much of a push the first takes: by the masses; who is not moved by forces takes none."""
    if mind[CONTROL] == STILL or mind[CONTROL] == SCRIPT:
        return _ZERO
    if other[CONTROL] == STILL or other[CONTROL] == SCRIPT:
        return np.float32(1.0)
    own, theirs = PARAMETERS[mind[KIND], MASS_KG], PARAMETERS[other[KIND], MASS_KG]
    return np.float32(theirs / (own + theirs))


@borrowing
def _push_apart(
    push: np.ndarray, i: int, j: int, bodies: np.ndarray, minds: np.ndarray, depth: np.float32, nx: np.float32,
    ny: np.float32,
) -> np.float32:  # fmt: skip
    """Add to both pushes; returns the closing speed, m/s."""
    way_i, way_j = bodies[i, YAW] + bodies[i, SLIP], bodies[j, YAW] + bodies[j, SLIP]
    vx = bodies[i, SPEED] * np.float32(math.cos(way_i)) - bodies[j, SPEED] * np.float32(math.cos(way_j))
    vy = bodies[i, SPEED] * np.float32(math.sin(way_i)) - bodies[j, SPEED] * np.float32(math.sin(way_j))
    closing = max(-(vx * nx + vy * ny), _ZERO)
    share_i, share_j = _share(minds[i], minds[j]), _share(minds[j], minds[i])
    push[i, 0] += closing * share_i * nx
    push[i, 1] += closing * share_i * ny
    push[j, 0] -= closing * share_j * nx
    push[j, 1] -= closing * share_j * ny
    push[i, 2] += depth * share_i * nx
    push[i, 3] += depth * share_i * ny
    push[j, 2] -= depth * share_j * nx
    push[j, 3] -= depth * share_j * ny
    push[i, 4] = push[j, 4] = np.float32(1.0)
    return np.float32(closing)


@borrowing
def _apply(push: np.ndarray, body: np.ndarray, mind: np.ndarray) -> None:
    """The wheels keep only what points along the heading of the changed velocity; traffic brakes rather than roll back."""
    way = body[YAW] + body[SLIP]
    vx = body[SPEED] * np.float32(math.cos(way)) + push[0]
    vy = body[SPEED] * np.float32(math.sin(way)) + push[1]
    body[SPEED] = vx * np.float32(math.cos(body[YAW])) + vy * np.float32(math.sin(body[YAW]))
    if mind[CONTROL] == TRAFFIC:
        body[SPEED] = max(body[SPEED], _ZERO)
    body[SLIP] = _ZERO
    body[X] += push[2]
    body[Y] += push[3]


@borrowing
def _note(
    i: int, j: int, nx: np.float32, ny: np.float32, closing: np.float32, bodies: np.ndarray, minds: np.ndarray,
    world: np.ndarray, event: np.ndarray, event_place: np.ndarray, tally: np.ndarray,
) -> None:  # fmt: skip
    """Note the collision for i, unless it has touched j a moment ago. What a script moves is judged in an agent's place alone."""
    if minds[i, CONTROL] == STILL or (minds[i, CONTROL] == SCRIPT and i >= tally.shape[0]):
        return
    since = world[TICK] - minds[i, CONTACT_TICK] if minds[i, CONTACT] >= 0 else SAME_TICKS
    same = minds[i, CONTACT] == minds[j, ID] and since < SAME_TICKS
    same = same or (since < LEANING_TICKS and closing < LEANING_MPS)
    minds[i, CONTACT], minds[i, CONTACT_TICK] = minds[j, ID], world[TICK]
    bodies[i, IMPULSE] = wrap(np.float32(math.atan2(ny, nx)) - bodies[i, YAW])
    if same:
        return
    note_event(world, event, event_place, tally, bodies[i], COLLISION, i, j, bodies[i, IMPULSE], closing)
    if i < tally.shape[0]:
        kind = minds[j, KIND]
        column = TALLY_PEDESTRIAN if kind == PEDESTRIAN else TALLY_VEHICLE if kind <= BICYCLE else TALLY_OTHER
        tally[i, column] += 1
