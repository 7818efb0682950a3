"""How high a road's surface is at (s, t). Source: ASAM OpenDRIVE 1.8, clauses 9.4 and 9.5; crossfall: OpenDRIVE 1.4, 5.3.6.

Points keep their t in the plan, whatever the slope: LibCarla and the file's own plan view read t that way.
"""

from __future__ import annotations

import math

from sim_suite.compiling import compiled
from sim_suite.driving.roads.geometry.cross_section import cubic_at, lane_span
from sim_suite.driving.roads.geometry.tables import RoadTables


@compiled
def road_height(tables: RoadTables, road: int, s: float, t: float) -> float:
    """Elevation of the reference line, plus super-elevation, crossfall and lateral shape at t."""
    height = cubic_at(tables.elevation, road, s)[0] + t * bank(tables, road, s)
    crossfall = tables.crossfall_left if t > 0.0 else tables.crossfall_right
    height -= abs(t) * math.tan(cubic_at(crossfall, road, s)[0])
    return height + _shape_height(tables, road, s, t)


@compiled
def bank(tables: RoadTables, road: int, s: float) -> float:
    """Slope of the super-elevation: rise to the left, metres per metre."""
    return math.tan(cubic_at(tables.superelevation, road, s)[0])


@compiled
def _shape_height(tables: RoadTables, road: int, s: float, t: float) -> float:
    """Linear between the cross-sections that the file gives (clause 9.5.3)."""
    first, last = tables.first_shape[road], tables.first_shape[road + 1]
    if first == last:
        return 0.0
    before, after = first, last
    for row in range(first, last):
        if tables.shapes[row, 0] <= s:
            if tables.shapes[row, 0] != tables.shapes[before, 0]:
                before = row
        else:
            after = row
            break
    low = _profile(tables, before, last, t)
    if after == last:
        return low
    span = tables.shapes[after, 0] - tables.shapes[before, 0]
    weight = min(max((s - tables.shapes[before, 0]) / span, 0.0), 1.0) if span > 0.0 else 0.0
    return low + weight * (_profile(tables, after, last, t) - low)


@compiled
def _profile(tables: RoadTables, first: int, last: int, t: float) -> float:
    """Height of the cross-section whose records start at row `first`; level beyond its first t."""
    chosen = first
    for row in range(first, last):
        if tables.shapes[row, 0] != tables.shapes[first, 0]:
            break
        if tables.shapes[row, 1] <= t:
            chosen = row
    row_values = tables.shapes[chosen]
    dt = max(t - row_values[1], 0.0)
    return float(row_values[2] + dt * (row_values[3] + dt * (row_values[4] + dt * row_values[5])))


@compiled
def lane_height(tables: RoadTables, road: int, lane: int, s: float, t: float) -> float:
    """Height of a lane at t. A level lane stays at the height at which the sloped road inside of it ends (clause 11.7)."""
    if not tables.level[lane]:
        return road_height(tables, road, s, t)
    step = 1 if tables.lane_side[lane] > 0 else -1
    section = tables.lane_section[lane]
    inmost = lane
    while (
        tables.first_lane[section] <= inmost + step < tables.first_lane[section + 1]
        and tables.lane_side[inmost + step] == tables.lane_side[lane]
        and tables.level[inmost + step]
    ):
        inmost += step
    return road_height(tables, road, s, lane_span(tables, inmost, s)[0])
