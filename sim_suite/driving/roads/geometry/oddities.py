"""Says what is odd about the shapes of roads, yet is kept as written: gaps, kinks, folded lanes, negative widths. Source: ours.

One finding a road and kind, with the worst place, so that a bad file does not drown in its own findings.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.pieces import Counts
from sim_suite.driving.roads.geometry.reference_line import pose_on_piece
from sim_suite.driving.roads.geometry.tables import Pieces, RoadTables
from sim_suite.driving.roads.graph.layout import Floats, Ints
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.model import OpenDrive

GAP_M: Final = 0.02
"""The accuracy to which lane centres must agree with LibCarla: smaller gaps are rounding."""
KINK_RAD: Final = math.radians(1.0)
"""Ours: a car 3 m long notices it as a step of 5 cm."""
NEGATIVE_M: Final = -0.01
"""Width below which it is not rounding at a lane's end."""


def odd_shapes(document: OpenDrive, tables: RoadTables, folded: Ints) -> list[Finding]:
    """folded: lanes that pass the centre of curvature, as `Samples` has them."""
    return [*_joints(document, tables), *_folds(document, tables, folded), *_negative_widths(document, tables)]


def _joints(document: OpenDrive, tables: RoadTables) -> list[Finding]:
    """Where one piece of a reference line does not begin where the last one ended."""
    pieces = tables.pieces
    before = np.setdiff1d(np.arange(len(pieces.s)), pieces.first[1:] - 1)
    before = before[pieces.s[before + 1] > pieces.s[before]]
    step = np.empty((len(before), 3))
    _steps(pieces, before, step)
    gap = np.hypot(step[:, 0], step[:, 1])
    kink = np.abs(np.remainder(step[:, 2] + math.pi, 2.0 * math.pi) - math.pi)
    road = np.searchsorted(pieces.first, before, side="right") - 1
    findings = []
    for values, limit, what in ((gap, GAP_M, "jumps by {:.3g} m"), (kink, KINK_RAD, "turns on the spot by {:.3g} rad")):
        for index, worst, count in _worst_by_owner(road, values, limit):
            message = f"the reference line {what.format(values[worst])} at s = {pieces.s[before[worst] + 1]:.6g}"
            findings.append(_noted(document, "geometry", index, message, count))
    return findings


@borrowing
def _steps(pieces: Pieces, before: Counts, step: Floats) -> None:
    """step: [N, 3] change of x, y and heading from the end of pieces [N] to the start of the ones behind them."""
    for n in range(len(before)):
        s = pieces.s[before[n] + 1]
        x, y, heading, _, _ = pose_on_piece(pieces, before[n], s)
        next_x, next_y, next_heading, _, _ = pose_on_piece(pieces, before[n] + 1, s)
        step[n, 0], step[n, 1], step[n, 2] = next_x - x, next_y - y, next_heading - heading


def _folds(document: OpenDrive, tables: RoadTables, folded: Ints) -> list[Finding]:
    road = tables.section_road[tables.lane_section[folded]]
    findings = []
    for index in np.unique(road).tolist():
        ids = sorted(set(tables.lane_id[folded[road == index]].tolist()))
        message = (
            f"the road bends so tightly that lanes {', '.join(map(str, ids))} run backwards past the centre of the bend"
        )
        findings.append(_noted(document, "lane", index, message, 1))
    return findings


def _negative_widths(document: OpenDrive, tables: RoadTables) -> list[Finding]:
    """At the starts and ends of width records."""
    values, first = tables.width.values, tables.width.first
    lane = np.repeat(np.arange(len(tables.lane_id)), np.diff(first))
    section = tables.lane_section[lane]
    end = tables.section_end[section] - tables.section_start[section]
    same = lane[1:] == lane[:-1]
    end[:-1] = np.where(same, values[1:, 0], end[:-1])
    ds = np.maximum(end - values[:, 0], 0.0)
    width = np.minimum(values[:, 1], values[:, 1] + ds * (values[:, 2] + ds * (values[:, 3] + ds * values[:, 4])))
    shortfall = np.where(tables.bordered[lane] > 0, 0.0, -width)
    findings = []
    for index, worst, count in _worst_by_owner(tables.section_road[section], shortfall, -NEGATIVE_M):
        message = f"lane {tables.lane_id[lane[worst]]} gets a width of {width[worst]:.3g} m; it is taken as 0"
        findings.append(_noted(document, "width", index, message, count))
    return findings


def _worst_by_owner(owner: Ints, values: Floats, limit: float) -> list[tuple[int, int, int]]:
    """(owner, place of its largest value, how many of its values pass the limit) of owners with any that do."""
    over = np.flatnonzero(values > limit)
    return [
        (int(one), int(places[np.argmax(values[places])]), len(places))
        for one in np.unique(owner[over])
        if len(places := over[owner[over] == one])
    ]


def _noted(document: OpenDrive, element: str, road: int, message: str, count: int) -> Finding:
    more = f", and at {count - 1} other places" if count > 1 else ""
    source = document.roads[road]
    return Finding("noted", element, source.id, source.line, message + more)
