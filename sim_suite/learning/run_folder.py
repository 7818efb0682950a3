"""Runs whatever trains inside a run folder: its metrics, its checkpoints, and going on after a kill. Source: ours.

    metrics.jsonl     one JSON object a line, as the learner yields them
    checkpoint/       what was trained, as it is now
    state/            what the learner needs to go on

State and checkpoint are written together every `total_steps / CHECKPOINTS_A_RUN` steps, so a run that was stopped goes on from the last
of them and loses no more than what came after. The rhythm is counted in steps, not seconds: it is part of the run.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from sim_suite.checked_folders import check_files, hash_files, recover, swap_folder
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_atomic, write_json

CHECKPOINTS_A_RUN = 20
METRICS = "metrics.jsonl"
CHECKPOINT_NAME = "checkpoint"
_STATE = "state"
_PROGRESS = "progress.json"
Metrics = dict[str, float]


class Trains(Protocol):
    """A training run without its files."""

    @property
    def done_steps(self) -> int:
        """Steps done so far."""

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""

    def run(self) -> Iterator[Metrics]:
        """Train until `done_steps` reaches `total_steps`, yielding metrics at consistent points, at least every few seconds."""

    def save_state(self, folder: Path) -> None:
        """Write all that `load_state` needs to go on as if never stopped, into an existing, empty folder."""

    def load_state(self, folder: Path) -> None:
        """Restore what `save_state` wrote, before `run`."""


def train(
    folder: Path,
    learner: Trains,
    save_checkpoint: Callable[[Path], None],
    watch: Callable[[int, int, Metrics], None] = lambda done, total, metrics: None,
    enough: Callable[[Metrics], bool] = lambda metrics: False,
) -> Path:
    """Train to the end, calling `watch(done, total, metrics)` at each yield, and return the final checkpoint's folder.

    save_checkpoint: writes what was trained at a folder, replacing what was there; enough: asked after each yield, True ends here,
    saved so that the run can be taken up as if it had never ended.
    """
    every = max(1, learner.total_steps // CHECKPOINTS_A_RUN)
    saved_at = learner.done_steps
    path = folder / METRICS
    lines = path.read_text(encoding="utf-8").count("\n") if path.exists() else 0
    with path.open("a", encoding="utf-8") as file:
        for metrics in learner.run():
            file.write(json.dumps({**metrics, "step": learner.done_steps}, sort_keys=True) + "\n")
            file.flush()
            lines += 1
            if learner.done_steps // every > saved_at // every:
                _save(folder, learner, save_checkpoint, lines)
                saved_at = learner.done_steps
            watch(learner.done_steps, learner.total_steps, metrics)
            if enough(metrics):
                break
    _save(folder, learner, save_checkpoint, lines)
    return folder / CHECKPOINT_NAME


def take_up(folder: Path, learner: Trains, first: bool = True) -> None:
    """Bring a fresh learner to where the run's last checkpoint left it, or leave it where none was reached.

    first: whether this process may mend files: cut off metrics that came after the state, finish what a kill interrupted.
    """
    if first:
        recover(folder / _STATE)
        recover(folder / CHECKPOINT_NAME)
    if (folder / _STATE).is_dir():
        progress = read_json(folder / _STATE / _PROGRESS)
        check_files(folder / _STATE, progress["files"])
        learner.load_state(folder / _STATE)
        if first:
            _keep_lines(folder / METRICS, progress["metrics_lines"])
    elif first:
        (folder / METRICS).unlink(missing_ok=True)


def _save(folder: Path, learner: Trains, save_checkpoint: Callable[[Path], None], metrics_lines: int) -> None:
    """Write the checkpoint, then the state: a kill in between loses the steps since the older state, and nothing else."""
    save_checkpoint(folder / CHECKPOINT_NAME)
    fresh = folder / f".{_STATE}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        learner.save_state(fresh)
        files = hash_files(fresh)
        write_json(
            fresh / _PROGRESS, {"done_steps": learner.done_steps, "metrics_lines": metrics_lines, "files": files}
        )
        swap_folder(fresh, folder / _STATE)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise SuiteError(
            f"could not write {folder / _STATE}: {error}. Free some space, then --resume {folder}."
        ) from error


def _keep_lines(path: Path, count: int) -> None:
    """Cut off metrics that came after the state which is gone on from."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    write_atomic(path, "".join(lines[:count]))
