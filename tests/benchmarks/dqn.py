"""How fast `dqn` learns Breakout from pixels, beside Stable-Baselines3's DQN and beside the sum of what it cannot do without.

Both have the recipe breakout-dqn with a smaller replay memory: the network of Mnih et al. 2015 with 512 units, batches of 32, one update
for every four environment steps, 84 x 84 grey pictures, four stacked, and as many threads of torch. Both memories are full before anything
is timed. Ours steps Breakout as the recipe does; Stable-Baselines3 steps the same games in its DummyVecEnv, as `sb3-dqn` does.
Ours alone clips rewards, counts lives and steps the environments while the network learns.

The floors are bare torch and the bare environments: one update of a batch that lies ready, channels last, one forward pass for acting, one
vector step with random actions. Below the floor of the update lies what its multiplications take at the rate at which this machine
multiplies: the ceiling is how fast a loop would be that did nothing else but act and step. All take turns, round by round, since a shared
machine drifts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from agents import recipe as recipes
from agents.learner import Learner
from agents.naming import task_of
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.learner import Sb3Learner
from agents.value_based.config import DqnConfig
from agents.value_based.learner import DqnLearner
from sim_suite.benchmarking import SECONDS, Measurement, Row, compared
from sim_suite.learning.torch_blocks import threads
from sim_suite.settings import build_config, with_settings
from tests.benchmarks._dqn_floors import (
    STEPPING,
    act,
    acting,
    flops_of_multiplying,
    flops_of_update,
    multiply,
    multiplying,
    rate,
    stepping,
    update,
    updating,
)

SUMMARY = (
    "DQN on Breakout: environment steps a second beside Stable-Baselines3, and beside its floors; its replay memory"
)

RECIPE: Final = "breakout-dqn"
PEER: Final = "Stable-Baselines3 DQN, float32"
PRECISIONS: Final = ("float32", "bfloat16")
BARS: Final = {"float32": 2.5, "bfloat16": 3.0}
"""Times the peer's rate that each is to reach; bfloat16 where it is the faster one, which needs a processor with units for it."""
FLOORS_BAR: Final = 1.35
"""Of the sum of the floors, that the loop may take."""
EPSILON: Final = 0.01
"""The recipe's last one, from the start: the peer saves itself the network where it acts at random."""
Rates = Mapping[str, Sequence[float]]
"""By name, one of each round."""


@dataclass(frozen=True)
class Counts:
    """How much is measured."""

    capacity: int = 20_000
    """Rows of our replay memory, transitions of the peer's, which takes 1.1 GB for them."""
    steps: int = 1000
    """Environment steps of a loop in each round."""
    seconds: float = SECONDS
    """Of a floor in each round."""
    rounds: int = 5
    """After one to warm up."""
    threads: int = 2
    """Of torch, for all alike."""


FULL: Final = Counts()


def rows(counts: Counts = FULL) -> Iterator[Row]:
    """The loops first, then the floors, then the replay memory."""
    config = our_config(counts, "float32")
    learners = {precision: our_learner(our_config(counts, precision)) for precision in PRECISIONS}
    peer, spec = peer_learner(config), learners["float32"].agent.spec
    learners |= {in_line(name): our_learner(replace(our_config(counts, name), overlap=False)) for name in PRECISIONS}
    loops = {name: loop(learner, counts) for name, learner in learners.items()} | {PEER: loop(peer, counts)}
    floors = {updating(name): rate(update(spec, config, name), counts.seconds) for name in PRECISIONS}
    floors |= {acting(name): rate(act(spec, config, name), counts.seconds) for name in PRECISIONS}
    floors |= {multiplying(name): rate(multiply(name), counts.seconds, flops_of_multiplying()) for name in PRECISIONS}
    floors[STEPPING] = rate(stepping(config), counts.seconds)
    with threads(counts.threads):
        rates = in_turn({**loops, **floors}, counts.rounds)
        remembered = list(replay_rows(learners["float32"], peer, config, counts))
    yield from loop_rows(rates)
    yield from overlap_rows(rates)
    yield from floor_rows(rates, config)
    yield from ceiling_rows(rates, config, flops_of_update(spec, config))
    yield from remembered


def our_config(counts: Counts, precision: str) -> DqnConfig:
    """The recipe's, but for what makes it comparable."""
    settings = {
        "replay.capacity": counts.capacity,
        "learning_starts": counts.capacity,
        "report_every": counts.steps,
        "epsilon.kind": "constant",
        "epsilon.start": EPSILON,
        "loss": "huber",
        "precision": precision,
        "threads": counts.threads,
    }
    plan = recipes.load(RECIPE)
    config: DqnConfig = build_config(DqnConfig, with_settings(plan.config, settings), f"recipe {RECIPE}")
    return config


def our_learner(config: DqnConfig) -> DqnLearner:
    """At its beginning."""
    return DqnLearner("dqn", False, task_of(recipes.load(RECIPE).env, {}), config, 0, "cpu")


def peer_learner(config: DqnConfig) -> Sb3Learner:
    """The same in the words of Stable-Baselines3, which counts vector steps between updates and environment steps between targets."""
    hyperparameters = {
        "learning_rate": config.learning_rate,
        "buffer_size": config.replay.capacity,
        "learning_starts": config.learning_starts,
        "batch_size": config.batch_size,
        "gamma": config.replay.discount,
        "train_freq": 1,
        "gradient_steps": updates_a_step(config),
        "target_update_interval": config.target_every * config.train_every // config.updates,
        "exploration_initial_eps": EPSILON,
        "exploration_final_eps": EPSILON,
        "max_grad_norm": config.max_gradient,
    }
    peers = Sb3Config(
        steps=config.steps, envs=config.envs, hyperparameters=hyperparameters, view=config.view,
        metrics_every=config.report_every, threads=config.threads,
    )  # fmt: skip
    return Sb3Learner(ALGORITHMS["sb3-dqn"], task_of(recipes.load(RECIPE).env, {}), peers, 0, "cpu")


def updates_a_step(config: DqnConfig) -> int:
    """Updates for one step of all environments."""
    return config.envs // config.train_every * config.updates


def loop(learner: Learner, counts: Counts) -> Measurement:
    """Environment steps a second of a training run, from when its memory is full."""
    run = learner.run()
    while learner.done_steps < counts.capacity:
        next(run)

    def measure() -> float:
        before, started = learner.done_steps, time.perf_counter()
        next(run)
        return (learner.done_steps - before) / (time.perf_counter() - started)

    return measure


def in_turn(measurements: Mapping[str, Measurement], rounds: int) -> dict[str, list[float]]:
    """What each says in each of so many rounds, after one to warm up."""
    told = [{name: measure() for name, measure in measurements.items()} for _ in range(rounds + 1)]
    return {name: [one[name] for one in told[1:]] for name in measurements}


def in_line(precision: str) -> str:
    """The name of the loop that does not overlap."""
    return f"{precision}, in line"


def promised(rates: Rates, precision: str) -> bool:
    """Whether bars hold for it: bfloat16 only where it is the faster one."""
    return precision == "float32" or statistics.median(rates[precision]) > statistics.median(rates["float32"])


def loop_rows(rates: Rates) -> Iterator[Row]:
    """Ours beside the peer: medians, and the median of the rounds' ratios."""
    for precision in PRECISIONS:
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rates[precision], rates[PEER], strict=True))
        bar = BARS[precision] if promised(rates, precision) else None
        yield Row(
            f"dqn on Breakout, {precision}", statistics.median(rates[precision]), "steps/s", PEER,
            statistics.median(rates[PEER]), ratio, bar, None if bar is None else ratio >= bar,
        )  # fmt: skip


def overlap_rows(rates: Rates) -> Iterator[Row]:
    """What is lost where the environments wait for the updates and the updates for them; below 1 where that is the faster way."""
    for precision in PRECISIONS:
        columns = rates[precision], rates[in_line(precision)]
        ratio = statistics.median(overlapping / waiting for overlapping, waiting in zip(*columns, strict=True))
        overlapping, waiting = (statistics.median(column) for column in columns)
        name = f"dqn with environments that are stepped meanwhile, {precision}"
        yield Row(name, overlapping, "steps/s", "stepped in between", waiting, ratio)


def floor_rows(rates: Rates, config: DqnConfig) -> Iterator[Row]:
    """Each floor, and the loop's time by the sum of theirs: medians over the rounds."""
    names = {updating(precision): f"one update of {config.batch_size} alone, {precision}" for precision in PRECISIONS}
    names |= {acting(precision): f"acting alone, {config.envs} observations, {precision}" for precision in PRECISIONS}
    names[STEPPING] = f"{config.envs} environments alone, a step"
    for floor, name in names.items():
        yield Row(name, 1000.0 / statistics.median(rates[floor]), "ms")
    for precision in PRECISIONS:
        columns = (rates[name] for name in (precision, updating(precision), acting(precision), STEPPING))
        times = statistics.median(
            config.envs / looped / (updates_a_step(config) / updated + 1 / acted + 1 / stepped)
            for looped, updated, acted, stepped in zip(*columns, strict=True)
        )
        bar = FLOORS_BAR if promised(rates, precision) else None
        name = f"the loop's time by the sum of its floors, {precision} (at most)"
        yield Row(name, times, "times", bar=bar, holds=None if bar is None else times <= bar)


def ceiling_rows(rates: Rates, config: DqnConfig, flops: int) -> Iterator[Row]:
    """The rate at which this machine multiplies, what an update of so many operations takes at it, and the loop that has such updates."""
    for precision in PRECISIONS:
        columns = (rates[name] for name in (multiplying(precision), acting(precision), STEPPING, PEER))
        ceilings = [
            (config.envs / (updates_a_step(config) * flops / multiplied + 1 / acted + 1 / stepped), theirs)
            for multiplied, acted, stepped, theirs in zip(*columns, strict=True)
        ]
        multiplied = statistics.median(rates[multiplying(precision)])
        yield Row(f"multiplications alone, {precision}", multiplied / 1e9, "GFLOP/s")
        yield Row(f"one update of {config.batch_size} at that rate, {precision}", 1000.0 * flops / multiplied, "ms")
        yield Row(
            f"ceiling of dqn on Breakout at that rate, {precision}", statistics.median(ours for ours, _ in ceilings), "steps/s", PEER,
            statistics.median(rates[PEER]), statistics.median(ours / theirs for ours, theirs in ceilings),
        )  # fmt: skip


def replay_rows(ours: DqnLearner, theirs: Sb3Learner, config: DqnConfig, counts: Counts) -> Iterator[Row]:
    """Of the loops' own memories, full as they are."""
    replay, buffer, rng = ours._replay, theirs._model.replay_buffer, np.random.default_rng(0)
    size = config.batch_size
    drawn = rate(lambda: replay.sample(size, rng), counts.seconds, size)
    peer_drawn = rate(lambda: buffer.sample(size), counts.seconds, size)
    peer = "Stable-Baselines3 ReplayBuffer"
    row = compared(f"replay: batches of {size}", "transitions/s", drawn, peer, peer_drawn, 0.0, counts.rounds)
    yield replace(row, bar=None, holds=None)
    megabytes = replay.nbytes / 1e6
    peer_megabytes = (buffer.observations.nbytes + buffer.next_observations.nbytes) / 1e6
    name = f"replay: memory of {config.replay.capacity:,} frames"
    yield Row(name, megabytes, "MB", peer, peer_megabytes, peer_megabytes / megabytes)
