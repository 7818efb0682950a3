"""The solids of everybody in a world: a car has a body, a glass house and wheels, a cyclist a bicycle and a rider. Source: ours.

A part is placed in the frame of its actor's box, whose length and width are those of `State.body`; heights are those of the
kinds' usual examples (vehicles.py names them), varied for cars by what they look like.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.solids.semantics import (
    BICYCLE_TAG,
    BUS_TAG,
    CAR_TAG,
    PEDESTRIAN_TAG,
    RIDER_TAG,
    STATIC_TAG,
    TRUCK_TAG,
)
from sim_suite.driving.sensors.solids.solids import (
    BOX,
    CABIN,
    CARGO,
    CHASSIS,
    CLOTH,
    COACH,
    CONCRETE,
    ELLIPSOID,
    GLASS_HOUSE,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    LEGS,
    LOOK,
    MATERIAL,
    METAL,
    PAINT,
    SEED,
    SHAPE,
    SKIN,
    SOLID,
    SX,
    SY,
    SYAW,
    SZ,
    TAG,
    TAPERED,
    WHEEL,
    Floats,
)
from sim_suite.driving.world.kinds import BICYCLE, BUS, NO_CONTROL, OBSTACLE, PEDESTRIAN, TRUCK
from sim_suite.driving.world.layout import (
    CONTROL,
    ID,
    KIND,
    LENGTH,
    NUM_ACTORS,
    SEED_HIGH,
    SEED_LOW,
    SIGNALS,
    WIDTH,
    YAW,
    Ints,
    State,
    X,
    Y,
)
from sim_suite.driving.world.random import uniform
from sim_suite.errors import SuiteError

MOST_PARTS: Final = 7
"""Rows that one actor can have."""
LOOKS: Final = 16
"""Stream of random numbers (world/random.py), by which actors look different; theirs for as long as they are in a world."""
STRIDE_M: Final = 1.4
"""Of a person who walks: two steps of 0.7 m."""
SWING_M: Final = 0.16
"""By how much a foot is ahead of the hip, m."""
_HALF: Final = np.float32(0.5)
_LEAST_WORLDS: Final = 16  # a thread; to wake it takes as long


def fill_solids(state: State, solids: Floats, counts: Ints, which: Ints | None = None) -> None:
    """Write the solids of all actors of some worlds.

    solids: [n, A * MOST_PARTS, SOLID] float32, counts: [n] int32, as of `solids.new_solids`; which: [n] worlds, None for all.
    Raises SuiteError for arrays that do not fit.
    """
    worlds = np.arange(state.num_worlds, dtype=np.int32) if which is None else np.ascontiguousarray(which, np.int32)
    expected = len(worlds), state.body.shape[1] * MOST_PARTS, SOLID
    if solids.shape != expected or solids.dtype != np.float32 or counts.shape != expected[:1]:
        raise SuiteError(
            f"solids is {solids.dtype} {solids.shape} and counts {counts.shape}; give new_solids({expected[0]}, {expected[1]})."
        )

    def fill(_: int, begin: int, end: int) -> None:
        _fill(state.body, state.mind, state.world, worlds, solids, counts, begin, end)

    share(fill, len(worlds), _LEAST_WORLDS)


@shared
def _fill(
    body: np.ndarray, mind: np.ndarray, world: np.ndarray, worlds: np.ndarray, solids: np.ndarray, counts: np.ndarray,
    begin: int, end: int,
) -> None:  # fmt: skip
    for i in range(begin, end):
        w = worlds[i]
        counts[i] = fill_world(body[w], mind[w], world[w], solids[i])


@borrowing
def fill_world(body: np.ndarray, mind: np.ndarray, world: np.ndarray, solids: np.ndarray) -> int:
    """Of one world; returns how many rows are written."""
    count = 0
    for a in range(world[NUM_ACTORS]):
        if mind[a, CONTROL] != NO_CONTROL:
            seed = uniform(world[SEED_LOW], world[SEED_HIGH], LOOKS, 0, mind[a, ID], 0)
            count = add_actor(body[a], mind[a], a, seed, solids, count)
    return count


@borrowing
def add_actor(body: np.ndarray, mind: np.ndarray, slot: int, seed: np.float32, solids: np.ndarray, count: int) -> int:
    """Write the parts of one actor from row `count` on; returns the next free row."""
    kind, length, width = mind[KIND], float(body[LENGTH]), float(body[WIDTH])
    first = count
    if kind == PEDESTRIAN:
        count = add_pedestrian(body, solids, count, length, width)
    elif kind == BICYCLE:
        count = add_cyclist(solids, count, length, width)
    elif kind == TRUCK:
        count = add_truck(solids, count, length, width)
    elif kind == BUS:
        count = part(solids, count, BOX, COACH, BUS_TAG, 0.0, 0.0, 0.35, length, width, 2.65)
        count = add_wheels(solids, count, BUS_TAG, length, width, 0.48)
    elif kind == OBSTACLE:
        count = part(solids, count, BOX, CONCRETE, STATIC_TAG, 0.0, 0.0, 0.0, length, width, 1.0)
    else:
        count = add_car(solids, count, length, width, float(seed))
    cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
    for k in range(first, count):
        ahead, left = solids[k, SX], solids[k, SY]
        solids[k, SX], solids[k, SY] = body[X] + ahead * cos - left * sin, body[Y] + ahead * sin + left * cos
        solids[k, SYAW] = body[YAW]
        solids[k, INSTANCE], solids[k, SEED], solids[k, LOOK] = slot + 1, seed, mind[SIGNALS]
    return count


@borrowing
def part(
    solids: np.ndarray, count: int, shape: int, material: int, tag: int, ahead: float, left: float, z: float,
    length: float, width: float, height: float,
) -> int:  # fmt: skip
    """Write a part in its actor's frame; returns the next free row."""
    row = solids[count]
    row[SX], row[SY], row[SZ], row[HEIGHT] = ahead, left, z, height
    row[HALF_LENGTH], row[HALF_WIDTH] = _HALF * np.float32(length), _HALF * np.float32(width)
    row[SHAPE], row[MATERIAL], row[TAG] = shape, material, tag
    return count + 1


@borrowing
def add_wheels(solids: np.ndarray, count: int, tag: int, length: float, width: float, radius: float) -> int:
    """Four, whose axles are three fifths of the length apart (2.58 m of 4.5 m)."""
    for k in range(4):
        ahead = (0.3 if k < 2 else -0.3) * length
        left = (0.5 if k & 1 else -0.5) * (width - 0.22)
        count = part(solids, count, ELLIPSOID, WHEEL, tag, ahead, left, 0.0, 2.0 * radius, 0.26, 2.0 * radius)
    return count


@borrowing
def add_car(solids: np.ndarray, count: int, length: float, width: float, seed: float) -> int:
    """Saloons, estates and taller ones by their seed: 1.42 m (BMW 320i) to 1.7 m high."""
    style = 64.0 * seed - math.floor(64.0 * seed)
    estate = 0.1 if style > 0.4 else 0.0
    shoulder = 0.84 + 0.12 * style
    roof = 1.42 + 0.28 * style * style
    count = part(solids, count, BOX, PAINT, CAR_TAG, 0.0, 0.0, 0.24, length, width, shoulder - 0.24)
    house = (0.6 + estate) * length
    ahead = -(0.06 + 0.5 * estate) * length
    count = part(
        solids, count, TAPERED, GLASS_HOUSE, CAR_TAG, ahead, 0.0, shoulder, house, 0.94 * width, roof - shoulder
    )
    return add_wheels(solids, count, CAR_TAG, length, width, 0.32)


@borrowing
def add_truck(solids: np.ndarray, count: int, length: float, width: float) -> int:
    """A box body of 2.4 m on a frame, a cabin before it."""
    cabin = min(2.0, 0.3 * length)
    load = length - cabin - 0.15
    count = part(solids, count, BOX, CABIN, TRUCK_TAG, 0.5 * (length - cabin), 0.0, 0.5, cabin, 0.96 * width, 2.0)
    count = part(solids, count, BOX, CARGO, TRUCK_TAG, 0.5 * (load - length), 0.0, 1.0, load, width, 2.4)
    count = part(solids, count, BOX, CHASSIS, TRUCK_TAG, 0.0, 0.0, 0.55, 0.96 * length, 0.5 * width, 0.45)
    return add_wheels(solids, count, TRUCK_TAG, length, width, 0.46)


@borrowing
def add_cyclist(solids: np.ndarray, count: int, length: float, width: float) -> int:
    """Two wheels of 28 inches and a frame; legs, back and head of the rider."""
    wheel = 0.7
    for k in range(2):
        ahead = (0.5 if k == 0 else -0.5) * (length - wheel)
        count = part(solids, count, ELLIPSOID, WHEEL, BICYCLE_TAG, ahead, 0.0, 0.0, wheel, 0.08, wheel)
    count = part(solids, count, BOX, METAL, BICYCLE_TAG, 0.0, 0.0, 0.35, length - wheel, 0.07, 0.5)
    count = part(solids, count, BOX, LEGS, RIDER_TAG, -0.02, 0.0, 0.32, 0.28, 0.6 * width, 0.66)
    count = part(solids, count, ELLIPSOID, CLOTH, RIDER_TAG, 0.02, 0.0, 0.86, 0.42, 0.8 * width, 0.74)
    return part(solids, count, ELLIPSOID, SKIN, RIDER_TAG, 0.14, 0.0, 1.52, 0.23, 0.2, 0.27)


@borrowing
def add_pedestrian(body: np.ndarray, solids: np.ndarray, count: int, length: float, width: float) -> int:
    """1.74 m; legs swing with the way that is walked."""
    heading = float(body[YAW])
    way = float(body[X]) * math.cos(heading) + float(body[Y]) * math.sin(heading)
    swing = SWING_M * math.sin(2.0 * math.pi * way / STRIDE_M)
    for k in range(2):
        forward, left = (swing if k == 0 else -swing), (0.18 if k == 0 else -0.18) * width
        count = part(solids, count, BOX, LEGS, PEDESTRIAN_TAG, forward, left, 0.0, 0.2, 0.3 * width, 0.86)
    count = part(solids, count, ELLIPSOID, CLOTH, PEDESTRIAN_TAG, 0.0, 0.0, 0.68, 0.6 * length, 1.04 * width, 0.84)
    return part(solids, count, ELLIPSOID, SKIN, PEDESTRIAN_TAG, 0.02, 0.0, 1.47, 0.22, 0.19, 0.27)
