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
def post_encroachment(samples: Samples, w: int, stride_m: float, course: np.ndarray) -> float:
    """Seconds, a multiple of the interval; inf where nobody crossed the ego's way within HORIZON_S.

    stride_m: the longest way of the ego from one sample to the next. course: [S, 3] cosine and sine of its yaw, its way so far, m.
    """
    count, step_s = samples.world[w, COUNT], samples.world[w, INTERVAL] * TICK_S
    longest = min(round(HORIZON_S / step_s), count - 1) if count > 1 else 0
    least = longest + 1
    for s in range(count):
        for j in range(EGO + 1, samples.kind.shape[2]):
            kind = samples.kind[w, s, j]
            if kind not in (NOBODY, PARKED, OBSTACLE):
                yaw = np.float64(samples.body[w, s, j, YAW])
                cos, sin = math.cos(yaw), math.sin(yaw)
                least = _lag(samples, w, s, j, stride_m, course, cos, sin, least, 1)
                least = _lag(samples, w, s, j, stride_m, course, cos, sin, least, -1)
    return least * step_s if least <= longest else math.inf


@borrowing
def _lag(
    samples: Samples, w: int, s: int, j: int, stride_m: float, course: np.ndarray, cos: float, sin: float, least: int, way: int
) -> int:  # fmt: skip
    """How many samples after (way 1) or before (-1) slot j at sample s the ego covered its ground across; `least` if not sooner.

    cos, sin: of the yaw of slot j.
    """
    other, first = samples.body[w, s, j], samples.body[w, 0, EGO]
    length, width = np.float64(first[LENGTH]), np.float64(first[WIDTH])
    other_length, other_width = np.float64(other[LENGTH]), np.float64(other[WIDTH])
    reach = math.hypot(length, width) / 2 + math.hypot(other_length, other_width) / 2
    room = min(least, samples.world[w, COUNT] - s if way > 0 else s + 1)
    lag = 0
    while lag < room:
        then = s + way * lag
        ego = samples.body[w, then, EGO]
        dx, dy = np.float64(other[X]) - np.float64(ego[X]), np.float64(other[Y]) - np.float64(ego[Y])
        square = dx * dx + dy * dy
        if square > reach * reach:
            missing = math.sqrt(square) - reach
            if abs(course[s + way * (room - 1), 2] - course[then, 2]) <= missing:
                return least
            lag += max(int(min(missing / stride_m, np.float64(room))), 1)
            continue
        if abs(sin * course[then, 0] - cos * course[then, 1]) >= _CROSSING_SIN and touch(
            dx, dy, np.float64(ego[YAW]), length, width, np.float64(other[YAW]), other_length, other_width
        ):
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
