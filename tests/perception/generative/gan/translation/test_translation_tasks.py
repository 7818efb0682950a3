"""pix2pix and CycleGAN as tasks: what is paired and what is not, translating any size, judging, and what a recipe may not say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from perception.generative.data.streets import StreetViews
from perception.generative.gan.translation.config import (
    CriticOptions,
    CycleGanConfig,
    Pix2PixConfig,
    TranslationJudging,
)
from perception.generative.gan.translation.cyclegan import TO_FIRST, TO_SECOND
from perception.generative.gan.translation.cyclegan_task import CycleGanTask
from perception.generative.gan.translation.judging import Translated, halves, judge_translation
from perception.generative.gan.translation.pix2pix_task import Pix2PixTask
from perception.generative.gan.translation.translator import translate
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError, UnknownNameError

CPU = torch.device("cpu")
DATA = StreetViews(("noon", "night"), towns=1, worlds=1, moments=1, cars=3)
CRITIC = CriticOptions(patch=16, width=2)
TRAINING = TrainingOptions(batch_size=3)
PIX2PIX = Pix2PixConfig(data=DATA, width=2, levels=2, critic=CRITIC, judging=TranslationJudging(4), training=TRAINING)
CYCLE = CycleGanConfig(
    data=DATA, width=2, blocks=1, pool=2, critic=CRITIC, judging=TranslationJudging(4), training=TRAINING
)


@pytest.fixture(scope="module")
def paired():
    return Pix2PixTask(PIX2PIX, 0)


@pytest.fixture(scope="module")
def cycle():
    return CycleGanTask(CYCLE, 0)


def test_labels_become_planes(paired):
    batch = paired.batch(0)
    assert batch["shown"].shape == (3, 64, 64)
    planes = paired.shown(torch.from_numpy(batch["shown"]))
    assert planes.shape == (3, 9, 64, 64)
    assert planes.unique().tolist() == [-1.0, 1.0]
    assert np.array_equal(planes.argmax(1).numpy(), batch["shown"])
    assert (planes.sum(1) == -7.0).all()


def test_pictures_may_be_shown_in_place_of_labels(paired):
    other = Pix2PixTask(replace(PIX2PIX, source="first"), 0)
    batch = other.batch(0)
    assert np.array_equal(batch["true"], paired.batch(0)["true"])
    assert batch["shown"].mean() > 2 * batch["true"].mean()  # noon, and night
    assert other.classes == ()
    assert other.shown(torch.from_numpy(batch["shown"])).shape == (3, 3, 64, 64)
    generator = other.network().generator.eval()
    varied = other.vary(generator, batch["shown"][:, :50, :], np.random.default_rng(0))
    assert varied.shape == (3, 50, 64, 3)
    with pytest.raises(SuiteError, match="source=first"):
        paired.vary(paired.network().generator, batch["shown"], np.random.default_rng(0))


def test_looks_are_drawn_by_themselves(cycle):
    """Though scenes are few: the same three in the same order would be a chance of one in 27."""
    batch, scenes = cycle.batch(0), cycle.source.pairs(0, 3)
    assert batch["first"].mean() > 2 * batch["second"].mean()
    assert np.array_equal(scenes.first, batch["first"])
    assert not np.array_equal(scenes.second, batch["second"])


def test_players_and_product(paired, cycle):
    network = paired.network()
    assert [(one.name, one.part) for one in paired.players(network)] == [
        ("critic", network.critic), ("generator", network.generator),
    ]  # fmt: skip
    assert paired.product(network) is network.generator
    network = cycle.network()
    assert [(one.name, one.part) for one in cycle.players(network)] == [
        ("generators", network.generators), ("critics", network.critics),
    ]  # fmt: skip
    assert sorted(cycle.product(network)) == [TO_FIRST, TO_SECOND]


class Invert(nn.Module):
    def forward(self, pictures):
        assert pictures.shape[2] % 4 == pictures.shape[3] % 4 == 0
        return -pictures


@pytest.mark.parametrize("size", [(8, 8), (7, 10), (1, 1)])
def test_pictures_of_any_size_are_translated(size):
    pictures = np.random.default_rng(0).integers(0, 256, (19, *size, 3), np.uint8)
    assert np.array_equal(translate(Invert(), pictures, CPU, 4), 255 - pictures)


def test_a_look_that_it_does_not_know_is_refused(cycle):
    generators = cycle.product(cycle.network()).eval()
    pictures = np.zeros((5, 12, 16, 3), np.uint8)
    assert cycle.translated(generators, pictures, "night", CPU).shape == pictures.shape
    with pytest.raises(UnknownNameError, match=r"look 'nihgt'. Did you mean 'night'"):
        cycle.translated(generators, pictures, "nihgt", CPU)


def test_varying_sends_each_picture_one_way_or_the_other(cycle):
    generators = cycle.product(cycle.network()).eval()
    pictures = np.random.default_rng(1).integers(0, 256, (6, 16, 16, 3), np.uint8)
    varied = cycle.vary(generators, pictures, np.random.default_rng(2))
    ways = [cycle.translated(generators, pictures, look, CPU) for look in ("noon", "night")]
    chosen = np.random.default_rng(2).integers(2, size=6)
    assert 0 < chosen.sum() < 6
    assert np.array_equal(varied, np.stack([ways[way][number] for number, way in enumerate(chosen)]))


def test_the_truth_is_judged_as_the_truth(cycle):
    scenes, others = halves(cycle.source.held_out_pairs(8))
    told = judge_translation(Translated(scenes.first, scenes.second, scenes.first, scenes.labels, others.first), CPU)
    assert (told["l1"], told["ssim"]) == (0.0, pytest.approx(1.0))
    assert all(told[name] == told[f"{name}_paired"] for name in ("miou", "fid", "kid"))
    assert told["miou"] > told["miou_untranslated"]
    assert told["l1_untranslated"] == pytest.approx(np.abs(scenes.second / 255 - scenes.first / 255).mean(), rel=1e-4)
    assert told["ssim_untranslated"] < 0.9


def test_scenes_and_others_do_not_meet(paired):
    scenes, others = halves(paired.source.held_out_pairs(9))
    assert len(scenes.labels) == len(others.labels) == 4
    assert not any(np.array_equal(one, other) for one in scenes.labels for other in others.labels)


def test_labels_and_both_pictures_are_shown(paired):
    picture = paired.picture(paired.network().generator.eval(), CPU)
    assert picture.dtype == np.uint8
    assert picture.std() > 10.0
    assert "zoo:segmentation-driving" in " ".join(paired.notes().values())


@pytest.mark.parametrize(
    ("config", "changed", "message"),
    [
        (CYCLE, {"cycle": -1.0}, "cycle"),
        (CYCLE, {"pool": 1001}, "pool"),
        (CYCLE, {"blocks": -1}, "blocks"),
        (PIX2PIX, {"l1": -1.0}, "l1"),
        (PIX2PIX, {"levels": 1}, "levels"),
    ],
)
def test_settings_are_refused_by_name(config, changed, message):
    with pytest.raises(SuiteError, match=message):
        replace(config, **changed)


def test_patches_and_looks_are_refused():
    with pytest.raises(SuiteError, match="patch must be one of 16, 34, 70, 142, 286, not 71"):
        CriticOptions(patch=71)
    for task, config in ((CycleGanTask, CYCLE), (Pix2PixTask, PIX2PIX)):
        with pytest.raises(SuiteError, match="looks has 1"):
            task(replace(config, data=replace(DATA, looks=("noon",))), 0)
