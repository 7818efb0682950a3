"""Speed limits of roads and lanes. Source: ASAM OpenDRIVE 1.8, clauses 10.4.1 and 11.7.2; units as in table 5."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.model import Speed
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.values import decoration

METRES_PER_SECOND: Final = "m/s"
UNITS: Final = {
    "m/s": METRES_PER_SECOND, "": METRES_PER_SECOND, "ms": METRES_PER_SECOND, "mps": METRES_PER_SECOND,
    "km/h": "km/h", "kmh": "km/h", "kph": "km/h", "kmph": "km/h",
    "mph": "mph", "mi/h": "mph",
}  # fmt: skip
"""Spellings met in files, and the standard's name. No unit is metres per second (clause 10.4.1)."""
_NO_LIMIT: Final = frozenset({"no limit", "undefined", "nolimit", "no_limit", "unlimited", ""})


def read_speed(node: Node, notes: Notes) -> Speed | None:
    """One <speed>. None, with a finding, where it cannot be read: a limit that nobody knows is none."""
    unit = UNITS.get(node.attributes.get("unit", "").strip().lower())
    if unit is None:
        notes.ignored("speed", node.line, "unit = {!r} is none of m/s, km/h, mph; left out", node.attributes["unit"])
        return None
    if node.attributes.get("max", "").strip().lower() in _NO_LIMIT:
        return Speed(None, unit)
    maximum = decoration(node, "max", notes)
    if maximum is not None and maximum < 0.0:
        notes.repaired("speed", node.line, "max = {} is negative; read as no limit", maximum)
        return Speed(None, unit)
    return None if maximum is None else Speed(maximum, unit)
