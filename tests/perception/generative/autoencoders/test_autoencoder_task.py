"""Autoencoders: what they are shown, that they learn to undo it, and how they are judged beside filters."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from perception.generative.autoencoders.autoencoder import Autoencoder, Corrector
from perception.generative.autoencoders.autoencoder_config import AutoencoderConfig, AutoencoderJudging
from perception.generative.autoencoders.autoencoder_task import AutoencoderTask
from perception.generative.autoencoders.corrupting import grey, median_filtered, noisy, non_local_means
from perception.generative.data.options import DataOptions
from perception.generative.data.streets import StreetViews
from perception.training.learner import PerceptionLearner
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError

QUICK = TrainingOptions(
    updates=30, batch_size=8, learning_rate=0.01, warm_up=5, precision="float32", layout="channels_last", threads=1,
    report_every=10,
)  # fmt: skip


def test_noise_is_as_strong_as_it_is_asked_for():
    pictures = np.full((4, 64, 64, 3), 128, np.uint8)
    spoilt = noisy(pictures, 0.1, 0.0, np.random.default_rng(0)).astype(float)
    assert spoilt.mean() == pytest.approx(128.0, abs=0.5)
    assert spoilt.std() == pytest.approx(25.5, abs=0.3)
    masked = noisy(pictures, 0.0, 0.25, np.random.default_rng(0))
    black = (masked == 0).all(axis=3)
    assert black.mean() == pytest.approx(0.25, abs=0.02)
    assert (masked[~black] == 128).all()


def test_grey_is_the_luma():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]]], np.uint8)[None]
    shown = grey(colours)
    assert shown[0, 0, :, 0].tolist() == [76, 150, 29, 18]
    assert (shown == shown[..., :1]).all()


def test_filters_undo_some_noise():
    flat = np.full((1, 32, 32, 3), 100, np.uint8)
    spoilt = noisy(flat, 0.08, 0.0, np.random.default_rng(0))
    errors = [
        np.abs(one.astype(int) - 100).mean() for one in (spoilt, median_filtered(spoilt), non_local_means(spoilt, 0.08))
    ]
    assert errors[2] < errors[1] < errors[0]


def test_a_fresh_corrector_gives_back_what_it_is_shown():
    shown = torch.rand((2, 3, 16, 16))
    assert torch.equal(Corrector(4, 3).eval()(shown), shown)


def test_an_autoencoder_has_no_way_around_its_latents():
    network = Autoencoder("small", (32, 32), 4, 5)
    pictures = torch.rand((2, 3, 32, 32))
    assert network.encode(pictures).shape == (2, 5)
    with torch.no_grad():
        network.latents.weight.zero_()
    one, other = network(pictures)
    torch.testing.assert_close(one, other)


@pytest.mark.slow
def test_a_denoiser_learns_to_beat_what_it_is_shown():
    config = AutoencoderConfig(
        DataOptions("signs"), "noise", 0.15, 0.0, "unet", width=8, judging=AutoencoderJudging(12), training=QUICK
    )
    task = AutoencoderTask(config, 0)
    learner = PerceptionLearner("autoencoder", task, 0, "cpu")
    last = list(learner.run())[-1]
    assert last["held_out_psnr_db"] > last["held_out_shown_psnr_db"] + 2.0
    assert last["held_out_ssim"] > last["held_out_shown_ssim"]
    assert {"held_out_median_psnr_db", "held_out_non_local_means_ssim"} <= last.keys()
    assert task.picture(learner.network.eval(), torch.device("cpu")).std() > 10.0


def test_a_look_is_shown_and_the_other_should_come_back():
    views = StreetViews(looks=("noon", "night"), towns=1, worlds=1, moments=1, cars=2)
    config = AutoencoderConfig(DataOptions("streets", streets=views), "look", network="unet", training=QUICK)
    batch = AutoencoderTask(config, 0).batch(0)
    assert batch["shown"].mean() < 0.5 * batch["pictures"].mean()


def test_batches_of_noise_are_functions_of_their_number():
    config = AutoencoderConfig(DataOptions("signs"), "noise", network="unet", training=QUICK)
    task, again = AutoencoderTask(config, 1), AutoencoderTask(config, 1)
    later = task.batch(3)["shown"]
    assert np.array_equal(again.batch(3)["shown"], later)
    assert not np.array_equal(again.batch(2)["shown"], later)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"network": "unet"}, "network=unet gives back what it is shown by doing nothing"),
        ({"corruption": "look"}, "corruption=look shows a street in another look, not car_racing"),
        ({"masked": 1.0}, "masked must lie in 0.0 to 0.9, not be 1.0"),
    ],
)
def test_settings_that_teach_nothing_are_refused(setting, message):
    with pytest.raises(SuiteError, match=message):
        AutoencoderConfig(**setting)
