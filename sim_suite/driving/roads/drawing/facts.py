"""What a map holds, counted and in words: for titles, tooltips and `sim-suite maps`. Source: ours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim_suite.driving.roads.drawing.strokes import lane_slice
from sim_suite.driving.roads.graph.kinds import DRIVABLE, LaneKind, PropKind, SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.model import OpenDrive


class Counts(NamedTuple):
    """A map in numbers."""

    size_m: tuple[float, float]
    """Width and height of the bounding box of all lanes."""
    roads: int
    """Without connecting roads..."""
    connecting_roads: int
    lanes: dict[str, int]
    """Lanes of lane sections, by kind."""
    road_km: float
    """Along reference lines, connecting roads included."""
    driving_lane_km: float
    junctions: int
    signals: dict[str, int]
    """By what they ask: light, stop, yield, speed_limit, stop_line, other."""
    crosswalks: int
    objects: dict[str, int]
    height_m: tuple[float, float]
    """Lowest and highest point of any lane."""


def count(document: OpenDrive, graph: LaneGraph) -> Counts:
    """Count a map."""
    connecting = sum(road.junction not in ("-1", "") for road in document.roads)
    driving = (DRIVABLE >> graph.lanes.kind.astype(np.int64) & 1).astype(bool)
    low, bottom, high, top = graph.bounds
    z = graph.points.z
    return Counts(
        size_m=(high - low, top - bottom),
        roads=len(document.roads) - connecting,
        connecting_roads=connecting,
        lanes=_by_kind(graph.lanes.kind, LaneKind),
        road_km=sum(road.length for road in document.roads) / 1000,
        driving_lane_km=float(graph.lanes.length_m[driving].sum()) / 1000,
        junctions=len(document.junctions),
        signals=_by_kind(graph.signals.kind, SignalKind),
        crosswalks=len(graph.crosswalks.first_corner) - 1,
        objects=_by_kind(graph.props.kind, PropKind),
        height_m=(float(z.min()), float(z.max())) if len(z) else (0.0, 0.0),
    )


def _by_kind(kinds: np.ndarray, names: type[LaneKind] | type[SignalKind] | type[PropKind]) -> dict[str, int]:
    numbers = np.bincount(kinds, minlength=1)
    return {names(kind).name.lower(): int(number) for kind, number in enumerate(numbers) if number}


def plural(number: int, one: str, many: str = "") -> str:
    """A count and its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", "\u202f")


def statements(document: OpenDrive, graph: LaneGraph) -> tuple[str, ...]:
    """Short facts for the line under a picture's title; nothing is said of what the map lacks."""
    found = count(document, graph)
    said = [f"{_metres(found.size_m[0])} \u00d7 {_metres(found.size_m[1])}", plural(found.roads, "road")]
    said.append(f"{found.driving_lane_km:.1f} km of driving lanes")
    for number, noun in (
        (found.junctions, "junction"), (found.signals.get("light", 0), "traffic light"), (found.crosswalks, "crosswalk"),
        (found.objects.get("parking_space", 0), "parking bay"),
    ):  # fmt: skip
        if number:
            said.append(plural(number, noun))
    if found.height_m[1] - found.height_m[0] >= 0.5:
        said.append(f"height {height_text(found.height_m[0])} to {height_text(found.height_m[1])}")
    if any(road.rule == "LHT" for road in document.roads):
        said.append("traffic keeps left")
    return tuple(said)


def height_text(metres: float) -> str:
    """A height with one decimal and a true minus sign."""
    return f"{round(metres, 1) + 0.0:.1f} m".replace("-", "\u2212")


def _metres(value: float) -> str:
    return f"{value / 1000:.1f} km" if value >= 1000 else f"{value:.0f} m"


def lane_speed(graph: LaneGraph, lane: int) -> str:
    """A lane's limits in km/h, e.g. "50" or "50 to 80"; empty where none is stated."""
    speeds = graph.points.speed_limit_mps[lane_slice(graph, lane)] * 3.6
    speeds = speeds[np.isfinite(speeds)]
    if not len(speeds):
        return ""
    low, high = f"{speeds.min():.0f}", f"{speeds.max():.0f}"
    return low if low == high else f"{low} to {high}"


def lane_width(graph: LaneGraph, lane: int) -> str:
    """A lane's width in metres, e.g. "3.50" or "0.00 to 3.50"."""
    widths = graph.points.width[lane_slice(graph, lane)]
    low, high = f"{widths.min():.2f}", f"{widths.max():.2f}"
    return low if low == high else f"{low} to {high}"


def kind_name(kind: int) -> str:
    """A kind of lane in words."""
    return LaneKind(kind).name.lower().replace("_", " ")


def captions(document: OpenDrive, graph: LaneGraph) -> dict[str, str]:
    """One line for each lane, junction, signal, crosswalk and object, by what shapes call them."""
    found = {}
    for lane in range(graph.num_lanes):
        speed = lane_speed(graph, lane)
        found[f"lane:{lane}"] = (
            f"lane {graph.name_of(lane)}: {kind_name(int(graph.lanes.kind[lane]))}, {lane_width(graph, lane)} m wide"
            + (f", {speed} km/h" if speed else "")
        )
    for index, road_id in enumerate(graph.road_ids):
        found[f"road:{index}"] = f"road {road_id}"
    for index, junction_id in enumerate(graph.junction_ids):
        found[f"junction:{index}"] = f"junction {junction_id}"
    for index, signal_id in enumerate(graph.signal_ids):
        words = SignalKind(int(graph.signals.kind[index])).name.lower().replace("_", " ")
        found[f"signal:{index}"] = f"signal {signal_id}: {'signal' if words == 'other' else words}"
    for index in range(len(graph.crosswalks.first_corner) - 1):
        found[f"crosswalk:{index}"] = f"crosswalk {index}"
    for index, kind in enumerate(graph.props.kind.tolist()):
        found[f"prop:{index}"] = PropKind(kind).name.lower().replace("_", " ")
    return found
