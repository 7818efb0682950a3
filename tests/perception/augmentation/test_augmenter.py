"""What shows pictures otherwise: by share and chance, in either layout, through a checkpoint, in training that goes on to the same bits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from torch import nn

from perception.augmentation import learned
from perception.augmentation.augmenter import Classical, augmenter_of, varied, with_varied
from perception.augmentation.learned import Learned
from perception.recipe import Recipe
from perception.training.checkpoint import Description, Trained
from perception.training.learner import PerceptionLearner
from perception.training.options import TrainingOptions
from perception.training.run import begin, go
from sim_suite.errors import SuiteError
from tests.perception.training.small_task import QUICK, SmallConfig, SmallTask


class Negative:
    def vary(self, pictures, dice):
        return 255 - pictures


class Darker:
    """A task whose network halves what it is shown, plus what chance says."""

    picture_size = (4, 6)

    def vary(self, network, pictures, dice):
        assert pictures.shape[1:] == (4, 6, 3)
        return (pictures // 2 + dice.integers(2)).astype(np.uint8)


@dataclass(frozen=True)
class PictureConfig:
    training: TrainingOptions = field(default_factory=lambda: replace(QUICK, updates=6, batch_size=4, report_every=2))


class PictureTask(SmallTask):
    """Tells dark pictures from light ones."""

    Config = PictureConfig

    def network(self):
        return nn.Sequential(nn.Flatten(), nn.Linear(2 * 2 * 3, 2))

    def batch(self, number):
        dice = np.random.default_rng([self.seed, number])
        light = dice.integers(2, size=self.training.batch_size)
        return {
            "pictures": np.tile((80 + 80 * light).astype(np.uint8)[:, None, None, None], (1, 2, 2, 3)),
            "sides": light,
        }

    def loss(self, network, batch):
        loss = nn.functional.cross_entropy(network(batch["pictures"].float() / 255), batch["sides"])
        return loss, {}

    def judge(self, network, device):
        return {}


def pictures(count=200):
    return np.random.default_rng(0).integers(0, 256, (count, 4, 6, 3), np.uint8)


def test_names():
    assert augmenter_of("none") is None
    assert isinstance(augmenter_of("classical"), Classical)
    with pytest.raises(SuiteError, match="no perception checkpoint"):
        augmenter_of("nowhere")
    with pytest.raises(SuiteError, match=r"network of 'classification', which makes no pictures of pictures"):
        augmenter_of("zoo:signs")


def test_a_share_is_shown_otherwise_and_the_rest_as_it_is():
    before = pictures()
    after = varied(before, Negative(), 0.3, np.random.default_rng(1))
    changed = (after != before).any((1, 2, 3))
    assert 40 <= changed.sum() <= 80
    assert np.array_equal(after[changed], 255 - before[changed])
    assert varied(before, Negative(), 0.0, np.random.default_rng(1)) is before
    assert varied(before, None, 1.0, np.random.default_rng(1)) is before
    assert np.array_equal(varied(before, Negative(), 1.0, np.random.default_rng(1)), 255 - before)


def test_either_layout_is_known_and_labels_stay():
    before, labels = pictures(5), np.arange(5)
    last = with_varied({"pictures": before, "labels": labels}, Negative(), 1.0, np.random.default_rng(0))
    first = with_varied({"pictures": before.transpose(0, 3, 1, 2)}, Negative(), 1.0, np.random.default_rng(0))
    assert np.array_equal(last["pictures"], 255 - before)
    assert last["labels"] is labels
    assert np.array_equal(first["pictures"].transpose(0, 2, 3, 1), last["pictures"])


def test_classical_leaves_what_it_was_given_and_follows_its_dice():
    before = pictures(20)
    kept = before.copy()
    one, same, other = (Classical().vary(before, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(before, kept)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert (one != before).any((1, 2, 3)).all()


def test_a_network_makes_them_in_its_own_size(monkeypatch):
    monkeypatch.setattr(learned, "load", lambda name: Trained(nn.Identity(), Darker(), Description("darker", {}, ())))
    shown = np.full((2, 8, 12, 3), 100, np.uint8)
    made = Learned("somewhere").vary(shown, np.random.default_rng(0))
    assert made.shape == shown.shape
    assert set(np.unique(made)) <= {50, 51}


@pytest.mark.parametrize("ahead", [0, 2])
def test_training_goes_on_to_the_same_bits(tmp_path, ahead):
    config = PictureConfig(replace(PictureConfig().training, augment="classical", ahead=ahead))
    whole = PerceptionLearner("pictures", PictureTask(config, 0), 0)
    list(whole.run())
    part = PerceptionLearner("pictures", PictureTask(config, 0), 0)
    next(part.run())
    part.save_state(tmp_path)
    resumed = PerceptionLearner("pictures", PictureTask(config, 0), 0)
    resumed.load_state(tmp_path)
    list(resumed.run())
    plain = PerceptionLearner("pictures", PictureTask(PictureConfig(), 0), 0)
    list(plain.run())
    for (name, theirs), ours in zip(
        whole.network.state_dict().items(), resumed.network.state_dict().values(), strict=True
    ):
        assert torch.equal(theirs, ours), name
    assert not torch.equal(whole.network[1].weight, plain.network[1].weight)


def test_a_task_without_pictures_is_told_so():
    config = SmallConfig(training=replace(QUICK, augment="classical"))
    with pytest.raises(SuiteError, match=r"'small' learns from none"):
        list(PerceptionLearner("small", SmallTask(config, 0), 0).run())


def test_a_vaes_neighbours_are_learned_from(tmp_path):
    """From its training to the pictures that others learn from."""
    tiny = {
        "width": 4, "latents": 4, "data": {"source": "signs"}, "judging": {"pictures": 8},
        "training": {"updates": 2, "batch_size": 2, "report_every": 1, "precision": "float32", "layout": "channels_last"},
    }  # fmt: skip
    folder = go(begin(Recipe("vae", config=tiny), tmp_path / "vae", "cpu"))
    augmenter = augmenter_of(str(folder))
    shown = pictures(3)
    made = augmenter.vary(shown, np.random.default_rng(0))
    assert made.shape == shown.shape
    assert made.dtype == np.uint8
    assert np.array_equal(made, augmenter.vary(shown, np.random.default_rng(0)))
    assert not np.array_equal(made, augmenter.vary(shown, np.random.default_rng(1)))
