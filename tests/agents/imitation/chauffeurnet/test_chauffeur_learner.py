"""Training: a stopped run ends with the same bytes, two processes learn what one does, and the rate goes up and down."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import weakref
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from agents.imitation.chauffeurnet import learner as learning
from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.judging import distances
from agents.imitation.chauffeurnet.learner import ChauffeurLearner
from agents.imitation.chauffeurnet.nets.losses import ENVIRONMENT, IMITATION
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.naming import find, task_of
from agents.recipe import Recipe
from agents.training import begin, go, resume
from sim_suite.errors import SuiteError
from sim_suite.learning.descent import warmed_up
from sim_suite.settings import build_config
from tests.agents.imitation.chauffeurnet import training_by_hand
from tests.agents.imitation.chauffeurnet.training_by_hand import ENV, recipe, train
from tests.agents.stopping import Stopped, files_of

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing disturbed: with errors of perception, and gradients of two batches an update."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    go(begin(recipe(**DISTURBED), folder))
    return folder


DISTURBED = {"accumulate": 2, "scene": {"source": "errors"}, "feed__augmentation": {"imitation_dropout": 0.5}}


@pytest.mark.parametrize("stop_after", [1, 2, 3])
def test_a_stopped_run_goes_on_to_the_same_bytes(whole, tmp_path, stop_after):
    count = 0

    def watch(done, total, metrics):
        nonlocal count
        count += 1
        if count == stop_after:
            raise Stopped

    with pytest.raises(Stopped):
        go(begin(recipe(**DISTURBED), tmp_path / "broken"), watch)
    torch.manual_seed(99)  # what surrounds the run has no part in it
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(whole)


def test_metrics_name_every_loss_and_the_error_of_each_waypoint(whole):
    lines = [json.loads(line) for line in (whole / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [16, 24, 32, 48], "two batches of four examples an update"
    of_the_network = {*IMITATION, *ENVIRONMENT} - {"waypoint"}
    for line in lines:
        assert of_the_network | {"loss", "gradient_norm"} <= set(line)
    for line in (lines[1], lines[3]):
        assert {f"held_out_px_w{k}" for k in range(3)} | {"held_out_m"} <= set(line)
        assert {f"held_out_{name}" for name in of_the_network} <= set(line)
    assert "held_out_m" not in lines[0]
    mean = sum(lines[3][f"held_out_px_w{k}"] for k in range(3)) / 3
    assert lines[3]["held_out_m"] == pytest.approx(0.5 * mean, rel=0.2), "a pixel is half a metre"


def test_two_processes_learn_what_one_learns_from_twice_the_batch_and_the_first_writes(tmp_path):
    """Within what adding up gradients in another order makes of three updates; statistics of batches are averaged instead of chained."""
    learner, lines = train(2)
    shared = {
        **os.environ, "PYTHONPATH": str(ROOT), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()),
    }  # fmt: skip
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", training_by_hand.__name__, str(tmp_path)],
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert [int(words[-1]) for words in said] == [learner.done_steps] * 2 == [24, 24]
    written = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in written] == [24], "one of the two writes"
    assert written[0]["loss"] == pytest.approx(lines[-1]["loss"], rel=1e-4)
    assert find(str(tmp_path / "run")).training["steps"] == 24
    first, second = (load_file(tmp_path / f"{rank}.safetensors") for rank in range(2))
    weights = {name: value.detach() for name, value in learner.agent.network.named_parameters()}
    began = dict(ChauffeurLearner(task_of(ENV, {}), learner._config, 0, "cpu").agent.network.named_parameters())
    assert max(float((weights[name] - began[name].detach()).abs().max()) for name in weights) > 1e-3
    for name, value in first.items():
        assert torch.equal(value, second[name]), f"{name} differs between the processes"
        if name in weights:
            torch.testing.assert_close(value, weights[name], atol=2e-5, rtol=1e-3, msg=name)


@pytest.mark.parametrize("to_the_end", [True, False])
def test_what_shares_gradients_goes_before_the_processes_part(monkeypatch, to_the_end):
    """Else it is the last to know of their group, and now and then the run hangs where it ends."""
    alive, parted = [], []

    class Shared(torch.nn.Module):
        def __init__(self, network, own, device):
            super().__init__()
            self.network = network
            alive.append(weakref.ref(self))

        def forward(self, *words):
            return self.network(*words)

    @contextmanager
    def joined(own, device):
        try:
            yield
        finally:
            parted.extend(found() is None for found in alive)

    monkeypatch.setattr(learning, "shared_gradients", Shared)
    monkeypatch.setattr(learning, "joined", joined)
    made = build_config(ChauffeurConfig, training_by_hand.config(updates=2, report_every=1), "tiny")
    running = ChauffeurLearner(task_of(ENV, {}), made, 0, "cpu").run()
    lines = list(running) if to_the_end else [next(running)]
    running.close()
    assert (len(lines), parted) == (2 if to_the_end else 1, [True])


def test_what_trains_alone_is_not_started_in_several_processes(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SuiteError, match="q-learning trains in one process, not in 2"):
        begin(Recipe("q-learning", "FrozenLake-v1"), tmp_path / "run")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_the_rate_rises_over_the_warm_up_and_falls_along_a_cosine():
    assert [warmed_up(update, 4, 12) for update in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert warmed_up(4, 4, 12) == 1.0
    assert warmed_up(8, 4, 12) == pytest.approx(0.5)
    assert warmed_up(11, 4, 12) == pytest.approx(0.0381, abs=1e-4), "(1 + cos(7 pi / 8)) / 2"
    assert warmed_up(0, 0, 5) == 1.0


def test_distances_of_waypoints_by_hand():
    batch = Batch(*[torch.zeros(0)] * 11)._replace(
        waypoints=torch.tensor([[[10.0, 10.0], [20.0, 20.0]]]), known=torch.tensor([[True, False]])
    )
    said = Prediction(
        torch.tensor([[[13.0, 14.0], [20.0, 21.0]]]), torch.zeros(1, 2), torch.zeros(1, 2), torch.zeros(1)
    )
    off, known = distances(said, batch)
    assert off.tolist() == [[5.0, 1.0]]
    assert known.tolist() == [[True, False]]


def test_the_fast_network_trains_and_acts_too(tmp_path):
    go(begin(recipe("chauffeurnet-fast", updates=2, report_every=1, judge_every=0), tmp_path / "run"))
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert {"waypoint", "collision", "on_road", "geometry"} <= set(lines[0])
    assert "held_out_m" in lines[1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"updates": 0}, "updates must be 1 or more"),
        ({"clip": 0.0}, "clip must be above 0"),
        ({"precision": "float16"}, "precision must be 'auto' or 'float32' or 'bfloat16'"),
        ({"stride": 3}, "stride must divide"),
        ({"raster": "smal"}, "Did you mean 'small'"),
        ({"losses": {"sped": 1.0}}, "Did you mean 'speed'"),
        ({"feed": {"batch_size": 0}}, "batch_size must lie in 1 to 4096"),
        ({"feed": {"experience": {"drivers": ["pdn"]}}}, "Did you mean 'pdm'"),
        ({"losses": 1.0}, "losses must be LossWeights, not 1.0"),
        ({"scene": {"source": "fog"}}, "source is 'truth', 'errors' or"),
    ],
)
def test_a_configuration_that_does_not_hold_together_is_refused(settings, message):
    with pytest.raises(SuiteError, match=message):
        build_config(ChauffeurConfig, settings, "settings")
