"""Learning from recorded driving: alone or beside experts, to the same bytes after a stop, judged by whole episodes kept apart."""

from __future__ import annotations

import json
import shutil

import pytest
import torch

from agents.imitation.chauffeurnet import judging
from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.data import feeding
from agents.imitation.starting import recipe_for
from agents.recipe import Recipe, load
from agents.training import begin, go, resume
from sim_suite.episodes.store.dataset import SEALED
from sim_suite.episodes.store.samples import locate
from sim_suite.errors import SuiteError
from sim_suite.settings import build_config
from tests.agents.imitation.chauffeurnet.training_by_hand import ENV, config, recipe
from tests.agents.stopping import Stopped, files_of

SAMPLE = "sample:driving"
MIXED = {"episodes": [SAMPLE], "feed__recorded": 0.5}


def refuse(*arguments):
    raise AssertionError("experts are not asked to drive")


def test_a_stopped_run_on_both_goes_on_to_the_same_bytes(tmp_path):
    go(begin(recipe(**MIXED), tmp_path / "whole"))

    def watch(done, total, metrics):
        raise Stopped

    with pytest.raises(Stopped):
        go(begin(recipe(**MIXED), tmp_path / "broken"), watch)
    torch.manual_seed(99)  # what surrounds the run has no part in it
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")
    go(begin(recipe(), tmp_path / "other"))
    weights = "checkpoint/model.safetensors"
    assert (tmp_path / "other" / weights).read_bytes() != (tmp_path / "whole" / weights).read_bytes()


def test_recorded_driving_alone_needs_no_expert_and_is_judged_by_an_episode_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(feeding, "generate", refuse)
    monkeypatch.setattr(judging, "generate", refuse)
    run = begin(recipe(episodes=[SAMPLE]), tmp_path / "run")
    learned, apart = run.learner._recorded, run.learner._apart
    rows = [{row for log in logs for row in log.moments(3).tolist()} for logs in (learned, apart)]
    assert all(rows)
    assert not rows[0] & rows[1], "no moment is on both sides"
    assert {int(log.episode_of(log.moments(3)).max()) for log in learned + apart} == {0, 1}
    go(run)
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "held_out_m" in line] == [12, 24]


@pytest.mark.parametrize("settings", [{"episodes": [SAMPLE], "validation": 0.0}, {}])
def test_where_nothing_is_kept_apart_experts_drive_for_the_judgement(tmp_path, monkeypatch, settings):
    asked = []
    generate = judging.generate
    monkeypatch.setattr(judging, "generate", lambda *words: asked.append(words) or generate(*words))
    go(begin(recipe(updates=1, **settings), tmp_path / "run"))
    assert len(asked) == 1


def test_a_run_whose_episodes_have_changed_is_not_gone_on_with(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(locate(SAMPLE), folder)
    go(begin(recipe(updates=1, episodes=[str(folder)]), tmp_path / "run"))
    resume(tmp_path / "run")
    (folder / SEALED / "000001.episode").unlink()
    with pytest.raises(SuiteError, match="the episodes have changed since this run began"):
        resume(tmp_path / "run")


def test_the_recipe_of_episodes_has_no_view():
    """As `train chauffeurnet --episodes` puts it together: other imitators look at a raster there, this one says itself what it sees."""
    plan = recipe_for((SAMPLE,), Recipe("chauffeurnet", ""))
    small = load("chauffeurnet-small").config
    assert (plan.agent, plan.env, plan.config) == ("chauffeurnet", ENV, {**small, "episodes": [SAMPLE]})
    assert "view" not in plan.config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"episodes": ["sample:car-racing"]}, r"sim_suite/CarRacing-v0\) holds no states of driving worlds"),
        ({"episodes": ["nowhere"]}, "nowhere holds no episodes"),
        ({"episodes": [SAMPLE], "actors": ["human"]}, "sample:driving has no steps by human to learn from"),
    ],
)
def test_episodes_that_cannot_be_learned_from_are_refused_before_a_run_begins(tmp_path, settings, message):
    with pytest.raises(SuiteError, match=message) as caught:
        begin(recipe(**settings), tmp_path / "run")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"feed__recorded": 0.5}, r"feed\.recorded is 0\.5, but no episodes are named"),
        ({"validation": 0.95, "episodes": [SAMPLE]}, r"validation must lie in 0\.0 to 0\.9"),
        ({"actors": ["humans"]}, "Did you mean 'human'"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(SuiteError, match=message):
        config(**settings)
    assert build_config(ChauffeurConfig, {"episodes": [SAMPLE]}, "x").feed.recorded == 1.0
