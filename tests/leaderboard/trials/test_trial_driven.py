"""A small trial that is driven: searched, shown, and run again from the command that was found."""

import shlex
from xml.etree import ElementTree as Xml

import pytest

from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.leaderboard.trials.junit import junit_xml
from sim_suite.leaderboard.trials.page.page import render_page
from sim_suite.leaderboard.trials.search import judge_with, search_failures
from sim_suite.leaderboard.trials.trial import enter, run_trial

SCRIPT = '''
"""A car stands on the lane; the nearer it may begin, the less time is left."""
from sim_suite.driving.storyboard.words import Actor, Ego, LanePosition, NoCollision, P, RelativeLanePosition, vary, write

SCENARIO = write(
    name="standing_car",
    map="highway",
    ego=Ego(LanePosition("7", -2, 10.0), P.ego_mps),
    actors=(Actor("stopped", RelativeLanePosition("ego", 0, P.gap_m)),),
    criteria=(NoCollision(),),
    parameters=(vary("gap_m", 20, 120, usual=100), vary("ego_mps", 5, 15, usual=8)),
    limit_s=8,
)
'''


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "standing_car.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_the_smallest_failure_of_a_blind_driver_is_found_and_fails_again(path):
    shown = load_scenario(path)
    entrant = enter("blind-route", str(path), {})
    driven = run_trial(shown, str(path), entrant, draw(shown, 0, range(20)))
    judge = judge_with(shown, entrant.agent)
    found = search_failures(driven, judge, rounds=1, samples=10)
    assert driven.verdicts[0].passed
    assert not found.smallest.passed
    assert 0.0 < found.distance < 0.7
    set_to = dict(word.split("=", 1) for word in shlex.split(found.command) if "=" in word)
    again = judge(draw(shown, 0, [0], set_to))[0]
    assert (again.criteria, again.ticks, again.measures) == (
        found.smallest.criteria, found.smallest.ticks, found.smallest.measures,
    )  # fmt: skip
    assert int(Xml.fromstring(junit_xml([driven])).get("failures")) == sum(not one.passed for one in driven.verdicts)
    assert "standing_car" in render_page([driven], {})
