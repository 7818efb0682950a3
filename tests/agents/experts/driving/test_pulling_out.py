"""The planner gets past works that it stands close behind, also where it is told to drive fast: its slow proposals are slow enough."""

import numpy as np

from agents.experts.driving.pdm import PdmDriver
from scenarios.construction_oncoming import SCENARIO
from sim_suite.driving.storyboard.staging.referee import End
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options


def test_works_are_passed_once_the_oncoming_car_is_gone():
    stage, driver = Stage(SCENARIO, 1, stage_options(SCENARIO)), PdmDriver()
    stage.begin(columns([{"ego_kmh": 48.0, "away_s": 7.0, "oncoming_kmh": 44.0, "later_m": 25.0}]), traced=False)
    memory = np.zeros((1, driver.memory_size), np.float32)
    while stage.live.any():
        driver.drive_worlds(stage.fleet.state, stage.fleet.map, 0, 2, memory, stage.fleet.actions)
        stage.step()
    assert stage.referee.end[0] == End.GOAL
    assert stage.referee.passed[0]
