"""Where the ways through a junction cross or run together, and who goes first. Source: ASAM OpenDRIVE 1.8, clause 12; rules ours.

Two lanes for motor traffic of one junction conflict where the areas that a car of CAR_WIDTH_M sweeps on their centre lines
overlap (lanes themselves are wider than cars: borders of parallel lanes touch, and lanes of real junctions overlap all
over). Lanes of one road, and lanes of which one leads into the other, do not conflict. Two lanes that split from the same
lane share their first metres; a driver behind follows there as on any road, so the stretch up to where the areas first
part is no conflict, and what comes behind it is one.

Priority, for each pair, by the first rule that says anything:
1. Both lanes are held by lights: SIGNALLED.
2. A <priority> record of the junction names their connecting or incoming roads.
3. One lane is held by a stop or give-way sign and the other is not: it yields.
Otherwise UNREGULATED: the rules of the road (right before left, oncoming before turning) are for the traffic model. A sign
or light holds a lane if its stop line lies on it, or within CONTROL_REACH_M before it on the lanes that lead into it; the
line nearest to the junction counts, and at the same place a light before a sign (the sign is for when it is off).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, compiled
from sim_suite.driving.roads.graph.kinds import DRIVABLE, Priority, SignalKind
from sim_suite.driving.roads.graph.layout import Adjacency, Bytes, Conflicts, Floats, Ints, Lanes, Points, StopLines
from sim_suite.driving.roads.graph.topology.overlaps import (
    BLOCK,
    CLEARANCE_M,
    Strips,
    arc_of,
    area_of,
    box_of_quad,
    boxes_meet,
    clip,
    driven_strips,
    load_quad,
)
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import OpenDrive

CAR_WIDTH_M: Final = 2.0
"""A car with its mirrors: 2.0 to 2.1 m (VW Golf 8: 2.07 m)."""
MIN_AREA_M2: Final = 0.1
"""A smaller overlap is two cars brushing past: 5 cm on 2 m."""
GAP_M: Final = 0.1
"""Overlaps of a lane that lie closer than this together are one."""
CONTROL_REACH_M: Final = 50.0
"""A stop line further before a junction is not the junction's own (German RiLSA places lines within a few metres of it)."""
MAX_PAIRS: Final = 100_000
"""Conflicts that a map may have: 16 MB. A crossing of two four-lane roads has about two hundred."""


class _Entries(NamedTuple):
    """Lanes outside a junction from which each lane of it is reached without leaving its road, as CSR by lane."""

    first: Ints
    lane: Ints


def find_conflicts(
    document: OpenDrive, lanes: Lanes, points: Points, successors: Adjacency, predecessors: Adjacency, lines: StopLines
) -> Conflicts:
    """Conflicts of all lanes, by lane, then arc. Raises RoadError beyond MAX_PAIRS."""
    members, first_member = _members(lanes)
    entries = _entries(lanes, predecessors, members)
    strips = driven_strips(lanes, points, CAR_WIDTH_M, members)
    rows = np.empty((2048, 7))
    count = _overlap(strips, lanes.road, members, first_member, successors, entries, rows)
    if count > MAX_PAIRS:
        raise RoadError(
            f"ways through junctions overlap more than {MAX_PAIRS} times. Split the junctions, or remove connections",
            element="junction",
        )
    if count > len(rows):
        rows = np.empty((count, 7))
        _overlap(strips, lanes.road, members, first_member, successors, entries, rows)
    rows = rows[:count]
    pairs = rows[:, :2].astype(np.int64)
    priority = _priorities(document, lanes, predecessors, entries, lines, pairs)
    return _listed(rows, pairs, priority, len(lanes.kind))


def _members(lanes: Lanes) -> tuple[Ints, NDArray[np.int64]]:
    """(lanes for motor traffic by junction, where each junction's begin [J + 1])."""
    drivable = ((DRIVABLE >> lanes.kind.astype(np.int64)) & 1).astype(bool)
    inside = np.flatnonzero(drivable & (lanes.junction >= 0)).astype(np.int32)
    inside = inside[np.argsort(lanes.junction[inside], kind="stable")]
    junctions = int(lanes.junction.max(initial=-1)) + 1
    return inside, np.searchsorted(lanes.junction[inside], np.arange(junctions + 1))


def _entries(lanes: Lanes, predecessors: Adjacency, members: Ints) -> _Entries:
    """Walk back along each lane's own road: its sections inside the junction are one way."""
    first = np.zeros(len(lanes.kind) + 1, np.int32)
    lists: list[list[int]] = []
    counts = np.zeros(len(lanes.kind), np.int32)
    before, before_first, road = predecessors.lane.tolist(), predecessors.first.tolist(), lanes.road.tolist()
    for member in np.sort(members).tolist():
        found: set[int] = set()
        seen = {member}
        open_ends = [member]
        while open_ends:
            lane = open_ends.pop()
            for other in before[before_first[lane] : before_first[lane + 1]]:
                if road[other] != road[member]:
                    found.add(other)
                elif other not in seen:
                    seen.add(other)
                    open_ends.append(other)
        lists.append(sorted(found))
        counts[member] = len(found)
    np.cumsum(counts, out=first[1:])
    return _Entries(first, np.array([lane for found in lists for lane in found], np.int32))


# --- where


@compiled
def _overlap(
    strips: Strips, road: np.ndarray, members: np.ndarray, first_member: np.ndarray, successors: Adjacency,
    entries: _Entries, rows: np.ndarray,
) -> int:  # fmt: skip
    """Write a row (lane a, lane b, from and to arc on a, from and to arc on b, merges) a pair as far as `rows` reaches.

    Returns how many there are, MAX_PAIRS + 1 if more.
    """
    count = 0
    row, part, boxes, polygons = np.empty(7), np.empty(4), np.empty((2, 4)), np.empty((3, 8, 2))
    for junction in range(len(first_member) - 1):
        for i in range(first_member[junction], first_member[junction + 1]):
            a = members[i]
            for j in range(i + 1, first_member[junction + 1]):
                b = members[j]
                if road[a] == road[b] or not boxes_meet(strips.lane_boxes[a], strips.lane_boxes[b]):
                    continue
                if _leads_into(successors, a, b) or _leads_into(successors, b, a):
                    continue
                split = _share(entries.first, entries.lane, a, b)
                if _stretch(strips, a, b, split, row, part, boxes, polygons) >= MIN_AREA_M2:
                    row[0], row[1] = a, b
                    row[6] = 1.0 if _share(successors.first, successors.lane, a, b) else 0.0
                    if count < len(rows):
                        rows[count] = row
                    count += 1
                    if count > MAX_PAIRS:
                        return count
    return count


@borrowing
def _leads_into(successors: Adjacency, a: int, b: int) -> bool:
    found = False
    for k in range(successors.first[a], successors.first[a + 1]):
        found |= successors.lane[k] == b
    return found


@borrowing
def _share(first: np.ndarray, lane: np.ndarray, a: int, b: int) -> bool:
    """Whether the sorted lists of a and b have an entry in common."""
    i, j = first[a], first[b]
    while i < first[a + 1] and j < first[b + 1]:
        if lane[i] == lane[j]:
            return True
        if lane[i] < lane[j]:
            i += 1
        else:
            j += 1
    return False


@borrowing
def _stretch(
    strips: Strips, a: int, b: int, split: bool, row: np.ndarray, part: np.ndarray, boxes: np.ndarray,
    polygons: np.ndarray,
) -> float:  # fmt: skip
    """The area that strips a and b share, and its arcs into row[2:6]; of lanes that split, without the first stretch.

    part [4], boxes [2, 4] and polygons [3, 8, 2] are scratch.
    """
    total = 0.0
    row[2], row[3], row[4], row[5] = np.inf, -np.inf, np.inf, -np.inf
    box = boxes[0]
    parted_at = 0.0 if split else -np.inf  # up to here the lanes have not parted yet
    last = strips.first[a + 1] - 1
    for k in range(strips.first[a], last):
        box_of_quad(strips, k, box)
        if not boxes_meet(box, strips.lane_boxes[b]):
            continue
        area = _quad_on_strip(strips, a, k, b, part, boxes, polygons)
        if area <= 0.0:
            continue
        if part[0] <= parted_at + GAP_M:
            parted_at = max(parted_at, part[1])
            continue
        total += area
        row[2], row[3] = min(row[2], part[0]), max(row[3], part[1])
        row[4], row[5] = min(row[4], part[2]), max(row[5], part[3])
    return total


@borrowing
def _quad_on_strip(
    strips: Strips, a: int, k: int, b: int, part: np.ndarray, boxes: np.ndarray, polygons: np.ndarray
) -> float:
    """The area of strip a's k-th quadrilateral, with its box in boxes[0], on strip b; its arcs on both into part[0:4]."""
    area = 0.0
    part[0], part[1], part[2], part[3] = np.inf, -np.inf, np.inf, -np.inf
    box, other_box = boxes[0], boxes[1]
    subject, spare, clipper = polygons[0], polygons[1], polygons[2]
    last = strips.first[b + 1] - 1
    for block in range(strips.first_block[b], strips.first_block[b + 1]):
        if not boxes_meet(box, strips.boxes[block]):
            continue
        begin = strips.first[b] + (block - strips.first_block[b]) * BLOCK
        for m in range(begin, min(begin + BLOCK, last)):
            box_of_quad(strips, m, other_box)
            if not boxes_meet(box, other_box) or abs(strips.z[k] - strips.z[m]) > CLEARANCE_M:
                continue
            load_quad(strips, k, subject)
            load_quad(strips, m, clipper)
            left = clip(subject, 4, clipper, 4, spare)
            area += area_of(subject, left)
            for corner in range(left):
                x, y = subject[corner, 0], subject[corner, 1]
                arc, other_arc = arc_of(strips, a, k, x, y), arc_of(strips, b, m, x, y)
                part[0], part[1] = min(part[0], arc), max(part[1], arc)
                part[2], part[3] = min(part[2], other_arc), max(part[3], other_arc)
    return area


def _listed(rows: Floats, pairs: NDArray[np.int64], priority: Bytes, count: int) -> Conflicts:
    """Each pair under both of its lanes."""
    turned = np.array([Priority.UNREGULATED, Priority.YIELDS, Priority.GOES_FIRST, Priority.SIGNALLED], np.uint8)
    own = np.concatenate([pairs[:, 0], pairs[:, 1]])
    table = np.concatenate([rows[:, [2, 3, 4, 5, 6]], rows[:, [4, 5, 2, 3, 6]]])
    other = np.concatenate([pairs[:, 1], pairs[:, 0]])
    both = np.concatenate([priority, turned[priority]])
    order = np.lexsort((other, table[:, 0], own))
    first = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(own, minlength=count), out=first[1:])
    table = table[order]
    return Conflicts(
        first=first, lane=other[order].astype(np.int32), from_arc_m=table[:, 0].copy(), to_arc_m=table[:, 1].copy(),
        other_from_arc_m=table[:, 2].copy(), other_to_arc_m=table[:, 3].copy(), merges=table[:, 4].astype(np.uint8),
        priority=both[order],
    )  # fmt: skip


# --- who first


def _priorities(
    document: OpenDrive, lanes: Lanes, predecessors: Adjacency, entries: _Entries, lines: StopLines,
    pairs: NDArray[np.int64],
) -> Bytes:  # fmt: skip
    """[M] Priority of each pair, seen from its first lane."""
    control = np.zeros(len(lanes.kind), np.uint8)
    for lane in np.unique(pairs).tolist():
        control[lane] = _control_of(lanes, predecessors, lines, lane)
    a, b = control[pairs[:, 0]], control[pairs[:, 1]]
    lit = (a == SignalKind.LIGHT) & (b == SignalKind.LIGHT)
    a_waits, b_waits = _is_sign(a), _is_sign(b)
    result = np.full(len(pairs), Priority.UNREGULATED, np.uint8)
    result[a_waits & ~b_waits] = Priority.YIELDS
    result[b_waits & ~a_waits] = Priority.GOES_FIRST
    _apply_records(document, lanes, entries, pairs, result)
    result[lit] = Priority.SIGNALLED
    return result


def _is_sign(control: Bytes) -> NDArray[np.bool_]:
    return np.isin(control, (SignalKind.STOP, SignalKind.YIELD))


def _control_of(lanes: Lanes, predecessors: Adjacency, lines: StopLines, lane: int) -> int:
    """The SignalKind that holds traffic before this lane of a junction, 0 if none does."""
    reach = [(lane, 0.0, True)]
    seen = {lane}
    while reach:
        at, beyond, inside = reach.pop(0)
        own = range(int(lines.first[at]), int(lines.first[at + 1]))
        distances = [beyond + (0.0 if inside else float(lanes.length_m[at] - lines.arc_m[k])) for k in own]
        near = [(d, int(lines.kind[k])) for d, k in zip(distances, own, strict=True) if d <= CONTROL_REACH_M]
        if near:
            closest = min(near)[0]
            return min(kind for distance, kind in near if distance <= closest + 1.0)  # LIGHT < STOP < YIELD
        behind = beyond + (0.0 if inside else float(lanes.length_m[at]))
        for other in predecessors.lane[predecessors.first[at] : predecessors.first[at + 1]].tolist():
            # Back through this lane's own road, then along the road that leads into the junction, never into another one.
            stays = lanes.road[other] == lanes.road[at]
            enters = inside and lanes.junction[other] < 0
            if other not in seen and behind <= CONTROL_REACH_M and (stays or enters):
                seen.add(other)
                reach.append((other, behind, inside and stays))
    return 0


def _apply_records(
    document: OpenDrive, lanes: Lanes, entries: _Entries, pairs: NDArray[np.int64], result: Bytes
) -> None:
    """Junctions' <priority> records, which name incoming roads or, in some files, connecting ones."""
    records = [{(one.high, one.low) for one in junction.priorities} for junction in document.junctions]
    ruled = np.array([bool(record) for record in records], bool)
    if not ruled.any():
        return
    for pair in np.flatnonzero(ruled[lanes.junction[pairs[:, 0]]]).tolist():
        a, b = pairs[pair].tolist()
        stated = records[lanes.junction[a]]
        a_roads, b_roads = _roads_of(document, lanes, entries, a), _roads_of(document, lanes, entries, b)
        if any((high, low) in stated for high in a_roads for low in b_roads):
            result[pair] = Priority.GOES_FIRST
        elif any((high, low) in stated for high in b_roads for low in a_roads):
            result[pair] = Priority.YIELDS


def _roads_of(document: OpenDrive, lanes: Lanes, entries: _Entries, lane: int) -> set[str]:
    before = entries.lane[entries.first[lane] : entries.first[lane + 1]].tolist()
    return {document.roads[lanes.road[one]].id for one in (lane, *before)}
