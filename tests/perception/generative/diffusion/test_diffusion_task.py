"""Diffusion as a task: its network, that it learns, and what is made by it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from perception.generative.data.options import DataOptions
from perception.generative.diffusion.config import DiffusionConfig, DiffusionJudging, SamplingOptions
from perception.generative.diffusion.denoising_unet import DenoisingUNet, waves
from perception.generative.diffusion.opening import open_diffusion
from perception.generative.diffusion.picture_diffusion import AT_ONCE, PictureDiffusion
from perception.generative.diffusion.schedule import schedule
from perception.generative.diffusion.task import DiffusionTask
from perception.training.learner import PerceptionLearner
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError

CPU = torch.device("cpu")
TEN = schedule("cosine", 10)
QUICK = TrainingOptions(
    updates=30, batch_size=16, learning_rate=0.01, warm_up=5, precision="float32", layout="channels_last", threads=1,
    report_every=10,
)  # fmt: skip


def test_a_fresh_network_tells_no_noise_and_one_that_learned_hears_step_and_condition():
    torch.manual_seed(0)
    network = DenoisingUNet(8, 2, 2, conditions=3)
    noisy, steps = torch.randn((2, 3, 16, 16)), torch.tensor([5, 5])
    asked = torch.tensor([0, 3])  # the last one is none
    assert torch.equal(network(noisy, steps, asked), torch.zeros_like(noisy))
    for one in network.parameters():
        nn.init.normal_(one, std=0.2)
    said = network(noisy, steps, asked)
    later = network(noisy, torch.tensor([5, 900]), asked)
    other = network(noisy, steps, torch.tensor([0, 1]))
    for changed in (later, other):
        torch.testing.assert_close(changed[0], said[0])
        assert not torch.allclose(changed[1], said[1], atol=1e-3)


def test_a_step_is_told_in_waves():
    said = waves(torch.tensor([0, 3]), 4)
    assert said[0].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert said[1].tolist() == pytest.approx([math.sin(3.0), math.sin(3e-4), math.cos(3.0), math.cos(3e-4)])


@pytest.mark.parametrize("tells", ["velocity", "noise"])
def test_diffusion_learns_to_tell_noise(tells):
    config = DiffusionConfig(
        DataOptions("signs"), tells=tells, width=8, levels=2, patch=2, sampling=SamplingOptions(steps=2),
        judging=DiffusionJudging(8), training=replace(QUICK, average=0.9),
    )  # fmt: skip
    learner = PerceptionLearner("diffusion", DiffusionTask(config, 0), 0, "cpu")
    told = list(learner.run())
    assert told[-1]["noise_mse"] < 0.85 * told[0]["noise_mse"]
    assert told[-1]["held_out_noise_mse"] < 0.8  # who tells no noise is at 1
    assert {"held_out_fid_noise", "held_out_fid", "held_out_kid_real", "held_out_named_as_asked"} <= told[-1].keys()
    assert DiffusionTask(config, 0).picture(learner.product.eval(), CPU).std() > 10.0


def test_conditions_are_dropped_as_often_as_asked():
    class Heard(nn.Module):
        def forward(self, noisy, steps, conditions):
            heard.append(conditions)
            return torch.zeros_like(noisy)

    heard = []
    task = DiffusionTask(DiffusionConfig(dropped=0.25), 0)
    batch = {"pictures": torch.zeros((2000, 2, 2, 3), dtype=torch.uint8), "conditions": torch.full((2000,), 3)}
    torch.manual_seed(0)
    task.loss(Heard(), batch)
    none = len(task.source.conditions)
    assert set(heard[0].tolist()) == {3, none}
    assert (heard[0] == none).float().mean().item() == pytest.approx(0.25, abs=0.03)


class KnowsNormal(nn.Module):
    """The best guess of the noise where numbers are normal about a mean of their condition: -0.5, 0.5, and 0 for none."""

    def forward(self, noisy, steps, conditions):
        kept = TEN.kept[steps].float().view(-1, 1, 1, 1)
        mean = torch.tensor([-0.5, 0.5, 0.0])[conditions].view(-1, 1, 1, 1)
        return (1 - kept).sqrt() * (noisy - kept.sqrt() * mean) / (0.04 * kept + 1 - kept)


@pytest.fixture(scope="module")
def diffusion():
    return PictureDiffusion(KnowsNormal(), TEN, (8, 8), ("left", "right"), CPU)


def test_what_is_made_is_a_function_of_seed_and_condition(diffusion):
    asked = np.arange(AT_ONCE + 2, dtype=np.uint8) % 2
    for options in (SamplingOptions(steps=3), SamplingOptions("ancestral", guidance=1.0)):
        made = diffusion.sample(AT_ONCE + 2, 4, asked, options)
        assert made.shape == (AT_ONCE + 2, 8, 8, 3)
        assert np.array_equal(diffusion.sample(3, 4, asked[:3], options), made[:3])
        assert not np.array_equal(diffusion.sample(3, 5, asked[:3], options), made[:3])
        assert made[asked == 0].mean() < 80
        assert made[asked == 1].mean() > 175


def test_what_does_not_fit_is_refused(diffusion):
    with pytest.raises(SuiteError, match="wants a condition for each picture: left, right by number"):
        diffusion.sample(2, 0)
    with pytest.raises(SuiteError, match=r"conditions are \[2\] numbers below 2, not \[0, 2\]"):
        diffusion.sample(2, 0, np.array([0, 2], np.uint8))
    with pytest.raises(SuiteError, match="patch=4 and levels=5 need rows and columns in multiples of 64, not 32 x 32"):
        DiffusionTask(DiffusionConfig(patch=4, levels=5), 0)
    with pytest.raises(SuiteError, match="zoo:signs was trained for 'classification'; name a checkpoint of diffusion"):
        open_diffusion("zoo:signs")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"width": 12}, "width must be a multiple of 8, the groups of its norms, not 12"),
        ({"steps": 20}, "sampling.steps=50 are more than the schedule's 20"),
        (
            {"dropped": 0.0, "sampling": SamplingOptions(guidance=1.0)},
            "needs a network that also knows pictures without",
        ),
    ],
)
def test_settings_that_do_not_hold_together_are_refused(setting, message):
    with pytest.raises(SuiteError, match=message):
        DiffusionConfig(**setting)
