"""Trials made by hand: nothing is driven."""

from sim_suite.driving.storyboard.criteria import ImpactSpeed, NoCollision
from sim_suite.driving.storyboard.elements.conditions import SimulationTimeCondition
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.parameters import choose, vary
from sim_suite.driving.storyboard.scenario import Hazard
from sim_suite.driving.storyboard.script import Ego, trigger, write
from sim_suite.driving.storyboard.variations import draw
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Held, Verdict

HOSTILE = "<script>alert('x')</script>\"&\x07]]>"


def scenario(name="cut_in", parameters=None, constraints=(), **more):
    """Never played, so its road need not be there."""
    return write(
        name=name,
        map="highway",
        ego=Ego(LanePosition("7", -2, 10.0), 10.0),
        criteria=(NoCollision(), ImpactSpeed(5.0)),
        parameters=parameters or (vary("gap_m", 0, 100, usual=50, unit="m"), vary("speed_mps", 0, 10, usual=5)),
        constraints=constraints,
        hazard=Hazard(trigger(SimulationTimeCondition(2.0)), "no_collision"),
        **more,
    )


def judged(one, fails, *, severity=0.0, avoidable=None):
    """A verdict on a variation. severity: 0 to 1, the nearer the failure."""
    impact = {"impact_speed_mps": 4.0} if fails else {}
    held = Held("no_collision", not fails, float(fails), 0.0, "", *((50, 12.3456, -7.0) if fails else ()))
    return Verdict(
        id=one.id,
        values=one.values,
        passed=not fails,
        criteria=(held, Held("impact_speed", True, 4.0 if fails else None, 5.0, "m/s")),
        end="criterion broken" if fails else "goal reached",
        ticks=50 if fails else 200,
        partner="cutter" if fails else "",
        measures={"least_gap_m": 0.0 if fails else 10.0 * (1.0 - severity), **impact, "comfortable": float(not fails)},
        avoidable=avoidable,
    )


def small_gap(one):
    """Fails below 30 m, whatever the speed; nobody could have mastered less than 10 m."""
    gap = one.values["gap_m"]
    return judged(one, gap < 30.0, severity=1.0 - gap / 100.0, avoidable=gap >= 10.0)


def trial(judge=small_gap, samples=64, shown=None, fixed=None, **changed):
    """A trial of the scenario with drawn variations. fixed: values that all of them keep."""
    shown = shown or scenario()
    verdicts = tuple(judge(one) for one in draw(shown, 0, range(samples), fixed))
    told = {"source": "cut_in.py", "agent": "idm", "privileged": True, "seed": 0, "settings": {}}
    return Trial(shown, verdicts=verdicts, **(told | changed))


__all__ = ["HOSTILE", "choose", "judged", "scenario", "small_gap", "trial", "vary"]
