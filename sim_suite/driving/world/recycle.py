"""Traffic around an agent: who has fallen far behind begins anew ahead; who has come to the end of its way, or stands where it
has collided, begins elsewhere.

Source: ours. At most one a tick and world, the one with the lowest number, so that two never choose the same place.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import called
from sim_suite.driving.world.kinds import AGENT, BICYCLE, NO_CONTROL, PEDESTRIAN, TICKS_A_SECOND, TRAFFIC
from sim_suite.driving.world.layout import (
    BORN,
    BUBBLE_M,
    CONTACT,
    CONTROL,
    ID,
    KIND,
    NEXT_ID,
    NUM_ACTORS,
    TICK,
    WAIT,
    State,
    X,
    Y,
)
from sim_suite.driving.world.spawn import begin_pedestrian, begin_vehicle
from sim_suite.driving.world.terrain import Ground

OUTSIDE: Final = np.float32(1.2)
"""Times the bubble's radius: beyond it one begins anew."""
INSIDE: Final = np.float32(0.95)
NEAREST: Final = np.float32(0.55)
"""New ones begin between these shares of the radius: far enough not to appear before anybody's eyes."""
END_TICKS: Final = 3 * TICKS_A_SECOND
"""One stands so long at the end of its way before it goes."""
TOWED_TICKS: Final = 20 * TICKS_A_SECOND
"""One that has collided and stands so long is taken away (ours: wrecks would block the lane for ever)."""
EVERY_TICKS: Final = 4
TRIES: Final = 12
OUTSIDE_WORLD: Final = -1
"""In BORN: the slot is empty until there is a place to begin at."""


@called
def recycle(state: State, ground: Ground, w: int) -> None:
    """Let one road user of the traffic model begin anew, if one should."""
    if state.world[w, TICK] % EVERY_TICKS != 0:
        return
    bubble = np.float32(state.world[w, BUBBLE_M])
    around = bubble > np.float32(0.0) and state.mind[w, 0, CONTROL] == AGENT
    limit = OUTSIDE * OUTSIDE * bubble * bubble
    chosen = -1
    for i in range(state.world[w, NUM_ACTORS]):
        mind = state.mind[w, i]
        waits = mind[CONTROL] == NO_CONTROL and mind[BORN] == OUTSIDE_WORLD
        if mind[CONTROL] != TRAFFIC and not waits:
            continue
        done = waits or (mind[KIND] <= BICYCLE and mind[WAIT] > END_TICKS and state.path[w, i, 1] < 0)
        wrecked = mind[CONTACT] >= 0 and mind[WAIT] > TOWED_TICKS and mind[KIND] <= BICYCLE
        done = done or wrecked
        if around and not waits:
            dx, dy = state.body[w, i, X] - state.body[w, 0, X], state.body[w, i, Y] - state.body[w, 0, Y]
            done = done or dx * dx + dy * dy > limit
        if done and (chosen < 0 or mind[ID] < state.mind[w, chosen, ID]):
            chosen = i
    if chosen < 0:
        return
    actors = state.world[w, NUM_ACTORS]
    kind = state.mind[w, chosen, KIND]
    state.mind[w, chosen, CONTROL] = NO_CONTROL  # it is in nobody's way
    nearest = NEAREST * bubble
    if kind == PEDESTRIAN:
        found = begin_pedestrian(state, ground, w, chosen, actors, nearest, INSIDE, TRIES)
    else:
        found = begin_vehicle(state, ground, w, chosen, actors, nearest, INSIDE, TRIES)
    if not found:
        mind = state.mind[w, chosen]
        mind[KIND], mind[BORN], mind[ID] = kind, OUTSIDE_WORLD, state.world[w, NEXT_ID]
        state.world[w, NEXT_ID] += 1
