"""Films: also of a variation that runs to its limit, whose last second is shown when it is over."""

from __future__ import annotations

from dataclasses import replace

from agents.naming import task_of
from agents.simple import DoNothingAgent
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.leaderboard.trials.films import film


def test_a_variation_that_runs_to_its_limit_is_filmed():
    scenario = replace(load_scenario("lane_keep_straight", {}), limit_s=1.0)
    agent = DoNothingAgent.for_task(task_of("sim_suite/Driving-v0", {}), 0)
    clip = film(scenario, draw(scenario, 0, [0], {})[0], agent)
    assert clip[:4] == b"\x1aE\xdf\xa3", "a WebM file begins so"
    assert len(clip) > 2_000
