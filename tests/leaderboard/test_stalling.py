"""Episodes that stand still are counted, and what others reported stands beside a task: by hand, and in the suites that say so."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import gymnasium as gym
import pytest
from rich.console import Console

from sim_suite.envs.catalog import card
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.compare import Options, compare
from sim_suite.leaderboard.jobs import Job, do_job
from sim_suite.leaderboard.report.terminal import section_table
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.stalling import StallWatch
from sim_suite.leaderboard.suite import Suite, load, names, parse

PUBLISHED = {"name": "somebody's", "score": 0.5, "protocol": "ten <episodes>", "source": "a paper"}
LAKE = {
    "name": "lake", "env": "FrozenLake-v1", "episodes": 20, "stall_steps": 4, "beside": ["stalled"], "published": [PUBLISHED],
}  # fmt: skip
WATCHED = [task for name in names() for task in load(name).tasks if task.stall_steps and not task.section]


class Paying(gym.Env):
    """Pays given rewards, one a step, and ends with the last: truncated where `cut`, else terminated."""

    observation_space = gym.spaces.Discrete(1)
    action_space = gym.spaces.Discrete(1)

    def __init__(self, rewards, cut):
        self.rewards, self.cut = rewards, cut

    def reset(self, *, seed=None, options=None):
        self.left = list(self.rewards)
        return 0, {}

    def step(self, action):
        reward, last = self.left.pop(0), not self.left
        info = {"metrics": {"own": 3.0}} if last else {}
        return 0, reward, last and not self.cut, last and self.cut, info


def last_metrics(env):
    env.reset()
    while True:
        *_, terminated, truncated, info = env.step(0)
        if terminated or truncated:
            return info["metrics"]
        assert info == {}, "only the last step tells"


@pytest.mark.parametrize(
    ("rewards", "cut", "stalled", "capped"),
    [
        ([0, 0, 0], False, 1.0, 0.0),
        ([0, 0], False, 0.0, 0.0),
        ([0, 0, 1, 0, 0], True, 0.0, 1.0),
        ([1, 0, 0, 0, 1], False, 1.0, 0.0),
        ([0, 0, -1, 0, 0], False, 0.0, 0.0),
        ([1, 1, 0, 0, 0], True, 1.0, 1.0),
    ],
)
def test_three_steps_in_a_row_without_a_reward_are_a_stall(rewards, cut, stalled, capped):
    env = StallWatch(Paying(rewards, cut), 3)
    assert last_metrics(env) == {"own": 3.0, "stalled": stalled, "capped": capped}
    assert last_metrics(env)["stalled"] == stalled, "each episode is counted anew"


def test_an_episode_that_ends_at_its_limit_in_truth_is_not_capped():
    env = StallWatch(gym.wrappers.TimeLimit(Paying([1, 1], cut=False), 2), 9)
    env.reset()
    env.step(0)
    *_, terminated, truncated, info = env.step(0)
    assert (terminated, truncated, info["metrics"]["capped"]) == (True, True, 0.0)


def test_stalled_episodes_are_counted_and_shown(tmp_path):
    """On the lake only the last step pays, after six at least: an episode stalls where it lasts four steps or more."""
    suite = parse({"name": "lakes", "version": 1, "tasks": [LAKE]}, "here")
    section = compare(suite, ["random"], tmp_path, Options(workers=0, clips=False))[0]
    rows = list(csv.DictReader(io.StringIO((tmp_path / RESULTS).read_text())))
    expected = sum(int(row["length"]) >= 4 for row in rows)
    assert 0 < expected < 20
    assert sum(float(row["stalled"]) for row in rows) == expected
    result = section.entries[0].results[0]
    assert (result.outcomes.stalled, result.metrics["stalled"].point) == (expected, expected / 20)
    assert result.metrics["stalled"].method == "wilson"
    told = json.loads((tmp_path / SCORES).read_text())["sections"]["lakes"]
    assert told["entries"]["random"]["tasks"]["lake"]["episodes"]["stalled"] == expected
    assert (told["tasks"]["lake"]["stall_steps"], told["tasks"]["lake"]["published"]) == (4, [PUBLISHED])
    page = (tmp_path / PAGE).read_text()
    sentence = f"Stalled episodes (4 steps in a row without a reward): {expected} of 20 of random."
    assert sentence in page
    assert "ten &lt;episodes&gt;" in page
    out = io.StringIO()
    Console(file=out, width=160).print(section_table(section))
    assert sentence in out.getvalue()
    assert "somebody's 0.5" in out.getvalue()


def test_tasks_that_tell_no_stalls_are_as_they_were(tmp_path):
    plain = parse({"name": "x", "version": 1, "tasks": [{"name": "a", "env": "FrozenLake-v1", "episodes": 2}]}, "here")
    assert plain.to_dict()["tasks"][0].keys().isdisjoint({"stall_steps", "published"})
    compare(plain, ["random"], tmp_path, Options(workers=0, clips=False))
    assert "stalled" not in (tmp_path / SCORES).read_text() + (tmp_path / RESULTS).read_text()


def test_a_stall_is_part_of_the_hash_and_what_others_reported_is_not():
    suite = parse({"name": "lakes", "version": 1, "tasks": [LAKE]}, "here")
    (task,) = suite.tasks
    other = replace(suite, tasks=(replace(task, published=()),))
    longer = replace(suite, tasks=(replace(task, stall_steps=5),))
    assert suite.sha256 == other.sha256 != longer.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"published": [1]}, "a published score is a table"),
        ({"published": [{**PUBLISHED, "scor": 1}]}, "Did you mean 'score'"),
        ({"published": [{**PUBLISHED, "score": "1"}]}, "score of a published score must be a number, not '1'"),
        ({"published": [{**PUBLISHED, "source": 1}]}, "source of a published score must be a text, not 1"),
        ({"published": [{"name": "a", "score": 1.0, "source": "b"}]}, "lacks 'protocol'"),
        ({"stall_steps": -1}, "needs stall_steps >= 0, not -1"),
    ],
)
def test_malformed_tasks(change, message):
    with pytest.raises(SuiteError) as info:
        parse({"name": "lakes", "version": 1, "tasks": [{**LAKE, **change}]}, "here")
    assert message in str(info.value)


@pytest.mark.parametrize("task", WATCHED, ids=[task.name for task in WATCHED])
def test_suites_that_tell_stalls_show_them(task):
    assert "stalled" in task.beside
    assert all(one.protocol and one.source for one in task.published)
    with make(task.env, kwargs=task.kwargs) as env:
        cap = env.spec.max_episode_steps or card(task.env).max_episode_steps
    assert task.stall_steps < cap, "else the cap would hide every stall"
    (row,) = do_job(Job(replace(task, first_seed=300), "random", 0, "random", False, (0,)))
    assert row.outcome == "ok", row.message
    assert row.metrics == {"capped": 0.0, "stalled": 0.0}, "random actions lose the game within a minute of play"


def rules(suite: Suite, name: str):
    """(chance that an action sticks, frames an episode at most, epsilon, episodes, actions) of an Atari task, from what was made."""
    task = suite.task(name)
    with make(task.env, kwargs=task.kwargs) as env:
        sticky = env.unwrapped.ale.getFloat("repeat_action_probability")
        frames = 4 * (env.spec.max_episode_steps or 0) or env.unwrapped.ale.getInt("max_num_frames_per_episode")
        actions = int(env.action_space.n)
    return sticky, frames, task.epsilon, task.episodes, actions


def test_the_two_protocols_of_breakout():
    """Nature: five minutes at 60 frames a second, no sticky actions. Machado: sticky ones, half an hour."""
    atari = load("atari")
    assert [task.name for task in atari.tasks] == ["breakout-nature", "breakout-machado"]
    assert rules(atari, "breakout-nature") == (0.0, 5 * 60 * 60, 0.05, 100, 4)
    assert rules(atari, "breakout-machado") == (0.25, 30 * 60 * 60, 0.001, 100, 4)
    dqn = {one.name: one.score for one in atari.task("breakout-nature").published}
    assert (dqn["DQN"], dqn["human"], dqn["double DQN"], dqn["random"]) == (401.2, 31.8, 375.0, 1.7)
    assert atari.task("breakout-nature").one.value == dqn["DQN"]
