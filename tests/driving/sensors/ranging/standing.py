"""What tests of lidars and radars put into a world: somebody who stands or drives, a wall, nothing else."""

from __future__ import annotations

import numpy as np

from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solid_grid import sort_solids
from sim_suite.driving.sensors.solids.solids import BOX, FIRST_THING, INSTANCE, SOLID, TAG
from sim_suite.driving.world import layout
from sim_suite.driving.world.layout import new_state
from tests.driving.sensors.scenes import place

NO_SCENERY = sort_solids(np.zeros((0, SOLID), np.float32))


def standing(*actors):
    """One world of (kind, x, y, yaw) or (kind, x, y, yaw, speed); the first carries the sensor."""
    state = new_state(1, len(actors), 1, 0, max_legs=1)
    state.world[0, layout.NUM_ACTORS] = len(actors)
    for slot, actor in enumerate(actors):
        place(state, 0, slot, *actor)
    return state


def wall(x, y=0.0, yaw=0.0, length=0.2, width=30.0, height=6.0):
    row = np.zeros(SOLID, np.float32)
    row[:8] = x, y, 0.0, height, yaw, length / 2, width / 2, BOX
    row[[TAG, INSTANCE]] = Tag.WALL, FIRST_THING
    return row
