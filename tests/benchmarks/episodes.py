"""What recording costs, and how fast a large folder's index is made anew.

A recorded environment and a plain one take turns, a slice of steps each, so that a busy machine slows both; a row's value is the
median over pairs of the share of the plain rate that recording costs. Compression has a thread of its own: where no processor is free
for it, or two share what one can do, the cost is that of both threads; so the processor time of each is said too.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
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
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import EnvRecord, Head, Player
from sim_suite.episodes.store.folder import Recording, rebuild_index
from tests.benchmarks._driving_env import some_actions as driving_actions
from tests.benchmarks.car_racing import some_actions as racing_actions

SUMMARY = "Episodes: what recording costs CarRacing and 64 driving worlds, and the index of 10,000 made anew"
PAIRS, SLICE_S = 41, 0.5
CAR_BAR, DRIVING_BAR, INDEX_BAR_S = 5.0, 10.0, 60.0
WORLDS, RACES = 64, 8
EPISODES = 10_000
_RACER = Player("bench", "bench")
Stepper = Callable[[], "Took"]


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


def _cost(name: str, plain: Stepper, recorded: Stepper, bar: float | None) -> Iterator[Row]:
    """What recording costs, in per cent of the plain rate: both take turns, first one, then the other."""
    plain(), recorded()
    pairs: list[tuple[Took, Took]] = []
    for pair in range(PAIRS):
        first, second = (plain, recorded) if pair % 2 else (recorded, plain)
        one, two = first(), second()
        pairs.append((one, two) if pair % 2 else (two, one))
    costs = [100.0 * (1.0 - alone.wall_us / with_it.wall_us) for alone, with_it in pairs]
    cost = statistics.median(costs)
    yield Row(f"{name}, plain", 1e6 / statistics.median(alone.wall_us for alone, _ in pairs), "steps/s")
    yield Row(f"{name}, recorded", 1e6 / statistics.median(with_it.wall_us for _, with_it in pairs), "steps/s")
    low, _, high = statistics.quantiles(costs, n=4)
    label = f"{name}: recording costs (at most; half of the pairs {low:.1f} to {high:.1f})"
    yield Row(label, cost, "%", bar=bar, holds=None if bar is None else cost <= bar)
    own = [100.0 * (1.0 - alone.own_us / with_it.own_us) for alone, with_it in pairs]
    yield Row(f"{name}: of the driving thread's processor time", statistics.median(own), "%")
    pen = statistics.median(with_it.others_us - alone.others_us for alone, with_it in pairs)
    yield Row(f"{name}: processor time of the thread that writes", pen, "us/step")


@dataclass(frozen=True)
class Took:
    """Of one step, in microseconds: by the clock, of the processor by this thread, and by all others."""

    wall_us: float
    own_us: float
    others_us: float


def _timed_steps(step: Callable[[], int]) -> Took:
    """Steps for a slice of time. step: says how many it took."""
    steps, wall, own, whole = 0, time.perf_counter(), time.thread_time(), time.process_time()
    while time.perf_counter() - wall < SLICE_S:
        steps += step()
    mine = time.thread_time() - own
    all_threads = time.process_time() - whole
    scale = 1e6 / steps
    return Took((time.perf_counter() - wall) * scale, mine * scale, (all_threads - mine) * scale)


def _stepper(env: Any, actions: Any) -> Stepper:
    """Steps of one environment, its resets included."""
    env.reset(seed=0)
    taken = 0

    def step() -> int:
        nonlocal taken
        *_, terminated, truncated, _ = env.step(actions[taken % len(actions)])
        taken += 1
        if terminated or truncated:
            env.reset()
        return 1

    return lambda: _timed_steps(step)


def _many_stepper(envs: Any, actions: Any) -> Stepper:
    """Steps of all worlds of a vector."""
    envs.reset(seed=0)
    taken = 0

    def step() -> int:
        nonlocal taken
        envs.step(actions[taken % len(actions)])
        taken += 1
        return int(envs.num_envs)

    return lambda: _timed_steps(step)


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
