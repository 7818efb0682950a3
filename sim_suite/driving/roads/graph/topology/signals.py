"""Traffic lights and signs: what they ask, where they stand, for which lanes they hold. Source: ASAM OpenDRIVE 1.8, clause 14.

Kinds come from type numbers: those of "OpenDRIVE" and Germany (1000001 a light; 205, 206, 274, 294 of the German
catalogue) and those of the United States as files write them (R1-1, R1-2, R2-1). Lights for pedestrians, cyclists and
trams ask nothing of a driver: OTHER.

A signal holds where it stands and wherever a signalReference repeats it: each such place is a `Holding`. It holds for the
lanes that its validity names, or without one for all lanes, of those that run in its orientation and carry motor traffic.
Some editors write the orientation the other way round (the way that the signal looks, instead of the way of the traffic
that looks at it). A file whose validities contradict its orientations more often than not is read that way, and said.
Where a single validity names lanes of the other direction only, the validity wins.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.geometry.tables import RoadTables
from sim_suite.driving.roads.graph.kinds import DRIVABLE, SignalKind
from sim_suite.driving.roads.graph.layout import Ints, Lanes, Signals
from sim_suite.driving.roads.graph.topology.links import LaneIndex
from sim_suite.driving.roads.graph.topology.placing import place_on_roads
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.furniture import Signal, SignalReference, Validity
from sim_suite.driving.roads.opendrive.model import OpenDrive, Road

LIGHT_TYPES: Final = frozenset(
    f"1000{code}" for code in ("001", "009", "010", "011", "012", "014", "015", "016", "017", "018", "019", "020")
)  # fmt: skip
"""Lights for motor traffic: three and two fields, arrows, single blinkers. Left out are 1000002 (pedestrians), 1000003 (pedestrians,
flashing), 1000007 (pedestrians and cyclists), 1000008 (arrow plates), 1000013 (cyclists)."""
KINDS: Final[dict[str, SignalKind]] = {
    **dict.fromkeys(LIGHT_TYPES, SignalKind.LIGHT),
    "205": SignalKind.YIELD,
    "206": SignalKind.STOP,
    "274": SignalKind.SPEED_LIMIT,
    "274.1": SignalKind.SPEED_LIMIT,
    "294": SignalKind.STOP_LINE,
    "R1-1": SignalKind.STOP,
    "R1-2": SignalKind.YIELD,
    "R2-1": SignalKind.SPEED_LIMIT,
}
MPS_PER_UNIT: Final[dict[str, float]] = {
    "m/s": 1.0,
    "km/h": 1.0 / 3.6,
    "kmh": 1.0 / 3.6,
    "kph": 1.0 / 3.6,
    "mph": 0.44704,
}
"""1 mph = 1609.344 m / 3600 s exactly."""


class Holding(NamedTuple):
    """A place where a signal holds."""

    signal: int
    """Index into Signals."""
    road: int
    s: float
    direction: int
    """+1 for traffic with rising s, -1 for traffic against it, 0 for both."""
    validities: tuple[Validity, ...]


class PlacedSignals(NamedTuple):
    """All that is known of a map's signals."""

    signals: Signals
    ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    group_junction: Ints
    """[G] as in LaneGraph."""
    holdings: tuple[Holding, ...]
    holding_lanes: tuple[tuple[int, ...], ...]
    """For each holding the lanes that it holds for, at its s."""


def place_signals(
    document: OpenDrive, tables: RoadTables, lanes: Lanes, index: LaneIndex
) -> tuple[PlacedSignals, list[Finding]]:
    """Signals of all roads in the file's order, their groups, and where they hold."""
    findings: list[Finding] = []
    standing = [(number, signal) for number, road in enumerate(document.roads) for signal in road.signals]
    holdings = _holdings(document, standing, findings)
    turned = _is_turned(document, lanes, index, holdings)
    if turned:
        holdings = [holding._replace(direction=-holding.direction) for holding in holdings]
        line = next(standing[one.signal][1].line for one in holdings if one.direction and one.validities)
        message = "orientations contradict the validities of signals throughout; they are read the other way round"
        findings.append(Finding("repaired", "signal", None, line, message))
    held = tuple(tuple(_held(document, lanes, index, holding)) for holding in holdings)
    kinds = [kind_of(signal) for _, signal in standing]
    groups, group_ids = _groups(document, standing, kinds)
    poses = place_on_roads(
        tables, [road for road, _ in standing], [one.s for _, one in standing], [one.t for _, one in standing]
    )
    facing = [_facing(signal, turned) for _, signal in standing]
    signals = Signals(
        x=poses[:, 0], y=poses[:, 1], z=poses[:, 2] + [one.z_offset for _, one in standing],
        heading=poses[:, 3] + facing, kind=np.array(kinds, np.uint8),
        value=np.array([limit_of(signal) for _, signal in standing], np.float64), group=groups,
        road=np.array([road for road, _ in standing], np.int32),
        road_s=np.array([signal.s for _, signal in standing], np.float64),
    )  # fmt: skip
    ids = tuple(signal.id for _, signal in standing)
    junctions = _group_junctions(document, lanes, group_ids, groups, holdings, held)
    return PlacedSignals(signals, ids, group_ids, junctions, tuple(holdings), held), findings


def kind_of(signal: Signal) -> SignalKind:
    """What it asks, by its type number; a type such as "274-56" is read as 274."""
    kind = KINDS.get(signal.type)
    if kind is None and not signal.type.upper().startswith("R"):
        kind = KINDS.get(signal.type.split("-")[0])
    return SignalKind.OTHER if kind is None else kind


def limit_of(signal: Signal) -> float:
    """Metres per second of a speed limit sign; NaN of others and where neither value, text nor subtype state one.

    Without a unit the value is in the country's: mph in the United States and Britain, km/h elsewhere.
    """
    if kind_of(signal) is not SignalKind.SPEED_LIMIT:
        return math.nan
    value = signal.value
    if value is None or value <= 0.0:
        value = _plain_number(signal.text)
        if math.isnan(value) and signal.type in ("274", "274.1"):
            return _catalogued(signal) / 3.6
    american = signal.type.startswith("R") or signal.country.upper() in ("US", "USA", "GB", "GBR", "UK")
    return value * MPS_PER_UNIT.get(signal.unit.lower(), MPS_PER_UNIT["mph" if american else "km/h"])


def _plain_number(text: str) -> float:
    digits = text.strip()
    return float(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else math.nan


def _catalogued(signal: Signal) -> float:
    """km/h that the subtype of a German sign 274 or zone sign 274.1 stands for, NaN where it does not say.

    Two catalogues are in use: today's numbers the limit itself (274-30, 274.1-20), that of 1992 counts from 51 for 10 km/h
    (274-56 is 60 km/h; files that state subtype and value have both ways). 50 and 60 are in both: unknown without a value.
    """
    number = _plain_number(signal.subtype)
    if number % 10.0 == 0.0:
        return number if 10.0 <= number <= 130.0 and number not in (50.0, 60.0) else math.nan
    return 10.0 * (number - 50.0) if signal.type == "274" and 51.0 <= number <= 63.0 else math.nan


def _facing(signal: Signal, turned: bool) -> float:
    """What to add to the road's heading for the way that traffic which sees the signal's front is driving."""
    # Files with turned orientations count hOffset from the road's heading: checked on the lights of six CARLA towns.
    against = signal.orientation == "-" and not turned
    return (math.pi if against else 0.0) + signal.h_offset


# --- where signals hold


def _holdings(document: OpenDrive, standing: list[tuple[int, Signal]], findings: list[Finding]) -> list[Holding]:
    by_id: dict[str, int] = {}
    holdings = []
    for number, (road, signal) in enumerate(standing):
        by_id.setdefault(signal.id, number)
        holdings.append(_holding(number, road, signal))
    for road, item in enumerate(document.roads):
        for reference in item.signal_references:
            referred = by_id.get(reference.id)
            if referred is None:
                message = f"signal {reference.id!r} is not there; the reference is left out"
                findings.append(Finding("ignored", "signalReference", item.id, reference.line, message))
            else:
                holdings.append(_holding(referred, road, reference))
    return holdings


def _holding(signal: int, road: int, placed: Signal | SignalReference) -> Holding:
    direction = {"+": 1, "-": -1}.get(placed.orientation, 0)
    return Holding(signal, road, placed.s, direction, placed.validities)


def section_at(road: Road, s: float) -> int:
    """The lane section that s lies in, the nearest one beyond the road's ends."""
    return max(bisect.bisect_right([section.s for section in road.sections], s) - 1, 0)


def _named(document: OpenDrive, lanes: Lanes, index: LaneIndex, holding: Holding) -> list[int]:
    """The lanes for motor traffic that its validities name, all of the section without validities."""
    road = document.roads[holding.road]
    section = section_at(road, holding.s)
    spans = [sorted((one.from_lane, one.to_lane)) for one in holding.validities]
    named = []
    for lane in road.sections[section].lanes if road.sections else ():
        if lane.id != 0 and (not spans or any(low <= lane.id <= high for low, high in spans)):
            number = index[holding.road, section, lane.id]
            if (DRIVABLE >> int(lanes.kind[number])) & 1:
                named.append(number)
    return named


def _held(document: OpenDrive, lanes: Lanes, index: LaneIndex, holding: Holding) -> Iterable[int]:
    named = _named(document, lanes, index, holding)
    oriented = [lane for lane in named if holding.direction in (0, lanes.direction[lane])]
    return oriented or (named if holding.validities else ())


def _is_turned(document: OpenDrive, lanes: Lanes, index: LaneIndex, holdings: list[Holding]) -> bool:
    """Whether orientations contradict validities more often than they agree."""
    balance = 0
    for holding in holdings:
        if holding.direction and holding.validities:
            directions = {int(lanes.direction[lane]) for lane in _named(document, lanes, index, holding)}
            if len(directions) == 1:
                balance += 1 if holding.direction in directions else -1
    return balance < 0


# --- groups of lights


def _groups(
    document: OpenDrive, standing: list[tuple[int, Signal]], kinds: list[SignalKind]
) -> tuple[Ints, tuple[str, ...]]:
    """(index into the ids [S], ids): the first controller that names a light, or a group of its own."""
    controller_of: dict[str, str] = {}
    for controller in document.controllers:
        for signal_id in controller.signals:
            controller_of.setdefault(signal_id, controller.id)
    names = [
        controller_of.get(signal.id, f"signal:{signal.id}") if kind is SignalKind.LIGHT else ""
        for (_, signal), kind in zip(standing, kinds, strict=True)
    ]
    used = set(names)
    ordered = [one.id for one in document.controllers if one.id in used]
    ordered += [name for name in names if name and name not in set(ordered)]
    number_of: dict[str, int] = {}
    for name in ordered:
        number_of.setdefault(name, len(number_of))
    return np.array([number_of[name] if name else -1 for name in names], np.int32), tuple(number_of)


def _group_junctions(
    document: OpenDrive, lanes: Lanes, group_ids: tuple[str, ...], groups: Ints, holdings: list[Holding],
    held: tuple[tuple[int, ...], ...],
) -> Ints:  # fmt: skip
    """[G] The junction that names the group's controller, else the one on whose connecting roads a light of the group holds."""
    junction_of: dict[str, int] = {}
    for number, junction in enumerate(document.junctions):
        for controller in junction.controllers:
            junction_of.setdefault(controller.id, number)
    result: NDArray[np.int32] = np.array([junction_of.get(name, -1) for name in group_ids], np.int32)
    for holding, held_lanes in zip(holdings, held, strict=True):
        group = int(groups[holding.signal])
        if group >= 0 and result[group] < 0 and held_lanes:
            result[group] = lanes.junction[held_lanes[0]]
    return result
