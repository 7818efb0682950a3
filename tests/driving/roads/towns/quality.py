"""Measures of a town's lane graph that its tests share: joints, overlaps, who can reach whom."""

import math

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT, LaneKind


def graph_of(document):
    """The lane graph of a document that must need no repair."""
    built = build_graph(document)
    assert built.findings == ()
    return built.graph


def driving(graph):
    return np.flatnonzero(graph.lanes.kind == LaneKind.DRIVING)


def last_point(graph, lane):
    return graph.lanes.first_point[lane + 1] - 1


def worst_joint(graph):
    """Largest gap [m], heading jump [rad] and step in width [m] from any driving lane to a lane that follows it."""
    lanes, points, worst = graph.lanes, graph.points, np.zeros(3)
    for lane in driving(graph):
        end = last_point(graph, lane)
        for after in graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]:
            start = lanes.first_point[after]
            gap = math.hypot(points.x[end] - points.x[start], points.y[end] - points.y[start])
            turn = abs((points.heading[end] - points.heading[start] + math.pi) % (2 * math.pi) - math.pi)
            worst = np.maximum(worst, (gap, turn, abs(points.width[end] - points.width[start])))
    return tuple(worst)


def reachability(graph):
    """Driving lanes as a directed graph: by successors, and by changes to the side that the marks allow."""
    lanes, town = graph.lanes, nx.DiGraph()
    wanted = set(driving(graph).tolist())
    town.add_nodes_from(wanted)
    for lane in wanted:
        span = slice(graph.successors.first[lane], graph.successors.first[lane + 1])
        town.add_edges_from((lane, int(after)) for after in graph.successors.lane[span] if int(after) in wanted)
        change = np.bitwise_or.reduce(graph.points.change[lanes.first_point[lane] : lanes.first_point[lane + 1]])
        for bit, side in ((CHANGE_LEFT, lanes.left[lane]), (CHANGE_RIGHT, lanes.right[lane])):
            if change & bit and int(side) in wanted:
                town.add_edge(lane, int(side))
    return town


def overlaps(graph, spacing_m=1.5):
    """Pairs of roads whose driving lanes lie on one another outside of junctions."""
    rows = []
    for lane in driving(graph):
        if graph.lanes.junction[lane] >= 0:
            continue
        span = slice(graph.lanes.first_point[lane], graph.lanes.first_point[lane + 1])
        arc = np.arange(span.stop - span.start) * graph.lanes.step_m[lane]
        at = np.arange(1.0, max(arc[-1] - 1.0, 1.1), spacing_m)
        x, y = np.interp(at, arc, graph.points.x[span]), np.interp(at, arc, graph.points.y[span])
        rows += [(a, b, graph.lanes.road[lane]) for a, b in zip(x, y, strict=True)]
    table = np.array(rows)
    near = cKDTree(table[:, :2]).query_pairs(2.8, output_type="ndarray")
    roads = table[near, 2].astype(int)
    apart = roads[:, 0] != roads[:, 1]
    joined = _joined_roads(graph)
    return {tuple(sorted(pair)) for pair in roads[apart].tolist()} - joined


def _joined_roads(graph):
    """Roads that follow one another directly: they are near at their joint, as they should be."""
    pairs = set()
    for lane in driving(graph):
        for after in graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]:
            pairs.add(tuple(sorted((int(graph.lanes.road[lane]), int(graph.lanes.road[after])))))
    return pairs
