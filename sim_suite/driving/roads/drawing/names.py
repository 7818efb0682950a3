"""Ids of roads, lanes and junctions, and heights, placed where they can be read. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.spatial import KDTree

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.drawing.facts import height_text
from sim_suite.driving.roads.drawing.scene import Marker, Points
from sim_suite.driving.roads.drawing.surfaces import junction_lanes
from sim_suite.driving.roads.drawing.symbols import TEXTS, text_size
from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.graph.layout import LaneGraph

_FRACTIONS: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
_LANE_FRACTIONS: Final = (0.36, 0.64, 0.22, 0.78)
"""Beside the arrows, which stand at halves, quarters and eighths."""
_BESIDE_M: Final = 2.5
"""How far from the road's edge its id stands at least."""
_SHEET_PX: Final = 1200.0
"""The sheet that texts are sized for (`Picture.factor`): from it follows how many metres an id covers."""
_CLEAR: Final = 0.9
"""Over half of an id's height: nearer to an edge of any road it would lie on the road."""
_TALL: Final = 1.2
"""A junction's lesser side over the height of its id, at least: on the merge of a highway an id would hide all lanes."""
_FLAT_M: Final = 0.5
"""A map whose heights differ by less is flat."""
_SPOT_SPACING_M: Final = 60.0
_NEWS_SHARE: Final = 0.04
"""Of the map's range of heights: a spot that differs less from the one before it is left out."""
_NAMELESS: Final = (LaneKind.NONE, LaneKind.CURB, LaneKind.BORDER)


def roads(graph: LaneGraph) -> list[Marker]:
    """Ids beside roads; those of connecting roads on their middle, where the picture is large enough."""
    markers = []
    metres_per_px = max(graph.bounds[2] - graph.bounds[0], graph.bounds[3] - graph.bounds[1]) / _SHEET_PX
    edges = _edges(graph)
    paved = KDTree(
        np.concatenate([np.zeros((0, 2)), *(_edge(graph, lane) for lanes in edges.values() for lane in lanes)])
    )
    for road, lanes in edges.items():
        name = graph.road_ids[road]
        longest = max(lanes, key=lambda lane: float(graph.lanes.length_m[lane]))
        length = float(graph.lanes.length_m[longest])
        connecting = graph.lanes.junction[longest] >= 0
        look = "connecting" if connecting else "road"
        width_px, height_px = text_size(name, TEXTS[look].size_px)
        if connecting:
            line = strokes.centre(graph, longest)
            places = [strokes.at_fraction(line, fraction)[:2] for fraction in (0.5, 0.35, 0.65)]
            least = max(1.6 * width_px / max(length, 0.1), 6.0)
        else:
            half_m = (0.5 * width_px * metres_per_px, 0.5 * height_px * metres_per_px)
            places = [
                place
                for lane in lanes
                if graph.lanes.length_m[lane] > 0.5 * length
                for place in _beside(graph, lane, half_m)
            ]
            # Between carriageways only where there is no place outside of them: an id would cover the other one.
            near = paved.query(np.array(places))[0]
            places = [places[k] for k in np.argsort(near < _CLEAR * half_m[1], kind="stable").tolist()]
            least = 1.1 * width_px / max(length, 0.1)
        rank = 30 if connecting else (5 if length > 150 else 8 if length > 50 else 11)
        (x, y), *others = places
        markers.append(
            Marker(look, x, y, name, rank=rank, min_scale=least, about=f"road:{road}", elsewhere=tuple(others))
        )
    return markers


def _edges(graph: LaneGraph) -> dict[int, list[int]]:
    """Road index to the lanes at its edges (each with a free side), those on its right side first."""
    found: dict[int, list[int]] = {}
    for lane in range(graph.num_lanes):
        if _free_side(graph, lane) is not None:
            found.setdefault(int(graph.lanes.road[lane]), []).append(lane)
    return {road: sorted(lanes, key=lambda lane: int(graph.lanes.lane_id[lane]) > 0) for road, lanes in found.items()}


def _free_side(graph: LaneGraph, lane: int) -> str | None:
    """Which side of a lane is the road's edge; None for lanes between others."""
    if graph.lanes.right[lane] < 0:
        return "right"
    return "left" if graph.lanes.left[lane] < 0 else None


def _edge(graph: LaneGraph, lane: int) -> Points:
    return strokes.border(graph, lane, "left" if _free_side(graph, lane) == "left" else "right")


def _beside(graph: LaneGraph, lane: int, half_m: tuple[float, float]) -> list[tuple[float, float]]:
    """Places beside a lane's free border for an id of half the width and height `half_m`."""
    side, line = _free_side(graph, lane), _edge(graph, lane)
    places = []
    for fraction in _FRACTIONS:
        x, y, heading = strokes.at_fraction(line, fraction)
        out = heading + (np.pi / 2 if side == "left" else -np.pi / 2)
        cos, sin = float(np.cos(out)), float(np.sin(out))
        away = max(_BESIDE_M, abs(cos) * half_m[0] + abs(sin) * half_m[1])
        places.append((x + away * cos, y + away * sin))
    return places


def lanes(graph: LaneGraph) -> list[Marker]:
    """Ids in lanes outside of junctions, where they fit between the lane's borders."""
    markers = []
    for lane in range(graph.num_lanes):
        if graph.lanes.junction[lane] >= 0 or graph.lanes.kind[lane] in _NAMELESS:
            continue
        line = strokes.centre(graph, lane)
        width = float(np.median(graph.points.width[strokes.lane_slice(graph, lane)]))
        length = float(graph.lanes.length_m[lane])
        if width < 0.5 or length < 3.0:
            continue
        name = f"{graph.lanes.lane_id[lane]:d}".replace("-", "\u2212")
        across, high = text_size(name, TEXTS["lane"].size_px)
        (x, y), *others = [strokes.at_fraction(line, fraction)[:2] for fraction in _LANE_FRACTIONS]
        least = max(0.85 * high / width, 2.5 * across / length)
        markers.append(
            Marker("lane", x, y, name, rank=32, min_scale=least, about=f"lane:{lane}", elsewhere=tuple(others))
        )
    return markers


def junctions(graph: LaneGraph) -> list[Marker]:
    """Ids in the middle of junctions."""
    markers = []
    for junction, inside in junction_lanes(graph).items():
        corners = np.concatenate([strokes.centre(graph, lane) for lane in inside])
        low, high = corners.min(axis=0), corners.max(axis=0)
        x, y = (low + high) / 2
        name = graph.junction_ids[junction]
        wide, tall = text_size(name, TEXTS["junction"].size_px)
        least = max(
            0.9 * wide / max(float(np.max(high - low)), 0.1), _TALL * tall / max(float(np.min(high - low)), 0.1)
        )
        beside = (
            (float(x), float(high[1])),
            (float(x), float(low[1])),
            (float(high[0]), float(y)),
            (float(low[0]), float(y)),
        )
        markers.append(
            Marker(
                "junction",
                float(x),
                float(y),
                name,
                rank=6,
                min_scale=least,
                about=f"junction:{junction}",
                elsewhere=beside,
            )
        )
    return markers


def heights(graph: LaneGraph) -> list[Marker]:
    """Spot heights along the roads of a map that is not flat, where they tell something new."""
    z = graph.points.z
    if not len(z) or float(np.ptp(z)) < _FLAT_M:
        return []
    news = max(_FLAT_M, _NEWS_SHARE * float(np.ptp(z)))
    usual = float(np.median(z))
    markers = []
    for edges in _edges(graph).values():
        lane = max(edges, key=lambda one: float(graph.lanes.length_m[one]))
        if graph.lanes.junction[lane] >= 0:
            continue
        line, own = strokes.centre(graph, lane), z[strokes.lane_slice(graph, lane)]
        last = usual
        count = max(int(float(graph.lanes.length_m[lane]) / _SPOT_SPACING_M), 1)
        for number in range(count + 1):
            height = float(np.interp(number / count, np.linspace(0, 1, len(own)), own))
            if abs(height - last) >= news:
                x, y, _ = strokes.at_fraction(line, number / count)
                markers.append(Marker("height", x, y, height_text(height), rank=34, min_scale=0.35))
                last = height
    return markers
