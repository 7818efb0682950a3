"""Verdicts made by hand: nothing is driven."""

from sim_suite.leaderboard.trials.verdict import Held, Verdict


def verdict(*broken, criteria=("no_collision", "stays_on_road", "reaches_goal"), number=0, **more):
    """One that breaks the criteria that are named."""
    held = tuple(
        Held(name, name not in broken, 0.0, 0.0, "", *((1, 0.0, 0.0) if name in broken else ())) for name in criteria
    )
    told = {
        "id": f"0-{number}", "values": {}, "end": "time over", "ticks": 100, "partner": "", "measures": {"distance_m": 100.0},
    }  # fmt: skip
    return Verdict(passed=not broken, criteria=held, **(told | more))
