"""DAgger learns where cloning must fail, with a scripted expert and with a person's corrections; a stopped run ends with the same bytes."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from agents.imitation.dagger import learner as learning
from agents.imitation.starting import recipe_from
from agents.naming import build, find
from agents.recipe import Recipe
from agents.training import begin, go, resume
from sim_suite.cli.main import main
from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Driver
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError
from tests.agents.imitation.dagger.swaying import EXPERT, STEPS, SWAY, Steady, offer, read
from tests.agents.stopping import Stopped

LOOK = {"view": {"kind": "pixels", "grey": True}, "policy": "alvinn", "head": "regression", "dropout": 0.0}
TINY = {**LOOK, "expert": EXPERT, "laps": 4, "laps_per_round": 4, "batch_size": 32, "learning_rate": 3e-3}


@pytest.fixture(autouse=True)
def sway(monkeypatch):
    offer(monkeypatch)


def recipe(**config):
    return Recipe("dagger", SWAY, config={**TINY, **config})


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (".lock",)
    }


def steps_driven(agent, seeds=range(5)):
    """Return of each lap: how long it stays on the road."""
    found = []
    for seed in seeds:
        with make(SWAY, agent.interface.observation) as env:
            seen, _ = env.reset(seed=seed)
            over, total = False, 0.0
            while not over:
                seen, reward, terminated, truncated, _ = env.step(agent.predict(seen[None], deterministic=True)[0][0])
                over, total = terminated or truncated, total + reward
            found.append(total)
    return found


@pytest.mark.slow
def test_it_stays_on_a_road_on_which_cloning_fails(tmp_path):
    """The same laps of the expert and the same number of batches; only the states that are learned from differ."""
    clone, dagger = tmp_path / "clone", tmp_path / "dagger"
    go(begin(recipe(rounds=0, first_batches=700), clone))
    go(begin(recipe(rounds=4, first_batches=100, batches=150, last_batches=150), dagger))
    assert max(steps_driven(build(find(str(clone)), SWAY, {}, 0))) < STEPS
    assert steps_driven(build(find(str(dagger)), SWAY, {}, 0)) == [STEPS] * 5
    lines = [json.loads(line) for line in (dagger / "metrics.jsonl").read_text().splitlines()]
    driven = [line["gathered_return"] for line in lines if "gathered_return" in line]
    assert driven[0] < 0.8 * STEPS
    assert driven[-1] == STEPS
    assert next(line["steps_there"] for line in lines if "steps_there" in line) == 4 * STEPS
    gaps = [line["gap"] for line in lines if "gap" in line]
    assert gaps[-1] < gaps[0] / 2


def test_the_policies_of_all_rounds_are_kept(tmp_path):
    go(begin(recipe(rounds=2, first_batches=10, batches=10, last_batches=10), tmp_path / "run"))
    rounds = tmp_path / "run" / "rounds"
    assert sorted(path.name for path in rounds.iterdir()) == ["00", "01", "02"]
    weights = [(rounds / f"0{k}" / "policy" / "model.safetensors").read_bytes() for k in range(3)]
    assert len(set(weights)) == 3
    assert weights[2] == (tmp_path / "run" / "checkpoint" / "model.safetensors").read_bytes()
    first = Dataset(rounds / "01" / "episodes").entries
    assert all(entry.by[Actor.AGENT] == entry.steps for entry in first), "the clone drove alone"


@pytest.mark.parametrize(
    ("start", "stops"),
    [pytest.param("warm", (1, 2, 3, 5, 8), marks=pytest.mark.slow), ("scratch", (4,))],
)
def test_a_stopped_run_goes_on_to_the_same_bytes(tmp_path, monkeypatch, start, stops):
    """Stopped after an expert's laps, within a round, at a round's end and after a round's laps; with dropout and bfloat16."""
    monkeypatch.setattr(learning, "REPORT_EVERY", 5)
    config = {"rounds": 2, "first_batches": 12, "batches": 12, "last_batches": 12, "beta": 0.3, "start": start}
    config |= {"dropout": 0.3, "batch_size": 4, "precision": "bfloat16", "laps": 1, "laps_per_round": 2}
    go(begin(recipe(**config), tmp_path / "whole"))
    for stop_after in stops:
        broken, seen = tmp_path / f"broken-{stop_after}", []

        def watch(done, total, metrics, seen=seen, stop_after=stop_after):
            seen.append(done)
            if len(seen) == stop_after:
                raise Stopped

        with pytest.raises(Stopped):
            go(begin(recipe(**config), broken), watch)
        go(resume(broken), enough=lambda metrics: True)  # and stopped in peace, a yield later
        torch.manual_seed(99)  # what surrounds the run has no part in it
        go(resume(broken))
        assert files_of(broken) == files_of(tmp_path / "whole"), f"stopped after {stop_after}"


def test_episodes_that_have_changed_are_not_gone_on_with(tmp_path):
    config = {"rounds": 1, "first_batches": 10, "last_batches": 40}
    go(begin(recipe(**config), tmp_path / "run"))
    go(begin(recipe(**config, dropout=0.1), tmp_path / "other"))
    theirs = tmp_path / "other" / "rounds" / "01" / "episodes"
    mine = tmp_path / "run" / "rounds" / "01" / "episodes"
    for path in (theirs / "episodes").iterdir():
        (mine / "episodes" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(SuiteError, match="the episodes have changed since this run began"):
        resume(tmp_path / "run")


def take_over(agent, folder, seeds):
    """A person lets the agent drive, takes the wheel where the car is half off the line, and gives it back on the line (HG-DAgger)."""
    person = Steady()
    with Recording(folder) as recording, RecordEpisodes(make(SWAY), recording, driver=Driver("tester")) as recorder:
        for seed in seeds:
            recorder.reset(seed=seed)
            env = recorder.unwrapped
            over, at_the_wheel = False, False
            while not over:
                x, _ = read(env)
                at_the_wheel = abs(x) > (0.02 if at_the_wheel else 0.3)
                recorder.actor = Actor.HUMAN if at_the_wheel else Actor.AGENT
                seen = env._picture()[..., 0][None]  # the picture is grey
                chosen = person.predict([read(env)]) if at_the_wheel else agent.predict(seen, deterministic=True)
                *_, terminated, truncated, _ = recorder.step(chosen[0][0])
                over = terminated or truncated
    return folder


@pytest.mark.slow
def test_a_persons_corrections_are_a_round_of_dagger(tmp_path):
    """`train bc --episodes laps fixes --resume RUN`: only the person's steps are learned from, and the clone stays on the road."""
    with (
        Recording(tmp_path / "laps") as recording,
        RecordEpisodes(make(SWAY), recording, driver=Driver("tester")) as recorder,
    ):
        for seed in range(50, 54):
            recorder.reset(seed=seed)
            over = False
            while not over:
                *_, terminated, truncated, _ = recorder.step(Steady().predict([read(recorder.unwrapped)])[0][0])
                over = terminated or truncated
    config = {**LOOK, "epochs": 20, "batch_size": 32, "learning_rate": 3e-3, "validation": 0.0}
    run, folders = tmp_path / "0", [tmp_path / "laps"]
    go(begin(Recipe("bc", SWAY, config={**config, "episodes": [str(tmp_path / "laps")]}), run))
    alone = np.mean(steps_driven(build(find(str(run)), SWAY, {}, 0)))
    for number in (1, 2):
        agent = build(find(str(run)), SWAY, {}, 0)
        folders.append(take_over(agent, tmp_path / f"fixes-{number}", range(100 * number, 100 * number + 4)))
        plan = recipe_from(run, tuple(map(str, folders)))
        run = tmp_path / str(number)
        go(begin(plan, run))
    shares = [Dataset(folder).entries[0].by[Actor.HUMAN] / Dataset(folder).entries[0].steps for folder in folders]
    assert shares[0] == 1.0
    assert all(0 <= share < 1 for share in shares[1:]), "the agent drove the rest"
    assert alone < 0.8 * STEPS
    assert np.mean(steps_driven(build(find(str(run)), SWAY, {}, 0))) > 0.95 * STEPS


def test_it_begins_with_recorded_episodes_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    go(begin(recipe(rounds=0, first_batches=5), tmp_path / "first"))
    words = ["train", "dagger", "--episodes", "first/rounds/00/episodes", "--out", "run", "--json"]
    kind = 'view={kind="pixels", grey=true}'
    settings = [kind, "policy=alvinn", "head=regression", f"expert={EXPERT}", "rounds=1", "laps_per_round=2"]
    settings += ["first_batches=5", "last_batches=5", "batch_size=8"]
    assert main([*words, "--set", *settings]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == 80
    assert not (tmp_path / "run" / "rounds" / "00" / "episodes").exists(), "they lie where they were recorded"
    assert (
        main(
            [
                "train",
                "bc",
                "--episodes",
                "run/rounds/01/episodes",
                "--set",
                kind,
                "policy=alvinn",
                "head=regression",
                "epochs=1",
            ]
        )
        == 0
    )
    assert main(["train", "dagger", "--episodes", "run/rounds/01/episodes", "--resume", "run"]) == 2
    assert "with --resume the recipe" in capsys.readouterr().err
    assert main(["train", "dagger"]) == 2
    assert "say what to train it on" in capsys.readouterr().err
    assert main(["train", "dagger", "--env", SWAY, "--set", 'view={kind="raster"}']) == 2
    assert "dagger looks at 'pixels'" in capsys.readouterr().err
