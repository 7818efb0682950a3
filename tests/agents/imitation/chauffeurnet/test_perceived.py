"""A ChauffeurNet that drives by its own cameras: alone as among others, named, refused; and once through a red light's scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.perceived import (
    DRIVER,
    PerceivedAgent,
    PlainReceiverAgent,
    RoadSeeingAgent,
    open_driver,
)
from agents.interface import Interface
from agents.naming import build, find, refuse_mismatch
from perception.sources import Truth
from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.world.layout import YAW, X, Y
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.sensing import FIX_NOISE
from sim_suite.envs.making import make
from sim_suite.envs.scenarios.stage import Stage, columns
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.batch import options_for, run_variations
from sim_suite.leaderboard.trials.pilot import AgentPilot

ENV = "sim_suite/Driving-v0"


@pytest.fixture(scope="module")
def agent():
    return PerceivedAgent(open_driver(DRIVER))


def actions_of(agent, values, steps, over=None):
    """[steps, W, 2] of variations that are driven side by side; over: the first one is, from this step on."""
    scenario = load_scenario("stop_sign")
    stage = Stage(scenario, len(values), options_for(scenario, agent))
    stage.begin(columns(values), traced=False)
    pilot, found = AgentPilot(agent, len(values)), []
    for step in range(steps):
        live = stage.live.copy()
        live[0] &= over is None or step < over
        pilot.act(stage, live)
        found.append(stage.fleet.actions.copy())
        stage.step()
    return np.array(found)


def test_a_car_drives_alone_as_it_drives_among_others(agent):
    values = [one.values for one in draw(load_scenario("stop_sign"), 0, range(2))]
    together, alone = actions_of(agent, values, 5), actions_of(agent, values[1:], 5)
    assert np.array_equal(together[:, 1], alone[:, 0])
    assert not np.array_equal(together[:, 0], together[:, 1])
    assert np.array_equal(alone[0], alone[1])  # a decision holds for two steps


def test_who_is_shown_in_a_row_that_was_anothers_keeps_its_own_memory(agent):
    values = [one.values for one in draw(load_scenario("stop_sign"), 0, range(2))]
    together, alone = actions_of(agent, values, 7, over=3), actions_of(agent, values[1:], 7)
    assert np.array_equal(together[:, 1], alone[:, 0])


def test_it_looks_when_the_network_decides_and_remembers_in_between(agent):
    env = DrivingEnv(map="crossroads", actors=4, route_m=(60.0, 80.0), observation="sensors")
    seen, _ = env.reset(seed=1)
    state, looked, ticks = None, [], []
    for step in range(4):
        action, state = agent.predict([seen], state, np.array([step == 0]), deterministic=True)
        looked.append(agent.last_looks[0] is not None)
        ticks.append(state.memories[0].ego.tick)
        seen, *_ = env.step(action[0])
    assert looked == [True, False, True, False]
    assert ticks == [0, 2, 4, 6]
    _, state = agent.predict([env.reset(seed=2)[0]], state, np.array([True]), deterministic=True)
    assert len(state.memories[0].past) == 1  # a new episode begins with nothing


def test_it_is_named_and_fits_the_driving_worlds_alone():
    found = find("perceived:zoo:chauffeurnet-m4")
    assert found.fingerprint == f"perceived:{find('zoo:chauffeurnet-m4').fingerprint}"
    named = build(found, ENV, {}, 0)
    assert isinstance(named, PerceivedAgent)
    assert named.interface == Interface(View("sensors"), "continuous")
    assert not named.interface.privileged
    refuse_mismatch(found, named, ENV, {})
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views"):
        refuse_mismatch(found, named, "CartPole-v1", {})
    assert find("chauffeurnet-perceived-road").entry.load_agent_class() is RoadSeeingAgent
    assert RoadSeeingAgent.options.road == "camera"


def test_who_holds_the_ground_against_the_map_knows_better_where_it_is():
    named = build(find("chauffeurnet-perceived-matched"), ENV, {}, 0)
    env = make(ENV, named.interface.observation, kwargs={"map": "town_1km", "route_m": (200.0, 300.0)})
    seen, _ = env.reset(seed=3)
    terrain = driving_map("town_1km").ground.terrain
    state = None
    for step in range(24):
        body = env.unwrapped.live_state.body[0, EGO]
        action, state = named.predict([seen], state, np.array([step == 0]), deterministic=True)
        ego = state.memories[0].ego
        yaw, true = float(body[YAW]), np.array([body[X] + terrain.origin_x, body[Y] + terrain.origin_y])
        aside = (ego.pose[:2] - true) @ [-np.sin(yaw), np.cos(yaw)]
        seen, *_ = env.step(action[0])
    deviation = np.sqrt(ego.covariance[1, 1])
    assert abs(aside) < 3.0 * deviation < 0.6


def test_a_plain_receiver_is_asked_of_the_environment_by_who_drives_by_one():
    found = find("chauffeurnet-perceived-gnss")
    named = build(found, ENV, {}, 0)
    assert isinstance(named, PlainReceiverAgent)
    assert named.interface == Interface(View("sensors", positioning="gnss"), "continuous")
    refuse_mismatch(found, named, ENV, {})
    env = make(ENV, named.interface.observation, kwargs={"map": "crossroads", "route_m": (60.0, 80.0)})
    seen, _ = env.reset(seed=1)
    assert seen["navigation"][FIX_NOISE] == GnssSpec().noise_m
    scenario = load_scenario("stop_sign")
    assert options_for(scenario, named).positioning == "gnss"
    assert options_for(scenario, PerceivedAgent(named._driver)).positioning == "rtk"


@pytest.mark.parametrize("name", ["perceived:guarded:zoo:chauffeurnet-m4", "guarded:perceived:zoo:chauffeurnet-m4"])
def test_a_safety_layer_checks_by_what_is_perceived(name):
    named = build(find(name), ENV, {}, 0)
    assert isinstance(named, PerceivedAgent)
    assert isinstance(named._driver.source, Truth)
    values = [one.values for one in draw(load_scenario("stop_sign"), 0, range(1))]
    told = actions_of(named, values, 3)
    assert named._driver._safety is not None
    assert np.array_equal(told, actions_of(build(find(name), ENV, {}, 0), values, 3))


def test_saying_the_same_twice_is_refused():
    with pytest.raises(SuiteError, match="says guarded: twice"):
        find("guarded:perceived:guarded:zoo:chauffeurnet-m4")


def test_who_cannot_drive_by_cameras_is_refused():
    with pytest.raises(SuiteError, match="is no checkpoint"):
        find("perceived:idm")
    with pytest.raises(SuiteError, match="is no ChauffeurNet"):
        open_driver(Path(DRIVER).parent / "car-racing-dagger")


def test_errors_that_it_was_taught_by_are_not_added_to_what_it_sees():
    assert isinstance(open_driver(DRIVER).source, Truth)
    assert isinstance(open_driver(DRIVER), ChauffeurAgent)


@pytest.mark.slow
def test_it_stops_at_a_red_light_that_it_sees(agent):
    scenario = load_scenario("red_light")
    assert run_variations(scenario, draw(scenario, 0, [0]), agent)[0].passed
