"""Measure speed and promised figures against peers in the same run. Benchmarks belong to the source tree (tests/benchmarks).

examples:
  sim-suite bench tabular
  sim-suite bench car_racing --json
"""

from __future__ import annotations

import ast
import importlib.util
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import tyro
from rich.table import Table

from sim_suite.benchmarking import Row
from sim_suite.cli import console
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.versions import versions

FOLDER = Path(__file__).parents[2] / "tests" / "benchmarks"


@dataclass(frozen=True)
class Arguments:
    """Which benchmark to run."""

    name: Annotated[str, tyro.conf.Positional]
    """A benchmark (`sim-suite list bench`)."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print one JSON object: machine, versions and rows."""


def run(arguments: Arguments) -> int:
    """Run the command; status 1 if a promise did not hold."""
    module = _load(arguments.name)
    rows: list[Row] = []
    for row in module.rows():
        rows.append(row)
        console.note(_line(row))
    if arguments.json:
        console.print_json(
            {
                "benchmark": arguments.name,
                "machine": machine(),
                "versions": versions(),
                "rows": [asdict(row) for row in rows],
            }
        )
    else:
        console.out.print(_table(rows))
    return 1 if any(row.holds is False for row in rows) else 0


def available() -> list[str]:
    """The benchmarks of the source tree; none where only the wheel is installed."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def summary(name: str) -> str:
    """The benchmark's SUMMARY, read without running it."""
    for node in ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "SUMMARY":
                return str(ast.literal_eval(node.value))
    return ""


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    models = (
        [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if cpuinfo.exists()
        else []
    )
    return {
        "cpu": models[0] if models else platform.processor(),
        "cpus": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
    }


def _load(name: str) -> ModuleType:
    if not FOLDER.is_dir():
        raise SuiteError(
            "benchmarks belong to the source tree, and this is an installed wheel. Clone the repository, then run it there."
        )
    if name not in available():
        raise UnknownNameError("benchmark", name, available(), "`sim-suite list bench` shows all.")
    spec = importlib.util.spec_from_file_location(f"sim_suite_benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


def _line(row: Row) -> str:
    ratio = (
        f", {row.ratio:.2f} times {row.peer} ({row.peer_value:.6g})"
        if row.ratio is not None and row.peer_value is not None
        else ""
    )
    bar = f", bar {row.bar:g}: {'holds' if row.holds else 'FAILS'}" if row.bar is not None else ""
    return f"{row.name}: {row.value:.6g} {row.unit}{ratio}{bar}"


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "value", "unit", "peer", "peer value", "ratio", "bar", "holds"):
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (row.name, f"{row.value:.6g}", row.unit, row.peer, row.peer_value, row.ratio, row.bar, row.holds)
        table.add_row(
            *("" if cell is None else f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in cells)
        )
    return table
