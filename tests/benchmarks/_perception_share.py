"""A perception task's training beside updates of one batch in equal arithmetic: what making data and telling of it cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Final, cast

import torch

from perception.training.arithmetic import Arithmetic
from perception.training.learner import PerceptionLearner, groups
from perception.training.task import Task
from sim_suite.benchmarking import Measurement, Row, compared
from sim_suite.learning.probing import autocast
from sim_suite.learning.run_folder import Metrics

BAR: Final = 0.8
"""Of the network's own rate, that a training must reach."""
ROUNDS: Final = 5
ENDLESS: Final = 10**6
"""Updates of a run that no benchmark comes to the end of."""


def training_row(name: str, task: Callable[[], Task], recipe: str) -> Row:
    """The learner's loop beside updates of one batch. name: the task's; a round is `report_every` updates, and must not judge."""
    options = task().training
    learner = PerceptionLearner(name, task(), 0, "cpu")
    with closing(cast(Generator[Metrics], learner.run())) as run:
        next(run)

        def trained() -> float:
            before, started = learner.done_steps, time.perf_counter()
            next(run)
            return (learner.done_steps - before) / (time.perf_counter() - started)

        label = f"training {recipe} on the processor, {options.precision}, {options.threads} thread for the network"
        return compared(label, "examples/s", trained, "updates of one batch", updates(task()), BAR, ROUNDS)


def updates(task: Task) -> Measurement:
    """Examples a second of forward and backward passes and steps of the optimiser."""
    options, device = task.training, torch.device("cpu")
    arithmetic = Arithmetic(options.precision, options.layout)
    network = arithmetic.lay(task.network()).train()
    optimizer = torch.optim.AdamW(groups(network, options.weight_decay), options.learning_rate)
    batch = {name: torch.from_numpy(array) for name, array in task.batch(0).items()}

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(options.report_every):
            optimizer.zero_grad()
            with autocast(device, arithmetic.precision):
                loss, _terms = task.loss(network, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        return options.report_every * options.batch_size / (time.perf_counter() - started)

    return measure
