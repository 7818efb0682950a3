"""How fast perception networks are trained: the loop, its data made meanwhile, beside updates of one batch; and how fast they see.

What a training loses to its data is their ratio. The two take turns, since a shared machine drifts. A training's drives serve many
batches; here a generation is as much smaller as it serves fewer, so that each round pays for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import torch

from perception import recipe as recipes
from perception.segmentation.config import SegmentationConfig
from perception.segmentation.task import SegmentationTask, segment
from perception.training.arithmetic import Arithmetic
from sim_suite.benchmarking import Row, median_rate
from sim_suite.learning.torch_blocks import seeded, threads
from sim_suite.settings import build_config
from tests.benchmarks._perception_share import ENDLESS, training_row

SUMMARY = "perception's training: examples a second of the whole loop, beside the network's updates alone; frames seen a second"

RECIPE: Final = "segmentation-car-racing"
ROUND: Final = 5
"""Updates of a round, and batches that a generation serves."""
FRAMES: Final = 16


def rows() -> Iterator[Row]:
    """On the processor."""
    yield training_row("segmentation", lambda: SegmentationTask(short_lived(), 0), RECIPE)
    for count in (1, FRAMES):
        yield seeing_row(count)


def short_lived() -> SegmentationConfig:
    """The recipe's configuration with drives that serve a round, and as many fewer of them."""
    found: SegmentationConfig = build_config(SegmentationConfig, recipes.load(RECIPE).config, RECIPE)
    worlds = max(found.data.worlds * ROUND // found.data.batches, 1)
    training = replace(found.training, report_every=ROUND, judge_every=0, updates=ENDLESS)
    return replace(found, data=replace(found.data, worlds=worlds, batches=ROUND), training=training)


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
