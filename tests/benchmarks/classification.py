"""How fast signs are learned and named: the whole loop beside updates of one batch, what is drawn a second, what is named a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from perception import recipe as recipes
from perception.classification.config import ClassificationConfig
from perception.classification.opening import open_classifier
from perception.classification.signs.source import SignSource
from perception.classification.task import ClassificationTask
from sim_suite.benchmarking import Row, median_rate
from sim_suite.learning.torch_blocks import threads
from sim_suite.settings import build_config
from tests.benchmarks._perception_share import ENDLESS, training_row

SUMMARY = "classification: examples a second of training on signs beside the network's updates alone; signs drawn and named a second"

RECIPE: Final = "signs"
ROUND: Final = 8
"""Updates of a round."""
DRAWN: Final = 256


def rows() -> Iterator[Row]:
    """On the processor, with one thread of torch."""
    config: ClassificationConfig = build_config(ClassificationConfig, recipes.load(RECIPE).config, RECIPE)
    options = replace(config.training, report_every=ROUND, judge_every=0, updates=ENDLESS)
    endless = replace(config, training=options)
    yield training_row("classification", lambda: ClassificationTask(endless, 0), RECIPE)
    source = SignSource(0)
    yield Row("drawing signs, one thread", median_rate(lambda: len(source.batch(0, DRAWN).labels)), "pictures/s")
    yield from naming_rows(config.training.threads)


def naming_rows(count_of_threads: int) -> Iterator[Row]:
    """What a driver asks for: one crop, or many."""
    classifier = open_classifier(f"zoo:{RECIPE}")
    for count in (1, 64):
        crops = SignSource(0).batch(0, count).pictures
        with threads(count_of_threads):
            rate = median_rate(lambda crops=crops: len(classifier.classify(crops).classes))  # type: ignore[misc]  # a default
        yield Row(f"naming {count} at once, float32, one thread", rate, "crops/s")
