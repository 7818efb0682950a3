"""What came of a variation, from verdicts by hand; the families ask what the paper's do."""

from __future__ import annotations

import pytest
from example_verdicts import verdict

from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.errors import UnknownNameError
from sim_suite.studies.chauffeurnet.families import FAMILIES, SCENES, family


@pytest.mark.parametrize(
    ("name", "broken", "outcome"),
    [
        ("nudge", (), "passes"),
        ("nudge", ("reaches_goal",), "stuck"),
        ("nudge", ("reaches_goal", "no_collision"), "collides"),
        ("nudge", ("no_collision", "stays_on_road"), "collides"),
        ("nudge", ("stays_on_road",), "leaves the road"),
        ("recovery", ("back_in_lane",), "stuck"),
        ("recovery", ("reaches_goal",), "stuck"),
        ("recovery", (), "recovers"),
        ("stop_sign", ("stops_at_stop_sign",), "runs it"),
        ("stop_sign", ("stops_at_stop_sign", "no_collision"), "collides"),
        ("red_light", ("stops_at_red", "reaches_goal"), "runs it"),
        ("red_light", (), "stops and goes on"),
        ("curve", ("stays_in_lane", "reaches_goal"), "leaves the lane"),
        ("curve", ("stays_in_lane", "stays_on_road"), "leaves the road"),
        ("straight", ("reaches_goal",), "stuck"),
        ("straight", (), "follows"),
    ],
)
def test_the_first_class_that_fits(name, broken, outcome):
    criteria = [one.name for one in load_scenario(FAMILIES[name].source).criteria]
    assert FAMILIES[name].outcome(verdict(*broken, criteria=criteria)) == outcome


def test_who_stands_behind_a_slow_car_does_not_slow_down_for_it():
    slow, values = FAMILIES["slow_car"], {"lead_kmh": 18.0}  # 100 m in 20 s
    criteria = ("no_collision", "stays_on_road")
    for distance_m, outcome in ((50.0, "slows down"), (49.9, "stuck"), (0.0, "stuck")):
        one = verdict(criteria=criteria, values=values, measures={"distance_m": distance_m})
        assert slow.outcome(one) == outcome
    assert (
        slow.outcome(verdict("no_collision", criteria=criteria, values=values, measures={"distance_m": 1.0}))
        == "collides"
    )


@pytest.mark.parametrize("one", FAMILIES.values(), ids=lambda one: one.name)
def test_the_scenario_is_there_and_asks_what_the_family_judges(one):
    scenario = load_scenario(one.source)
    criteria = {criterion.name for criterion in scenario.criteria}
    assert set(one.broken) <= criteria
    assert one.classes[0] == one.good
    assert one.classes[-1] == "stuck"
    assert len(set(one.classes)) == len(one.classes)


def test_the_papers_figures_are_shares_of_twenty():
    for one in FAMILIES.values():
        for figures in one.paper.values():
            assert len(figures) == len(one.paper_classes)
            assert all(figure % 5 == 0 for figure in figures)
            assert sum(figures) == 100 or one.caveat
        assert set(one.paper_classes) <= set(one.classes)
        assert set(one.paper) in ({"M0", "M1", "M2", "M3", "M4"}, set())


def test_the_setups_are_the_papers():
    nudge = load_scenario(FAMILIES["nudge"].source)
    assert len(nudge.parameter("place_m").distribution.values) == 4
    assert {one.name for one in nudge.parameters} > {"place_m", "ego_kmh"}
    recovery = {one.name for one in load_scenario(FAMILIES["recovery"].source).parameters}
    assert recovery > {"offset_m", "heading_rad", "ego_kmh"}
    slow = {one.name: one.distribution for one in load_scenario(FAMILIES["slow_car"].source).parameters}
    assert slow["lead_kmh"].high < slow["ego_kmh"].low


def test_every_scene_belongs_to_a_family():
    assert {path.stem for path in SCENES.glob("*.py") if path.stem != "__init__"} <= {
        one.scenario for one in FAMILIES.values()
    }


def test_unknown_families_are_named():
    with pytest.raises(UnknownNameError, match="nudge"):
        family("nugde")
