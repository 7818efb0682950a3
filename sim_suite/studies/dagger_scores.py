"""What the table of DAgger says of its cells: means with intervals, medians, the worst laps, laps that were not finished. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from sim_suite.leaderboard.statistics import Interval, interval
from sim_suite.studies.judging import Judged

STEP_COST: Final = 0.1
LAP_SHARE: Final = 0.95
"""Of Gymnasium's CarRacing: each step costs 0.1, all tiles together pay 1000, and a new lap with more than 95 % of them is the end."""
_SEED: Final = 0
"""Of the bootstrap."""


@dataclass(frozen=True)
class Track(Judged):
    """One lap."""

    @property
    def finished(self) -> bool:
        """Whether the lap was completed. Whoever leaves the playfield is terminated too, but pays 100 for it and has fewer tiles."""
        paid = self.episode_return + STEP_COST * self.length
        return self.terminated and paid >= 1000 * LAP_SHARE - 1e-6


@dataclass(frozen=True)
class Cell:
    """One training run after some rounds, on all tracks."""

    laps: int
    rounds: int
    seed: int
    tracks: tuple[Track, ...]


@dataclass(frozen=True)
class Line:
    """A line of the table: all training seeds of a cell that are judged; laps is None for the expert itself."""

    laps: int | None
    rounds: int | None
    mean: Interval
    median: float
    fifth_percentile: float
    failures: float
    """Share of laps that were not finished."""
    run_means: tuple[float, ...]
    """Of each training seed."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "mean": self.mean.to_dict(), "run_means": list(self.run_means)}


def table_of(cells: Sequence[Cell], expert: Sequence[Track]) -> list[Line]:
    """Lines by laps, then rounds; the expert's last, where it is judged."""
    keys = sorted({(cell.laps, cell.rounds) for cell in cells})
    lines = [
        _line(laps, rounds, [cell.tracks for cell in cells if (cell.laps, cell.rounds) == (laps, rounds)])
        for laps, rounds in keys
    ]
    return lines + ([_line(None, None, [expert])] if expert else [])


def _line(laps: int | None, rounds: int | None, runs: Sequence[Sequence[Track]]) -> Line:
    scores = [np.array([track.episode_return for track in tracks]) for tracks in runs]
    every = np.concatenate(scores)
    return Line(
        laps, rounds, interval(scores, "mean", seed=_SEED), float(np.median(every)), float(np.percentile(every, 5)),
        float(np.mean([not track.finished for tracks in runs for track in tracks])), tuple(float(run.mean()) for run in scores),
    )  # fmt: skip


def text_of(lines: Sequence[Line], tracks: int, env_id: str, done: int, cells: int) -> str:
    """The table as Markdown."""
    head = [
        f"{tracks} fixed tracks of {env_id}; {done} of {cells} cells. Interval: 95 %, over training seeds and tracks.", "",
        "| expert laps | rounds | mean return | training seeds | median | 5th percentile | not finished |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    return "\n".join([*head, *(_row(line) for line in lines)]) + "\n"


def _row(line: Line) -> str:
    told = line.mean
    name = "the expert itself |" if line.laps is None else f"{line.laps} | {line.rounds}"
    seeds = "" if line.laps is None else ", ".join(f"{mean:.0f}" for mean in line.run_means)
    between = "" if np.isnan(told.low) else f" [{told.low:.1f}, {told.high:.1f}]"
    return (
        f"| {name} | {told.point:.1f}{between} | {seeds} | {line.median:.1f} | {line.fifth_percentile:.1f} | "
        f"{100 * line.failures:.0f} % |"
    )
