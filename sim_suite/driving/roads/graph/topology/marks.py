"""What is painted on a lane's borders, and who may cross it, point by point. Source: ASAM OpenDRIVE 1.8, clause 11.9.

A mark is listed with the lane whose outer border it lies on, lane 0 having the centre line. Double marks name their lines
from the inside out, on the centre line from left to right; laneChange says towards which lane ids they may be crossed,
ids rising from right to left. Here a border is looked at from the lanes on its two sides instead:

- `MarkKind` of a lane's border names the far line first and the near line last: SOLID_BROKEN on either border means that
  this lane has the broken line next to it.
- laneChange decides who may cross; where a file leaves it out, the line next to the lane does: broken lines, none and
  Botts' dots may be crossed, solid lines, edges, kerbs and grass may not. (Read to the letter a missing laneChange
  means "both", even on a solid line; real files do not mean that.)

LibCarla reads laneChange the other way round ("increase" as a change to the right of lane -1, towards -2), takes a missing
one for "both", and never looks at the type of the mark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import MarkKind
from sim_suite.driving.roads.graph.layout import Bytes, Dashes, Floats, Lanes
from sim_suite.driving.roads.opendrive.model import Lane, OpenDrive, RoadMark

TYPES: Final[dict[str, MarkKind]] = {
    "none": MarkKind.NONE,
    "broken": MarkKind.BROKEN,
    "solid": MarkKind.SOLID,
    "solid solid": MarkKind.SOLID_SOLID,
    "solid broken": MarkKind.SOLID_BROKEN,
    "broken solid": MarkKind.BROKEN_SOLID,
    "broken broken": MarkKind.BROKEN_BROKEN,
    "botts dots": MarkKind.BOTTS_DOTS,
    "grass": MarkKind.GRASS,
    "curb": MarkKind.CURB,
    "edge": MarkKind.EDGE,
}
"""The file's names; others ("custom") are OTHER."""
_FLIPPED: Final = {MarkKind.SOLID_BROKEN: MarkKind.BROKEN_SOLID, MarkKind.BROKEN_SOLID: MarkKind.SOLID_BROKEN}
CROSSABLE: Final = frozenset(
    (MarkKind.NONE, MarkKind.BROKEN, MarkKind.SOLID_BROKEN, MarkKind.BROKEN_BROKEN, MarkKind.BOTTS_DOTS, MarkKind.OTHER)
)
"""Marks, seen from a lane, that it may cross where the file does not say."""
_NO_MARK: Final = (0, int(MarkKind.NONE), int(MarkKind.NONE), True, True, 0)
USUAL_DASH_M: Final = (3.0, 6.0)
"""Line and gap where the file states none (German RMS-1, in towns)."""
MOST_DASHES: Final = 255
"""Patterns of a map, as many as a byte numbers; those after them are taken for the usual one. Real files state a handful."""


class Borders(NamedTuple):
    """[P] each: what lies left and right of each point, seen in the direction of travel."""

    left_mark: Bytes
    """MarkKind."""
    right_mark: Bytes
    may_cross_left: NDArray[np.bool_]
    """Whether marks allow it; what lies beyond is not asked here."""
    may_cross_right: NDArray[np.bool_]
    dashes: Dashes


_Row = tuple[float, int, int, bool, bool, int]


class _Records(NamedTuple):
    """Marks of all borders, as CSR by border, in the order of s."""

    first: NDArray[np.int64]
    """[B + 1]"""
    s: Floats
    """From the start of the section."""
    seen: Bytes
    """[M, 5] MarkKind from the lane on the right of the border, from the one on its left (along s); whether the right one
    may cross to the left, whether the left one may cross to the right; the pattern of its broken lines."""


def mark_borders(document: OpenDrive, lanes: Lanes, road_s: Floats) -> Borders:
    """Marks of all points. lanes: `road` indexes document.roads; road_s: [P] as in `Points`."""
    patterns = {USUAL_DASH_M: 0}
    records, left_border, right_border, section_start = _gather(document, patterns)
    along = np.repeat(lanes.direction > 0, np.diff(lanes.first_point))
    left = _seen_at(records, left_border, lanes, road_s, section_start)
    right = _seen_at(records, right_border, lanes, road_s, section_start)
    # The lane lies on the right of its left border and on the left of its right one, along s.
    road_left, cross_up = left[:, 0], left[:, 2].astype(bool)
    road_right, cross_down = right[:, 1], right[:, 3].astype(bool)
    dash = np.array(list(patterns))
    dashes = Dashes(
        np.where(along, left[:, 4], right[:, 4]), np.where(along, right[:, 4], left[:, 4]), dash[:, 0], dash[:, 1]
    )
    return Borders(
        np.where(along, road_left, road_right), np.where(along, road_right, road_left),
        np.where(along, cross_up, cross_down), np.where(along, cross_down, cross_up), dashes,
    )  # fmt: skip


def _gather(
    document: OpenDrive, patterns: dict[tuple[float, float], int]
) -> tuple[_Records, NDArray[np.int64], NDArray[np.int64], Floats]:
    """Fills `patterns`. Returns (records, border left along s [L], border right [L],
    s of the lane's section [L]). Each lane, lane 0 too, has one border."""
    rows: list[_Row] = []
    first: list[int] = [0]
    left_border: list[int] = []
    right_border: list[int] = []
    section_start: list[float] = []
    for road in document.roads:
        for section in road.sections:
            centre = len(first) - 1 + sum(lane.id > 0 for lane in section.lanes)
            for border, lane in enumerate(section.lanes, len(first) - 1):
                rows += _seen(lane, patterns) or [_NO_MARK]
                first.append(len(rows))
                if lane.id != 0:
                    # borders count from left to right: a left lane's own is its left one, a right lane's its right one
                    left_border.append(border if lane.id > 0 else max(border - 1, centre))
                    right_border.append(min(border + 1, centre) if lane.id > 0 else border)
                    section_start.append(section.s)
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    records = _Records(np.array(first), table[:, 0], table[:, 1:].astype(np.uint8))
    return records, np.array(left_border, np.int64), np.array(right_border, np.int64), np.array(section_start, float)


def _seen(lane: Lane, patterns: dict[tuple[float, float], int]) -> list[_Row]:
    """A lane's records of marks as rows of _Records; nothing is marked before the first of them."""
    marks = sorted(lane.road_marks, key=lambda mark: mark.s)
    rows = [
        (
            mark.s,
            *_from_both_sides(mark.type, mark.lane_change, lane.id > 0),
            _pattern(mark, patterns) if mark.lines else 0,
        )
        for mark in marks
    ]
    return [_NO_MARK, *rows] if rows and rows[0][0] > 0.0 else rows


def _pattern(mark: RoadMark, patterns: dict[tuple[float, float], int]) -> int:
    """The number of a mark's pattern: that of its first line with gaps."""
    dash = next(((line.length, line.space) for line in mark.lines if line.space and line.length > 0.0), USUAL_DASH_M)
    return patterns.setdefault(dash, len(patterns)) if dash in patterns or len(patterns) <= MOST_DASHES else 0


@lru_cache(256)
def _from_both_sides(mark: str, lane_change: str | None, is_left: bool) -> tuple[int, int, bool, bool]:
    """A row of `_Records.seen`; is_left: the lane that lists the mark lies left of lane 0."""
    kind = TYPES.get(mark, MarkKind.OTHER)
    # From inside to outside is from left to right on lane 0 and right of it, from right to left on the left.
    from_right = _FLIPPED.get(kind, kind) if is_left else kind
    from_left = _FLIPPED.get(from_right, from_right)
    if lane_change is None:
        return int(from_right), int(from_left), from_right in CROSSABLE, from_left in CROSSABLE
    return int(from_right), int(from_left), lane_change in ("increase", "both"), lane_change in ("decrease", "both")


def _seen_at(
    records: _Records, border: NDArray[np.int64], lanes: Lanes, road_s: Floats, section_start: Floats
) -> Bytes:
    """[P, 5] Rows of `records.seen` that hold at each point. border, section_start: [L]."""
    counts = np.diff(lanes.first_point)
    seen = np.repeat(records.seen[records.first[border]], counts, axis=0)
    several = (records.first[border + 1] - records.first[border]) > 1  # few borders change their mark on the way
    if several.any():
        points = np.flatnonzero(np.repeat(several, counts))
        s = np.maximum(road_s[points] - np.repeat(section_start[several], counts[several]), 0.0)
        scale = 2.0 * max(
            float(records.s.max()), float(s.max()), 1.0
        )  # keys of one border end before the next one's begin
        owner = np.repeat(np.arange(len(records.first) - 1), np.diff(records.first))
        keys = owner * scale + np.maximum(records.s, 0.0)
        wanted = np.repeat(border[several], counts[several]) * scale + s
        seen[points] = records.seen[np.searchsorted(keys, wanted, side="right") - 1]
    return seen
