"""Every shipped scenario: whoever adds one gets these tests for free."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from agents.experts.driving.blind import BlindDriver
from agents.experts.driving.pdm import PdmDriver
from agents.interface import Interface
from sim_suite.driving.storyboard.finding import SHIPPED, aliases, load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.driving.storyboard.xosc.writer import write_scenario
from sim_suite.envs.views import VECTOR
from sim_suite.leaderboard import suite
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.studies.scenario_catalogue import GUIDE, PICTURES, shipped, with_catalogue

SCENARIOS = shipped()
HARMLESS = ("lane_keep_straight",)
"""Scenarios in which nothing happens."""


def test_the_families_of_the_catalogue_are_there():
    asked = {
        "rear_stationary", "rear_moving", "rear_braking", "turn_across_path", "head_on", "pedestrian_nearside",
        "pedestrian_farside", "occluded_child", "cyclist_longitudinal", "cut_in", "cut_in_late", "cut_out", "emergency_brake",
        "red_light_runner", "unprotected_left", "priority_junction", "control_loss", "perturbation_recovery", "nudge_parked",
        "construction_oncoming", "lane_keep_straight", "lane_keep_curve", "red_light", "stop_sign", "slow_lead",
    }  # fmt: skip
    assert asked <= set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_says_what_it_is(name):
    scenario = SCENARIOS[name]
    assert scenario.name == name
    assert scenario.family
    assert scenario.summary
    assert "rating" not in scenario.summary + scenario.source
    assert any(one.distribution is not None for one in scenario.parameters)
    assert all(one.unit for one in scenario.parameters if one.name.endswith(("_kmh", "_m", "_s", "_mps", "_mps2")))
    assert (scenario.hazard is None) == (name in HARMLESS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_its_script_is_short_and_runs_by_itself(name):
    lines = (SHIPPED / f"{name}.py").read_text(encoding="utf-8").splitlines()
    assert 30 <= len(lines) <= 100
    assert lines[-1].strip() == "sim_suite.run(SCENARIO)"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_planner_masters_the_usual_variation(name):
    assert run_variations(SCENARIOS[name], draw(SCENARIOS[name], 0, [0]), PdmDriver())[0].passed


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in HARMLESS])
def test_who_is_blind_does_not_master_the_hazard(name):
    scenario = SCENARIOS[name]
    found = run_variations(scenario, draw(scenario, 7, range(1, 21)), BlindDriver())
    own = scenario.hazard.criterion
    broken = [any(held.name == own and not held.held for held in one.criteria) for one in found]
    assert sum(broken) >= 18


class Wild:
    """Drives anywhere."""

    interface = Interface(VECTOR, "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        random = np.random.default_rng(0)
        state = random.uniform(-1, 1, (len(observation), 2)) if state is None else state
        return np.clip(state + random.normal(0, 0.3, state.shape), -1, 1).astype(np.float32), state


@pytest.mark.parametrize("name", SCENARIOS)
def test_wherever_a_driver_goes_every_variation_gets_its_verdict(name):
    assert len(run_variations(SCENARIOS[name], draw(SCENARIOS[name], 0, range(24)), Wild())) == 24


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_variation_goes_alone_as_it_goes_among_others(name):
    scenario = SCENARIOS[name]
    variations = draw(scenario, 3, range(5))
    together = run_variations(scenario, variations, PdmDriver())
    for one, verdict in zip(variations[::2], together[::2], strict=True):
        assert run_variations(scenario, [one], PdmDriver()) == [verdict]


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_is_the_same_as_a_file_of_openscenario(name, tmp_path):
    scenario = SCENARIOS[name]
    read = read_scenario(write_scenario(scenario, tmp_path))
    assert dataclasses.replace(read, map=scenario.map) == scenario
    variations = draw(scenario, 0, range(2))
    assert run_variations(read, draw(read, 0, range(2)), PdmDriver()) == run_variations(
        scenario, variations, PdmDriver()
    )


def test_other_names_lead_to_shipped_scenarios():
    assert set(aliases().values()) <= set(SCENARIOS)
    assert load_scenario("Scenario3").name == aliases()["Scenario3"]


@pytest.mark.parametrize("name", ["scenarios", "scenarios-quick"])
def test_suites_hold_all_of_them(name):
    assert {task.kwargs["scenario"] for task in suite.load(name).tasks} == set(SCENARIOS)


def test_the_guide_is_that_of_the_scripts():
    guide = GUIDE.read_text(encoding="utf-8")
    assert with_catalogue(guide) == guide, "write it anew: python -m sim_suite.studies.scenario_catalogue"
    assert {path.stem for path in (SHIPPED / PICTURES).glob("*.webp")} == set(SCENARIOS)
