"""Several episodes at once: each goes as it goes alone, and only who fails has failed."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from agents.interface import Interface
from sim_suite.leaderboard.episode import Row, course_of, play
from sim_suite.leaderboard.side_by_side import Opened, is_asked_together, play_together

RULES = {"task": "t", "entry": "e", "run": 0}


class Countdown(gym.Env):
    """Shows a number that falls from seed + 2 to 0; pays what the action says."""

    observation_space = gym.spaces.Box(0, 100, (2,), np.float64)
    action_space = gym.spaces.Box(-1000, 1000, (1,), np.float64)

    def __init__(self, log=None, falls_at=None):
        self.left, self.log, self.falls_at = 0, log if log is not None else [], falls_at

    def _seen(self):
        return np.array([self.left, self.seed_of])

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if self.falls_at == "reset":
            raise RuntimeError("no ground")
        self.seed_of, self.left = seed, seed + 2
        return self._seen(), {}

    def step(self, action):
        if self.falls_at == self.left:
            raise RuntimeError("gave way")
        self.left -= 1
        return self._seen(), float(action[0]), self.left == 0, False, {}

    def close(self):
        self.log.append(self.seed_of if hasattr(self, "seed_of") else "unseeded")


class Adds:
    """Answers with what it has seen of this episode so far, summed: it needs its state, row by row."""

    interface = Interface()
    side_by_side = True

    def __init__(self, raises_on=None, answers=None):
        self.asked, self.raises_on, self.answers = [], raises_on, answers

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        self.asked.append(len(observation))
        seen = np.asarray(observation)
        if self.raises_on is not None and (seen == self.raises_on).all(axis=1).any():
            raise ValueError("a bad day")
        held = np.zeros((len(seen), 1)) if state is None else np.array(state)
        held[np.asarray(episode_start, np.bool_)] = 0.0
        held[:, 0] += seen.sum(axis=1)
        actions = held.copy() if self.answers is None else np.where(held == self.answers, np.nan, held)
        return actions, held


def openings(seeds, log=None, **options):
    def opening(seed):
        env = Countdown(log, **options)
        return Opened(env, course_of(env, **RULES, episode=seed, seed=seed))

    return [lambda seed=seed: opening(seed) for seed in seeds]


def alone(seed, agent=None):
    return play(Countdown(), agent or Adds(), **RULES, episode=seed, seed=seed)


def by_episode(rows):
    return sorted(rows, key=lambda row: row.episode)


@pytest.mark.parametrize("at_once", [1, 2, 3, 8])
def test_each_episode_goes_as_it_goes_alone(at_once):
    seeds = [5, 0, 3, 1, 9, 2]
    log = []
    rows = list(play_together(Adds(), openings(seeds, log), at_once))
    assert by_episode(rows) == [alone(seed) for seed in sorted(seeds)]
    assert sorted(log) == sorted(seeds), "each environment is closed, once"


def test_shorter_episodes_are_told_first_and_make_room_in_every_tenth_step():
    agent = Adds()
    rows = list(play_together(agent, openings([20, 6, 0, 7, 1]), 3))
    assert [row.episode for row in rows] == [0, 6, 1, 7, 20]
    assert agent.asked == [3, 3, *[2] * 8, 3, 3, 3, *[2] * 9]


def test_one_that_is_alone_is_shown_twice():
    agent = Adds()
    list(play_together(agent, openings([3])))
    assert agent.asked == [2] * 5


def test_an_agent_that_fails_takes_no_other_episode_along():
    log = []
    agent = Adds(raises_on=(2, 4))
    rows = by_episode(play_together(agent, openings([3, 4, 5, 6], log), 3))
    assert [row.outcome for row in rows] == ["ok", "agent_error", "ok", "ok"]
    assert "a bad day" in rows[1].message
    assert [rows[0], *rows[2:]] == [alone(seed) for seed in (3, 5, 6)]
    assert len(log) > 4, "those that were interrupted were opened again"


def test_an_answer_that_is_no_action_fails_its_episode_alone():
    held = sum(5 + 2 - step for step in range(3)) + 3 * 5
    rows = by_episode(play_together(Adds(answers=held), openings([1, 5, 2])))
    assert [row.outcome for row in rows] == ["ok", "ok", "agent_error"]
    assert "outside" in rows[2].message
    assert rows[2].length == 2


@pytest.mark.parametrize(("where", "outcome_length"), [("reset", 0), (1, 4)])
def test_an_environment_that_fails_is_at_fault_itself(where, outcome_length):
    good, bad = openings([2, 4]), openings([3], falls_at=where)
    rows = by_episode(play_together(Adds(), [good[0], bad[0], good[1]]))
    assert [row.outcome for row in rows] == ["ok", "env_error", "ok"]
    assert rows[1].length == outcome_length


def test_an_environment_that_cannot_be_made_is_a_row():
    refused = Row("t", "e", 0, 7, 7, "env_error", 0.0, 0, False, "", "no such road")
    rows = by_episode(play_together(Adds(), [*openings([1, 2]), lambda: refused]))
    assert rows[2] == refused
    assert [row.outcome for row in rows[:2]] == ["ok", "ok"]


def test_too_few_answers_are_a_fault():
    class Curt(Adds):
        def predict(self, observation, state=None, episode_start=None, deterministic=False):
            return np.zeros((1, 1)), None

    [row] = play_together(Curt(), openings([1]))
    assert row.outcome == "agent_error"
    assert "2 actions" in row.message


def test_breaking_off_closes_all():
    log = []
    rows = play_together(Adds(), openings([8, 0, 9], log))
    next(rows)
    rows.close()
    assert sorted(log) == [0, 8, 9]


def test_breaking_off_between_two_that_ended_in_one_step_closes_both():
    log = []
    rows = play_together(Adds(), openings([1, 1], log))
    next(rows)
    rows.close()
    assert log == [1, 1]


def test_only_who_says_so_is_asked_about_several():
    class Shy(Adds):
        side_by_side = False

    assert is_asked_together(Adds(), True)
    assert not is_asked_together(Adds(), False)
    assert not is_asked_together(Shy(), True)
