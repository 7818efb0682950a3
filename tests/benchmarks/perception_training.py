"""How fast perception networks are trained: the loop, its data made meanwhile, beside updates of one batch; and how fast they see.

What a training loses to its data is their ratio. The two take turns, since a shared machine drifts. A training's drives serve many
batches; here a generation is as much smaller as it serves fewer, so that each round pays for one.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final, cast

import torch

from perception import recipe as recipes
from perception.registry import entry
from perception.segmentation.config import SegmentationConfig
from perception.segmentation.task import SegmentationTask, segment
from perception.training.arithmetic import Arithmetic
from perception.training.learner import PerceptionLearner, groups
from sim_suite.benchmarking import Measurement, Row, compared, median_rate
from sim_suite.learning.probing import autocast
from sim_suite.learning.run_folder import Metrics
from sim_suite.learning.torch_blocks import seeded, threads
from sim_suite.settings import build_config

SUMMARY = "perception's training: examples a second of the whole loop, beside the network's updates alone; frames seen a second"

RECIPE: Final = "segmentation-car-racing"
ROUNDS: Final = 5
ROUND: Final = 5
"""Updates of a round, and batches that a generation serves."""
BAR: Final = 0.8
"""Of the network's own rate, that a training must reach."""
FRAMES: Final = 16


def rows() -> Iterator[Row]:
    """On the processor."""
    yield training_row()
    for count in (1, FRAMES):
        yield seeing_row(count)


def short_lived() -> SegmentationConfig:
    """The recipe's configuration with drives that last for a round, and as many fewer."""
    found: SegmentationConfig = build_config(SegmentationConfig, recipes.load(RECIPE).config, RECIPE)
    steps = max(found.data.steps * ROUND // found.data.batches, 1)
    training = replace(found.training, report_every=ROUND, judge_every=0, updates=10**6)
    return replace(found, data=replace(found.data, steps=steps, batches=ROUND), training=training)


def training_row() -> Row:
    """The learner's loop beside updates of one batch, in equal arithmetic."""
    config = short_lived()
    options = config.training
    learner = PerceptionLearner(entry("segmentation").name, SegmentationTask(config, 0), 0, "cpu")
    with closing(cast(Generator[Metrics], learner.run())) as run:
        next(run)

        def trained() -> float:
            before, started = learner.done_steps, time.perf_counter()
            next(run)
            return (learner.done_steps - before) / (time.perf_counter() - started)

        label = f"training {RECIPE} on the processor, {options.precision}, {options.threads} thread for the network"
        return compared(label, "examples/s", trained, "updates of one batch", updates(config), BAR, ROUNDS)


def updates(config: SegmentationConfig) -> Measurement:
    """Examples a second of forward and backward passes and steps of the optimiser."""
    task, options, device = SegmentationTask(config, 0), config.training, torch.device("cpu")
    arithmetic = Arithmetic(options.precision, options.layout)
    network = arithmetic.lay(task.network()).train()
    optimizer = torch.optim.AdamW(groups(network, options.weight_decay), options.learning_rate)
    batch = {name: torch.from_numpy(array) for name, array in task.batch(0).items()}

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(ROUND):
            optimizer.zero_grad()
            with autocast(device, arithmetic.precision):
                loss, _terms = task.loss(network, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return ROUND * options.batch_size / (time.perf_counter() - started)

    return measure


def seeing_row(count: int) -> Row:
    """From pictures to labels, so many at once."""
    config = short_lived()
    task = SegmentationTask(config, 0)
    with seeded(0):
        network = Arithmetic("float32", "channels_last").lay(task.network()).eval()
    pictures = task.source.batch(0, count).pictures

    def see() -> int:
        segment(network, pictures, torch.device("cpu"))
        return count

    with threads(config.training.threads):
        rate = median_rate(see)
    rows_px, columns_px = task.source.size
    return Row(f"seeing, {count} pictures of {rows_px} x {columns_px} at once, float32, one thread", rate, "pictures/s")
