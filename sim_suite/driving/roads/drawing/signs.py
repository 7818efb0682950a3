"""Traffic lights and signs as symbols beside the road, those on one post side by side. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing.scene import Marker
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.opendrive.furniture import Signal
from sim_suite.driving.roads.opendrive.model import OpenDrive

_SYMBOLS: Final = {
    SignalKind.LIGHT: "light", SignalKind.STOP: "stop", SignalKind.YIELD: "yield", SignalKind.SPEED_LIMIT: "speed",
    SignalKind.OTHER: "sign",
}  # fmt: skip
_RANKS: Final = {"light": 12, "stop": 13, "yield": 13, "speed": 16, "sign": 35}
_LEAST_SCALES: Final = {"light": 0.5, "stop": 0.5, "yield": 0.5, "speed": 0.8, "sign": 1.5}
"""Pixels a metre below which a sign would hide the road that it stands at."""
SIZE_M: Final = 1.8
_POST_M: Final = 0.8
"""Signals closer than this stand on one post."""


def signs(document: OpenDrive, graph: LaneGraph) -> list[Marker]:
    """A marker for each signal but painted lines, which `furniture.stop_lines` draws."""
    texts = [signal for road in document.roads for signal in road.signals]
    by_id = {signal.id: signal for signal in texts}
    places = spread(np.column_stack((graph.signals.x, graph.signals.y)), graph.signals.heading)
    markers = []
    for index, signal_id in enumerate(graph.signal_ids):
        kind = SignalKind(int(graph.signals.kind[index]))
        if kind == SignalKind.STOP_LINE:
            continue
        symbol = _SYMBOLS[kind]
        x, y = places[index]
        text = speed_text(by_id.get(signal_id), float(graph.signals.value[index])) if symbol == "speed" else ""
        markers.append(
            Marker(
                symbol, float(x), float(y), text, size_m=SIZE_M, rank=_RANKS[symbol], min_scale=_LEAST_SCALES[symbol],
                about=f"signal:{index}",
            )
        )  # fmt: skip
    return markers


def spread(places: np.ndarray, headings: np.ndarray) -> np.ndarray:
    """[S, 2] world frame: the places, those of one post moved apart sideways (seen by the traffic they face)."""
    moved = places.astype(np.float64).copy()
    posts: dict[tuple[int, int], int] = {}
    for index, (x, y) in enumerate(places):
        post = (round(x / _POST_M), round(y / _POST_M))
        taken = posts.get(post, 0)
        posts[post] = taken + 1
        side = headings[index] - np.pi / 2
        moved[index] += taken * 1.15 * SIZE_M * np.array((np.cos(side), np.sin(side)))
    return moved


def speed_text(signal: Signal | None, metres_per_second: float) -> str:
    """The number on the sign: as written with its unit, else km/h of the value that the graph uses; none where it has none."""
    if signal is not None and signal.value is not None and signal.value >= 0 and signal.unit in ("km/h", "mph"):
        return f"{signal.value:.0f}"
    return f"{metres_per_second * 3.6:.0f}" if np.isfinite(metres_per_second) else ""
