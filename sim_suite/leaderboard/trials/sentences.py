"""What came of a trial and of its variations, in words: the same on the page, in the terminal and in JUnit's file. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence

from sim_suite.driving.world.kinds import TICK_S
from sim_suite.leaderboard.report.figures import MISSING, number, plain
from sim_suite.leaderboard.report.labels import label
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Held, Verdict
from sim_suite.rates import wilson


def verdict_sentence(trial: Trial) -> str:
    """How many passed."""
    count, passed = len(trial.verdicts), sum(one.passed for one in trial.verdicts)
    if count == 1:
        return outcome(trial.verdicts[0])
    if passed == count:
        return f"Passed in all {count} variations."
    return f"Failed in {'all' if not passed else f'{count - passed} of'} {count} variations."


def rate(passed: int, count: int) -> str:
    """A share of variations with its 95 % interval by Wilson: `30.1 % [24.8, 36.0]`."""
    if not count:
        return MISSING
    low, high = wilson(passed, count)
    return f"{number(100 * passed / count, 1)} % [{number(100 * low, 1)}, {number(100 * high, 1)}]"


def avoidable_sentence(trial: Trial) -> str:
    """How it went where anybody could have mastered the hazard; empty where nobody asked."""
    known = [one for one in trial.verdicts if one.avoidable is not None]
    could = [one for one in known if one.avoidable]
    if not known:
        return ""
    if len(known) == 1:
        return "It could have been mastered." if could else "Nobody could have mastered it."
    if not could:
        return f"Nobody could have mastered any of the {len(known)}."
    passed = sum(one.passed for one in could)
    return f"Of the {len(could)} that could be mastered, {passed} passed: {rate(passed, len(could))}."


def first_broken(verdict: Verdict) -> Held | None:
    """The criterion that was broken first."""
    broken = [one for one in verdict.criteria if not one.held]
    return min(broken, key=lambda one: -1 if one.tick is None else one.tick, default=None)


def outcome(verdict: Verdict) -> str:
    """What came of one variation, with the first infraction."""
    first = first_broken(verdict)
    if verdict.passed:
        return f"Passed: {verdict.end} after {number(verdict.duration_s, 2)} s."
    if first is None:
        return f"Failed: {verdict.end} after {number(verdict.duration_s, 2)} s."
    return f"Failed: {broken_sentence(verdict, first)}."


def broken_sentence(verdict: Verdict, held: Held) -> str:
    """One broken criterion: what, when and where."""
    words = [f"broke “{label(held.name)}”"]
    if held.tick is not None:
        words.append(f"after {number(held.tick * TICK_S, 2)} s")
    if held.x is not None and held.y is not None:
        words.append(f"at x {number(held.x, 1)}, y {number(held.y, 1)} m")
    impact = verdict.measures.get("impact_speed_mps")
    if held.name in ("no_collision", "impact_speed") and verdict.partner:
        words.append(f"(hit {verdict.partner}{'' if impact is None else f' at {number(impact, 1)} m/s'})")
    return " ".join(words)


def quantity(value: float | None, unit: str) -> str:
    """A criterion's value or limit with its unit."""
    if value is None:
        return MISSING
    return f"{plain(round(value, 3))} {unit}".rstrip()


def worst_value(held: Sequence[Held]) -> float | None:
    """The greatest value of one criterion over variations: every criterion's number must not go beyond its limit."""
    return max((one.value for one in held if one.value is not None), default=None)


def limits(held: Sequence[Held], unit: str) -> str:
    """The limit of one criterion, or the range of it where it depends on parameters."""
    known = [one.limit for one in held if one.limit is not None]
    if not known or min(known) == max(known):
        return quantity(known[0] if known else None, unit)
    return f"{quantity(min(known), '')} to {quantity(max(known), unit)}"
