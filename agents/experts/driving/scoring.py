"""Scores proposals as PDM-Closed does: what must not happen as factors, then progress, time to collision and comfort, weighted.

Source: Dauner et al. 2023 (arXiv:2306.07962), section 3.2 and appendix, after nuPlan's closed-loop score; weights 5, 5, 2. Keeping to
the lane's middle is ours.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.forecast import FCOS, FMPS, FSIN, FX, FY, STEP_S, Forecast
from agents.experts.driving.proposals import HORIZON, PACCEL, PALONG, PASIDE, PSPEED, PX, PY, PYAW
from agents.experts.driving.reference import THALF, TJUNCTION, segment_at
from sim_suite.compiling import borrowing, called
from sim_suite.driving.rules.ground import is_off_road
from sim_suite.driving.world.layout import LENGTH, WIDTH, YAW, X, Y
from sim_suite.driving.world.terrain import Ground

PROGRESS_WEIGHT: Final = np.float32(5.0)
TTC_WEIGHT: Final = np.float32(5.0)
COMFORT_WEIGHT: Final = np.float32(2.0)
MIDDLE_WEIGHT: Final = np.float32(1.0)
"""Ours: without a reason the car stays in the middle of its lane."""
LEAST_PROGRESS_M: Final = np.float32(5.0)
"""Where the best gets no farther in 4 s, progress says little."""
TTC_STEPS: Final = 9
"""0.9 s: nuPlan asks for 0.95 s."""
MARGIN_M: Final = np.float32(0.15)
"""Boxes are held so much larger all round."""
MOST_ACCEL: Final = np.float32(4.05)
"""m/s^2 along, and MOST_LATERAL across: nuPlan's bounds of comfort."""
MOST_LATERAL: Final = np.float32(4.89)
MOST_JERK: Final = np.float32(8.37)
"""m/s^3, likewise ..."""
JERK_STEPS: Final = 5
"""... over half a second: nuPlan smooths before it looks."""
TIE: Final = np.float32(0.02)
"""Less than this is no reason for a proposal that comes later in the list."""
STANDING_MPS: Final = np.float32(0.1)

# Columns of scores, [P, SCORE] float32.
TOTAL: Final = 0
HIT: Final = 1
"""Step of the first collision of its own fault, HORIZON + 1 for none."""
ON_ROAD: Final = 2
RIGHT_WAY: Final = 3
PROGRESS: Final = 4
"""m"""
TTC: Final = 5
COMFORT: Final = 6
MIDDLE: Final = 7
SCORE: Final = 8
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


@called
def judge_proposal(
    body: NDArray[np.float32],
    rolled: NDArray[np.float32],
    table: NDArray[np.float32],
    forecast: Forecast,
    ground: Ground,
    left_hand: bool,
    box: NDArray[np.float32],
    score: NDArray[np.float32],
) -> None:
    """Write all columns but TOTAL. rolled: [HORIZON + 1, ROLLED]; box: [BODY], room for a body."""
    half_length, half_width = _HALF * body[LENGTH] + MARGIN_M, _HALF * body[WIDTH] + MARGIN_M
    hit, on_road, against, ttc, comfort = HORIZON + 1, _ONE, _ZERO, _ONE, _ONE
    box[LENGTH], box[WIDTH] = body[LENGTH], body[WIDTH]
    for k in range(1, HORIZON + 1):
        row = rolled[k]
        x, y, speed = row[PX], row[PY], row[PSPEED]
        cos, sin = np.float32(math.cos(row[PYAW])), np.float32(math.sin(row[PYAW]))
        if hit > HORIZON and _strikes(x, y, cos, sin, speed, half_length, half_width, k, forecast):
            hit = k
        turned = row[PYAW] - rolled[k - 1, PYAW]
        turned = np.float32(math.atan2(math.sin(turned), math.cos(turned)))
        if (
            k % 3 == 0
            and ttc > _ZERO
            and _meets(row, turned, half_length - MARGIN_M, half_width - MARGIN_M, k, forecast)
        ):
            ttc = _ZERO
        if k % 4 == 0 and on_road > _ZERO:
            box[X], box[Y], box[YAW] = x, y, row[PYAW]
            if is_off_road(box, ground):
                on_road = _ZERO
        n, _ = segment_at(table, row[PALONG])
        over = (-row[PASIDE] if left_hand else row[PASIDE]) - table[n, THALF]
        if over > _ZERO and table[n, TJUNCTION] == _ZERO:
            against += speed * STEP_S
        jerk = abs(row[PACCEL] - rolled[max(k - JERK_STEPS, 0), PACCEL]) / (STEP_S * np.float32(JERK_STEPS))
        if abs(row[PACCEL]) > MOST_ACCEL or speed * abs(turned) / STEP_S > MOST_LATERAL or jerk > MOST_JERK:
            comfort = _ZERO
    score[HIT], score[ON_ROAD], score[TTC], score[COMFORT] = np.float32(hit), on_road, ttc, comfort
    score[RIGHT_WAY] = _ONE if against < np.float32(2.0) else _HALF
    score[PROGRESS] = max(rolled[HORIZON, PALONG] - rolled[0, PALONG], _ZERO)
    score[MIDDLE] = max(_ONE - abs(rolled[HORIZON, PASIDE]) * _HALF, _ZERO)


@borrowing
def add_up(scores: NDArray[np.float32], count: int) -> int:
    """Write the totals of the first `count` proposals; the number of the best, the first where several are."""
    most = LEAST_PROGRESS_M
    for p in range(count):
        most = max(most, scores[p, PROGRESS])
    best = 0
    for p in range(count):
        score = scores[p]
        factor = (_ONE if score[HIT] > np.float32(HORIZON) else _ZERO) * score[ON_ROAD] * score[RIGHT_WAY]
        score[TOTAL] = factor * (
            PROGRESS_WEIGHT * score[PROGRESS] / most
            + TTC_WEIGHT * score[TTC]
            + COMFORT_WEIGHT * score[COMFORT]
            + MIDDLE_WEIGHT * score[MIDDLE]
        )
        if score[TOTAL] > scores[best, TOTAL] + TIE:
            best = p
    if scores[best, TOTAL] > _ZERO:
        return best
    for p in range(count):  # the one that strikes last, and of those the slowest
        later = scores[p, HIT] > scores[best, HIT]
        slower = scores[p, HIT] == scores[best, HIT] and scores[p, PROGRESS] < scores[best, PROGRESS]
        if later or slower:
            best = p
    return best


@borrowing
def _meets(
    row: NDArray[np.float32],
    turned: np.float32,
    half_length: np.float32,
    half_width: np.float32,
    k: int,
    forecast: Forecast,
) -> bool:
    """Whether, from step k, it strikes anybody within TTC_STEPS if it keeps speed and turn rate. turned: rad a step."""
    for later in range(3, TTC_STEPS + 1, 3):
        reach, turn = row[PSPEED] * STEP_S * np.float32(later), turned * np.float32(later)
        chord, yaw = row[PYAW] + _HALF * turn, row[PYAW] + turn
        x, y = row[PX] + reach * np.float32(math.cos(chord)), row[PY] + reach * np.float32(math.sin(chord))
        cos, sin = np.float32(math.cos(yaw)), np.float32(math.sin(yaw))
        if _strikes(x, y, cos, sin, row[PSPEED], half_length, half_width, k + later, forecast):
            return True
    return False


@borrowing
def _strikes(
    x: np.float32,
    y: np.float32,
    cos: np.float32,
    sin: np.float32,
    speed: np.float32,
    half_length: np.float32,
    half_width: np.float32,
    k: int,
    forecast: Forecast,
) -> bool:
    """Whether a box strikes anybody in step k by its own fault: it moves, and the other does not run into it from behind."""
    if speed < STANDING_MPS:
        return False
    for j in range(forecast.number[0]):
        there, long, wide = forecast.at[j, k], forecast.size[j, 0], forecast.size[j, 1]
        dx, dy = there[FX] - x, there[FY] - y
        reach = half_length + half_width + long + wide
        if dx * dx + dy * dy > reach * reach:
            continue
        ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
        facing, turned = cos * there[FCOS] + sin * there[FSIN], cos * there[FSIN] - sin * there[FCOS]
        c, s = abs(facing), abs(turned)
        if abs(ahead) > half_length + long * c + wide * s or abs(left) > half_width + long * s + wide * c:
            continue
        if abs(ahead * facing + left * turned) > long + half_length * c + half_width * s:
            continue
        if abs(left * facing - ahead * turned) > wide + half_length * s + half_width * c:
            continue
        if ahead < -_HALF * half_length and there[FMPS] > _ZERO and facing > _HALF:
            continue
        return True
    return False
