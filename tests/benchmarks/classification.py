"""How fast signs are learned and named: the whole loop beside updates of one batch, what is drawn a second, what is named a second."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final, cast

import torch

from perception import recipe as recipes
from perception.classification.config import ClassificationConfig
from perception.classification.opening import open_classifier
from perception.classification.signs.source import SignSource
from perception.classification.task import ClassificationTask
from perception.training.arithmetic import Arithmetic
from perception.training.learner import PerceptionLearner, groups
from sim_suite.benchmarking import Measurement, Row, compared, median_rate
from sim_suite.learning.probing import autocast
from sim_suite.learning.run_folder import Metrics
from sim_suite.learning.torch_blocks import threads
from sim_suite.settings import build_config

SUMMARY = "classification: examples a second of training on signs beside the network's updates alone; signs drawn and named a second"

RECIPE: Final = "signs"
ROUND: Final = 8
"""Updates of a round."""
BAR: Final = 0.8
"""Of the network's own rate, that training must reach."""
DRAWN: Final = 256


def rows() -> Iterator[Row]:
    """On the processor, with one thread of torch."""
    config: ClassificationConfig = build_config(ClassificationConfig, recipes.load(RECIPE).config, RECIPE)
    options = replace(config.training, report_every=ROUND, judge_every=0, updates=10**6)
    yield training_row(replace(config, training=options))
    source = SignSource(0)
    yield Row("drawing signs, one thread", median_rate(lambda: len(source.batch(0, DRAWN).labels)), "pictures/s")
    yield from naming_rows(config.training.threads)


def training_row(config: ClassificationConfig) -> Row:
    """The learner's loop beside updates of one batch, in equal arithmetic."""
    learner = PerceptionLearner("classification", ClassificationTask(config, 0), 0, "cpu")
    with closing(cast(Generator[Metrics], learner.run())) as run:
        next(run)

        def trained() -> float:
            before, started = learner.done_steps, time.perf_counter()
            next(run)
            return (learner.done_steps - before) / (time.perf_counter() - started)

        label = f"training {RECIPE}, {config.training.precision}, {config.training.threads} thread for the network"
        return compared(label, "examples/s", trained, "updates of one batch", updates(config), BAR)


def updates(config: ClassificationConfig) -> Measurement:
    """Examples a second of forward and backward passes and steps of the optimiser."""
    task, options = ClassificationTask(config, 0), config.training
    network = Arithmetic(options.precision, options.layout).lay(task.network()).train()
    optimizer = torch.optim.AdamW(groups(network, options.weight_decay), options.learning_rate)
    batch = {name: torch.from_numpy(array) for name, array in task.batch(0).items()}

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(ROUND):
            optimizer.zero_grad()
            with autocast(torch.device("cpu"), options.precision):
                loss, _terms = task.loss(network, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return ROUND * options.batch_size / (time.perf_counter() - started)

    return measure


def naming_rows(count_of_threads: int) -> Iterator[Row]:
    """What a driver asks for: one crop, or many."""
    classifier = open_classifier(f"zoo:{RECIPE}")
    for count in (1, 64):
        crops = SignSource(0).batch(0, count).pictures
        with threads(count_of_threads):
            rate = median_rate(lambda crops=crops: len(classifier.classify(crops).classes))  # type: ignore[misc]  # a default
        yield Row(f"naming {count} at once, float32, one thread", rate, "crops/s")
