"""Everything of a lane graph that is not the shape of its lanes: how they join, what rules them, what lies on them. Source: ours."""

from __future__ import annotations

from typing import NamedTuple

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.layout import (
    Adjacency,
    Conflicts,
    Crosswalks,
    Dashes,
    Lanes,
    Points,
    Props,
    StopLines,
)
from sim_suite.driving.roads.graph.topology.changes import allowed_changes
from sim_suite.driving.roads.graph.topology.conflicts import find_conflicts
from sim_suite.driving.roads.graph.topology.crosswalks import find_crosswalks
from sim_suite.driving.roads.graph.topology.links import index_lanes, link_lanes
from sim_suite.driving.roads.graph.topology.marks import mark_borders
from sim_suite.driving.roads.graph.topology.props import find_props
from sim_suite.driving.roads.graph.topology.signals import PlacedSignals, place_signals
from sim_suite.driving.roads.graph.topology.speeds import speed_limits
from sim_suite.driving.roads.graph.topology.stop_lines import find_stop_lines
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.model import OpenDrive


class Topology(NamedTuple):
    """The groups of a LaneGraph next to its lanes, as layout.py describes them."""

    points: Points
    """With speed_limit_mps, change, left_mark and right_mark."""
    dashes: Dashes
    successors: Adjacency
    predecessors: Adjacency
    placed: PlacedSignals
    stop_lines: StopLines
    crosswalks: Crosswalks
    conflicts: Conflicts
    props: Props


def find_topology(
    document: OpenDrive, tables: RoadTables, lanes: Lanes, points: Points
) -> tuple[Topology, tuple[Finding, ...]]:
    """lanes, points: of all roads of the document, in its order. Raises RoadError for more than a map can hold."""
    index = index_lanes(lanes)
    successors, predecessors, link_findings = link_lanes(document, lanes, points, index)
    borders = mark_borders(document, lanes, points.road_s)
    placed, signal_findings = place_signals(document, tables, lanes, index)
    stop_lines = find_stop_lines(document, lanes, points.road_s, placed)
    points = points._replace(
        left_mark=borders.left_mark,
        right_mark=borders.right_mark,
        change=allowed_changes(lanes, borders, points.road_s, points.width),
        speed_limit_mps=speed_limits(document, lanes, points.road_s, successors, placed),
    )
    crosswalks, crosswalk_findings = find_crosswalks(document, tables, lanes, points)
    conflicts = find_conflicts(document, lanes, points, successors, predecessors, stop_lines)
    props, prop_findings = find_props(document, tables)
    findings = (*link_findings, *signal_findings, *crosswalk_findings, *prop_findings)
    topology = Topology(
        points, borders.dashes, successors, predecessors, placed, stop_lines, crosswalks, conflicts, props
    )
    return topology, findings
