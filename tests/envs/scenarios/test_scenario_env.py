"""The scenario environment by Gymnasium's rules: spaces, seeds, variations, ends; and that it is a stage of one."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.driving.storyboard.staging.referee import End
from sim_suite.driving.storyboard.variations import draw
from sim_suite.envs.scenarios.env import ScenarioEnv, read_id
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options
from sim_suite.errors import SuiteError, UnknownNameError

SCRIPT = """
from sim_suite.driving.storyboard.words import Actor, Ego, LanePosition, NoCollision, P, RelativeLanePosition, StaysOnRoad, vary, write

SCENARIO = write(
    name="queue", map="highway", ego=Ego(LanePosition("7", -2, 10.0), P.speed), criteria=(NoCollision(), StaysOnRoad()),
    actors=(Actor("last", RelativeLanePosition("ego", 0, P.gap_m)),), limit_s=3.0,
    parameters=(vary("speed", 5.0, 15.0, usual=10.0, unit="m/s"), vary("gap_m", 20.0, 60.0, usual=25.0, unit="m")),
)
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "queue.py"
    path.write_text(SCRIPT)
    return str(path)


def drive(env, action=(0.0, 0.0), **reset):
    """Everything that was said, to the end."""
    observation, info = env.reset(**reset)
    seen = [(observation, info)]
    while True:
        seen.append(env.step(np.array(action, np.float32)))
        if seen[-1][2] or seen[-1][3]:
            return seen


@pytest.mark.parametrize("looks", [{}, {"action": "discrete"}, {"observation": "both"}])
def test_gymnasiums_checker_has_nothing_to_say(script, looks):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(ScenarioEnv(script, **looks), skip_render_check=True)


def test_an_episode_is_a_variation(script):
    env = ScenarioEnv(script)
    _, info = env.reset(seed=5)
    assert info["variation"] == "5-1"
    assert info["values"] == draw(env.scenario, 5, [1])[0].values
    assert env.speed_mps == pytest.approx(info["values"]["speed"])
    _, again = env.reset(options={"variation": "5-1"})
    assert again == info
    _, usual = env.reset(options={"values": {"speed": 7.0}})
    assert usual == {"variation": "0-0", "values": {"speed": 7.0, "gap_m": 25.0}}
    _, first = env.reset(seed=9)
    drawn = [env.reset()[1]["variation"] for _ in range(2)]
    assert first["variation"] == "9-1"
    env.reset(seed=9)
    assert [env.reset()[1]["variation"] for _ in range(2)] == drawn
    assert len({*drawn, "9-1"}) == 3


def test_settings_hold_in_all_episodes(script):
    env = ScenarioEnv(script, settings={"speed": 6.5})
    for seed in (1, 2):
        assert env.reset(seed=seed)[1]["values"]["speed"] == 6.5
    assert env.reset(options={"values": {"gap_m": 30.0}})[1]["values"] == {"speed": 6.5, "gap_m": 30.0}
    with pytest.raises(UnknownNameError, match="speed"):
        ScenarioEnv(script, settings={"sped": 6.5}).reset(seed=0)


def test_a_collision_terminates_and_time_truncates(script):
    env = ScenarioEnv(script)
    hit = drive(env, (0.0, 1.0), options={"values": {"speed": 15.0, "gap_m": 20.0}})[-1]
    assert (hit[2], hit[3]) == (True, False)
    assert hit[4]["metrics"]["passed"] == 0.0
    assert hit[4]["metrics"]["collisions_vehicle"] == 1.0
    with pytest.raises(SuiteError, match="Call reset first"):
        env.step(np.zeros(2, np.float32))
    safe = drive(env, (0.0, -1.0), options={"values": {"speed": 5.0, "gap_m": 60.0}})
    assert (safe[-1][2], safe[-1][3]) == (False, True)
    assert safe[-1][4]["metrics"]["passed"] == 1.0
    assert len(safe) - 1 == 60 / env.options.ticks_per_step


def test_it_is_a_stage_of_one(script):
    env = ScenarioEnv(script)
    stage = Stage(env.scenario, 1, stage_options(env.scenario))
    stage.begin(columns([draw(env.scenario, 3, [1])[0].values]))
    observation, _ = env.reset(seed=3)
    assert np.array_equal(observation, stage.fleet.observation(0))
    action = np.array([0.05, 0.4], np.float32)
    terminated = truncated = False
    while not (terminated or truncated):
        stage.fleet.actions[0] = action
        stage.step()
        observation, reward, terminated, truncated, info = env.step(action)
        assert np.array_equal(observation, stage.fleet.observation(0))
        assert reward == float(stage.fleet.outcome.reward[0])
    assert (int(stage.referee.end[0]) == End.TIME) == truncated
    assert info["metrics"]["passed"] == float(stage.referee.passed[0])


def test_it_can_be_sent_to_another_process(script):
    env = ScenarioEnv(script, settings={"speed": 8.0})
    copy = pickle.loads(pickle.dumps(env))
    first, second = drive(env, seed=4), drive(copy, seed=4)
    assert np.array_equal(first[-1][0], second[-1][0])
    assert len(first) == len(second)


def test_what_reset_does_not_know(script):
    env = ScenarioEnv(script)
    with pytest.raises(UnknownNameError, match="variation"):
        env.reset(options={"variations": "0-1"})
    for text in ("7", "a-1", "1-", "-1-2"):
        with pytest.raises(SuiteError, match="SEED-NUMBER"):
            env.reset(options={"variation": text})
    assert read_id("0-17") == (0, 17)
