"""What the page shows of one trial, made ready for its template. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sim_suite.leaderboard.trials.page import sentences
from sim_suite.leaderboard.trials.page.commands import replay_command, trial_command
from sim_suite.leaderboard.trials.page.heat import Shade, heat_map, left_ticks, shade_of
from sim_suite.leaderboard.trials.page.measured import Measured, comfortable, measured
from sim_suite.leaderboard.trials.page.pairs import MOST_PAIRS, Pair, axis_label, pairs
from sim_suite.leaderboard.trials.trial import Trial, numeric
from sim_suite.leaderboard.trials.verdict import Verdict

MOST_ROWS: Final = 200
"""Variations in the table of a trial: the most severe."""
ROWS_ON_PAGE: Final = 4000
MAPS_ON_PAGE: Final = 150
"""Many trials share so many rows and maps, so that a page of sixty trials stays below ten megabytes without its films."""

RULES: Final = {
    "un_r157_cut_in": "Whether a variation could be mastered is told by the rule of UN Regulation 157 for vehicles that cut in.",
    "simulated": "A variation could be mastered where some manoeuvre of a grid, driven in simulation, kept the criterion "
    "{criterion} and the road.",
}


@dataclass(frozen=True)
class CriterionRow:
    """One criterion over all variations."""

    name: str
    broken: int
    count: int
    worst: str
    limit: str


@dataclass(frozen=True)
class Shown:
    """One variation, with how it is run again and what was filmed."""

    verdict: Verdict
    outcome: str
    command: str
    film: bytes | None


@dataclass(frozen=True)
class Map:
    """One heat map."""

    x: str
    y: str
    explained: float
    left: Markup
    drawing: Markup


@dataclass(frozen=True)
class View:
    """One trial."""

    trial: Trial
    command: str
    sentence: str
    passed: int
    avoidable: int | None
    """Variations that could be mastered; None where nobody asked."""
    avoidable_passed: int
    avoidable_sentence: str
    rule: str
    """How it was told which could be mastered; empty where nobody asked."""
    criteria: tuple[CriterionRow, ...]
    measured: tuple[Measured, ...]
    comfortable: tuple[int, int]
    worst: Shown
    median: Shown
    filmed: tuple[Shown, ...]
    """Beside the worst and the median."""
    maps: tuple[Map, ...]
    shade: Shade | None
    rows: tuple[Verdict, ...]
    varied: tuple[str, ...]
    """Parameters that differ between variations."""

    @property
    def count(self) -> int:
        """Variations."""
        return len(self.trial.verdicts)

    @property
    def single(self) -> bool:
        """Whether there is only one."""
        return self.count == 1


def view_of(trial: Trial, films: Mapping[tuple[str, str], bytes], trials: int = 1) -> View:
    """All of it. films: as `render_page` has them; trials: how many are on the page."""
    order = sorted(trial.verdicts, key=lambda one: -one.severity)

    def shown(one: Verdict) -> Shown:
        film = films.get((trial.scenario.name, one.id))
        return Shown(one, sentences.outcome(one), replay_command(trial, one), film)

    known = [one for one in trial.verdicts if one.avoidable is not None]
    best = pairs(trial, min(MOST_PAIRS, max(1, MAPS_ON_PAGE // trials)))
    shade = shade_of(trial) if best else None
    named = (trial.worst.id, trial.median.id)
    return View(
        trial=trial,
        command=trial_command(trial),
        sentence=sentences.verdict_sentence(trial),
        passed=sum(one.passed for one in trial.verdicts),
        avoidable=sum(bool(one.avoidable) for one in known) if known else None,
        avoidable_passed=sum(bool(one.avoidable) and one.passed for one in known),
        avoidable_sentence=sentences.avoidable_sentence(trial),
        rule=_rule(trial) if known else "",
        criteria=tuple(_criterion(trial, k) for k in range(len(trial.scenario.criteria))),
        measured=tuple(measured(trial)),
        comfortable=comfortable(trial),
        worst=shown(trial.worst),
        median=shown(trial.median),
        filmed=tuple(one for one in map(shown, order) if one.film is not None and one.verdict.id not in named),
        maps=() if shade is None else tuple(_map(trial, pair, shade) for pair in best),
        shade=shade,
        rows=tuple(order[: min(MOST_ROWS, max(1, ROWS_ON_PAGE // trials))]),
        varied=tuple(numeric(trial)),
    )


def _criterion(trial: Trial, k: int) -> CriterionRow:
    criterion = trial.scenario.criteria[k]
    held = [one.criteria[k] for one in trial.verdicts]
    worst = sentences.quantity(sentences.worst_value(held), criterion.unit)
    broken = sum(not one.held for one in held)
    return CriterionRow(criterion.name, broken, len(held), worst, sentences.limits(held, criterion.unit))


def _rule(trial: Trial) -> str:
    hazard = trial.scenario.hazard
    return "" if hazard is None else RULES[hazard.avoidable].format(criterion=hazard.criterion)


def _map(trial: Trial, pair: Pair, shade: Shade) -> Map:
    x, y = (axis_label(trial.scenario, axis.name) for axis in (pair.x, pair.y))
    drawing = heat_map(trial, pair, shade, f"{shade.words}, over {x} and {y}")
    return Map(x, y, pair.explained, left_ticks(pair.y), drawing)
