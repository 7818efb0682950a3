"""The courses as panels of curves: promised and true values together, and what lies between. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from sim_suite.leaderboard.curves.means import mean_curve
from sim_suite.leaderboard.curves.panels import Line, Panel
from sim_suite.leaderboard.curves.reading import Curve, TrainingRun
from sim_suite.leaderboard.statistics import Interval, interval
from sim_suite.studies.overestimation.courses import Course
from sim_suite.studies.overestimation.measuring import Measured

_SEED: Final = 0
"""Of the bootstrap: equal courses give equal intervals."""


def estimate_of(point: Measured) -> float:
    """What the network promises."""
    return point.estimate


def return_of(point: Measured) -> float:
    """What comes."""
    return point.true_return


def difference_of(point: Measured) -> float:
    """How much too much is promised."""
    return point.overestimation


QUANTITIES: Final[dict[str, Callable[[Measured], float]]] = {
    "estimate": estimate_of, "true_return": return_of, "overestimation": difference_of,
}  # fmt: skip


def by_method(courses: Sequence[Course]) -> dict[str, list[Course]]:
    """Courses of each method, in the order in which methods first appear."""
    grouped: dict[str, list[Course]] = {}
    for course in courses:
        grouped.setdefault(course.method, []).append(course)
    return grouped


def panels_of(courses: Sequence[Course]) -> list[Panel]:
    """Two: values, with a line for what each method's networks promise and one for what comes; and overestimation."""
    values, differences = [], []
    for number, (method, runs) in enumerate(by_method(courses).items()):
        values.append(_line(f"{method}, promised", 2 * number, runs, estimate_of))
        values.append(_line(f"{method}, true", 2 * number + 1, runs, return_of))
        differences.append(_line(method, 2 * number, runs, difference_of))
    return [Panel("value", tuple(values), False), Panel("overestimation", tuple(differences), False)]


def last(courses: Sequence[Course], of: Callable[[Measured], float]) -> Interval:
    """Mean of the runs' last points with its interval over training seeds; of one run there is none."""
    return interval([np.array([of(course.points[-1])]) for course in courses], "mean", seed=_SEED)


def over_training(courses: Sequence[Course]) -> Interval:
    """Mean overestimation over all points of each run, with its interval over training seeds."""
    return interval([np.array([_mean_difference(course)]) for course in courses], "mean", seed=_SEED)


def _mean_difference(course: Course) -> float:
    return float(np.mean([point.overestimation for point in course.points]))


def _line(label: str, place: int, courses: Sequence[Course], of: Callable[[Measured], float]) -> Line:
    runs = tuple(
        (
            TrainingRun(Path(course.folder), course.method, course.env, course.seed),
            Curve(
                np.array([point.step for point in course.points], np.int64),
                np.array([of(point) for point in course.points], np.float64),
            ),
        )
        for course in courses
    )
    return Line(label, place, runs, mean_curve([curve for _, curve in runs]))
