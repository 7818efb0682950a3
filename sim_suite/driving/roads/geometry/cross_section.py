"""Where lane borders lie across a road: t and its derivatives by s. Source: ASAM OpenDRIVE 1.8, clauses 11.4 to 11.6.

Widths add up from lane 0 outwards, from the lane offset on. Negative widths, which some files have at a lane's end, count
as zero: a lane never turns inside out.
"""

from __future__ import annotations

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.tables import Records, RoadTables


@borrowing
def record_at(records: Records, owner: int, s: float) -> int:
    """The owner's last record at or before s, its first one before that; -1 if it has none."""
    low, high = int(records.first[owner]), int(records.first[owner + 1]) - 1
    if high < low:
        return -1
    while low < high:
        middle = (low + high + 1) // 2
        if records.values[middle, 0] <= s:
            low = middle
        else:
            high = middle - 1
    return low


@borrowing
def cubic_at(records: Records, owner: int, s: float) -> tuple[float, float, float]:
    """Value at s, and its first and second derivative; zero without records."""
    index = record_at(records, owner, s)
    if index < 0:
        return 0.0, 0.0, 0.0
    row = records.values[index]
    ds = max(s - row[0], 0.0)
    return (
        row[1] + ds * (row[2] + ds * (row[3] + ds * row[4])),
        row[2] + ds * (2.0 * row[3] + ds * 3.0 * row[4]),
        2.0 * row[3] + ds * 6.0 * row[4],
    )


@borrowing
def lane_span(tables: RoadTables, lane: int, s: float) -> tuple[float, float, float, float, float, float]:
    """t, t', t'' of the lane's inner border, then of its outer border, at s of the road."""
    section = tables.lane_section[lane]
    first = tables.first_lane[section]
    side = float(tables.lane_side[lane])
    step = -1 if side > 0.0 else 1
    inmost = first + tables.num_left[section] + (step if side > 0.0 else 0)
    offset, offset1, offset2 = cubic_at(tables.lane_offset, tables.section_road[section], s)
    along = s - tables.section_start[section]
    inner, inner1, inner2 = 0.0, 0.0, 0.0
    outer, outer1, outer2 = 0.0, 0.0, 0.0
    for other in range(inmost, lane + step, step):
        inner, inner1, inner2 = outer, outer1, outer2
        value, value1, value2 = cubic_at(tables.width, other, along)
        if tables.bordered[other]:
            sign = -1.0 if value < 0.0 else 1.0  # some files write the border's t, others its distance
            value, value1, value2 = sign * value - inner, sign * value1 - inner1, sign * value2 - inner2
        if value > 0.0:
            outer, outer1, outer2 = inner + value, inner1 + value1, inner2 + value2
    return (
        offset + side * inner,
        offset1 + side * inner1,
        offset2 + side * inner2,
        offset + side * outer,
        offset1 + side * outer1,
        offset2 + side * outer2,
    )
