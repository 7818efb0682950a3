"""Noise of sensors as a function of where it is needed: seed, stream, tick, actor. Source: world/random.py for the random words,
Box and Muller 1958 ("A note on the generation of random normal deviates") for normal ones, and Lévy's construction of Brownian motion
(P. Lévy, "Processus stochastiques et mouvement brownien", 1948) for walks.

A bias that wanders is a function of the tick too, so that sensors keep no state: a reading is the same whoever was read before it, from
a snapshot or alone.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.world.random import philox

GNSS, IMU, ODOMETRY, LIDAR, RADAR = range(32, 37)
"""Streams of the sensors; those of the world (world/random.py) and of what things look like lie below."""
WHITE, WALK, CONSTANT = 0, 32, 64
"""First draws of an actor in a stream: noise of one tick, steps of a walk, what is drawn once. A draw gives four numbers."""
_TO_UNIT: Final = 2.0**-32
_TURN: Final = 2.0 * math.pi


@borrowing
def four_normals(
    seed_low: int, seed_high: int, stream: int, tick: int, actor: int, draw: int
) -> tuple[float, float, float, float]:
    """Four independent numbers of the standard normal distribution, within 6.7 of 0."""
    a, b, c, d = philox(
        np.uint32(tick), np.uint32(actor), np.uint32(stream), np.uint32(draw), np.uint32(seed_low), np.uint32(seed_high)
    )
    one, other = math.sqrt(-2.0 * math.log((a + 1.0) * _TO_UNIT)), math.sqrt(-2.0 * math.log((c + 1.0) * _TO_UNIT))
    turn, another = _TURN * _TO_UNIT * b, _TURN * _TO_UNIT * d
    return one * math.cos(turn), one * math.sin(turn), other * math.cos(another), other * math.sin(another)


@borrowing
def four_walks(
    seed_low: int, seed_high: int, stream: int, tick: int, actor: int, draw: int
) -> tuple[float, float, float, float]:
    """Where four independent random walks are at a tick: 0 at tick 0, with steps of variance 1 from each tick to the next.

    The walk is drawn at 1, 2, 4, ... until the tick lies between two of these, then at midpoints between what is known, each with
    the mean and the variance that a walk has there. It takes about two draws for each binary digit of the tick.
    """
    if tick <= 0:
        return 0.0, 0.0, 0.0, 0.0
    a0, a1, a2, a3 = 0.0, 0.0, 0.0, 0.0
    b0, b1, b2, b3 = four_normals(seed_low, seed_high, stream, 1, actor, draw)
    low, high = 0, 1
    while high < tick:
        a0, a1, a2, a3 = b0, b1, b2, b3
        low, high = high, 2 * high
        spread = math.sqrt(high - low)
        n0, n1, n2, n3 = four_normals(seed_low, seed_high, stream, high, actor, draw)
        b0, b1, b2, b3 = b0 + spread * n0, b1 + spread * n1, b2 + spread * n2, b3 + spread * n3
    while high != tick:
        middle, spread = (low + high) // 2, math.sqrt(0.25 * (high - low))
        n0, n1, n2, n3 = four_normals(seed_low, seed_high, stream, middle, actor, draw)
        m0, m1 = 0.5 * (a0 + b0) + spread * n0, 0.5 * (a1 + b1) + spread * n1
        m2, m3 = 0.5 * (a2 + b2) + spread * n2, 0.5 * (a3 + b3) + spread * n3
        if tick <= middle:
            high, b0, b1, b2, b3 = middle, m0, m1, m2, m3
        else:
            low, a0, a1, a2, a3 = middle, m0, m1, m2, m3
    return b0, b1, b2, b3
