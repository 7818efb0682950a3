"""What the study says of its scores: each arm's mean, and what it gains over the first one, paired by training seed. Source: ours.

Intervals are the leaderboard's (`sim_suite.leaderboard.statistics`), over training seeds. Everything else is fixed: the real examples, what
is judged on, and a generator, of which one is trained for all seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim_suite.leaderboard.statistics import Interval, interval
from sim_suite.studies.augmentation.arms import Arm

_SEED: Final = 0
"""Of the bootstrap."""


@dataclass(frozen=True)
class Line:
    """An arm of a subject."""

    subject: str
    unit: str
    arm: str
    title: str
    seeds: tuple[int, ...]
    scores: tuple[float, ...]
    """Of each training seed."""
    mean: Interval
    gain: Interval | None
    """Over the first arm, paired; None of the first arm and where no seed is shared."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "subject": self.subject, "unit": self.unit, "arm": self.arm, "title": self.title, "seeds": list(self.seeds),
            "scores": list(self.scores), "mean": self.mean.to_dict(), "gain": None if self.gain is None else self.gain.to_dict(),
        }  # fmt: skip


def lines_of(subject: str, unit: str, arms: Mapping[str, Arm], scores: Mapping[str, Mapping[int, float]]) -> list[Line]:
    """A line for each arm of which a run is judged, in their order. scores: by arm, then by training seed."""
    first = next(iter(arms))
    lines = []
    for name, arm in arms.items():
        known = scores.get(name, {})
        if not known:
            continue
        shared = sorted(known.keys() & scores.get(first, {}).keys())
        gain = None if name == first or not shared else _over([known[seed] - scores[first][seed] for seed in shared])
        seeds = tuple(sorted(known))
        own = tuple(known[seed] for seed in seeds)
        lines.append(Line(subject, unit, name, arm.title, seeds, own, _over(own), gain))
    return lines


def text_of(lines: Sequence[Line]) -> str:
    """A table in Markdown for each subject."""
    parts = []
    for subject in dict.fromkeys(line.subject for line in lines):
        own = [line for line in lines if line.subject == subject]
        rows = [
            f"### {subject}: {own[0].unit}",
            "",
            "| learned from | mean | above the first | single seeds |",
            "|---|---|---|---|",
        ]
        rows += [
            f"| {line.title} | {_said(line.mean)} | {'' if line.gain is None else _said(line.gain, '+')} | "
            f"{', '.join(_number(score) for score in line.scores)} |"
            for line in own
        ]
        parts.append("\n".join([*rows, ""]))
    return "\n".join(parts)


def _over(values: Sequence[float]) -> Interval:
    return interval(np.array(values, np.float64)[:, None], "mean", seed=_SEED)


def _said(one: Interval, sign: str = "") -> str:
    point = f"{one.point:{sign}.3f}" if abs(one.point) < 10 else f"{one.point:{sign}.1f}"
    return point if np.isnan(one.low) else f"{point} [{_number(one.low)}, {_number(one.high)}]"


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
