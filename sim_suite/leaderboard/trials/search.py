"""Looks for the failures that a batch did not meet, and for the smallest of them: by the cross-entropy method. Source: Rubinstein
and Kroese 2004, *The Cross-Entropy Method*, chapter 5 (normal updating with smoothing); the least spread and the smallest case are ours.

It begins with the most severe tenth of a trial. Each round fits a normal distribution, cut to [0, 1), to the shares of each
parameter among them, draws from it, judges, and keeps the most severe tenth again. Then the failure nearest to the usual values is
moved nearer still, one parameter after another, until none can be moved: a local minimum, not always the least of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean, pstdev
from typing import Final

from agents.interface import Agent
from sim_suite.driving.storyboard.distributions import Normal
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import TRIES, Variation, at, checked, share_of
from sim_suite.envs.scenarios.theatre import EMBEDDED, Theatre
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.leaderboard.trials.commands import replay_command
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Verdict

Judge = Callable[[Sequence[Variation]], Sequence[Verdict]]
"""Runs variations; verdicts in their order."""
ELITE: Final = 0.1
"""Share of a round that the next one is drawn from; Rubinstein and Kroese take 0.01 to 0.1."""
SMOOTHING: Final = 0.7
"""Weight of a new fit against the last one, so that a round of bad luck is not final."""
LEAST_SPREAD: Final = 0.05
"""Standard deviation, in shares, below which no round goes: a twentieth of the range stays in sight."""
SECTIONS: Final = 8
"""Ways between a failure and the usual value are cut into so many parts, all run at once ..."""
CUTS: Final = 3
"""... and the part in which it turns is cut again: 1/512 of the way in all."""
LEAST_MOVE: Final = 0.002
"""Share of a range below which a move is none: 1/512."""
PASSES: Final = 6
"""Times that all parameters are tried."""


@dataclass(frozen=True)
class Round:
    """One round; number 0 is the trial that the search began with."""

    number: int
    tried: int
    failed: int
    """Findings among them."""
    centre: Mapping[str, float]
    """Mean of the normal distribution of each parameter's share; empty for round 0."""

    @property
    def failure_rate(self) -> float:
        """0 to 1."""
        return self.failed / max(self.tried, 1)


@dataclass(frozen=True)
class Search:
    """What was found."""

    rounds: tuple[Round, ...]
    found: tuple[Verdict, ...]
    """All findings of the rounds, without those of the trial."""
    smallest: Verdict | None
    """The failure nearest to the usual values; None where nothing failed."""
    distance: float
    """How far from them: Euclidean, in shares of the parameters' ranges; NaN where nothing failed."""
    command: str
    """Runs the smallest again; empty where nothing failed."""


def judge_with(
    scenario: Scenario, agent: Agent | None, *, avoidable: bool = False, theatre: Theatre = EMBEDDED
) -> Judge:
    """A judge that runs variations with an agent. avoidable: label each so; theatre: where they are played."""
    return partial(run_variations, scenario, agent=agent, avoidable=avoidable, theatre=theatre)


def search_failures(
    trial: Trial, judge: Judge, *, rounds: int = 5, samples: int = 100, avoidable_only: bool = False
) -> Search:
    """Search from a trial on, with its seed and settings. Equal trials give equal searches.

    avoidable_only: what nobody could have mastered is no finding; then the trial's and the judge's verdicts must be labelled.
    Raises `SuiteError` where they are not, or nothing varies.
    """
    space = _Space.of(trial)
    if avoidable_only and any(one.avoidable is None for one in trial.verdicts):
        raise SuiteError(
            "a search among avoidable failures needs labelled verdicts. Run the trial with avoidable=True."
        )

    def counts(one: Verdict) -> bool:
        return not one.passed and (not avoidable_only or one.avoidable is True)

    def severity(one: Verdict) -> float:
        return -math.inf if avoidable_only and not one.avoidable else danger(one)

    tried: Sequence[Verdict] = trial.verdicts
    history = [Round(0, len(tried), sum(map(counts, tried)), {})]
    aims: dict[str, Normal] = {}
    found: list[Verdict] = []
    for number in range(1, rounds + 1):
        worst = sorted(tried, key=severity)[-max(2, math.ceil(ELITE * len(tried))) :]
        aims = _aims(space, worst, aims)
        tried = judge(space.draw(aims, number, samples))
        found += filter(counts, tried)
        centre = {name: aim.mean for name, aim in aims.items()}
        history.append(Round(number, len(tried), sum(map(counts, tried)), centre))
    failures = [*filter(counts, trial.verdicts), *found]
    if not failures:
        return Search(tuple(history), (), None, math.nan, "")
    nearest = min(failures, key=lambda one: space.distance(one.values))
    smallest = _Shrinking(space, judge, counts, rounds + 1).shrink(nearest)
    distance = space.distance(smallest.values)
    return Search(tuple(history), tuple(found), smallest, distance, replay_command(trial, smallest))


def danger(verdict: Verdict) -> float:
    """Severity, and how far the nearest criterion was used up: what leads to a failure where nothing fails yet."""
    used = [one.value / one.limit for one in verdict.criteria if one.value is not None and one.limit and one.limit > 0]
    return verdict.severity + min(max(used, default=0.0), 1.0)


@dataclass(frozen=True)
class _Space:
    """The parameters that vary, by shares of their ranges."""

    scenario: Scenario
    seed: int
    settings: Mapping[str, str]
    names: tuple[str, ...]
    usual: Mapping[str, float]
    """Values of number 0, of all parameters."""

    @staticmethod
    def of(trial: Trial) -> _Space:
        scenario, fixed = trial.scenario, checked(trial.scenario, trial.settings)
        names = [
            one.name
            for one in scenario.parameters
            if one.distribution is not None and one.type != "string" and one.name not in fixed
        ]
        if not names:
            raise SuiteError(f"nothing varies in scenario {scenario.name!r} with these settings. Set fewer parameters.")
        usual = {one.name: float(one.value) for one in scenario.parameters if not isinstance(one.value, str)} | fixed
        return _Space(scenario, trial.seed, trial.settings, tuple(names), usual)

    def share(self, name: str, value: float) -> float:
        distribution = self.scenario.parameter(name).distribution
        assert distribution is not None
        return distribution.share_of(value)

    def distance(self, values: Mapping[str, float]) -> float:
        """From the usual values."""
        return math.hypot(*(self.share(name, values[name]) - self.share(name, self.usual[name]) for name in self.names))

    def variation(self, shares: Mapping[str, float], number: int, k: int) -> Variation:
        return replace(at(self.scenario, self.seed, k, shares, self.settings), name=f"cem:{self.seed}-{number}-{k}")

    def allowed(self, variation: Variation) -> bool:
        return all(constraint.holds(variation.values) for constraint in self.scenario.constraints)

    def draw(self, aims: Mapping[str, Normal], number: int, samples: int) -> list[Variation]:
        """The variations of a round; fewer where constraints are hardly ever met."""
        found = []
        for k in range(samples):
            for attempt in range(TRIES):
                shares = {
                    name: aim.at(share_of(f"cem/{number}/{name}", self.seed, k, attempt)) for name, aim in aims.items()
                }
                one = self.variation(shares, number, k)
                if self.allowed(one):
                    found.append(one)
                    break
        return found


def _aims(space: _Space, worst: Sequence[Verdict], last: Mapping[str, Normal]) -> dict[str, Normal]:
    """Where the next round is drawn from."""
    aims = {}
    for name in space.names:
        shares = [space.share(name, one.values[name]) for one in worst]
        mean, spread = fmean(shares), pstdev(shares)
        if name in last:
            mean += (1.0 - SMOOTHING) * (last[name].mean - mean)
            spread += (1.0 - SMOOTHING) * (math.sqrt(last[name].variance) - spread)
        aims[name] = Normal(mean, max(spread, LEAST_SPREAD) ** 2, 0.0, math.nextafter(1.0, 0.0))
    return aims


class _Shrinking:
    """Moves a failure towards the usual values, one parameter after another."""

    def __init__(self, space: _Space, judge: Judge, counts: Callable[[Verdict], bool], number: int) -> None:
        """number: of the next round, for the names of variations."""
        self._space, self._judge, self._counts, self._number = space, judge, counts, number

    def shrink(self, failing: Verdict) -> Verdict:
        """A failure of which no parameter alone can be moved nearer by LEAST_MOVE, at the parts tried, without passing."""
        for _ in range(PASSES):
            before = failing
            for name in self._space.names:
                failing = self._nearer(failing, name)
            if failing is before:
                break
        return failing

    def _nearer(self, failing: Verdict, name: str) -> Verdict:
        """The same with one parameter as near to its usual value as still fails. Parts of the way: 0 as it is, 1 usual."""
        space, best = self._space, failing
        start, goal = (space.share(name, values[name]) for values in (failing.values, space.usual))
        if failing.values[name] == space.usual[name]:
            return failing
        far, near = 0.0, 1.0
        for cut in range(CUTS):
            parts = [far + (near - far) * k / SECTIONS for k in range(1, SECTIONS + (cut == 0))]
            tried = self._try(failing, name, {part: start + (goal - start) * part for part in parts})
            bad = [part for part, one in tried.items() if self._counts(one)]
            step = (near - far) / SECTIONS
            if bad:
                far, best = max(bad), tried[max(bad)]
            near = far + step
            if far == 1.0:
                break
        return best if abs(goal - start) * far >= LEAST_MOVE else failing

    def _try(self, failing: Verdict, name: str, shares: Mapping[float, float]) -> dict[float, Verdict]:
        """Verdicts by part of the way; without those that constraints forbid, and those that change no value."""
        space, asked = self._space, dict[float, Variation]()
        distribution = space.scenario.parameter(name).distribution
        assert distribution is not None
        for k, (part, share) in enumerate(shares.items()):
            value = space.usual[name] if part == 1.0 else float(distribution.at(share))
            named = f"cem:{space.seed}-{self._number}-{k}"
            one = Variation(space.seed, k, {**failing.values, name: value}, named)
            if value != failing.values[name] and space.allowed(one):
                asked[part] = one
        self._number += 1
        judged = self._judge(list(asked.values())) if asked else []
        return dict(zip(asked, judged, strict=True))
