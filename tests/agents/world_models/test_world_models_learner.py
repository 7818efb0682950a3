"""A whole run of World Models, small: it learns, it stops and goes on to the same bytes in every stage, and refuses what it cannot use."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from agents.naming import build, find, task_of
from agents.recipe import Recipe
from agents.training import begin, go, resume
from agents.world_models.config import EvolutionOptions, GatheringOptions, MemoryOptions, WorldModelsConfig
from agents.world_models.drives import Drive
from agents.world_models.gathering import Gathering
from agents.world_models.mdn_rnn import MdnRnn
from agents.world_models.remembering import Remembering
from agents.world_models.tracks import evolved_on, gathered_on, judged_on
from sim_suite.envs.car_racing import vector
from sim_suite.envs.views import PIXELS
from sim_suite.errors import DamagedFileError, SuiteError
from tests.agents.stopping import Stopped, files_of
from tests.agents.world_models.tiny_vision import LATENTS, kept_in, vision

CAR_RACING = "sim_suite/CarRacing-v0"
SHORT = {"max_episode_steps": 24}


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(vector, "_processors", lambda: 1)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return str(kept_in(tmp_path_factory.mktemp("perception") / "v"))


def recipe(checkpoint, **evolution):
    return Recipe(
        "world-models", CAR_RACING, seed=3, env_kwargs=SHORT,
        config={
            "vision": checkpoint, "hold": 2, "precision": "float32",
            "gathering": {"rollouts": 3, "steps": 20},
            "memory": {"units": 4, "gaussians": 2, "updates": 3, "batch_size": 2, "window": 4, "report_every": 1, "held_out": 0.3},
            "evolution": {
                "generations": 3, "population": 4, "tracks": 1, "limit": 8, "worlds": 2, "judge_every": 2, "judge_tracks": 1,
                **evolution,
            },
        },
    )  # fmt: skip


def test_a_run_gathers_remembers_evolves_and_drives(tmp_path, checkpoint):
    run = begin(recipe(checkpoint), tmp_path / "run")
    done = []
    go(run, lambda steps, total, metrics: done.append((steps, total)))
    total = 3 * 20 + 3 * 2 * 4 + 3 * 4 * 1 * 8
    assert done[-1] == (total, total)
    assert [steps for steps, _ in done] == [20, 40, 60, 68, 76, 84, 116, 148, 180]
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["decisions"] for line in lines[:3]] == [10] * 3
    assert "held_out_loss" in lines[5]
    judged = [line["judged_return"] for line in lines if "judged_return" in line]
    assert len(judged) == 2
    assert all(line["best_candidate_return"] >= line["candidates_return"] for line in lines[6:])
    agent = build(find(str(tmp_path / "run")), CAR_RACING, SHORT, 0)
    assert agent.interface.observation == PIXELS
    assert agent.network.controller.any(), "a controller was judged and kept"
    assert len(list((tmp_path / "run" / "rounds" / "drives").iterdir())) == 3


@pytest.mark.slow
def test_a_stopped_run_goes_on_to_the_same_bytes(tmp_path, checkpoint):
    """Stopped while it gathers, while M learns, and between two generations."""
    go(begin(recipe(checkpoint), tmp_path / "whole"))
    for stop_after in (2, 5, 8):
        broken, seen = tmp_path / f"broken-{stop_after}", []

        def watch(done, total, metrics, seen=seen, stop_after=stop_after):
            seen.append(done)
            if len(seen) == stop_after:
                raise Stopped

        with pytest.raises(Stopped):
            go(begin(recipe(checkpoint), broken), watch)
        torch.manual_seed(99)  # what surrounds the run has no part in it
        go(resume(broken))
        assert files_of(broken) == files_of(tmp_path / "whole"), f"stopped after {stop_after}"


def test_a_drive_that_was_altered_is_named(tmp_path, checkpoint):
    go(begin(recipe(checkpoint), tmp_path / "run"), enough=lambda metrics: metrics.get("drives") == 2)
    path = tmp_path / "run" / "rounds" / "drives" / "00001.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedFileError, match=r"00001\.safetensors is missing or was altered"):
        resume(tmp_path / "run")


def test_a_search_that_does_not_repeat_itself_is_not_gone_on_with(tmp_path, checkpoint, monkeypatch):
    go(begin(recipe(checkpoint), tmp_path / "run"), enough=lambda metrics: "generation" in metrics)
    import cma

    class Other(cma.CMAEvolutionStrategy):
        def tell(self, asked, values):
            super().tell(asked[::-1], values)

    monkeypatch.setattr(cma, "CMAEvolutionStrategy", Other)
    with pytest.raises(SuiteError, match="the search does not repeat itself"):
        resume(tmp_path / "run")


def test_drives_follow_from_seed_and_number_and_mix_the_expert_in():
    task = task_of(CAR_RACING, {})
    options = GatheringOptions(rollouts=2, steps=40, held=3, expert_share=0.5, expert_stretch=5)
    drives = []
    for seed, number in ((0, 1), (0, 1), (0, 0)):
        gathering = Gathering(task, vision(), options, 2, seed)
        drives.append(gathering.drive(number))
        gathering.close()
    assert all(np.array_equal(one, other) for one, other in zip(drives[0], drives[1], strict=True))
    assert not np.array_equal(drives[0].actions, drives[2].actions)
    assert drives[0].actions.shape == (20, 3)
    assert drives[0].means.shape == (20, LATENTS)
    held = (np.diff(drives[0].actions, axis=0) == 0).all(axis=1)
    assert held.any(), "random actions are held"
    assert not held.all()
    assert ((drives[0].actions >= [-1, 0, 0]) & (drives[0].actions <= 1)).all()


def test_an_expert_that_reads_no_state_is_refused():
    options = GatheringOptions(expert="do-nothing", expert_share=1.0)
    with pytest.raises(SuiteError, match="must be one that reads the privileged state, not 'do-nothing'"):
        Gathering(task_of(CAR_RACING, {}), vision(), options, 1, 0)


def test_m_learns_to_foretell_a_world_that_its_actions_turn():
    """z(t+1) = a(t): nothing but the action tells. A Gaussian about the truth with deviation e has ln e + 1.42 nats."""
    dice = np.random.default_rng(0)
    drives = []
    for _ in range(6):
        actions = dice.choice([-1.0, 1.0], (40, 3)).astype(np.float32)
        means = np.concatenate([np.zeros((1, 2), np.float32), actions[:-1, :2]])
        drives.append(Drive(means, np.full((40, 2), 2 * np.log(0.1), np.float32), actions))
    torch.manual_seed(0)
    learning = Remembering(
        MdnRnn(2, 3, 16, 2),
        MemoryOptions(units=16, gaussians=2, updates=150, batch_size=16, window=10, learning_rate=2e-2),
        0,
    )
    learning.take(drives)
    before = learning.judge()
    for number in range(150):
        learning.learn(number)
    best = np.log(0.1) + 0.5 * np.log(2 * np.pi * np.e)
    assert before > 1.0
    assert learning.judge() == pytest.approx(best, abs=0.4)


def test_tracks_are_apart_and_none_is_the_leaderboards():
    groups = [
        {gathered_on(0, number) for number in range(50)}, set(evolved_on(0, 0, 20)), set(evolved_on(0, 1, 20)),
        set(judged_on(0, 20)), {gathered_on(1, number) for number in range(50)},
    ]  # fmt: skip
    together = set().union(*groups)
    assert len(together) == sum(map(len, groups))
    assert min(together) >= 1_000_000
    assert evolved_on(5, 7, 3) == evolved_on(5, 7, 3)


def test_what_does_not_hold_together_is_refused(checkpoint, tmp_path):
    with pytest.raises(SuiteError, match=r"memory\.window must be less than the 50 decisions of a drive"):
        WorldModelsConfig(hold=2, gathering=GatheringOptions(steps=100), memory=MemoryOptions(window=50))
    with pytest.raises(SuiteError, match="keeps none of 3 drives apart"):
        WorldModelsConfig(gathering=GatheringOptions(rollouts=3))
    with pytest.raises(SuiteError, match="population must be at least 4, not 3"):
        EvolutionOptions(population=3)
    with pytest.raises(SuiteError, match="world-models drives by steering"):
        begin(Recipe("world-models", "Pendulum-v1", config={"vision": checkpoint}), tmp_path / "run")
