"""What stands and moves in a world, as rows of simple solids that rays meet. Source: ours.

A solid stands upright: its base is level, and it is turned about the vertical axis alone. Cameras and lidars see the same rows:
those of a map (scenery.py), which never change, and those of its actors (actor_solids.py), made anew from a world's state.

World frame as in `State`: positions count from the terrain's origin, metres, radians; the ground is the plane z = 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Columns of a solid, [SOLID] float32.
SX: Final = 0
SY: Final = 1
"""Of its axis."""
SZ: Final = 2
"""Of its base."""
HEIGHT: Final = 3
SYAW: Final = 4
"""Of its long axis; plates look this way, vehicles drive it."""
HALF_LENGTH: Final = 5
HALF_WIDTH: Final = 6
SHAPE: Final = 7
"""One of those below."""
TAG: Final = 8
"""semantics.Tag."""
INSTANCE: Final = 9
"""Actors: their slot + 1, all parts alike. Things on the map: FIRST_THING and up, all parts of one thing alike. 0: nothing."""
MATERIAL: Final = 10
"""What it looks like: one of those below."""
SEED: Final = 11
"""[0, 1), by which things of one kind look different; all parts of one thing alike."""
LOOK: Final = 12
"""By material: SIGNALS of a vehicle, the group of a traffic light (-1: off), km/h of a speed limit; else 0."""
SOLID: Final = 13

FIRST_THING: Final = 1 << 16

BOX: Final = 0
CYLINDER: Final = 1
"""Upright, its radius the half width."""
ELLIPSOID: Final = 2
"""The one that touches all sides of the box."""
TAPERED: Final = 3
"""A box whose top is shorter and narrower, by TAPER_LENGTH and TAPER_WIDTH."""
OCTAGON: Final = 4
DISC: Final = 5
TRIANGLE: Final = 6
"""With a corner below. The last three are plates: outlines across the local y and z axes, thin along x."""

TAPER_LENGTH: Final = np.float32(0.62)
TAPER_WIDTH: Final = np.float32(0.8)
"""Of a car's glass house: windscreens lean by some 30 degrees from level, side windows by 15 from upright."""

(
    PAINT, GLASS_HOUSE, WHEEL, CARGO, COACH, CHASSIS, METAL, CLOTH, LEGS, SKIN, FACADE, CONCRETE, BARK, LEAVES,
    LIGHT_HEAD, STOP_PLATE, YIELD_PLATE, LIMIT_PLATE, LAMP, CABIN,
) = range(20)  # fmt: skip
"""Materials: a car's body and glass house, wheels, a truck's load, a bus, what is under them, bare metal; a person's jacket,
trousers, head; walls with windows, plain walls; trunks and crowns; traffic lights and signs; street lamps; a truck's cabin."""


def new_solids(worlds: int, most: int) -> tuple[Floats, NDArray[np.int32]]:
    """Memory for solids: [W, most, SOLID] float32 rows, and [W] int32 how many of them are in use."""
    return np.zeros((worlds, most, SOLID), np.float32), np.zeros(worlds, np.int32)
