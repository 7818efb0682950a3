"""Builds the lane graph of an OpenDRIVE document. Source: ours; layout.py says what a lane graph is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from sim_suite.driving.roads.collecting import collection_paused
from sim_suite.driving.roads.geometry.oddities import odd_shapes
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.alike import sum_alike
from sim_suite.driving.roads.graph.kinds import LANE_KINDS, LaneKind
from sim_suite.driving.roads.graph.layout import Bytes, LaneGraph, Lanes, Points
from sim_suite.driving.roads.graph.points import Samples, sample_lanes
from sim_suite.driving.roads.graph.topology.find import find_topology
from sim_suite.driving.roads.graph.topology.neighbours import find_neighbours
from sim_suite.driving.roads.opendrive.findings import Finding, RoadError
from sim_suite.driving.roads.opendrive.model import OpenDrive

Group = TypeVar("Group", bound=tuple[Any, ...])  # a NamedTuple of arrays of different types


@dataclass(frozen=True)
class Built:
    """A lane graph and what was odd about the roads that it was built from."""

    graph: LaneGraph
    findings: tuple[Finding, ...]


@collection_paused()
def build_graph(document: OpenDrive) -> Built:
    """Every lane of the document with all that kernels read of it. Raises RoadError, as `pack_roads` and `sample_lanes` do."""
    tables = pack_roads(document)
    samples = sample_lanes(tables, [road.id for road in document.roads])
    bounds = _bounds(document, tables, samples)
    lanes = _lanes(document, tables, samples)
    topology, findings = find_topology(document, tables, lanes, _points(samples))
    graph = LaneGraph(
        lanes=_frozen(lanes),
        points=_frozen(topology.points),
        dashes=_frozen(topology.dashes),
        successors=_frozen(topology.successors),
        predecessors=_frozen(topology.predecessors),
        signals=_frozen(topology.placed.signals),
        stop_lines=_frozen(topology.stop_lines),
        crosswalks=_frozen(topology.crosswalks),
        conflicts=_frozen(topology.conflicts),
        props=_frozen(topology.props),
        road_ids=tuple(road.id for road in document.roads),
        junction_ids=tuple(junction.id for junction in document.junctions),
        signal_ids=topology.placed.ids,
        group_ids=topology.placed.group_ids,
        group_junction=topology.placed.group_junction,
        bounds=bounds,
    )
    graph.group_junction.flags.writeable = False
    return Built(graph, sum_alike((*odd_shapes(document, tables, samples.folded), *_odd_kinds(document), *findings)))


def _frozen(group: Group) -> Group:
    """The same arrays, read-only and each in one piece."""
    arrays = [np.ascontiguousarray(array) for array in group]
    for array in arrays:
        array.flags.writeable = False
    return type(group)(*arrays)


def _lanes(document: OpenDrive, tables: RoadTables, samples: Samples) -> Lanes:
    section = tables.lane_section
    road = tables.section_road[section]
    number = section - tables.first_section[road]
    junction_index = {junction.id: index for index, junction in enumerate(document.junctions)}
    junction_of_road = np.array([junction_index.get(road.junction, -1) for road in document.roads], dtype=np.int32)
    left, right = find_neighbours(road, number, tables.direction)
    return Lanes(
        road=road,
        section=number,
        lane_id=tables.lane_id,
        kind=_kinds(document),
        direction=tables.direction,
        junction=junction_of_road[road],
        length_m=samples.length_m,
        first_point=samples.first_point,
        step_m=samples.step_m,
        left=left,
        right=right,
        level=tables.level,
    )


def _kinds(document: OpenDrive) -> Bytes:
    types = [
        lane.type for road in document.roads for section in road.sections for lane in section.lanes if lane.id != 0
    ]
    return np.array([LANE_KINDS.get(name, LaneKind.NONE) for name in types], dtype=np.uint8)


def _odd_kinds(document: OpenDrive) -> Iterator[Finding]:
    """One for each lane that is of no kind we know: a misspelt driving lane would silently carry no traffic."""
    for road in document.roads:
        for section in road.sections:
            for lane in section.lanes:
                if lane.id != 0 and lane.type not in LANE_KINDS:
                    message = f"type = {lane.type!r} is no lane type of the standard; kept as a lane that nobody uses"
                    yield Finding("noted", "lane", road.id, lane.line, message)


def _points(samples: Samples) -> Points:
    x, y, z, heading, curvature, width, road_s, left_x, left_y, right_x, right_y = samples.values
    count = len(x)
    return Points(
        x=x,
        y=y,
        z=z,
        heading=heading,
        curvature=curvature,
        width=width,
        road_s=road_s,
        speed_limit_mps=np.full(count, np.nan),
        change=np.zeros(count, np.uint8),
        left_x=left_x,
        left_y=left_y,
        right_x=right_x,
        right_y=right_y,
        left_mark=np.zeros(count, np.uint8),
        right_mark=np.zeros(count, np.uint8),
    )


def _bounds(document: OpenDrive, tables: RoadTables, samples: Samples) -> tuple[float, float, float, float]:
    """Of all borders. Raises RoadError for a road that runs out of the range of numbers."""
    values = samples.values
    if not values.size:
        return 0.0, 0.0, 0.0, 0.0
    # Rows one by one: their extremes are NaN or infinite where one number is, and cost a fifth of looking at each.
    low, high = [float(row.min()) for row in values], [float(row.max()) for row in values]
    if not np.isfinite((*low, *high)).all():
        bad = np.flatnonzero(~np.isfinite(values).all(axis=0))
        lane = int(np.searchsorted(samples.first_point, bad[0], side="right")) - 1
        road = document.roads[int(tables.section_road[tables.lane_section[lane]])]
        raise RoadError(
            f"lane {tables.lane_id[lane]} runs out of the range of numbers. Correct the road's geometry, offsets and widths",
            element="road",
            road=road.id,
            line=road.line,
        )
    x, y = (0, 7, 9), (1, 8, 10)  # centre, left, right
    return min(low[k] for k in x), min(low[k] for k in y), max(high[k] for k in x), max(high[k] for k in y)
