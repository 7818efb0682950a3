"""What recording costs, and how fast a large folder's index is made anew.

A recorded environment and a plain one take turns, a slice of steps each, so that a busy machine slows both; a row's value is the
median over pairs of the share of the plain rate that recording costs. Files go where temporary files go.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from sim_suite.benchmarking import Row
from sim_suite.envs.car_racing.vector import CarRacingVectorEnv
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.recording.vector_recorder import RecordVectorEpisodes
from sim_suite.episodes.store.columns import Column
from sim_suite.episodes.store.facts import EnvRecord, Head, Player
from sim_suite.episodes.store.folder import Dataset, Recording, rebuild_index
from tests.benchmarks._driving_env import some_actions as driving_actions
from tests.benchmarks.car_racing import some_actions as racing_actions

SUMMARY = "Episodes: what recording costs CarRacing and 64 driving worlds, and the index of 10,000 made anew"
PAIRS, SLICE_S = 41, 0.5
CAR_BAR, DRIVING_BAR, INDEX_BAR_S = 5.0, 10.0, 60.0
WORLDS, RACES = 64, 8
EPISODES = 10_000
_RACER = Player("bench", "bench")


def rows() -> Iterator[Row]:
    """Costs of recording, bytes of a step, the index."""
    with tempfile.TemporaryDirectory() as name:
        yield from _car_rows(Path(name) / "car")
        yield from _driving_rows(Path(name) / "driving")
        yield from _many_cars(Path(name) / "cars")
        yield from _index_rows(Path(name) / "index")


def _car_rows(place: Path) -> Iterator[Row]:
    with ExitStack() as stack:
        folder = stack.enter_context(Recording(place))
        env = stack.enter_context(RecordEpisodes(make("sim_suite/CarRacing-v0"), folder, agent=_RACER))
        actions = racing_actions(256)
        yield from _cost(
            "CarRacing", _stepper(make("sim_suite/CarRacing-v0"), actions), _stepper(env, actions), CAR_BAR
        )
    yield _step_bytes("CarRacing", place)


def _driving_rows(place: Path) -> Iterator[Row]:
    with Recording(place) as folder:
        envs = RecordVectorEpisodes(DrivingVectorEnv(WORLDS), folder, EnvRecord("sim_suite/Driving-v0"), agent=_RACER)
        actions = driving_actions(64, WORLDS)
        plain, recorded = _many_stepper(DrivingVectorEnv(WORLDS), actions), _many_stepper(envs, actions)
        yield from _cost(f"Driving-v0 at {WORLDS} worlds", plain, recorded, DRIVING_BAR)
        envs.close()
    yield _step_bytes("Driving-v0", place)


def _many_cars(place: Path) -> Iterator[Row]:
    with Recording(place) as folder:
        worlds = CarRacingVectorEnv(RACES, num_workers=0)
        envs = RecordVectorEpisodes(worlds, folder, EnvRecord("sim_suite/CarRacing-v0"), agent=_RACER)
        actions = racing_actions(64, RACES)
        plain = _many_stepper(CarRacingVectorEnv(RACES, num_workers=0), actions)
        yield from _cost(f"CarRacing at {RACES} worlds in one process", plain, _many_stepper(envs, actions), None)
        envs.close()


def _cost(name: str, plain: Callable[[], float], recorded: Callable[[], float], bar: float | None) -> Iterator[Row]:
    """What recording costs, in per cent of the plain rate: both take turns, first one, then the other."""
    plain(), recorded()
    rates, costs = [], []
    for pair in range(PAIRS):
        first, second = (plain, recorded) if pair % 2 else (recorded, plain)
        one, two = first(), second()
        alone, with_it = (one, two) if pair % 2 else (two, one)
        rates.append((alone, with_it))
        costs.append(100.0 * (1.0 - with_it / alone))
    cost = statistics.median(costs)
    yield Row(f"{name}, plain", statistics.median(rate for rate, _ in rates), "steps/s")
    yield Row(f"{name}, recorded", statistics.median(rate for _, rate in rates), "steps/s")
    low, _, high = statistics.quantiles(costs, n=4)
    label = f"{name}: recording costs (at most; half of the pairs {low:.1f} to {high:.1f})"
    yield Row(label, cost, "%", bar=bar, holds=None if bar is None else cost <= bar)


def _stepper(env: Any, actions: Any) -> Callable[[], float]:
    """Steps a second of one environment, its resets included."""
    env.reset(seed=0)
    taken = 0

    def measure() -> float:
        nonlocal taken
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SLICE_S:
            *_, terminated, truncated, _ = env.step(actions[taken % len(actions)])
            steps, taken = steps + 1, taken + 1
            if terminated or truncated:
                env.reset()
        return steps / (time.perf_counter() - started)

    return measure


def _many_stepper(envs: Any, actions: Any) -> Callable[[], float]:
    """Steps a second of all worlds of a vector."""
    envs.reset(seed=0)
    taken = 0

    def measure() -> float:
        nonlocal taken
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SLICE_S:
            envs.step(actions[taken % len(actions)])
            steps, taken = steps + 1, taken + 1
        return steps * int(envs.num_envs) / (time.perf_counter() - started)

    return measure


def _step_bytes(name: str, place: Path) -> Row:
    entries = Dataset(place).entries
    steps = sum(entry.steps for entry in entries)
    return Row(f"{name}: on the disk", sum(entry.size for entry in entries) / max(steps, 1), "bytes/step")


def _index_rows(place: Path) -> Iterator[Row]:
    """As many small episodes as fit the promise, whose index is made anew and then read."""
    columns = (Column("reward", "float64", (), "chunk"),)
    space = {"kind": "Discrete", "n": 2, "start": 0}
    with Recording(place) as folder:
        source = folder.begin(Head(EnvRecord("CartPole-v1"), columns, space, None, 1, seed=0))
        source.append([np.ones(50)])
        first = folder.dataset.path(folder.seal(source, "terminated"))
    raw = first.read_bytes()
    for number in range(1, EPISODES):
        (first.parent / f"{number:06d}.episode").write_bytes(raw)
    seconds = _timed(lambda: rebuild_index(place))
    label = f"index of {EPISODES:,} episodes made anew (at most)"
    yield Row(label, seconds, "s", bar=INDEX_BAR_S, holds=seconds <= INDEX_BAR_S and len(Dataset(place)) == EPISODES)
    yield Row(f"index of {EPISODES:,} episodes read", _timed(lambda: Dataset(place)), "s")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
