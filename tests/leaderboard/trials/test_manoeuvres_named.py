"""What a scenario says of how it could be mastered is what its variations are labelled by."""

from dataclasses import replace

from scenarios.nudge_parked import SCENARIO
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.leaderboard.trials.avoidable import label


def _labels(**changed):
    scenario = replace(SCENARIO, hazard=replace(SCENARIO.hazard, **changed))
    return label(scenario, draw(scenario, 0, range(3))).tolist()


def test_offsets_of_the_grid_are_the_scenarios():
    assert _labels() == [True] * 3
    assert (
        _labels(offsets_m=(0.0,)) == [False] * 3
    )  # who keeps the lane's middle hits the parked car or stands behind it


def test_a_cut_in_is_judged_by_the_regulation():
    scenario = load_scenario("cut_in")
    # 20 km/h slower, moving over within a second and a half: 30 m are enough by the rule, 6 m are not.
    far, near = (draw(scenario, 0, [0], {"gap_m": str(gap)})[0] for gap in (30, 6))
    assert label(scenario, [far, near]).tolist() == [True, False]
