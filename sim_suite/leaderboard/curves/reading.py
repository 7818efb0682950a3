"""What a training run measured of itself: its `metrics.jsonl`, read and checked. Source: ours; `agents.training` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.toml_files import read_toml

METRICS = "metrics.jsonl"
_SETTINGS = ("config.toml", "recipe.toml")
"""Where a run folder and a folder of the zoo say what was trained."""
PERCEPTION = "perception"
"""Stands for the environment where a network was trained to perceive."""
IMITATION = ("bc", "dagger", "chauffeurnet", "chauffeurnet-fast")
"""Agents that learn from examples; their steps are as many of these."""
STEP = "step"
"""The key of a record that is no metric."""


@dataclass(frozen=True)
class Curve:
    """One metric of one run."""

    steps: NDArray[np.int64]
    """[N], rising; of several records at one step the last counts."""
    values: NDArray[np.float64]
    """[N], finite."""
    left_out: int = 0
    """Records whose value was not finite."""


@dataclass(frozen=True)
class TrainingRun:
    """A run folder as far as curves need it."""

    folder: Path
    agent: str
    """Or the perception task."""
    env: str
    seed: int
    settings: dict[str, Any] = field(default_factory=dict)
    """All else that `config.toml` says, tables flattened: `config.gamma`."""
    curves: dict[str, Curve] = field(default_factory=dict)
    """By metric, in the order of appearance."""

    @property
    def counts_examples(self) -> bool:
        """Whether its steps are examples that were learned from, not steps of an environment."""
        return self.env == PERCEPTION or self.agent in IMITATION


def read_run(folder: Path) -> TrainingRun:
    """Read a run folder, or a checkpoint folder that keeps its log. Raises `SuiteError` where it holds no run or a damaged one."""
    path = folder / METRICS
    if not path.is_file():
        raise SuiteError(
            f"{folder} holds no training run: there is no {METRICS}. Name the folder that `sim-suite train` printed."
        )
    curves = as_curves(records(path))
    if not curves:
        raise SuiteError(f"{path} holds no record yet. Wait until the run has reported once.")
    said = _flat(next((read_toml(folder / name) for name in _SETTINGS if (folder / name).is_file()), {}))
    if not said:
        raise SuiteError(f"{folder} does not say what was trained: there is no {' or '.join(_SETTINGS)}.")
    try:
        is_perception = "task" in said
        agent = str(said.pop("task" if is_perception else "agent"))
        env, seed = PERCEPTION if is_perception else str(said.pop("env")), int(said.pop("seed", 0))
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFileError(f"{folder}: its settings lack agent, env or a whole seed ({error}).") from error
    return TrainingRun(folder, agent, env, seed, said, curves)


def records(path: Path) -> Iterator[tuple[int, dict[str, float]]]:
    """(step, metrics) of each line of a `metrics.jsonl`; a torn last line, which a run that still trains may have, is passed over.

    Raises `DamagedFileError` with the line where one is no record.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        if number == len(lines) and not line.endswith("\n"):
            return
        try:
            record = json.loads(line)
            step = int(record.pop(STEP))
            metrics = {str(name): float(value) for name, value in record.items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DamagedFileError(
                f"{path}:{number}: not a record of metrics with its step: {line.strip()[:60]!r}. Restore the file from a copy."
            ) from error
        yield step, metrics


def as_curves(rows: Iterator[tuple[int, dict[str, float]]]) -> dict[str, Curve]:
    """The records by metric. Raises `DamagedFileError` where steps go back."""
    found: dict[str, dict[int, float]] = {}
    left_out: dict[str, int] = {}
    for step, metrics in rows:
        for name, value in metrics.items():
            if isfinite(value):
                found.setdefault(name, {})[step] = value
            else:
                left_out[name] = left_out.get(name, 0) + 1
    for name, values in found.items():
        back = next(((one, two) for one, two in pairwise(values) if two < one), None)
        if back is not None:
            raise DamagedFileError(
                f"the records of {name!r} go back from step {back[0]} to step {back[1]}. Two runs may have written into one folder."
            )
    return {
        name: Curve(
            np.fromiter(values.keys(), np.int64), np.fromiter(values.values(), np.float64), left_out.get(name, 0)
        )
        for name, values in found.items()
    }


def _flat(table: dict[str, Any], under: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{under}{key}.") if isinstance(value, dict) else {under + key: value}
    return flat
