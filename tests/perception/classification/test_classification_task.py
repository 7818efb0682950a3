"""Classification as a task: batches, judging by hand, transfer between tasks, and what a recipe may not say."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from perception.classification.config import AugmentOptions, ClassificationConfig, JudgingOptions
from perception.classification.drawing import Seen, sheet, surest_mistakes
from perception.classification.task import ClassificationTask, accuracy, recalls
from perception.recipe import Recipe
from perception.registry import entry
from perception.training import checkpoint
from perception.training.run import begin, go, resume
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.settings import parse_settings, with_settings
from tests.perception.classification.another_task import save_of_another_task
from tests.perception.classification.datasets.test_data_set_files import write_mnist

TINY = {"maps": (4, 6), "layers": (1, 1)}
CPU = torch.device("cpu")


def task(seed=0, **changed):
    return ClassificationTask(ClassificationConfig(sizes=TINY, judging=JudgingOptions(32), **changed), seed)


def recipe(*settings, seed=0):
    return Recipe(
        "classification", seed, with_settings({}, parse_settings([*entry("classification").trial, *settings]))
    )


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    """A run that learned signs for a moment."""
    folder = tmp_path_factory.mktemp("signs") / "run"
    go(begin(recipe(seed=5), folder, "cpu"))
    return folder


class Says(nn.Module):
    """Always the same class."""

    def __init__(self, label, classes):
        super().__init__()
        self.scores = nn.functional.one_hot(torch.tensor(label), classes).float()

    def forward(self, pictures):
        return self.scores.expand(len(pictures), -1)


def test_a_batch_has_pictures_and_labels_and_is_a_function_of_its_number():
    one, again = task(1, augment=AugmentOptions(shift=3)), task(1, augment=AugmentOptions(shift=3))
    batches = [one.batch(number) for number in (0, 1)]
    assert batches[0]["pictures"].shape == (16, 32, 32, 3)
    assert batches[0]["labels"].shape == (16,)
    assert np.array_equal(again.batch(1)["pictures"], batches[1]["pictures"])
    assert not np.array_equal(batches[0]["pictures"], batches[1]["pictures"])
    assert not np.array_equal(task(1).batch(0)["pictures"], batches[0]["pictures"])


def test_accuracy_and_recall_by_hand():
    counts = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    assert accuracy(counts) == 7 / 8
    assert recalls(counts)[:2].tolist() == [0.75, 1.0]
    assert np.isnan(recalls(counts)[2])


def test_one_who_always_says_the_same_is_right_one_time_in_sixteen():
    told = task().judge(Says(3, 16), CPU)
    assert told["accuracy"] == told["worst_style_accuracy"] == 1 / 16
    assert {name for name, value in told.items() if value == 1.0} == {"accuracy_no_entry"}
    assert (told["accuracy_low"], told["accuracy_high"]) == pytest.approx(
        (0.0388, 0.0991), abs=1e-4
    )  # Wilson: 16 of 256
    assert len(told) == 4 + 16


def test_the_picture_frames_what_is_named_wrongly():
    def red(label):
        return int((np.abs(task().picture(Says(label, 16), CPU).astype(int) - (214, 40, 40)).max(axis=-1) < 3).sum())

    assert red(3) > 5000  # fifteen rows of eight
    right = task()
    said = [replace_said(one) for one in right._seen(Says(0, 16), CPU)]
    from perception.classification.drawing import WRONG, columns, grid

    assert not (grid(columns(said, 16), 16) == WRONG).all(axis=-1).any()


def replace_said(one):
    return one._replace(said=one.labels)


def test_the_surest_mistakes_are_shown_below():
    labels, said = np.array([0, 1, 1, 0], np.uint8), np.array([1, 1, 0, 1], np.uint8)
    pictures = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 32, 32, 3), np.uint8)
    seen = [Seen("dusk", pictures, labels, said, np.array([0.6, 0.9, 0.8, 0.6], np.float32))]
    found = surest_mistakes(seen, 3)
    assert [(one.picture[0, 0, 0], one.label, one.said) for one in found] == [(2, 1, 0), (0, 0, 1), (3, 0, 1)]
    assert found[0].confidence == pytest.approx(0.8)
    assert [one.said for one in surest_mistakes(seen, 1)] == [0]
    right = [seen[0]._replace(said=labels)]
    assert surest_mistakes(right, 3) == []
    assert sheet(seen, ("car", "bus")).shape[0] > sheet(right, ("car", "bus")).shape[0]


def test_the_loss_is_lower_for_who_knows():
    one = task(label_smoothing=0.1)
    batch = {name: torch.from_numpy(array) for name, array in one.batch(0).items()}
    torch.manual_seed(0)
    loss, terms = one.loss(one.network(), batch)
    assert sorted(terms) == ["accuracy", "cross_entropy"]
    assert 1.0 < loss.item() < 10.0

    class Knows(nn.Module):
        def forward(self, pictures):
            return 5.0 * nn.functional.one_hot(batch["labels"].long(), 16).float()

    known, terms = one.loss(Knows(), batch)
    assert known.item() < 0.7
    assert terms["accuracy"].item() == 1.0


def test_mixing_is_decided_by_torchs_random_numbers_alone():
    one = task(mixup=0.3)
    batch = {name: torch.from_numpy(array) for name, array in one.batch(0).items()}
    network = one.network().eval()
    losses = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        losses.append(one.loss(network, batch)[0].item())
    assert losses[0] == losses[1] != losses[2]


def test_blocks_are_taken_over_by_a_task_with_other_classes(signs, tmp_path):
    mnist = write_mnist(tmp_path / "mnist")
    run = begin(recipe(f"data=mnist:{mnist}", f"start_from={signs}", "freeze=1"), tmp_path / "run", "cpu")
    before = checkpoint.load(str(signs)).network.state_dict()
    begun = {name: value.clone() for name, value in run.learner.network.state_dict().items()}
    assert all(torch.equal(begun[name], before[name]) for name in before if name.startswith("blocks."))
    assert begun["score.weight"].shape == (10, 4)
    after = checkpoint.load(str(go(run))).network.state_dict()
    for name, value in after.items():
        assert torch.equal(value, begun[name]) == name.startswith("blocks.0."), name  # its norm's statistics too


def test_scores_are_taken_over_too_where_the_classes_are_the_same(signs, tmp_path):
    run = begin(recipe(f"start_from={signs}", seed=9), tmp_path / "run", "cpu")
    before = checkpoint.load(str(signs)).network.state_dict()
    assert all(torch.equal(value, before[name]) for name, value in run.learner.network.state_dict().items())


def test_a_run_does_not_need_what_it_started_from_again(signs, tmp_path):
    """It is resumed and loaded to the same bytes with the other checkpoint gone."""
    shutil.copytree(signs, tmp_path / "before")
    settings = (f"start_from={tmp_path / 'before'}", "freeze=1")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    go(begin(recipe(*settings), whole, "cpu"))
    go(begin(recipe(*settings), broken, "cpu"), enough=lambda metrics: True)
    shutil.rmtree(tmp_path / "before")
    go(resume(broken, "cpu"))
    assert (broken / "checkpoint/model.safetensors").read_bytes() == (
        whole / "checkpoint/model.safetensors"
    ).read_bytes()
    assert checkpoint.load(str(whole)).task.config.freeze == 1


def test_a_run_that_never_reached_a_checkpoint_starts_from_the_other_one_again(signs, tmp_path):
    begin(recipe(f"start_from={signs}"), tmp_path / "run", "cpu")
    before = checkpoint.load(str(signs)).network.state_dict()
    resumed = resume(tmp_path / "run", "cpu").learner.network.state_dict()
    assert all(torch.equal(value, before[name]) for name, value in resumed.items())


def test_nothing_is_taken_over_from_another_network_or_task(signs, tmp_path):
    for other in ("network=vgg", "sizes.maps=[4,5]", "sizes.layers=[1,2]"):
        settings = [other, f"start_from={signs}"]
        if other == "network=vgg":
            changed = recipe(f"start_from={signs}")
            changed = replace(changed, config={**changed.config, "network": "vgg", "sizes": {}})
        else:
            changed = recipe(*settings)
        with pytest.raises(SuiteError, match="Set network and sizes to the checkpoint's"):
            begin(changed, tmp_path / "run", "cpu")
        assert not (tmp_path / "run").exists()
    save_of_another_task(tmp_path / "segmentation")
    with pytest.raises(SuiteError, match="was trained for 'segmentation'"):
        begin(recipe(f"start_from={tmp_path / 'segmentation'}"), tmp_path / "run", "cpu")


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"freeze": 1}, SuiteError, "name start_from=CHECKPOINT too"),
        ({"freeze": -1}, SuiteError, "freeze"),
        ({"mixup": -0.1}, SuiteError, "mixup"),
        ({"label_smoothing": 0.6}, SuiteError, "label_smoothing"),
        ({"network": "resnett"}, UnknownNameError, "Did you mean 'resnet'"),
        ({"sizes": {"map": [4]}}, UnknownNameError, "Did you mean 'maps'"),
    ],
)
def test_settings_are_refused_by_name(changed, error, message):
    with pytest.raises(error, match=message):
        ClassificationConfig(**changed)
    with pytest.raises(SuiteError, match="shift"):
        AugmentOptions(shift=17)
    with pytest.raises(SuiteError, match="examples"):
        JudgingOptions(0)
