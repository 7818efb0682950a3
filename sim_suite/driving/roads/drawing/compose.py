"""From a map to its drawing: which layers there are, and in which order they are drawn. Source: ours."""

from __future__ import annotations

import numpy as np

from sim_suite.driving.roads.drawing import facts, furniture, marks, names, signs, surfaces, traffic
from sim_suite.driving.roads.drawing.decks import road_decks
from sim_suite.driving.roads.drawing.scene import Layer, Scene
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.model import OpenDrive


def make_scene(document: OpenDrive, graph: LaneGraph, title: str) -> Scene:
    """Everything that a picture of the map may show."""
    ways, heads = traffic.links(graph)
    layers = [
        Layer("junctions", "junction areas", tuple(surfaces.junction_areas(graph))),
        *_roads(document, graph),
        Layer("objects", "objects", tuple(furniture.props(graph))),
        Layer("crossings", "crosswalks", tuple(furniture.crosswalks(graph)), min_scale=0.7),
        Layer("stops", "stop lines", tuple(furniture.stop_lines(graph)), min_scale=0.9),
        Layer("links", "ways through junctions", tuple(ways), tuple(heads), min_scale=2.5),
        Layer("arrows", "directions", (), tuple(traffic.arrows(graph))),
        Layer("ends", "lane ends", tuple(traffic.lane_ends(graph))),
        Layer("signs", "lights and signs", (), tuple(signs.signs(document, graph))),
        Layer("heights", "heights", (), tuple(names.heights(graph))),
        Layer("lane-ids", "lane ids", (), tuple(names.lanes(graph))),
        Layer("road-ids", "road ids", (), tuple(names.roads(graph))),
        Layer("junction-ids", "junction ids", (), tuple(names.junctions(graph))),
    ]
    kept = tuple(layer for layer in layers if layer.shapes or layer.markers)
    return Scene(title, facts.statements(document, graph), _bounds(graph, kept), kept, facts.captions(document, graph))


def _roads(document: OpenDrive, graph: LaneGraph) -> list[Layer]:
    """Surfaces and marks, deck by deck from the bottom."""
    decks = np.array(road_decks(graph), dtype=np.int64)[graph.lanes.road]
    layers = []
    for deck in range(int(decks.max(initial=-1)) + 1):
        lanes = np.flatnonzero(decks == deck).tolist()
        layers.append(Layer("surfaces", "road surfaces", tuple(surfaces.lane_surfaces(graph, lanes))))
        layers.append(Layer("marks", "road marks", tuple(marks.road_marks(document, graph, lanes)), min_scale=0.9))
    return layers


def _bounds(graph: LaneGraph, layers: tuple[Layer, ...]) -> tuple[float, float, float, float]:
    """Of lanes and of what stands beside them."""
    corners = [np.array(graph.bounds, dtype=np.float64).reshape(2, 2)]
    corners += [shape.points for layer in layers if layer.name == "objects" for shape in layer.shapes]
    corners += [
        np.array([(marker.x, marker.y)]) for layer in layers if layer.name == "signs" for marker in layer.markers
    ]
    every = np.concatenate(corners)
    every = every[np.isfinite(every).all(axis=1)]
    low, high = every.min(axis=0), every.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
