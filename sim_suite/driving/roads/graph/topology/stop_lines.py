"""Where lights, stop and give-way signs hold traffic. Source: ASAM OpenDRIVE 1.8, clause 14; the choice of the place is ours.

A signal stands beside the road; drivers stop at its line. For each lane that a signal holds for, the place to stop is
1. the lane's start, if it is a lane of a connecting road: traffic waits before it enters the junction;
2. a painted stop line of that road (signal 294, or an object that says so) which the signal names as a dependency, or else
   the nearest within LINE_REACH_M of the signal that lies across this lane's side of the road;
3. abreast of the signal itself.
A place outside the lane section in which the signal holds is moved to that section's nearer end.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.layout import Floats, Lanes, StopLines
from sim_suite.driving.roads.graph.topology.signals import Holding, PlacedSignals
from sim_suite.driving.roads.opendrive.furniture import RoadObject
from sim_suite.driving.roads.opendrive.model import OpenDrive

LINE_REACH_M: Final = 20.0
"""How far a stop line may lie from its light or sign. Ours: the width of a four-lane arm, over which far-side lights hang."""
HOLDING_KINDS: Final = (SignalKind.LIGHT, SignalKind.STOP, SignalKind.YIELD)


class _Line(NamedTuple):
    """A painted stop line of a road."""

    s: float
    direction: int
    """+1, -1, or 0 for traffic of both directions."""
    signal: str
    """Id if it is a signal, else empty."""


def find_stop_lines(document: OpenDrive, lanes: Lanes, road_s: Floats, placed: PlacedSignals) -> StopLines:
    """Stop lines of all lanes by lane, then arc. road_s: [P] as in `Points`."""
    painted = _painted(document, placed)
    dependencies = [signal.dependencies for road in document.roads for signal in road.signals]
    rows: set[tuple[int, float, int, int]] = set()
    for holding, held in zip(placed.holdings, placed.holding_lanes, strict=True):
        kind = int(placed.signals.kind[holding.signal])
        if kind in HOLDING_KINDS:
            for lane in held:
                if lanes.junction[lane] >= 0:
                    arc = 0.0
                else:
                    lines = painted.get(holding.road, ())
                    s = _stopping_s(lines, holding, int(lanes.direction[lane]), dependencies[holding.signal])
                    arc = arc_at(lanes, road_s, lane, s)
                rows.add((lane, arc, kind, holding.signal))
    ordered = sorted(rows)
    first = np.zeros(len(lanes.kind) + 1, np.int32)
    np.cumsum(np.bincount([row[0] for row in ordered], minlength=len(lanes.kind)), out=first[1:])
    return StopLines(
        first=first,
        arc_m=np.array([row[1] for row in ordered], np.float64),
        kind=np.array([row[2] for row in ordered], np.uint8),
        signal=np.array([row[3] for row in ordered], np.int32),
    )


def arc_at(lanes: Lanes, road_s: Floats, lane: int, s: float) -> float:
    """The arc of a lane abreast of s of its road, at the lane's nearer end if s is outside its section."""
    first, last = int(lanes.first_point[lane]), int(lanes.first_point[lane + 1])
    arcs = np.arange(last - first) * lanes.step_m[lane]
    if lanes.direction[lane] > 0:
        return float(np.interp(s, road_s[first:last], arcs))
    return float(np.interp(s, road_s[first:last][::-1], arcs[::-1]))


def _painted(document: OpenDrive, placed: PlacedSignals) -> dict[int, list[_Line]]:
    """Stop lines by road."""
    lines: dict[int, list[_Line]] = {}
    for holding in placed.holdings:
        if placed.signals.kind[holding.signal] == SignalKind.STOP_LINE:
            line = _Line(holding.s, holding.direction, placed.ids[holding.signal])
            lines.setdefault(holding.road, []).append(line)
    for number, road in enumerate(document.roads):
        for item in road.objects:
            if is_stop_line(item):
                lines.setdefault(number, []).append(_Line(item.s, 0, ""))
    return lines


def is_stop_line(item: RoadObject) -> bool:
    """Objects that are stop lines say so in type, subtype or name: roadMark of subtype signalLines (1.8), or "StopLine".

    Their orientation is not used: editors write it either way round.
    """
    if item.subtype == "signalLines":
        return True
    words = (item.type, item.subtype, item.name)
    return any("stopline" in word.lower().replace("_", "").replace(" ", "") for word in words)


def _stopping_s(lines: list[_Line] | tuple[()], holding: Holding, direction: int, named: tuple[str, ...]) -> float:
    usable = [line for line in lines if line.direction in (0, direction)]
    chosen = [line.s for line in usable if line.signal and line.signal in named]
    chosen = chosen or [line.s for line in usable if abs(line.s - holding.s) <= LINE_REACH_M]
    return min(chosen, key=lambda s: abs(s - holding.s), default=holding.s)
