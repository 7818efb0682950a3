"""The CarRacing driver: it scores, its episodes and batch neighbours do not touch it, and drawing changes nothing."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.box2d import car_dynamics, car_racing

from agents.experts import race_car
from agents.experts.car_racing import DriverSettings, PursuitDriver, drive
from agents.experts.racing_line import RacingLine
from agents.experts.trials import physics_only, run_trials
from agents.experts.tuning import search
from agents.interface import Agent
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.errors import SuiteError


def make(drawn: bool = False) -> gym.Env:
    env = gym.make("CarRacing-v3", disable_env_checker=True)
    return env if drawn else physics_only(env)


def quick() -> PursuitDriver:
    """Plans in a few steps, for tests that ask nothing of the score."""
    settings = DriverSettings()
    return PursuitDriver(replace(settings, line=replace(settings.line, iterations=3)))


def test_is_an_agent_with_a_privileged_view():
    assert isinstance(PursuitDriver(), Agent)
    assert PursuitDriver().interface.privileged


def test_finishes_tracks_it_was_neither_tuned_nor_is_judged_on():
    trials = run_trials(make(), PursuitDriver(), range(500, 504))
    assert min(trial.total for trial in trials) >= 900
    assert all(trial.steps < 1000 and not trial.off_track for trial in trials)
    assert np.mean([trial.total for trial in trials]) >= 925


def test_drawing_does_not_touch_the_physics():
    drawn, stubbed, agent = make(drawn=True), make(), quick()
    picture, _ = drawn.reset(seed=504)
    stubbed.reset(seed=504)
    memory = None
    for step in range(80):
        seen, other = read_state(drawn), read_state(stubbed)
        assert replace(seen, centre=other.centre, visited=other.visited) == other
        assert np.array_equal(seen.centre, other.centre)
        assert np.array_equal(seen.visited, other.visited)
        action, memory = agent.predict([seen], memory, np.array([step == 0]))
        picture, *drawn_outcome = drawn.step(action[0])
        _, *outcome = stubbed.step(action[0])
        assert drawn_outcome == outcome
    assert picture.any(), "one of the two must have been drawn"
    assert read_state(stubbed).forward_mps > 30


def moments(seed: int, steps: int) -> list[list[CarRacingState]]:
    env = make()
    env.reset(seed=seed)
    seen = [[read_state(env)]]
    for _ in range(steps):
        env.step(np.array([0.02, 0.3, 0.0], dtype=np.float32))
        seen.append([read_state(env)])
    return seen


def replayed(agent: PursuitDriver, batches: list[list[CarRacingState]], memory=None) -> np.ndarray:
    actions = []
    for step, batch in enumerate(batches):
        action, memory = agent.predict(batch, memory, np.full(len(batch), step == 0), deterministic=True)
        actions.append(action)
    return np.stack(actions)


def test_a_batch_of_three_equals_each_alone_bit_for_bit():
    agent, single = quick(), [moments(seed, 40) for seed in (1, 2, 3)]
    together = replayed(agent, [[world[t][0] for world in single] for t in range(41)])
    assert together.dtype == np.float32
    assert together.shape == (41, 3, 3)
    for i, world in enumerate(single):
        assert np.array_equal(together[:, i], replayed(agent, world)[:, 0])


def test_an_episode_does_not_remember_the_one_before():
    agent, first, second = quick(), moments(1, 30), moments(2, 30)
    _, memory = agent.predict(first[-1], None, np.array([True]))
    assert np.array_equal(replayed(agent, second, memory), replayed(agent, second))


def test_predict_leaves_the_callers_memory_as_it_was():
    agent, seen = quick(), moments(1, 30)
    _, memory = agent.predict(seen[0], None, np.array([True]))
    before = list(memory)
    agent.predict(seen[20], memory, np.array([False]))
    assert all(one is other for one, other in zip(before, memory, strict=True))


def on_a_straight(**changes: float) -> tuple[float, float, float]:
    line = RacingLine(
        np.stack([np.arange(200.0), np.zeros(200)], axis=1), np.zeros(200), np.zeros(200), np.full(200, 60.0)
    )
    omega = changes.get("forward_mps", 50.0) / race_car.WHEEL_RADIUS_M
    still = CarRacingState(
        100.0, 0.0, 0.0, 50.0, 0.0, 0.0, 0.0, (omega,) * 4, line.xy, 6.7, np.zeros(200, dtype=np.bool_), 0
    )
    return drive(replace(still, **changes), line, 100, DriverSettings())


def test_signs_follow_gymnasium():
    assert on_a_straight()[0] == pytest.approx(0)
    assert on_a_straight(y_m=2.0)[0] > 0, "left of the line: steer right, which is positive"
    assert on_a_straight(yaw_rad=-0.1)[0] < 0, "nose to the right: steer left"
    # The front axle of a car that turns left travels to the left: tyres that point less so push it to the right.
    assert on_a_straight(yaw_rate_rps=1.0)[0] > -np.arctan(race_car.FRONT_AXLE_M * 1.0 / 50.0)
    _, gas, brake = on_a_straight(forward_mps=50.0)
    assert gas > 0
    assert brake == 0
    _, gas, brake = on_a_straight(forward_mps=70.0)
    assert gas == 0
    assert 0 < brake < race_car.BRAKE_LOCK


def test_the_numbers_of_the_car_are_those_of_the_physics():
    env = make()
    env.reset(seed=0)
    hull, wheels = env.unwrapped.car.hull, env.unwrapped.car.wheels
    assert pytest.approx(hull.mass + sum(w.mass for w in wheels), rel=1e-3) == race_car.MASS_KG
    centre = hull.localCenter[1]
    joints = [wheel.joint.anchorA - hull.position for wheel in wheels]
    front, rear = joints[0].length, joints[2].length
    assert np.hypot(1.1, 1.6) == pytest.approx(front, abs=1e-2)
    assert np.hypot(1.1, 1.64) == pytest.approx(rear, abs=1e-2)
    assert pytest.approx(1.6 - centre, abs=0.01) == race_car.FRONT_AXLE_M
    assert pytest.approx(1.64 + centre, abs=0.01) == race_car.REAR_AXLE_M
    inertia = hull.inertia - hull.mass * centre**2 + sum(w.mass for w in wheels) * (1.1**2 + 1.62**2)
    assert pytest.approx(inertia, rel=0.01) == race_car.YAW_INERTIA_KGM2
    assert race_car.GRIP_N == car_dynamics.FRICTION_LIMIT
    assert pytest.approx(205000 * car_dynamics.SIZE**2) == race_car.SLIP_STIFFNESS_NSPM
    assert pytest.approx(car_dynamics.ENGINE_POWER) == race_car.ENGINE_W
    assert pytest.approx(car_dynamics.WHEEL_MOMENT_OF_INERTIA) == race_car.WHEEL_INERTIA_KGM2
    assert pytest.approx(car_dynamics.WHEEL_R * car_dynamics.SIZE) == race_car.WHEEL_RADIUS_M
    assert pytest.approx(1 / car_racing.FPS) == race_car.TICK_S


def test_full_gas_on_a_straight_accelerates_as_the_plan_assumes():
    env = make()
    env.reset(seed=3)
    car = env.unwrapped.car
    speeds = []
    for _ in range(40):
        spin = (car.wheels[2].omega + car.wheels[3].omega) / 2
        wanted = (
            car.hull.linearVelocity.length + race_car.GRIP_N / race_car.SLIP_STIFFNESS_NSPM
        ) / race_car.WHEEL_RADIUS_M
        env.step(np.array([0, race_car.gas_for(spin, wanted), 0], dtype=np.float32))
        speeds.append(car.hull.linearVelocity.length)
    gained = (speeds[39] - speeds[19]) / (20 * race_car.TICK_S)
    assert gained == pytest.approx(race_car.TRACTION_MPS2, rel=0.03)


def test_the_search_refuses_seeds_of_the_evaluation():
    with pytest.raises(SuiteError, match="10001"):
        next(search(DriverSettings(), 10_001, 1))
