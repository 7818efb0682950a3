"""The courses as CSV and as plain data. Source: ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sim_suite.studies.overestimation.courses import Course
from sim_suite.studies.overestimation.measuring import Sampling
from sim_suite.studies.overestimation.page import figures_of

COLUMNS: Final = ("method", "seed", "step", "estimate", "true_return", "overestimation", "states")


def to_csv(courses: Sequence[Course]) -> str:
    """A row for each point; numbers are written so that they read back the same."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for course in courses:
        for point in course.points:
            told = (point.estimate, point.true_return, point.overestimation)
            rows.writerow((course.method, course.seed, point.step, *map(repr, told), point.states))
    return out.getvalue()


def to_json(courses: Sequence[Course], sampling: Sampling, command: str) -> dict[str, Any]:
    """All figures: each method's with intervals, each run's points."""
    return {
        "env": courses[0].env,
        "command": command,
        "sampling": asdict(sampling),
        "methods": {
            row.method: {
                name: getattr(row, name).to_dict()
                for name in ("estimate", "true_return", "overestimation", "over_training")
            }
            for row in figures_of(courses)
        },
        "runs": [asdict(course) for course in courses],
    }
