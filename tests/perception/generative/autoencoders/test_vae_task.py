"""The VAE as a task: it learns, its parts add up, and what is opened from it holds its promises."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from perception.generative.autoencoders.opening import open_vae
from perception.generative.autoencoders.picture_vae import AT_ONCE, PictureVae
from perception.generative.autoencoders.vae import Vae
from perception.generative.autoencoders.vae_config import VaeConfig, VaeJudging
from perception.generative.autoencoders.vae_task import VaeTask
from perception.generative.data.options import DataOptions
from perception.training.learner import PerceptionLearner
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError

QUICK = TrainingOptions(
    updates=30, batch_size=16, learning_rate=0.01, warm_up=5, precision="float32", layout="channels_last", threads=1,
    report_every=10,
)  # fmt: skip
SIGNS = VaeConfig(
    DataOptions("signs"), width=4, latents=8, deviation=0.2, conditional=True, judging=VaeJudging(16), training=QUICK
)
PLAIN = (16, 16)


def test_a_vae_learns_and_its_parts_add_up():
    learner = PerceptionLearner("vae", VaeTask(SIGNS, 0), 0, "cpu")
    told = list(learner.run())
    assert told[-1]["loss"] < 0.7 * told[0]["loss"]
    last = told[-1]
    bound = last["held_out_reconstruction_nats"] + last["held_out_kl_nats"]
    assert last["held_out_negative_elbo_nats"] == pytest.approx(bound)
    assert last["held_out_nats_per_dim"] == pytest.approx(bound / (3 * 32 * 32))
    assert last["held_out_kl_nats"] > 1.0


def test_beta_and_warm_up_weigh_the_kl_by_the_number_of_the_update():
    task = VaeTask(
        VaeConfig(SIGNS.data, beta=4.0, kl_warm_up=2, conditional=True, width=4, latents=8, training=QUICK), 0
    )
    assert [task.batch(number)["kl_weight"].tolist() for number in range(3)] == [[2.0], [4.0], [4.0]]
    torch.manual_seed(0)
    network = task.network()
    batch = {name: torch.from_numpy(array) for name, array in task.batch(1).items()}
    loss, terms = task.loss(network, batch)
    numbers = 3 * 32 * 32
    assert loss.item() * numbers == pytest.approx(
        terms["reconstruction_nats"].item() + 4.0 * terms["kl_nats"].item(), rel=1e-5
    )


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    return PictureVae(Vae("small", PLAIN, 4, 3), PLAIN)


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (AT_ONCE + 3, *PLAIN, 3), np.uint8)


def test_one_picture_does_not_depend_on_the_others(vae, pictures):
    mean, log_variance = vae.encode(pictures)
    assert mean.dtype == log_variance.dtype == np.float32
    assert mean.shape == log_variance.shape == (AT_ONCE + 3, 3)
    assert np.array_equal(vae.encode(pictures[-1:])[0], mean[-1:])
    decoded = vae.decode(mean)
    assert decoded.shape == pictures.shape
    assert decoded.dtype == np.uint8
    assert np.array_equal(vae.decode(mean[4:5]), decoded[4:5])
    assert np.array_equal(vae.reconstruct(pictures), decoded)


def test_perturbed_pictures_are_neighbours_by_the_dice(vae, pictures):
    assert np.array_equal(vae.perturb(pictures, np.random.default_rng(1), 0.0), vae.reconstruct(pictures))
    one, same, other = (vae.perturb(pictures, np.random.default_rng(seed), 3.0) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert vae.sample(2, np.random.default_rng(0)).shape == (2, *PLAIN, 3)


def test_what_does_not_fit_is_refused(vae, pictures):
    with pytest.raises(SuiteError, match=r"images are uint8 \[N, 16, 16, 3\], not uint8 \[2, 16, 3\]"):
        vae.encode(pictures[:2, 0])
    with pytest.raises(SuiteError, match=r"latents are float32 \[N, 3\], not float64 \[1, 3\]"):
        vae.decode(np.zeros((1, 3)))
    with pytest.raises(SuiteError, match="strength must be 0 or more, not -1"):
        vae.perturb(pictures, np.random.default_rng(0), -1.0)
    told = PictureVae(Vae("small", PLAIN, 4, 3, conditions=2), PLAIN, ("left", "right"))
    with pytest.raises(SuiteError, match="wants a condition for each picture: left, right by number"):
        told.encode(pictures)
    with pytest.raises(SuiteError, match=r"conditions are \[1\] numbers below 2, not \[2\]"):
        told.decode(np.zeros((1, 3), np.float32), np.array([2], np.uint8))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"deviation": 0.0}, "deviation must lie in 0.0 to 1.0, not be 0.0"),
        ({"beta": -1.0}, "beta must lie in 0.0 to 1000.0"),
        ({"kl_warm_up": -1}, "kl_warm_up must be at least 0, not -1"),
    ],
)
def test_settings_are_refused(setting, message):
    with pytest.raises(SuiteError, match=message):
        VaeConfig(**setting)


def test_only_a_vae_is_opened_as_one():
    with pytest.raises(SuiteError, match="zoo:signs was trained for 'classification'; name a checkpoint of vae"):
        open_vae("zoo:signs")
