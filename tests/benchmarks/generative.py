"""How fast generative models are trained: the loop, its data made meanwhile, beside updates of one batch; and how fast they make pictures.

A VAE's drives serve many batches; here a generation is as much smaller as it serves fewer, so that each round pays for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import torch

from perception import recipe as recipes
from perception.generative.autoencoders.vae_config import VaeConfig
from perception.generative.autoencoders.vae_task import VaeTask
from perception.generative.diffusion.config import DiffusionConfig
from perception.generative.diffusion.task import DiffusionTask
from perception.training.options import TrainingOptions
from sim_suite.benchmarking import Row, median_rate
from sim_suite.learning.torch_blocks import seeded, threads
from sim_suite.settings import build_config
from tests.benchmarks._perception_share import ENDLESS, training_row

SUMMARY = "generative models: examples a second of training beside the network's updates alone; pictures coded and made a second"

VAE: Final = "vae-car-racing"
DIFFUSION: Final = "diffusion-signs"
ROUND: Final = 5
"""Updates of a round, and batches that a generation serves."""
PICTURES: Final = 64
CPU: Final = torch.device("cpu")


def rows() -> Iterator[Row]:
    """On the processor, with one thread of torch."""
    vae, diffusion = vae_config(), diffusion_config()
    yield training_row("vae", lambda: VaeTask(vae, 0), VAE)
    yield training_row("diffusion", lambda: DiffusionTask(diffusion, 0), DIFFUSION)
    task, drawing = VaeTask(vae, 0), DiffusionTask(diffusion, 0)
    with seeded(0):
        coder, maker = task.opened(task.network(), CPU), drawing.opened(drawing.network(), CPU)
    shown = task.source.batch(0, PICTURES).pictures
    asked = np.zeros(PICTURES, np.uint8)
    with threads(1):
        yield Row("coding frames, float32, one thread", median_rate(counted(lambda: coder.encode(shown))), "frames/s")
        yield Row(
            "decoding frames, float32, one thread",
            median_rate(counted(lambda: coder.sample(PICTURES, np.random.default_rng(0)))),
            "frames/s",
        )
        made = median_rate(counted(lambda: maker.sample(PICTURES, 0, asked, diffusion.sampling)))
        yield Row(f"drawing signs, {diffusion.sampling.steps} steps of DDIM, float32, one thread", made, "pictures/s")


def counted(work: Callable[[], object]) -> Callable[[], int]:
    """Work on PICTURES that tells how many it was."""

    def count() -> int:
        work()
        return PICTURES

    return count


def vae_config() -> VaeConfig:
    """The recipe's configuration with drives that serve a round, and as many fewer of them."""
    found: VaeConfig = build_config(VaeConfig, recipes.load(VAE).config, VAE)
    drives = found.data.car_racing
    fewer = replace(drives, worlds=max(drives.worlds * ROUND // drives.batches, 1), batches=ROUND)
    return replace(found, data=replace(found.data, car_racing=fewer), training=endless(found.training))


def diffusion_config() -> DiffusionConfig:
    """The recipe's configuration."""
    found: DiffusionConfig = build_config(DiffusionConfig, recipes.load(DIFFUSION).config, DIFFUSION)
    return replace(found, training=endless(found.training))


def endless(training: TrainingOptions) -> TrainingOptions:
    """Rounds without a judgement, that no benchmark comes to the end of."""
    return replace(training, report_every=ROUND, judge_every=0, updates=ENDLESS)
