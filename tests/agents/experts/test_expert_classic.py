"""The scripted experts of classic control: scores, independence of batch neighbours, and their mathematics by hand."""

import math

import gymnasium as gym
import numpy as np
import pytest

from agents.experts.cart_pole import LqrBalancer, linearised
from agents.experts.mountain_car import GAIN, LEAST, EnergyPump
from agents.experts.pendulum import SwingUp
from agents.experts.regulator import lqr_gain
from agents.experts.trials import run_trials
from agents.interface import Agent

EXPERTS = {"MountainCarContinuous-v0": EnergyPump, "CartPole-v1": LqrBalancer, "Pendulum-v1": SwingUp}


@pytest.mark.parametrize(
    ("env_id", "mean", "least"),
    [("MountainCarContinuous-v0", 98.5, 98.0), ("CartPole-v1", 500, 500), ("Pendulum-v1", -200, -400)],
)
def test_scores_on_seeds_it_was_not_tuned_on(env_id, mean, least):
    totals = [trial.total for trial in run_trials(gym.make(env_id), EXPERTS[env_id](), range(500, 512))]
    assert np.mean(totals) >= mean
    assert min(totals) >= least


@pytest.mark.parametrize("env_id", EXPERTS)
def test_a_batch_equals_its_rows_alone_and_fits_the_action_space(env_id):
    env, agent = gym.make(env_id), EXPERTS[env_id]()
    assert isinstance(agent, Agent)
    rng = np.random.default_rng(0)
    seen = rng.uniform(-0.05, 0.05, size=(64, *env.observation_space.shape)).astype(np.float32)
    actions, memory = agent.predict(seen, None, np.ones(64, dtype=np.bool_), deterministic=True)
    assert memory is None
    for row, action in zip(seen, actions, strict=True):
        assert env.action_space.contains(action)
        assert np.array_equal(agent.predict(row[None])[0][0], action)


def test_regulator_of_the_unit_integrator_is_the_golden_ratio():
    one = np.ones((1, 1))
    assert lqr_gain(one, one, one, one) == pytest.approx((math.sqrt(5) - 1) / 2)


def test_the_linearised_cart_pole_is_the_slope_of_the_environment():
    world = gym.make("CartPole-v1").unwrapped
    world.reset(seed=0)

    def after(state: np.ndarray, action: int) -> np.ndarray:
        world.state, world.steps_beyond_terminated = tuple(state), None
        return np.asarray(world.step(action)[0] * 0 + np.asarray(world.state))

    drift, steer = linearised()
    small = 1e-5
    for column, unit in enumerate(np.eye(4)):
        slope = sum(after(small * unit, a) - after(-small * unit, a) for a in (0, 1)) / (4 * small)
        assert slope == pytest.approx(drift[:, column], abs=1e-6)
    assert (after(np.zeros(4), 1) - after(np.zeros(4), 0)) / 20 == pytest.approx(steer[:, 0], abs=1e-9)


def test_the_pump_pushes_along_the_velocity_and_in_proportion_to_it():
    forces = EnergyPump().predict(np.array([[0, 0.0], [0, 0.001], [0, -0.001], [0, 0.05], [0, -0.05]]))[0][:, 0]
    assert forces == pytest.approx([LEAST, LEAST, -LEAST, 0.05 * GAIN, -0.05 * GAIN])


def test_the_pendulum_pumps_below_brakes_above_and_holds_upright():
    seen = [[-1, 0, 1.0], [-1, 0, -1.0], [-1, 0, 8.0], [1, 0, 0], [math.cos(0.1), math.sin(0.1), 0]]
    torque = SwingUp().predict(np.array(seen))[0][:, 0]
    assert torque[:2] == pytest.approx([2, -2]), "too little energy: along the velocity, at the limit"
    assert torque[2] < 0, "at 8 rad/s there is more energy than standing upright takes: against it"
    assert torque[3] == 0
    assert torque[4] < 0, "fallen to the left: push to the right"
