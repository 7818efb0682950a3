"""Many controllers in a batch of worlds: each earns what it earns alone, and what the agent earns with it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.naming import task_of
from agents.world_models.agent import MemoryAndController, WorldModelAgent, WorldModelSpec
from agents.world_models.circuit import Circuit, Trial
from agents.world_models.controller import parameters_of
from sim_suite.envs.car_racing import vector
from sim_suite.envs.making import make
from sim_suite.leaderboard.episode import play
from sim_suite.learning.torch_blocks import seeded
from tests.agents.world_models.tiny_vision import LATENTS, vision

CAR_RACING = "sim_suite/CarRacing-v0"
SPEC = WorldModelSpec(LATENTS, units=6, gaussians=2, hold=2, precision="float32")
SHORT = {"max_episode_steps": 31}
SEEDS = (1_000_001, 1_000_002)


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(vector, "_processors", lambda: 1)


@pytest.fixture(scope="module")
def network():
    with seeded(1):
        return MemoryAndController(SPEC).eval()


@pytest.fixture(scope="module")
def controllers():
    return np.random.default_rng(0).normal(size=(3, parameters_of(LATENTS, SPEC.units)))


def drive(network, controllers, trials, worlds, limit=1000, patience=0, kwargs=SHORT):
    circuit = Circuit(task_of(CAR_RACING, kwargs), vision(), network.memory, worlds, SPEC.hold)
    try:
        return circuit.drive(controllers, trials, limit, patience)
    finally:
        circuit.close()


def test_a_drive_does_not_depend_on_those_beside_it_and_is_the_agents(network, controllers):
    """Two worlds take up five trials one after the other; the episode ends by its limit within a held action."""
    trials = [Trial(number, seed) for seed in SEEDS for number in range(3)][:5]
    together = drive(network, controllers, trials, worlds=2)
    assert together.steps == 5 * 31
    alone = []
    for trial in trials:
        network.controller.copy_(torch.from_numpy(controllers[trial.controller]))
        agent = WorldModelAgent(SPEC, vision(), network)
        with make(CAR_RACING, agent.interface.observation, kwargs=SHORT) as env:
            row = play(env, agent, task="", entry="", run=0, episode=0, seed=trial.seed)
        assert (row.outcome, row.length) == ("ok", 31)
        alone.append(row.episode_return)
    assert together.returns == pytest.approx(alone, abs=1e-4)
    assert len({round(one, 3) for one in alone}) > 1, "the controllers drive differently"


def test_a_limit_and_patience_end_a_drive(network, controllers):
    """Standing costs 0.1 a step: a controller that brakes hard from the start earns the first tiles at most, then nothing."""
    braking = np.zeros((1, controllers.shape[1]))
    braking[0, -2:] = (-20.0, 20.0)  # no gas, full brake
    trials = [Trial(0, SEEDS[0])]
    limited = drive(network, braking, trials, 1, limit=10)
    assert limited.steps == 10
    patient = drive(network, braking, trials, 1, patience=5)
    last_tile = patient.steps - 5
    assert 0 <= last_tile < 10
    assert patient.steps < 31
    whole = drive(network, braking, trials, 1)
    assert whole.steps == 31
    assert whole.returns[0] == pytest.approx(patient.returns[0] - 0.1 * (31 - patient.steps), abs=1e-6)
