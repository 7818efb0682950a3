"""Measures lanes: arc length along each centre line, and how densely it must be sampled. Source: ours.

Stations are places on a road between which everything is smooth: starts of geometries and of records, with at most
`STATION_M` between. Arc lengths are summed from station to station with Gauss-Legendre's rule of two nodes, whose error
there is below a micrometre on roads.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing, compiled
from sim_suite.driving.roads.geometry.lane_line import centre
from sim_suite.driving.roads.geometry.reference_line import piece_at, pose_on_piece
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints

STATION_M: Final = 0.5
MIN_GAP_M: Final = 1e-9
"""Records nearer than this to each other are one station."""
NODE: Final = 0.5 - 0.5 / math.sqrt(3.0)
"""The first of the rule's two nodes on [0, 1]; the second is 1 - NODE."""
INNER: Final = 1.0 - 2.0 * NODE

CHORD_M: Final = 4.9e-3
"""Straight segments leave the centre line by at most this; 5 mm is promised."""
HEADING_RAD: Final = math.radians(0.03)
"""Heading interpolated as in poses.py is off by at most this where curvature changes smoothly; 0.1 degrees is promised, and
three times as much happens in steps over a jump of curvature with fast change beside it."""
WIDTH_M: Final = 8e-3
"""Width interpolated linearly is off by at most this; 1 cm is promised."""
MAX_STEP_M: Final = 2.0
MIN_STEP_M: Final = 0.05


class Stations(NamedTuple):
    """What `measure` found. S sections, L lanes, M stations of all sections, N stations of all lanes."""

    first: Ints
    """[S + 1]"""
    s: Floats
    """[M]"""
    first_arc: Ints
    """[L + 1]"""
    arc: Floats
    """[N] Arc length of the lane's centre line at each station of its section."""
    slope: Floats
    """[N] Change of metres of centre line per metre of road over the interval that starts there."""
    step: Floats
    """[L] The largest distance between points that keeps the promises."""
    folded: Bytes
    """[L] 1 where the centre line passes the centre of curvature."""


@compiled
def section_stations(tables: RoadTables, section: int, buffer: Floats) -> int:
    """Fill the buffer with a section's stations, rising, ends included; return how many there are."""
    start, end = tables.section_start[section], tables.section_end[section]
    road = tables.section_road[section]
    breaks = _breaks(tables, section, road)
    count = 0
    buffer[count] = start
    for index in range(len(breaks) + 1):
        place = breaks[index] if index < len(breaks) else end
        if index < len(breaks) and not (start + MIN_GAP_M < place < end - MIN_GAP_M):
            continue
        gap = place - buffer[count]
        if index < len(breaks) and gap <= MIN_GAP_M:
            continue
        base, parts = buffer[count], max(math.ceil(gap / STATION_M), 1)
        for part in range(1, parts + 1):
            count += 1
            buffer[count] = place if part == parts else base + gap * part / parts
    return count + 1


@compiled
def _breaks(tables: RoadTables, section: int, road: int) -> Floats:
    pieces, offsets = tables.pieces, tables.lane_offset
    lanes = range(tables.first_lane[section], tables.first_lane[section + 1])
    width_first = tables.width.first[tables.first_lane[section]]
    width_last = tables.width.first[tables.first_lane[section + 1]]
    of_pieces = pieces.s[pieces.first[road] : pieces.first[road + 1]]
    of_offsets = offsets.values[offsets.first[road] : offsets.first[road + 1], 0]
    of_widths = tables.width.values[width_first:width_last, 0] + tables.section_start[section]
    if len(lanes) == 0:
        of_widths = of_widths[:0]
    return np.sort(np.concatenate((of_pieces, of_offsets, of_widths)))


@borrowing
def measure_lane(
    tables: RoadTables, lane: int, stations: Floats, bends: Floats, kinks: Floats, arc: Floats, slope: Floats
) -> tuple[float, bool]:
    """Fill arc and slope of one lane; return its step and whether it is folded.

    bends: [stations - 1, 2, 2] curvature of the reference line and its change, at both nodes of each interval.
    kinks: [stations] how far the reference line turns on the spot.
    """
    step, folded = MAX_STEP_M, False
    tangent_before, spreading_before = 0.0, 0.0
    arc[0] = 0.0
    for k in range(len(stations) - 1):
        gap = stations[k + 1] - stations[k]
        s0, s1 = stations[k] + NODE * gap, stations[k] + (1.0 - NODE) * gap
        t0, v0, tangent0, bend0, _, spreading0 = centre(tables, lane, s0, bends[k, 0, 0], bends[k, 0, 1])
        t1, v1, tangent1, bend1, _, spreading1 = centre(tables, lane, s1, bends[k, 1, 0], bends[k, 1, 1])
        folded = folded or bends[k, 0, 0] * t0 > 1.0 or bends[k, 1, 0] * t1 > 1.0
        mean = 0.5 * (v0 + v1)
        arc[k + 1] = arc[k] + gap * mean
        slope[k] = min(max((v1 - v0) / INNER, -2.0 * mean), 2.0 * mean)
        step = finer(step, CHORD_M, max(abs(bend0), abs(bend1)))
        length = max(INNER * gap * mean, MIN_GAP_M)
        step = finer(step, HEADING_RAD, abs(bend1 - bend0) / length)
        step = finer(step, WIDTH_M, abs(spreading1 - spreading0) / length)
        # Records may change direction at a station: prolong both sides to it.
        tangent_after, tangent_end = prolonged(tangent0, tangent1)
        spreading_after, spreading_end = prolonged(spreading0, spreading1)
        if k > 0:
            step = finer_at_kink(step, CHORD_M, abs(tangent_after - tangent_before) + kinks[k])
            step = finer_at_kink(step, WIDTH_M, abs(spreading_after - spreading_before))
        tangent_before, spreading_before = tangent_end, spreading_end
    return max(step, MIN_STEP_M), folded


@borrowing
def finer(step: float, error: float, second_derivative: float) -> float:
    """The step, or a shorter one, over which linear interpolation errs by at most `error`: h^2 f'' / 8."""
    return min(step, math.sqrt(8.0 * error / second_derivative)) if second_derivative > 0.0 else step


@borrowing
def finer_at_kink(step: float, error: float, kink: float) -> float:
    """The same where the first derivative jumps by `kink`: h jump / 4."""
    return min(step, 4.0 * error / kink) if kink > 0.0 else step


@borrowing
def prolonged(first: float, second: float) -> tuple[float, float]:
    """Values at the ends of an interval, from those at the rule's nodes."""
    change = (second - first) * NODE / INNER
    return first - change, second + change


@compiled
def measure(tables: RoadTables, stations: Stations) -> None:
    """Fill everything but `first`, `first_arc` and `s`, for all lanes."""
    for section in range(len(tables.section_road)):
        places = stations.s[stations.first[section] : stations.first[section + 1]]
        bends, kinks = np.empty((len(places) - 1, 2, 2)), np.zeros(len(places))
        road = tables.section_road[section]
        before = -1
        for k in range(len(places) - 1):
            gap = places[k + 1] - places[k]
            piece = piece_at(tables.pieces, road, places[k] + 0.5 * gap)
            if before >= 0 and piece != before:
                turn = (
                    pose_on_piece(tables.pieces, piece, places[k])[2]
                    - pose_on_piece(tables.pieces, before, places[k])[2]
                )
                kinks[k] = abs(turn - 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5))
            before = piece
            for node in range(2):
                s = places[k] + (NODE if node == 0 else 1.0 - NODE) * gap
                _, _, _, bends[k, node, 0], bends[k, node, 1] = pose_on_piece(tables.pieces, piece, s)
        for lane in range(tables.first_lane[section], tables.first_lane[section + 1]):
            row = slice(stations.first_arc[lane], stations.first_arc[lane + 1])
            step, folded = measure_lane(tables, lane, places, bends, kinks, stations.arc[row], stations.slope[row])
            stations.step[lane] = step
            stations.folded[lane] = folded


@compiled
def place_stations(tables: RoadTables, first: Ints, s: Floats) -> None:
    """Fill `first` [S + 1] with where each section's stations start in s, and s with them; s is long enough."""
    first[0] = 0
    for section in range(len(tables.section_road)):
        first[section + 1] = first[section] + section_stations(tables, section, s[first[section] :])


@compiled
def arc_at(tables: RoadTables, stations: Stations, lane: int, s: float) -> float:
    """Arc length of a lane's centre line from the start of its section to s."""
    section = tables.lane_section[lane]
    first, last = stations.first[section], stations.first[section + 1]
    k = min(max(np.searchsorted(stations.s[first:last], s, side="right") - 1, 0), last - first - 2)
    row = stations.first_arc[lane] + k
    gap = stations.s[first + k + 1] - stations.s[first + k]
    if not gap > 0.0:
        return float(stations.arc[row])
    share = min(max((s - stations.s[first + k]) / gap, 0.0), 1.0)
    begin = (stations.arc[row + 1] - stations.arc[row]) / gap - 0.5 * stations.slope[row]
    return float(stations.arc[row] + gap * share * (begin + 0.5 * stations.slope[row] * share))


def find_stations(tables: RoadTables) -> Stations:
    """Measure all lanes of a map."""
    span = tables.section_end - tables.section_start
    lanes = np.diff(tables.first_lane)
    records = tables.width.first[tables.first_lane[1:]] - tables.width.first[tables.first_lane[:-1]]
    of_road = np.diff(tables.pieces.first) + np.diff(tables.lane_offset.first)
    room = np.ceil(span / STATION_M) + 2.0 * (records + of_road[tables.section_road]) + 3.0
    first, s = np.empty(len(span) + 1, np.int32), np.empty(int(room.sum()))
    place_stations(tables, first, s)
    first_arc = np.cumsum([0, *np.repeat(np.diff(first), lanes)]).astype(np.int32)
    stations = Stations(
        first=first,
        s=s[: first[-1]],
        first_arc=first_arc,
        arc=np.empty(first_arc[-1]),
        slope=np.empty(first_arc[-1]),
        step=np.empty(len(tables.lane_id)),
        folded=np.empty(len(tables.lane_id), np.uint8),
    )
    measure(tables, stations)
    return stations
