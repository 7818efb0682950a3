"""Scenarios written to OpenSCENARIO read back equal, whatever they are made of."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim_suite.driving.storyboard.elements.actions import Action
from sim_suite.driving.storyboard.elements.conditions import EntityCondition, ValueCondition
from sim_suite.driving.storyboard.elements.positions import Position, Shape
from sim_suite.driving.storyboard.parameters import RULES
from sim_suite.driving.storyboard.scenario import parts_of
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.driving.storyboard.xosc.writer import write_scenario
from sim_suite.studies.scenario_seeds import everything
from tests.driving.storyboard.xosc.strategies import NUMBERS, SCENARIOS, kept_constraint

EXAMPLES = {"deadline": None, "suppress_health_check": tuple(HealthCheck), "phases": (Phase.explicit, Phase.generate)}
"""Scenarios of many parts would take minutes to shrink, so they are not: the error names the field."""


def check_round_trip(scenario, left, rule, right):
    with tempfile.TemporaryDirectory() as folder:
        road = Path(folder) / "maps" / "road.xodr"
        road.parent.mkdir()
        road.write_bytes(b"<OpenDRIVE/>")
        scenario = replace(scenario, map=str(road), constraints=kept_constraint(scenario, left, rule, right))
        file = write_scenario(scenario, Path(folder) / "out")
        assert file.with_name("road.xodr").read_bytes() == b"<OpenDRIVE/>"
        again = read_scenario(file)
        assert Path(again.map) == file.with_name("road.xodr").resolve()
        assert replace(again, map=scenario.map) == scenario
        assert write_scenario(scenario, Path(folder) / "twice").read_bytes() == file.read_bytes()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=15, **EXAMPLES)
@given(SCENARIOS, NUMBERS, st.sampled_from(sorted(RULES)), NUMBERS)
def test_a_scenario_that_is_written_reads_back_equal(scenario, left, rule, right):
    check_round_trip(scenario, left, rule, right)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=500, **EXAMPLES)
@given(SCENARIOS, NUMBERS, st.sampled_from(sorted(RULES)), NUMBERS)
def test_many_scenarios_that_are_written_read_back_equal(scenario, left, rule, right):
    check_round_trip(scenario, left, rule, right)


def test_the_seeds_hold_every_element_and_read_back_equal(tmp_path):
    scenario = everything(tmp_path / "road.xodr")
    (tmp_path / "road.xodr").write_text("<OpenDRIVE/>")
    again = read_scenario(write_scenario(scenario, tmp_path / "out"))
    assert replace(again, map=scenario.map) == scenario
    held = {type(part) for part in parts_of(scenario)}
    unions = (Action, Position, EntityCondition, ValueCondition, Shape)
    assert {kind for union in unions for kind in get_args(union)} - held == set()
