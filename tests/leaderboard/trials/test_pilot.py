"""How agents are asked for the actions of many variations: batches of one size, states of their own, and answers that are checked."""

from __future__ import annotations

import json

import numpy as np
import pytest

from agents.experts.driving.idm import IdmDriver
from agents.interface import Interface
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.envs.views import STATE, VECTOR, View
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.leaderboard.trials.pilot import BATCH, shown
from sim_suite.leaderboard.trials.verdict import Verdict

SCENARIO = load_scenario("rear_braking")


class Brakes:
    """Brakes by how near the first of the others is, and after a second of memory; counts what it is asked."""

    interface = Interface(VECTOR, "continuous")

    def __init__(self):
        self.asked = []

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        self.asked.append((observation.shape, None if state is None else state.copy(), episode_start.copy()))
        state = np.zeros(len(observation)) if state is None else state + 1
        near = observation[:, 73] < 0.4  # x of the first of the others, in 80 m
        return np.stack([0 * state, np.where(near & (state > 10), -0.8, 0.1)], axis=1).astype(np.float32), state


class Discrete:
    interface = Interface(VECTOR, "discrete")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.full(len(observation), 3), None  # brakes


class Looks:
    interface = Interface(View("raster", raster="small"), "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        assert observation.shape == (BATCH, 12, 128, 128)
        return np.tile(np.float32([0.0, -1.0]), (BATCH, 1)), None


class Truth:
    """A planner of somebody's own that reads the state, one after the other."""

    interface = Interface(STATE, "continuous")

    def __init__(self):
        self._driver = IdmDriver()

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return self._driver.predict(observation, state, episode_start, deterministic)


def test_batches_are_of_one_size_and_keep_their_own_states():
    agent = Brakes()
    variations = draw(SCENARIO, 0, range(BATCH + 6))
    found = run_variations(SCENARIO, variations, agent)
    assert {shape[0] for shape, *_ in agent.asked} == {BATCH}
    first, second = agent.asked[:2]
    assert first[1] is None
    assert second[1] is None, "the second batch has a state of its own"
    assert first[2].all()
    assert not agent.asked[2][2].any()
    for number in (3, BATCH + 2):
        assert run_variations(SCENARIO, [variations[number]], Brakes()) == [found[number]]


@pytest.mark.parametrize(
    ("live", "rows"),
    [
        ([1, 1, 1, 1], [10, 11, 12, 13]),
        ([1, 0, 0, 1], [10, 10, 10, 13]),
        ([0, 0, 1, 0], [12, 12, 12, 12]),
        ([0, 1, 1, 0], [11, 11, 12, 12]),
    ],
)
def test_those_that_are_over_are_shown_as_the_live_one_before_them(live, rows):
    everywhere = np.ones(20, np.bool_)
    everywhere[10:14] = live
    found = shown(np.arange(10, 14), everywhere)
    assert found[:4].tolist() == rows
    assert found[4:].tolist() == [rows[-1]] * (BATCH - 4)


def test_an_agent_that_reads_the_state_drives_as_the_planner_it_is_made_of():
    variations = draw(SCENARIO, 0, range(3))
    assert run_variations(SCENARIO, variations, Truth()) == run_variations(SCENARIO, variations, IdmDriver())


@pytest.mark.parametrize("agent", [Discrete(), Looks()])
def test_numbered_actions_and_pictures(agent):
    assert run_variations(SCENARIO, draw(SCENARIO, 0, [0]), agent)[0].passed


@pytest.mark.parametrize(
    "answer", [np.zeros((BATCH, 3)), np.zeros((2, 2)), np.full((BATCH, 2), np.nan), np.zeros((0, 2))]
)
def test_what_is_no_action_is_refused(answer):
    class Odd(Brakes):
        def predict(self, observation, state=None, episode_start=None, deterministic=False):
            return answer, None

    with pytest.raises(SuiteError, match="predict"):
        run_variations(SCENARIO, draw(SCENARIO, 0, [0]), Odd())


def test_a_verdict_survives_json():
    verdict = run_variations(SCENARIO, draw(SCENARIO, 0, [1]), Brakes(), avoidable=True)[0]
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict
