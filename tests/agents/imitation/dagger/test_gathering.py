"""What is gathered: the expert's own answer to each state beside what was done, in episodes that can be driven again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.experts.car_racing import PursuitDriver
from agents.imitation.action_grid import grid_for
from agents.imitation.agent import CloneAgent
from agents.imitation.dagger.gathering import RESCUED, expert_of, gather, player_of
from agents.imitation.dagger.rules import expert_acts
from agents.imitation.policy import PolicySpec, bounds_of
from agents.naming import task_of
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.episodes.labels import LABEL, lessons
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.viewing.views import observations
from sim_suite.errors import SuiteError
from tests.agents.imitation.dagger.swaying import EXPERT, PICTURE, STEPS, SWAY, offer

CAR = "sim_suite/CarRacing-v0"
GREY = View("pixels", grey=True)


def novice(task, view, shape):
    """A policy with random weights."""
    low, high = bounds_of(task.action_space)
    spec = PolicySpec("alvinn", "regression", view, shape, grid_for(task.action_space, "fine"), low, high)
    torch.manual_seed(1)
    return CloneAgent(spec, spec.network())


@pytest.fixture
def sway(monkeypatch):
    offer(monkeypatch)
    return task_of(SWAY, {})


def gathered(folder, task, expert_name, seeds, *, beta=0.0, number=1, view=GREY, shape=PICTURE[:2], rescue_after=0):
    expert, _ = expert_of(expert_name, task, 0)
    policy = novice(task, view, shape)
    return gather(
        folder, task, expert, policy, player_of(policy, number), policy, seeds, 0, number, beta, rescue_after
    ), policy


@pytest.mark.slow
def test_labels_are_what_the_expert_does_in_those_states(tmp_path):
    """CarRacing is driven again from the recorded actions, and a fresh expert asked in every state."""
    task, view = task_of(CAR, {}), View("pixels", grey=True, stack=2)
    told, policy = gathered(tmp_path / "laps", task, "car-racing-pursuit", [30_001], view=view, shape=(2, 96, 96))
    dataset = Dataset(tmp_path / "laps")
    assert [entry.seed for entry in dataset.entries] == [30_001]
    with dataset.open(dataset.entries[0]) as episode, make(CAR) as env:
        labels, actions, rewards = episode.read(LABEL), episode.read("action"), episode.read("reward")
        frames = episode.read("observation")
        seen = observations(episode, view, np.arange(len(actions)))
        assert episode.head.agent == player_of(policy, 1)
        assert (episode.read("actor") == Actor.AGENT).all()
        frame, _ = env.reset(seed=30_001)
        expert, memory = PursuitDriver(), None
        for k, action in enumerate(actions):
            assert np.array_equal(frame, frames[k])
            wanted, memory = expert.predict([read_state(env)], memory, np.array([k == 0]))
            assert np.array_equal(labels[k], wanted[0])
            frame, reward, *_ = env.step(action)
            assert reward == rewards[k]
        assert np.array_equal(frame, frames[-1])
        assert episode.seal.end in ("terminated", "truncated")
    batch = policy.predict(seen[:1], None, None, True)[0]
    assert np.array_equal(batch[0], actions[0]), "what the policy did, seen through its own view"
    assert told.steps == len(actions)
    assert told.returns.tolist() == pytest.approx([rewards.sum()])
    assert told.gap == pytest.approx(np.abs(actions - labels).mean(), abs=1e-6)


def test_a_lost_car_is_driven_back_and_given_back(tmp_path):
    """The rule, read off the rewards: 30 steps without one, then the expert until ten have come."""
    task = task_of(CAR, {})
    told, _ = gathered(tmp_path / "laps", task, "car-racing-pursuit", [30_002], shape=(96, 96), rescue_after=30)
    dataset = Dataset(tmp_path / "laps")
    with dataset.open(dataset.entries[0]) as episode:
        by_expert, earned = episode.read("actor") == Actor.EXPERT, episode.read("reward") > 0
        done, labels = episode.read("action"), episode.read(LABEL)
    idle, left, rescues = 0, 0, 0
    for step, pays in enumerate(earned):
        if left == 0 and idle >= 30:
            left, rescues = RESCUED, rescues + 1
        assert by_expert[step] == (left > 0)
        idle = 0 if pays else idle + 1
        left -= left > 0 and pays
    assert told.rescues == rescues >= 1
    assert 0 < by_expert.sum() < len(by_expert)
    assert np.array_equal(done[by_expert], labels[by_expert])


def test_the_expert_acts_where_beta_says(sway, tmp_path):
    gathered(tmp_path / "laps", sway, EXPERT, [5, 6], beta=0.7, number=2)
    for lap, episode in enumerate(Dataset(tmp_path / "laps").episodes()):
        by_expert = expert_acts(0, 2, lap, 0.7, STEPS)[: len(episode)]
        assert 0 < by_expert.sum() < len(episode)
        assert np.array_equal(episode.read("actor") == Actor.EXPERT, by_expert)
        done, labels = episode.read("action"), episode.read(LABEL)
        assert np.array_equal(done[by_expert], labels[by_expert])
        assert (done[~by_expert] != labels[~by_expert]).any()
        assert np.array_equal(lessons(episode), labels)


def test_the_same_is_gathered_again_in_the_place_of_what_was_there(sway, tmp_path):
    folder = tmp_path / "laps"
    first, _ = gathered(folder, sway, EXPERT, [5, 6, 7])
    digests = [entry.digest for entry in Dataset(folder).entries]
    second, _ = gathered(folder, sway, EXPERT, [5, 6, 7])
    assert [entry.digest for entry in Dataset(folder).entries] == digests
    assert second.returns.tolist() == first.returns.tolist()
    assert [entry.seed for entry in Dataset(folder).entries] == [5, 6, 7]


def test_more_laps_than_worlds_are_driven_one_wave_after_the_other(sway, tmp_path, monkeypatch):
    monkeypatch.setattr("agents.imitation.dagger.gathering.WORLDS", 2)
    told, _ = gathered(tmp_path / "laps", sway, EXPERT, [1, 2, 3, 4, 5], beta=1.0)
    assert told.returns.tolist() == [STEPS] * 5, "the expert drives, and never fails"
    assert np.isnan(told.gap)
    assert [entry.seed for entry in Dataset(tmp_path / "laps").entries] == [1, 2, 3, 4, 5]


def test_an_expert_that_cannot_see_is_refused(sway, tmp_path):
    with pytest.raises(SuiteError, match=r"the expert looks at 'pixels' of tests/Sway-v0"):
        gathered(tmp_path / "laps", sway, EXPERT.replace("Steady", "Sighted"), [1])
    with pytest.raises(SuiteError, match="car-racing-pursuit is made for"):
        expert_of("car-racing-pursuit", sway, 0)
