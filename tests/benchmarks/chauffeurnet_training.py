"""How fast ChauffeurNets are trained: the learner's own loop, its data drawn beside it, beside the network's bare update of one batch.

What a training loses to its data is their ratio: experts that drive, rasters, targets, augmentation, perception and metrics share the
cores with the network. The two take turns, since a shared machine drifts. A recipe's experience lasts for hundreds of batches; here
generations are as small as they can be and as much shorter lived, so that each round pays for one, as each of a training does.

Where there is a CUDA device, the paper's network is held against the floating-point operations that it needs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

import torch
from torch import nn

from agents import recipe as recipes
from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.config import ChauffeurConfig, Precision
from agents.imitation.chauffeurnet.data.feeding import Feed
from agents.imitation.chauffeurnet.learner import ChauffeurLearner, summed
from agents.imitation.chauffeurnet.nets.counting import count
from agents.imitation.chauffeurnet.nets.losses import total
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.learner import Metrics
from agents.naming import task_of
from agents.training import begin, go
from sim_suite.benchmarking import Measurement, Row, compared, median_rate
from sim_suite.envs.making import make
from sim_suite.learning.probing import autocast, faster_precision
from sim_suite.learning.torch_blocks import threads
from sim_suite.settings import build_config, with_settings

SUMMARY = "ChauffeurNet's training: examples a second of the whole loop, beside the network's updates alone; a decision; memory"

SMALL: Final = "chauffeurnet-small"
PAPER: Final = "chauffeurnet-paper"
ROUNDS: Final = 5
BAR: Final = 0.8
"""Of the network's own rate, that a training must reach."""
DECISION_BAR_MS: Final = 20.0
"""A fifth of the 100 ms between two decisions in the driving environments."""
DECISION_THREADS: Final = 2
DECISIONS: Final = 20
PASSES: Final = 3
"""Forward and backward pass together, in forward passes: the backward one computes gradients of weights and of inputs."""
MATMUL: Final = 8192
"""Side of the square matrices by which a card's peak is measured."""
CARD_STEPS: Final = 20


def rows() -> Iterator[Row]:
    """On the processor first; then, where there is one, on the CUDA device."""
    cpu = torch.device("cpu")
    config = short_lived(recipe_config(SMALL))
    batch = first_batch(config)
    yield training_row(SMALL, config, batch, cpu)
    yield decision_row(config)
    yield memory_row()
    if torch.cuda.is_available():
        card = torch.device("cuda")
        paper = short_lived(recipe_config(PAPER))
        seen = first_batch(paper).to("cuda")
        yield replace(training_row(PAPER, paper, seen, card), bar=None, holds=None)
        yield floor_row(paper, seen, card)


def recipe_config(name: str) -> ChauffeurConfig:
    """A shipped recipe's."""
    config: ChauffeurConfig = build_config(ChauffeurConfig, recipes.load(name).config, f"recipe {name}")
    return config


def short_lived(config: ChauffeurConfig) -> ChauffeurConfig:
    """With one world on each map, as many fewer maps for practice, and generations that last for as much less; a line of metrics comes
    in each one's middle."""
    half = max(config.feed.batches_per_generation // config.feed.experience.worlds // 2, 1)
    given = config.feed.experience
    experience = replace(given, worlds=1, practice=max(given.practice // given.worlds, 1))
    feed = replace(config.feed, batches_per_generation=2 * half, experience=experience)
    return replace(config, feed=feed, report_every=half, judge_every=0, updates=10**6)


def first_batch(config: ChauffeurConfig) -> Batch:
    """As the learner sees it, in memory of its own."""
    with Feed(config.spec, config.feed, seed=0) as feed:
        return Batch(*(part.clone() for part in feed.batch(0)))


def training_row(name: str, config: ChauffeurConfig, batch: Batch, device: torch.device) -> Row:
    """The learner's loop beside updates of one batch, in equal arithmetic."""
    if config.precision == "auto":
        faster = faster_precision(new_network(config, device), lambda tried: summed(tried(batch.raster, batch)), device)
        config = replace(config, precision=cast(Precision, faster))
    learner = ChauffeurLearner(task_of(recipes.load(name).env, {}), config, 0, device.type)
    with closing(cast(Generator[Metrics], learner.run())) as run:
        next(
            run
        )  # from the middle of a generation to that of the next, which is driven meanwhile and done before a round ends

        def trained() -> float:
            before, started = learner.done_steps, time.perf_counter()
            next(run), next(run)
            return (learner.done_steps - before) / (time.perf_counter() - started)

        updated = updates(config, batch, device, config.report_every)
        label = f"training {name} on {device.type}, {config.precision}"
        return compared(label, "examples/s", trained, "updates of one batch", updated, BAR, ROUNDS)


def new_network(config: ChauffeurConfig, device: torch.device) -> nn.Module:
    """As the learner begins with it."""
    policy = ChauffeurPolicy(ChauffeurLearner.network, config.raster, config.spec, config.sizes, config.scene)
    return policy.build().train().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]  # torch's stubs lack it


def updates(config: ChauffeurConfig, batch: Batch, device: torch.device, number: int) -> Measurement:
    """Examples a second of so many forward and backward passes and steps of the optimiser."""
    network = new_network(config, device)
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.weight_decay)

    def measure() -> float:
        started = time.perf_counter()
        for _ in range(number):
            optimizer.zero_grad()
            with autocast(device, config.precision):
                said = network(batch.raster, batch)
            total(said, batch, config.spec.stride, config.losses, config.spec.spread)[0].backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        finish(device)
        return number * len(batch.weight) / (time.perf_counter() - started)

    return measure


def finish(device: torch.device) -> None:
    """Wait until all that was asked for is computed."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def decision_row(config: ChauffeurConfig) -> Row:
    """From one raster to wheel and pedals, as the environments ask for it."""
    policy = ChauffeurPolicy(ChauffeurLearner.network, config.raster, config.spec, config.sizes, config.scene)
    agent = ChauffeurAgent(policy, new_network(config, torch.device("cpu")))
    with make(recipes.load(SMALL).env, agent.interface.observation) as env:
        seen, _ = env.reset(seed=0)

    def decide() -> int:
        for _ in range(DECISIONS):
            agent.predict([seen], deterministic=True)
        return DECISIONS

    with threads(DECISION_THREADS):
        spent_ms = 1000.0 / median_rate(decide)
    label = f"a decision of {SMALL}, one world, {DECISION_THREADS} threads (at most)"
    return Row(label, spent_ms, "ms", bar=DECISION_BAR_MS, holds=spent_ms <= DECISION_BAR_MS)


def memory_row() -> Row:
    """Of a process that does nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks.chauffeurnet_training"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return Row(f"peak memory of training {SMALL}", float(done.stdout.split()[-1]), "MB")


def trained_mb() -> float:
    """Peak memory of this process, MB, once it has trained a few updates, with as much experience as ever is kept, and judged."""
    import resource  # POSIX only

    plan = recipes.load(SMALL)
    lifetime = 2
    last = lifetime * (recipe_config(SMALL).feed.pool - 1) + 1
    short = {"updates": last, "warm_up": 1, "feed.batches_per_generation": lifetime}
    with tempfile.TemporaryDirectory() as folder:
        go(begin(replace(plan, config=with_settings(plan.config, short)), Path(folder) / "run", "cpu"))
    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit / 1e6


def floor_row(config: ChauffeurConfig, batch: Batch, card: torch.device) -> Row:
    """An update beside the time that its multiply-adds take at the card's measured peak."""
    examples = len(batch.weight)
    measure = updates(replace(config, precision="bfloat16"), batch, card, CARD_STEPS)
    with torch.device("meta"):
        counted = count(
            ChauffeurPolicy(ChauffeurLearner.network, config.raster, config.spec, config.sizes).build(), config.spec
        )
    flops = 2 * PASSES * examples * sum(part.multiply_adds for part in counted.values())
    peak = matmul_flops_a_second(card)
    row = compared(
        f"an update of {PAPER}, {examples} examples, bfloat16", "examples/s", measure,
        f"its {flops / 1e12:.2f} TFLOP at the card's {peak / 1e12:.0f} TFLOP/s", lambda: examples / (flops / peak), 0.0,
        ROUNDS,
    )  # fmt: skip
    return replace(row, bar=None, holds=None)


def matmul_flops_a_second(card: torch.device) -> float:
    """Of square matrices in bfloat16."""
    left, right = (torch.randn(MATMUL, MATMUL, device=card, dtype=torch.bfloat16) for _ in range(2))

    def multiply() -> int:
        for _ in range(CARD_STEPS):
            left @ right
        finish(card)
        return CARD_STEPS

    return 2.0 * MATMUL**3 * median_rate(multiply)


if __name__ == "__main__":
    print(trained_mb())
