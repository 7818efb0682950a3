"""A trained ChauffeurNet in lessons: it drives there as in the environment, and a run begins with its weights."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.novice import ChauffeurNovice
from agents.training import begin, go, resume
from sim_suite.driving.world.layout import SPEED, X
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError
from tests.agents.imitation.chauffeurnet.training_by_hand import config, recipe
from tests.agents.stopping import Stopped, files_of

HALF = {"feed__experience": {"maps": ["curves"], "worlds": 4, "seconds": 8.0, "actors": 12, "handed_over": 0.5}}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "run"
    go(begin(recipe(judge_every=0), folder))
    return folder


def test_it_drives_in_lessons_as_in_the_environment(trained):
    agent = ChauffeurAgent.load(trained / "checkpoint")
    env = DrivingVectorEnv(6, map="crossroads", observation="both", raster="small", actors=16)
    observed, _ = env.reset(seed=1_000_000)
    (fleet,) = env._fleets
    seat = ChauffeurNovice(agent, occlusion=True).seat(driving_map("crossroads"))
    for _ in range(3):
        actions, _ = agent.predict(observed, deterministic=True)
        assert np.array_equal(seat.act(fleet.world.state, np.arange(6)), actions)
        some = np.array([1, 4])
        assert seat.act(fleet.world.state, some) == pytest.approx(actions[some], abs=1e-4)
        for _ in range(20):
            observed = env.step(np.tile(np.array([0.02, 0.4], np.float32), (6, 1)))[0]
    assert fleet.world.state.body[:, 0, SPEED].max() > 0.5
    assert ChauffeurNovice(agent, occlusion=True).trail >= 40
    assert np.unique(fleet.world.state.body[:, 0, X]).size == 6


@pytest.mark.slow
def test_a_run_begins_with_the_weights_and_goes_on_to_the_same_bytes(trained, tmp_path):
    settings = {"start_from": str(trained), "learning_rate": 1e-5, "judge_every": 0, **HALF}
    before = ChauffeurAgent.load(trained / "checkpoint").network.state_dict()
    run = begin(recipe(**settings), tmp_path / "whole")
    assert all(torch.equal(value, before[name]) for name, value in run.learner._network.state_dict().items())
    go(run)
    after = ChauffeurAgent.load(tmp_path / "whole" / "checkpoint").network.state_dict()
    assert any(not torch.equal(value, before[name]) for name, value in after.items())

    def watch(done, total, metrics):
        raise Stopped

    with pytest.raises(Stopped):
        go(begin(recipe(**settings), tmp_path / "broken"), watch)
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")


@pytest.mark.slow
def test_a_start_that_was_trained_further_is_not_gone_on_with(trained, tmp_path):
    go(begin(recipe(judge_every=0, updates=2), tmp_path / "first"))
    settings = {"start_from": str(tmp_path / "first"), "judge_every": 0, "updates": 2, **HALF}
    go(begin(recipe(**settings), tmp_path / "second"))
    resume(tmp_path / "second")
    shutil.rmtree(tmp_path / "first")
    shutil.copytree(trained, tmp_path / "first")
    with pytest.raises(SuiteError, match="changed since this run began"):
        resume(tmp_path / "second")


def test_what_cannot_be_begun_with_is_refused(trained, tmp_path):
    with pytest.raises(SuiteError, match=r"has another sizes \(.*same one only"):
        begin(recipe(start_from=str(trained), sizes__hidden=16), tmp_path / "a")
    with pytest.raises(SuiteError, match=r"names zoo:cart-pole-ppo, which is no trained ChauffeurNet"):
        begin(recipe(start_from="zoo:cart-pole-ppo"), tmp_path / "b")
    with pytest.raises(SuiteError, match=r"names runs/none, where no run is. .*--out runs/none"):
        begin(recipe(start_from="runs/none"), tmp_path / "b")
    with pytest.raises(SuiteError, match=r"handed_over is 0.5, but there is no novice: name a trained network"):
        config(**HALF)
    assert not list(tmp_path.iterdir())
