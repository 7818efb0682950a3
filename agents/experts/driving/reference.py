"""The route ahead as a table of points, one a metre, with the speed at which it can be driven. Source: ours.

Where the route changes lanes the table leads over smoothly, along the stretch that the route gives for it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.world.lanes import length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import ARC, PATH, TOLD_SPEED
from sim_suite.driving.world.locate import told_limit
from sim_suite.driving.world.safe_speeds import SLOWEST_MPS
from sim_suite.driving.world.terrain import JUNCTION, LEFT, RIGHT, Terrain

POINTS: Final = 100
"""Metres: 4 s at 25 m/s."""
# Columns of a table, [POINTS, TABLE] float32.
TX: Final = 0
TY: Final = 1
TCOS: Final = 2
TSIN: Final = 3
TSAFE: Final = 4
"""m/s, from which bends and limits farther on can be met by braking with BRAKE."""
THALF: Final = 5
"""Half of the lane's width, m."""
TJUNCTION: Final = 6
"""1 in junctions."""
TLIMIT: Final = 7
"""m/s, no more than the driver has been told."""
TABLE: Final = 8
BEND_ACCEL: Final = np.float32(3.0)
"""m/s^2 across in bends, on dry roads: brisk drivers' 2 to 3.5 (Bosetti et al. 2014), within nuPlan's bound of comfort, 4.89."""
BRAKE: Final = np.float32(2.0)
"""m/s^2 along, before bends and lower limits."""

CHANGE_MOST_M: Final = np.float32(40.0)
"""A change of lanes takes no longer: 3 s at 50 km/h."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)
_TWO: Final = np.float32(2.0)
_SLOWEST: Final = np.float32(SLOWEST_MPS)


@called
def fill_table(
    body: NDArray[np.float32],
    path: NDArray[np.int32],
    span: NDArray[np.float32],
    terrain: Terrain,
    friction: np.float32,
    table: NDArray[np.float32],
) -> None:
    """Write the path from where a vehicle is on it. body: its row; path: [PATH]; span: [PATH, 2]; friction: 1 on dry asphalt; table:
    [POINTS, TABLE], written.
    """
    across, along = BEND_ACCEL * min(friction, _ONE), BRAKE * min(_TWO * friction, _ONE)
    k, arc = 0, body[ARC]
    shift = _ZERO
    begin, over = _ZERO, _ONE
    for n in range(POINTS):
        while arc > span[k, 1] and k + 1 < PATH and path[k + 1] >= 0:
            arc = arc - span[k, 1] + span[k + 1, 0]
            beside = path[k + 1] == terrain.lane[path[k], LEFT] or path[k + 1] == terrain.lane[path[k], RIGHT]
            if beside:
                shift = _apart(terrain, path[k], span[k, 1], path[k + 1], span[k + 1, 0])
                begin, over = np.float32(n), min(max(span[k + 1, 1] - span[k + 1, 0], _ONE), CHANGE_MOST_M)
            k += 1
        lane = path[k]
        x, y, heading, bend = pose_at(terrain, lane, arc)
        half, limit, _ = width_and_speeds(terrain, lane, arc)
        limit = told_limit(limit, body[TOLD_SPEED])
        safe = np.float32(math.sqrt(across / max(abs(bend), np.float32(1e-3))))
        cos, sin = np.float32(math.cos(heading)), np.float32(math.sin(heading))
        share = min((np.float32(n) - begin) / over, _ONE)
        aside = shift * (_ONE - share * share * (np.float32(3.0) - _TWO * share))
        beyond = max(arc - length_of(terrain, lane), _ZERO)
        row = table[n]
        row[TX], row[TY] = x + beyond * cos - aside * sin, y + beyond * sin + aside * cos
        row[TCOS], row[TSIN], row[TSAFE], row[THALF] = cos, sin, max(min(safe, limit), _SLOWEST), half
        row[TLIMIT] = limit
        row[TJUNCTION] = _ONE if terrain.lane[lane, JUNCTION] >= 0 else _ZERO
        arc += _ONE
    for n in range(POINTS - 2, -1, -1):
        after = table[n + 1, TSAFE]
        table[n, TSAFE] = min(table[n, TSAFE], np.float32(math.sqrt(after * after + _TWO * along)))


@borrowing
def _apart(terrain: Terrain, lane: int, arc: np.float32, other: int, other_arc: np.float32) -> np.float32:
    """How far to the left of one lane's centre another's lies, from a place to a place beside it, m."""
    x, y, _, _ = pose_at(terrain, lane, arc)
    ox, oy, heading, _ = pose_at(terrain, other, other_arc)
    return (y - oy) * np.float32(math.cos(heading)) - (x - ox) * np.float32(math.sin(heading))


@borrowing
def segment_at(table: NDArray[np.float32], along: np.float32) -> tuple[int, np.float32]:
    """(n, share): a distance along the table lies at a share of the way from point n to n + 1; beyond the last the share exceeds 1."""
    n = min(max(int(along), 0), POINTS - 2)
    return n, along - np.float32(n)


@borrowing
def place_near(
    table: NDArray[np.float32], guess: int, x: np.float32, y: np.float32
) -> tuple[np.float32, np.float32, int]:
    """(along m, lateral m with left positive, the nearest point's number) of a place, sought from point `guess` on."""
    n = guess
    best = (x - table[n, TX]) * (x - table[n, TX]) + (y - table[n, TY]) * (y - table[n, TY])
    for way in (1, -1):
        while 0 <= n + way < POINTS:
            dx, dy = x - table[n + way, TX], y - table[n + way, TY]
            away = dx * dx + dy * dy
            if away >= best:
                break
            best = away
            n += way
    dx, dy = x - table[n, TX], y - table[n, TY]
    along = np.float32(n) + dx * table[n, TCOS] + dy * table[n, TSIN]
    return along, dy * table[n, TCOS] - dx * table[n, TSIN], n
