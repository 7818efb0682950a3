"""Samples every lane's centre line and borders at equal arc spacing. Source: ours; `Lanes` and `Points` say what is promised.

Spacing is at most `MAX_STEP_M`, and finer where the centre line bends or the width changes (stations.py). The points of a
file are limited so that building a graph stays within 256 MB of memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.cross_section import lane_span
from sim_suite.driving.roads.geometry.height import lane_height
from sim_suite.driving.roads.geometry.lane_line import centre_of_span
from sim_suite.driving.roads.geometry.reference_line import reference_pose
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import Floats, Ints
from sim_suite.driving.roads.graph.stations import MAX_STEP_M, Stations, find_stations
from sim_suite.driving.roads.opendrive.findings import RoadError

MAX_POINTS: Final = 400_000
"""43 MB of points, 800 km of lanes at the widest spacing: what any file may ask for, so that a small one with wrong numbers stays
below 256 MB. The largest file met, 143 km of lanes with 0.3 M points, takes 235 MB, libraries included."""
POINTS_A_LANE: Final = 200
"""Beyond that, what each lane of a section adds to the bound, so that large maps are read: towns have about 120."""
INSET_M: Final = 1e-6
"""The ends of a section are read from so far inside: more than files round s by, and nothing to a map."""
MIN_LENGTH_M: Final = 1e-6
"""Lanes of no length are given this one, so that arcs rise."""


class Samples(NamedTuple):
    """Points in the order of travel, without what marks and signs say of them. L lanes, P points; see `Lanes`, `Points`."""

    first_point: Ints
    """[L + 1]"""
    step_m: Floats
    """[L]"""
    length_m: Floats
    """[L]"""
    folded: Ints
    """[F] Lanes that pass the centre of curvature."""
    values: Floats
    """[11, P] x, y, z, heading, curvature, width, road_s, left x, left y, right x, right y."""


def sample_lanes(tables: RoadTables, road_ids: Sequence[str]) -> Samples:
    """Sample all lanes; road_ids are for errors. Raises RoadError where that takes more than MAX_POINTS and POINTS_A_LANE allow."""
    least = (tables.section_end - tables.section_start) / MAX_STEP_M + 1.0
    _check_number(least[tables.lane_section], tables, road_ids)
    stations = find_stations(tables)
    length = np.maximum(stations.arc[stations.first_arc[1:] - 1], MIN_LENGTH_M)
    # A hair less, so that a lane of exactly three steps has three.
    intervals = np.maximum(np.ceil(length / stations.step - 1e-9), 1.0)
    _check_number(intervals + 1.0, tables, road_ids)
    first = np.cumsum([0, *(intervals + 1.0)]).astype(np.int32)
    values = np.empty((11, first[-1]))
    _sample(tables, stations, first, values)
    return Samples(first, length / intervals, length, np.flatnonzero(stations.folded).astype(np.int32), values)


def _check_number(points: Floats, tables: RoadTables, road_ids: Sequence[str]) -> None:
    """points: [L] that the lanes need."""
    most = MAX_POINTS + POINTS_A_LANE * len(points)
    if points.sum() <= most:
        return
    worst = int(np.argmax(points))
    raise RoadError(
        f"the lanes of the map need {points.sum():.0f} points, at most {most} are kept; one lane of this road needs "
        f"{points[worst]:.0f}. Correct its length or curvature, or cut the map into parts",
        element="road",
        road=road_ids[tables.section_road[tables.lane_section[worst]]],
    )


@borrowing
def _sample(tables: RoadTables, stations: Stations, first: Ints, values: Floats) -> None:
    for lane in range(len(tables.lane_id)):
        section = tables.lane_section[lane]
        road = tables.section_road[section]
        places = stations.s[stations.first[section] : stations.first[section + 1]]
        arc = stations.arc[stations.first_arc[lane] : stations.first_arc[lane + 1]]
        slope = stations.slope[stations.first_arc[lane] : stations.first_arc[lane + 1]]
        count = first[lane + 1] - first[lane]
        along = tables.direction[lane] > 0
        station = 0
        for k in range(count):
            target = arc[-1] * k / (count - 1)
            while station < len(places) - 2 and arc[station + 1] < target:
                station += 1
            s = places[-1] if k == count - 1 else station_s(places, arc, slope, station, target)
            sample_at(tables, lane, road, s, values[:, first[lane] + k if along else first[lane + 1] - 1 - k])
        _unwrap(values[3, first[lane] : first[lane + 1]])


@borrowing
def station_s(places: Floats, arc: Floats, slope: Floats, station: int, target: float) -> float:
    """s at an arc length within a station interval, over which metres of centre line per metre of road change linearly."""
    gap = places[station + 1] - places[station]
    if not gap > 0.0:
        return float(places[station])
    wanted = (target - arc[station]) / gap
    begin = (arc[station + 1] - arc[station]) / gap - 0.5 * slope[station]
    root = begin + math.sqrt(max(begin * begin + 2.0 * slope[station] * wanted, 0.0))
    share = 2.0 * wanted / root if root > 0.0 else 0.0
    return float(places[station] + gap * min(max(share, 0.0), 1.0))


@borrowing
def sample_at(tables: RoadTables, lane: int, road: int, s: float, point: Floats) -> None:
    """Write one point [11] of a lane at s of its road, read as the lane's section has it: records may change where it ends."""
    point[6] = s
    section = tables.lane_section[lane]
    start, end = tables.section_start[section], tables.section_end[section]
    inset = min(INSET_M, 0.25 * (end - start))
    s = min(max(s, start + inset), end - inset)
    x, y, heading, curvature, rate = reference_pose(tables.pieces, road, s)
    span = lane_span(tables, lane, s)
    t, _, tangent, bend, width, _ = centre_of_span(span, curvature, rate)
    inner, outer = span[0], span[3]
    with_s = tables.direction[lane] > 0
    low, high = min(inner, outer), max(inner, outer)
    left, right = (high, low) if with_s else (low, high)
    cos, sin = math.cos(heading), math.sin(heading)
    point[0], point[1] = x - t * sin, y + t * cos
    point[2] = lane_height(tables, lane, s, t)
    point[3] = heading + tangent + (0.0 if with_s else math.pi)
    point[4] = bend if with_s else -bend
    point[5] = width
    point[7], point[8] = x - left * sin, y + left * cos
    point[9], point[10] = x - right * sin, y + right * cos


@borrowing
def wrapped(angle: float) -> float:
    """The same angle within [-pi, pi)."""
    return angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi) + 0.5)


@borrowing
def _unwrap(heading: Floats) -> None:
    """Make a lane's headings continuous, starting within [-pi, pi)."""
    heading[0] = wrapped(heading[0])
    for k in range(1, len(heading)):
        heading[k] = heading[k - 1] + wrapped(heading[k] - heading[k - 1])
