"""Compares a lane graph with carla.Map, asked in a child process. Source: ours; the peer is LibCarla of the wheel carla 0.9.16.

Points that LibCarla gives no answer for are not compared, e.g. those of roads whose id is no whole number. Nor are lane
ends at direct junctions (OpenDRIVE 1.7), which it does not know: no lane of its has a successor there.

Where a file differs all over, look for what else LibCarla reads otherwise: it ignores <border> (lanes of no width), keeps
places in float32 (half a metre off in a file with UTM coordinates) and adds slopes to headings as if they were angles.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.geometry.cross_section import lane_span
from sim_suite.driving.roads.geometry.lane_line import centre
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.geometry.reference_line import reference_pose
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.kinds import DRIVABLE, SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.stations import arc_at, find_stations
from sim_suite.driving.roads.opendrive.model import OpenDrive

CENTRE_M, WIDTH_M, HEADING_RAD = 0.02, 0.01, math.radians(0.1)
"""What must hold."""
OBJECT_M = 0.05
"""The same of corners of crosswalks, and of signals."""
LIGHT_M = 0.25
"""How far carla.Map moves every light along s of its road (measured)."""
_CHILD = Path(__file__).with_name("carla_child.py")
_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Queries:
    """Points of lanes [N], by the file's own names, and the lanes that they lie on."""

    lane: NDArray[np.int32]
    s: NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """How far the graph is from carla.Map. Errors are [N], of the points that carla.Map knows."""

    load_s: float
    """carla.Map's own."""
    asked: int
    lane: NDArray[np.int32]
    s: NDArray[np.float64]
    centre_m: NDArray[np.float64]
    width_m: NDArray[np.float64]
    heading_rad: NDArray[np.float64]
    """From carla.Map's own yaw."""
    corrected_rad: NDArray[np.float64]
    """From its yaw with slopes made angles (`slope_error`), less what the true centre line turns on the spot within a step
    of points: there a heading that is continuous along the lane cannot follow."""
    neighbours: list[tuple[int, float, int, int, int, int]] = field(default_factory=list)
    """lane, s, our left and right lane id, theirs: where they differ."""
    num_ends: int = 0
    """Lane ends that were compared."""
    successors: list[tuple[int, set[str], set[str]]] = field(default_factory=list)
    """lane, ours, theirs: where they differ."""
    crosswalks: list[str] = field(default_factory=list)
    landmarks: list[str] = field(default_factory=list)
    """What differs, in words."""


def sample_queries(graph: LaneGraph, count: int, seed: int) -> Queries:
    """Lanes drawn evenly by number, s evenly within them, a millimetre from their ends."""
    rng = np.random.default_rng(seed)
    lane = rng.integers(0, graph.num_lanes, count).astype(np.int32)
    low, high = _extent(graph)
    margin = np.minimum(1e-3, 0.25 * (high - low))[lane]
    return Queries(lane, low[lane] + margin + rng.random(count) * (high[lane] - low[lane] - 2.0 * margin))


def compare(document: OpenDrive, graph: LaneGraph, path: Path, count: int, seed: int = 0) -> Comparison | None:
    """Compare at `count` points and at all ends of lanes; None where carla.Map crashes on the file."""
    queries = sample_queries(graph, count, seed)
    answers = ask(document, graph, path, queries)
    if answers is None:
        return None
    known = (answers["points"][:, 0] > 0) & (answers["points"][:, 6] == graph.lanes.section[queries.lane])
    points, lane = answers["points"][known], queries.lane[known]
    s = points[:, 5]
    ours = lane_poses(graph, lane, arcs_at(document, lane, s))
    return Comparison(
        load_s=float(answers["load_s"]),
        asked=count,
        lane=lane,
        s=s,
        centre_m=np.hypot(ours.x - points[:, 1], ours.y - points[:, 2]),
        width_m=np.abs(ours.width - points[:, 4]),
        heading_rad=_between(ours.heading, points[:, 3]),
        corrected_rad=_less_kinks(
            document, graph, lane, s, _between(ours.heading, points[:, 3] - slope_error(document, lane, s))
        ),
        neighbours=_compare_neighbours(graph, lane, points),
        num_ends=int(np.sum(answers["end_found"])),
        successors=_compare_successors(graph, answers, _at_direct_junctions(document)),
        crosswalks=compare_crosswalks(graph, answers["crosswalks"]),
        landmarks=compare_landmarks(document, graph, answers["landmarks"], answers["landmark_places"]),
    )


def arcs_at(document: OpenDrive, lane: NDArray[np.int32], s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The arcs of lanes [N] at s [N] of their roads, measured anew: `road_s` of points is not linear where roads bend."""
    tables = pack_roads(document)
    stations = find_stations(tables)
    arc = np.array([arc_at(tables, stations, int(i), float(place)) for i, place in zip(lane, s, strict=True)])
    length = stations.arc[stations.first_arc[1:] - 1][lane]
    return np.where(tables.direction[lane] > 0, arc, length - arc)


def slope_error(document: OpenDrive, lane: NDArray[np.int32], s: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the yaw of carla.Map leaves the line of its own positions, [N] radians.

    LibCarla adds t', the change of a lane centre's t by s, to the heading of the reference line as if it were an angle.
    The centre R + t N (R the reference line, N its normal, k its curvature) has the tangent (1 - k t) T + t' N, so the
    angle is atan2(t', 1 - k t): at t' = 0.21 on a straight road LibCarla's is 0.17 degrees off, on bends much more.
    """
    tables = pack_roads(document)
    errors = np.empty(len(lane))
    for number, (i, place) in enumerate(zip(lane.tolist(), s.tolist(), strict=True)):
        _, _, _, curvature, rate = reference_pose(tables.pieces, tables.section_road[tables.lane_section[i]], place)
        span = lane_span(tables, i, place)
        errors[number] = 0.5 * (span[1] + span[4]) - centre(tables, i, place, curvature, rate)[2]
    return errors


def _less_kinks(
    document: OpenDrive,
    graph: LaneGraph,
    lane: NDArray[np.int32],
    s: NDArray[np.float64],
    error_rad: NDArray[np.float64],
) -> NDArray[np.float64]:
    tables = pack_roads(document)
    stations = find_stations(tables)
    error_rad = error_rad.copy()
    for n in np.flatnonzero(error_rad > HEADING_RAD).tolist():
        i = int(lane[n])
        section = tables.lane_section[i]
        places = stations.s[stations.first[section] : stations.first[section + 1]][1:-1]
        near = places[np.abs(places - s[n]) < 2.0 * graph.lanes.step_m[i]].tolist()
        kinks = [abs(_true_heading(tables, i, b + 1e-8) - _true_heading(tables, i, b - 1e-8)) for b in near]
        error_rad[n] = max(error_rad[n] - sum(kinks), 0.0)
    return error_rad


def _true_heading(tables: RoadTables, lane: int, s: float) -> float:
    _, _, heading, curvature, rate = reference_pose(tables.pieces, tables.section_road[tables.lane_section[lane]], s)
    return float(heading + centre(tables, lane, s, curvature, rate)[2])


def ask(document: OpenDrive, graph: LaneGraph, path: Path, queries: Queries) -> dict[str, NDArray] | None:
    """carla.Map's answers (see carla_child.py), or None where the process dies. Roads without a whole number get no answer."""
    lanes = graph.lanes
    ids = np.array([int(name) if name.lstrip("-").isdigit() else -1 for name in graph.road_ids])
    low, high = _extent(graph)
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "queries.npz"), Path(folder, "answers.npz")
        np.savez(
            asked,
            road=ids[lanes.road[queries.lane]],
            lane=lanes.lane_id[queries.lane],
            s=queries.s,
            end_road=ids[lanes.road],
            end_lane=lanes.lane_id,
            end_forward=lanes.direction > 0,
            end_s=np.where(lanes.direction > 0, high, low),
            end_length=high - low,
        )
        command = [sys.executable, str(_CHILD), str(path), str(asked), str(answered)]
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S)
        if done.returncode != 0 or not answered.exists():
            return None
        with np.load(answered) as file:
            return dict(file)


def _between(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle between two headings, at least 0."""
    return np.abs(np.remainder(a - b + math.pi, 2.0 * math.pi) - math.pi)


def _extent(graph: LaneGraph) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ends = graph.points.road_s[graph.lanes.first_point[:-1]], graph.points.road_s[graph.lanes.first_point[1:] - 1]
    return np.minimum(*ends), np.maximum(*ends)


def _compare_neighbours(
    graph: LaneGraph, lane: NDArray[np.int32], points: NDArray[np.float64]
) -> list[tuple[int, float, int, int, int, int]]:
    ids = np.append(graph.lanes.lane_id, 0)  # index -1: no lane
    left, right = ids[graph.lanes.left[lane]], ids[graph.lanes.right[lane]]
    wrong = np.flatnonzero((left != points[:, 7]) | (right != points[:, 8]))
    return [
        (int(lane[n]), float(points[n, 5]), int(left[n]), int(right[n]), int(points[n, 7]), int(points[n, 8]))
        for n in wrong
    ]


def _at_direct_junctions(document: OpenDrive) -> set[int]:
    """Roads, by index, that end at one."""
    direct = {junction.id for junction in document.junctions if junction.type == "direct"}
    return {
        index
        for index, road in enumerate(document.roads)
        for link in (road.predecessor, road.successor)
        if link is not None and link.element_type == "junction" and link.element_id in direct
    }


def _compare_successors(
    graph: LaneGraph, answers: dict[str, NDArray], unknown: set[int]
) -> list[tuple[int, set[str], set[str]]]:
    theirs: dict[int, set[str]] = {}
    for query, road, section, lane_id in answers["following"].astype(int).tolist():
        theirs.setdefault(query, set()).add(f"{road}/{section}/{lane_id}")
    wrong = []
    for lane in np.flatnonzero(answers["end_found"]).tolist():
        following = graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]
        ours = {graph.name_of(int(other)) for other in following}
        if not theirs.get(lane) and int(graph.lanes.road[lane]) in unknown:
            continue
        if ours != theirs.get(lane, set()):
            wrong.append((lane, ours, theirs.get(lane, set())))
    return wrong


def compare_crosswalks(graph: LaneGraph, corners: NDArray[np.float64]) -> list[str]:
    """corners: [N, 3] of carla.Map, which runs one crosswalk after the other and repeats the first corner of each at its end."""
    theirs: list[NDArray[np.float64]] = []
    start = 0
    for n in range(len(corners)):
        if n > start and np.array_equal(corners[n], corners[start]):
            theirs.append(corners[start:n, :2])
            start = n + 1
    first = graph.crosswalks.first_corner
    places = np.column_stack((graph.crosswalks.corner_x, graph.crosswalks.corner_y))
    ours = [places[a:b] for a, b in pairwise(first.tolist())]
    if len(ours) != len(theirs):
        return [f"{len(ours)} crosswalks, carla.Map has {len(theirs)}"]
    wrong = []
    for number, shape in enumerate(ours):
        away = [_farthest(shape, other) for other in theirs]
        if min(away) > OBJECT_M:
            wrong.append(f"crosswalk {number} is {min(away):.3f} m from the nearest one of carla.Map")
    return wrong


def _farthest(shape: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The largest distance of a corner of either from the other's nearest corner."""
    distance = np.hypot(*(shape[:, None] - other[None]).transpose(2, 0, 1))
    return float(max(distance.min(axis=0).max(), distance.min(axis=1).max()))


def compare_landmarks(
    document: OpenDrive, graph: LaneGraph, landmarks: NDArray[np.str_], places: NDArray[np.float64]
) -> list[str]:
    """landmarks: [N, 3] id, type, validities; places: [N, 3]. carla.Map lists a signal once for each road that refers to it.

    It moves signals that stand on a lane for traffic away from it: their places are not compared. It places
    lights LIGHT_M further along the road.
    """
    theirs: dict[str, list[tuple[str, str, NDArray[np.float64]]]] = {}
    for (name, number, spans), place in zip(landmarks.tolist(), places, strict=True):
        theirs.setdefault(name, []).append((number, spans, place))
    signals = [signal for road in document.roads for signal in road.signals]
    wrong = [f"signal {name} is carla.Map's only" for name in theirs.keys() - set(graph.signal_ids)]
    for index, signal in enumerate(signals):
        spans = sorted(sorted((one.from_lane, one.to_lane)) for one in signal.validities)
        ours = " ".join(f"{low}..{high}" for low, high in spans)
        place = np.array([getattr(graph.signals, axis)[index] for axis in "xyz"])
        if graph.signals.kind[index] == SignalKind.LIGHT:
            heading = graph.signals.heading[index]
            with_s = -1.0 if signal.orientation == "-" else 1.0
            place[:2] += with_s * LIGHT_M * np.array((np.cos(heading), np.sin(heading)))
        if not any(
            number == signal.type
            and (text == ours or not spans)
            and (np.abs(other - place).max() <= OBJECT_M or _is_on_lane(graph, place))
            for number, text, other in theirs.get(signal.id, [])
        ):
            wrong.append(f"signal {signal.id}: {signal.type} {ours} {place.round(3)}, theirs {theirs.get(signal.id)}")
    return wrong


def _is_on_lane(graph: LaneGraph, place: NDArray[np.float64]) -> bool:
    """Whether a place lies on, or at the edge of, a lane for motor traffic."""
    points = graph.points
    drivable = ((DRIVABLE >> graph.lanes.kind.astype(np.int64)) & 1).astype(bool)
    own = np.repeat(drivable, np.diff(graph.lanes.first_point))
    dx, dy = place[0] - points.x[own], place[1] - points.y[own]
    cos, sin = np.cos(points.heading[own]), np.sin(points.heading[own])
    beside = np.abs(dy * cos - dx * sin) <= points.width[own] / 2.0 + OBJECT_M
    return bool(np.any(beside & (np.abs(dx * cos + dy * sin) <= 1.0)))  # points lie at most 2 m apart
