"""How near the others came to the ego: post-encroachment time and least gap, of many worlds.

Source and definition of the first: `metrics/post_encroachment.py`, in scalars; of the second: the distance of oriented boxes.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.metrics.batch.boxes import gap_m, touch
from sim_suite.driving.metrics.batch.traces import COUNT, EGO, INTERVAL, LENGTH, WIDTH, Samples
from sim_suite.driving.metrics.post_encroachment import CROSSING_RAD, HORIZON_S
from sim_suite.driving.metrics.trip import NOBODY
from sim_suite.driving.world.kinds import OBSTACLE, PARKED, TICK_S
from sim_suite.driving.world.layout import YAW, X, Y

_CROSSING_SIN: Final = math.sin(CROSSING_RAD)


@called
def post_encroachment(samples: Samples, w: int, stride_m: float) -> float:
    """Seconds, a multiple of the interval; inf where nobody crossed the ego's way within HORIZON_S.

    stride_m: the longest way of the ego from one sample to the next.
    """
    count, step_s = samples.world[w, COUNT], samples.world[w, INTERVAL] * TICK_S
    least = min(round(HORIZON_S / step_s), count - 1) + 1 if count > 1 else 1
    longest = least
    for s in range(count):
        for j in range(EGO + 1, samples.kind.shape[2]):
            kind = samples.kind[w, s, j]
            if kind not in (NOBODY, PARKED, OBSTACLE):
                least = min(least, _lag(samples, w, s, j, stride_m, least, 1))
                least = min(least, _lag(samples, w, s, j, stride_m, least, -1))
    return least * step_s if least < longest else math.inf


@borrowing
def _lag(samples: Samples, w: int, s: int, j: int, stride_m: float, least: int, way: int) -> int:
    """How many samples after (way 1) or before (-1) slot j at sample s the ego covered its ground across; `least` where not sooner."""
    other, first = samples.body[w, s, j], samples.body[w, 0, EGO]
    length, width = np.float64(first[LENGTH]), np.float64(first[WIDTH])
    other_length, other_width = np.float64(other[LENGTH]), np.float64(other[WIDTH])
    reach = math.hypot(length, width) / 2 + math.hypot(other_length, other_width) / 2
    room = samples.world[w, COUNT] - s if way > 0 else s + 1
    lag = 0
    while lag < min(least, room):
        ego = samples.body[w, s + way * lag, EGO]
        dx, dy = np.float64(other[X]) - np.float64(ego[X]), np.float64(other[Y]) - np.float64(ego[Y])
        square = dx * dx + dy * dy
        if square > reach * reach:
            # So many strides it takes at least to come within reach.
            strides = (math.sqrt(square) - reach) / max(stride_m, 1e-9)
            lag += max(int(min(strides, 1e6)), 1)
            continue
        yaw, other_yaw = np.float64(ego[YAW]), np.float64(other[YAW])
        crosses = abs(math.sin(other_yaw - yaw)) >= _CROSSING_SIN
        if crosses and touch(dx, dy, yaw, length, width, other_yaw, other_length, other_width):
            return lag
        lag += 1
    return least


@called
def least_gap(samples: Samples, w: int) -> tuple[float, int, int]:
    """(metres, sample, slot) of the least distance from the ego's box to another; (inf, -1, -1) where nobody ever was there.

    0 where they touch or have collided since the sample before. The first of equal ones, then the lowest slot.
    """
    least, at, whose = math.inf, -1, -1
    for s in range(samples.world[w, COUNT]):
        for j in range(EGO + 1, samples.kind.shape[2]):
            if samples.kind[w, s, j] != NOBODY:
                gap = 0.0 if samples.hit[w, s, j] != 0 else _gap(samples, w, s, j, least)
                if gap < least:
                    least, at, whose = gap, s, j
    return least, at, whose


@borrowing
def _gap(samples: Samples, w: int, s: int, j: int, least: float) -> float:
    """From the ego's box to that of slot j; inf where circles around both are `least` apart."""
    ego, other, first = samples.body[w, s, EGO], samples.body[w, s, j], samples.body[w, 0, EGO]
    length, width = np.float64(first[LENGTH]), np.float64(first[WIDTH])
    other_length, other_width = np.float64(other[LENGTH]), np.float64(other[WIDTH])
    dx, dy = np.float64(other[X]) - np.float64(ego[X]), np.float64(other[Y]) - np.float64(ego[Y])
    apart = least + math.hypot(length, width) / 2 + math.hypot(other_length, other_width) / 2
    if dx * dx + dy * dy >= apart * apart:
        return math.inf
    return gap_m(dx, dy, np.float64(ego[YAW]), length, width, np.float64(other[YAW]), other_length, other_width)
