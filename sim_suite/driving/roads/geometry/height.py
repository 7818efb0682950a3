"""How high a road's surface is at (s, t). Source: ASAM OpenDRIVE 1.8, clauses 9.4 and 9.5; crossfall: OpenDRIVE 1.4, 5.3.6.

Points keep their t in the plan, whatever the slope: LibCarla and the file's own plan view read t that way.
"""

from __future__ import annotations

import math

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.cross_section import cubic_at, lane_span
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import Floats


@borrowing
def road_height(tables: RoadTables, road: int, s: float, t: float) -> float:
    """Elevation of the reference line, plus super-elevation, crossfall and lateral shape at t."""
    height = cubic_at(tables.elevation, road, s)[0]
    slope = cubic_at(tables.superelevation, road, s)[0]
    fall = cubic_at(tables.crossfall_left, road, s)[0] if t > 0.0 else cubic_at(tables.crossfall_right, road, s)[0]
    if slope != 0.0:
        height += t * math.tan(slope)
    if fall != 0.0:
        height -= abs(t) * math.tan(fall)
    if tables.first_shape[road] < tables.first_shape[road + 1]:
        height += shape_height(tables.shapes, tables.first_shape[road], tables.first_shape[road + 1], s, t)
    return height


@borrowing
def lane_height(tables: RoadTables, lane: int, s: float, t: float) -> float:
    """Height of a lane at t. A level lane stays at the height at which the sloped road inside of it ends (clause 11.7)."""
    if tables.level[lane]:
        t = lane_span(tables, tables.sloped_until[lane], s)[0]
    return road_height(tables, tables.section_road[tables.lane_section[lane]], s, t)


@borrowing
def shape_height(shapes: Floats, first: int, last: int, s: float, t: float) -> float:
    """Of the lateral profile in rows first to last; linear between the cross-sections that the file gives (clause 9.5.3)."""
    before, after = first, last
    for row in range(first, last):
        if shapes[row, 0] > s:
            after = row
            break
        if shapes[row, 0] != shapes[before, 0]:
            before = row
    height = profile_height(shapes, before, last, t)
    if after < last:
        span = shapes[after, 0] - shapes[before, 0]
        weight = min(max((s - shapes[before, 0]) / span, 0.0), 1.0) if span > 0.0 else 0.0
        height += weight * (profile_height(shapes, after, last, t) - height)
    return height


@borrowing
def profile_height(shapes: Floats, first: int, last: int, t: float) -> float:
    """Of the cross-section whose records start at row `first`; level beyond its first t."""
    chosen = first
    for row in range(first, last):
        if shapes[row, 0] != shapes[first, 0]:
            break
        if shapes[row, 1] <= t:
            chosen = row
    if chosen >= last:
        return 0.0
    dt = max(t - shapes[chosen, 1], 0.0)
    cubic = shapes[chosen, 2] + dt * (shapes[chosen, 3] + dt * (shapes[chosen, 4] + dt * shapes[chosen, 5]))
    return float(cubic)
