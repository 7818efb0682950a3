"""What `sim-suite maps` says of a map: rows of the list, the report of a check, JSON of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

from rich.table import Table

from sim_suite.driving.roads.drawing.facts import Counts, count, plural, statements
from sim_suite.driving.roads.maps import SHIPPED, RoadMap, load_map
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.errors import SuiteError

_MOST_LINES: Final = 12
"""Findings of one kind that a report spells out; JSON has all."""
_KINDS: Final[dict[Literal["repaired", "ignored", "noted"], str]] = {
    "repaired": "the meaning was unambiguous and is used",
    "ignored": "left out",
    "noted": "odd, kept as written",
}


def row(path: Path) -> dict[str, Any]:
    """A map of the list. One that cannot be read says why, so that it does not hide the others."""
    try:
        found = load_map(path)
    except SuiteError as error:
        nothing = dict.fromkeys(("size_m", "lane_km", "junctions", "lights"))
        return {"map": path.stem, "teaches": f"cannot be read: {error}", **nothing, "path": str(path)}
    numbers = count(found.document, found.graph)
    return {
        "map": path.stem,
        "teaches": _teaches(found),
        "size_m": f"{numbers.size_m[0]:.0f} x {numbers.size_m[1]:.0f}",
        "lane_km": round(numbers.driving_lane_km, 2),
        "junctions": numbers.junctions,
        "lights": numbers.signals.get("light", 0),
        "path": str(path),
    }


def _teaches(found: RoadMap) -> str:
    from sim_suite.driving.roads.towns.shipped import SHIPPED as RECIPES

    shipped = found.path is not None and found.path.parent == SHIPPED
    return RECIPES[found.name].teaches if shipped and found.name in RECIPES else found.document.header.name


def table(rows: list[dict[str, Any]]) -> Table:
    """The list for a terminal: paths are left to JSON."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        if name != "path":
            drawn.add_column(
                name.replace("_", " "), overflow="fold", justify="left" if name in ("map", "teaches") else "right"
            )
    for one in rows:
        drawn.add_row(*("" if value is None else str(value) for name, value in one.items() if name != "path"))
    return drawn


def summary(found: RoadMap) -> tuple[str, ...]:
    """Short statements."""
    return statements(found.document, found.graph)


def facts(found: RoadMap) -> dict[str, Any]:
    """Everything that a check says, for programs."""
    header = found.document.header
    return {
        "status": "read",
        "path": None if found.path is None else str(found.path),
        "sha256": found.sha256,
        "version": f"{header.rev_major}.{header.rev_minor}",
        "name": header.name,
        "geo_reference": header.geo_reference,
        **count(found.document, found.graph)._asdict(),
        "findings": [
            {"kind": one.kind, "element": one.element, "road": one.road, "line": one.line, "message": one.message}
            for one in found.findings
        ],
    }


def refusal(error: RoadError) -> dict[str, Any]:
    """A refused file, for programs."""
    return {
        "message": error.message,
        "element": error.element,
        "road": error.road,
        "line": error.line,
        "source": error.source,
    }


def lines(found: RoadMap) -> Iterator[str]:
    """A check for people."""
    header, numbers = found.document.header, count(found.document, found.graph)
    named = f" {header.name!r}" if header.name else ""
    yield f"{found.path or found.name}: OpenDRIVE {header.rev_major}.{header.rev_minor}{named}"
    yield from _counted(numbers)
    yield f"  geo reference {header.geo_reference or 'none'}"
    amounts = Counter(one.kind for one in found.findings)
    if not amounts:
        yield "  nothing to repair, nothing left out"
    for kind, meaning in _KINDS.items():
        if amounts[kind]:
            yield f"{kind} ({amounts[kind]}; {meaning}):"
            chosen = [str(one).removeprefix(f"{kind}: ") for one in found.findings if one.kind == kind]
            yield from (f"  {one}" for one in chosen[:_MOST_LINES])
            if len(chosen) > _MOST_LINES:
                yield f"  ... and {len(chosen) - _MOST_LINES} more (--json lists all)"


def _counted(numbers: Counts) -> Iterator[str]:
    roads = plural(numbers.roads, "road")
    connecting = plural(numbers.connecting_roads, "connecting road")
    (wide, high), (low, top) = numbers.size_m, numbers.height_m
    yield f"  size          {wide:,.0f} x {high:,.0f} m, height {low:.1f} to {top:.1f} m"
    yield f"  roads         {roads}, {connecting}, {numbers.road_km:.2f} km; {plural(numbers.junctions, 'junction')}"
    yield f"  lanes         {_listed(numbers.lanes)}; {numbers.driving_lane_km:.2f} km to drive on"
    yield f"  signals       {_listed(numbers.signals)}"
    yield f"  crosswalks    {numbers.crosswalks}"
    yield f"  objects       {_listed(numbers.objects)}"


def _listed(amounts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in amounts.items()) or "none"
