"""Scenarios written to OpenSCENARIO read back equal, whatever they are made of."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim_suite.driving.storyboard.parameters import RULES
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from sim_suite.driving.storyboard.xosc.writer import write_scenario
from tests.driving.storyboard.xosc.strategies import NUMBERS, SCENARIOS, kept_constraint

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(SCENARIOS, NUMBERS, st.sampled_from(sorted(RULES)), NUMBERS)
def test_a_scenario_that_is_written_reads_back_equal(scenario, left, rule, right):
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
        assert write_scenario(again, Path(folder) / "twice").read_bytes() == file.read_bytes()
