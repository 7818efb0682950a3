"""The table of differences: each figure of each probe beside the embedded server's, as JSON and as Markdown. Source: ours.

The reference was recorded from the embedded server (`sim-suite carla-conformance --record`), not from CARLA's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sim_suite.carla.conformance.probe import Probe, Value
from sim_suite.carla.conformance.running import Outcome
from sim_suite.files import write_atomic

REFERENCE: Final = "reference.json"
AGREES, DIFFERS, FAILED, TOLD = "agrees", "differs", "failed", "told"
_Row = dict[str, Any]  # Any: figures, texts and flags, as JSON has them


def reference() -> dict[str, dict[str, Value]]:
    """What the embedded server measures, by probe and figure."""
    text = files("sim_suite.carla.conformance").joinpath(REFERENCE).read_text(encoding="utf-8")
    recorded: dict[str, dict[str, Value]] = json.loads(text)
    return recorded


def record(outcomes: Sequence[Outcome], place: Path) -> None:
    """Write what was measured as the reference."""
    found = {one.name: _rounded(one.measured) for one in outcomes if not one.failure}
    write_atomic(place, json.dumps(found, indent=1, sort_keys=True) + "\n")


def rows(
    probes: Mapping[str, Probe], outcomes: Sequence[Outcome], expected: Mapping[str, Mapping[str, Value]]
) -> list[_Row]:
    """A row for each figure; one for a probe that failed."""
    found: list[_Row] = []
    for one in outcomes:
        asked = probes[one.name]
        common = {"probe": one.name, "topic": asked.topic, "asks": asked.asks}
        if one.failure:
            found.append({**common, "figure": "", "verdict": FAILED, "failure": one.failure})
            continue
        for measure in asked.measures:
            wished, got = expected.get(one.name, {}).get(measure.name), one.measured.get(measure.name)
            if wished is None or got is None:
                found.append({**common, "figure": measure.name, "verdict": FAILED, "failure": "no such figure"})
                continue
            verdict = TOLD if not measure.judged else AGREES if measure.agrees(wished, got) else DIFFERS
            found.append({
                **common, "figure": measure.name, "unit": measure.unit, "expected": wished, "measured": _short(got),
                "tolerance": round(measure.allowed(wished), 6), "verdict": verdict,
            })  # fmt: skip
    return found


def write(place: Path, version: str, found: Sequence[_Row]) -> tuple[Path, Path]:
    """Write a .json and a .md beside each other; returns both."""
    data, page = named(place, ".json"), named(place, ".md")
    summary = {"server": version, "verdicts": counts(found), "rows": list(found)}
    write_atomic(data, json.dumps(summary, indent=1) + "\n")
    write_atomic(page, markdown(version, found))
    return data, page


def named(place: Path, ending: str) -> Path:
    """A place with one of our endings; what else stands behind a dot, a version say, is kept."""
    base = place.with_suffix("") if place.suffix in (".json", ".md") else place
    return base.with_name(base.name + ending)


def counts(found: Sequence[_Row]) -> dict[str, int]:
    """How many figures of each verdict."""
    return {verdict: sum(row["verdict"] == verdict for row in found) for verdict in (AGREES, DIFFERS, FAILED, TOLD)}


def markdown(version: str, found: Sequence[_Row]) -> str:
    """For people: first what differs, then everything by topic."""
    told = counts(found)
    lines = [
        "# Differences from the embedded CARLA server", "",
        f"The server says it is CARLA {version}. Of {len(found)} figures {told[AGREES]} agree, {told[DIFFERS]} differ, {told[FAILED]} "
        f"could not be had, {told[TOLD]} are only told. Expected is what the embedded server of this suite measures.", "",
    ]  # fmt: skip
    odd = [row for row in found if row["verdict"] in (DIFFERS, FAILED)]
    lines += ["## What differs", "", *(_table(odd) if odd else ["Nothing.", ""])]
    for topic in dict.fromkeys(row["topic"] for row in found):
        lines += [f"## {topic}", "", *_table([row for row in found if row["topic"] == topic])]
    return "\n".join(lines)


def _table(some: Sequence[_Row]) -> list[str]:
    lines = ["| probe | figure | expected | measured | tolerance | |", "|---|---|---|---|---|---|"]
    for row in some:
        asks = f"{row['asks']} (`{row['probe']}`)"
        if row["verdict"] == FAILED:
            lines.append(f"| {_cell(asks)} | {row['figure']} | | {_cell(row['failure'])} | | **failed** |")
            continue
        unit = f" {row['unit']}" if row["unit"] else ""
        allowed = f"{row['tolerance']:g}{unit}" if row["tolerance"] else "equal"
        verdict = f"**{row['verdict']}**" if row["verdict"] == DIFFERS else row["verdict"]
        figures = " | ".join(_cell(f"{_text(row[key])}{unit}") for key in ("expected", "measured"))
        lines.append(
            f"| {_cell(asks)} | {row['figure']} | {figures} | {'' if row['verdict'] == TOLD else allowed} | {verdict} |"
        )
    return [*lines, ""]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _short(value: Value) -> Value:
    return round(value, 4) if isinstance(value, float) else value


def _rounded(measured: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _short(value) for name, value in measured.items()}
