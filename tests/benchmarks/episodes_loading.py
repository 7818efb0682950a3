"""How fast recorded episodes are fed to what learns from them, beside PNG files and raw frames read by the same loader.

Laps of CarRacing by the scripted expert, as the recorder stores them, losslessly compressed. Stacks of four grey frames of
96 x 96 in batches of 64, shuffled over all episodes, by two processes. Ours and the peers' take turns, since a shared machine
drifts; where others keep both cores busy, only the ratios say something. What is written lies in the page cache, for all alike.
Then moments of driving worlds, drawn anew from their states.
"""

from __future__ import annotations

import itertools
import math
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.imitation.batches import AHEAD, Batches
from agents.imitation.loading import StepData, loader
from agents.naming import build, find
from sim_suite.benchmarking import SECONDS, Row, median_rate
from sim_suite.envs.catalog import card
from sim_suite.envs.making import look, make
from sim_suite.envs.views import View
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Player
from sim_suite.episodes.store.folder import Recording
from tests.benchmarks._stacks_of_peers import PngStacks, RawStacks

SUMMARY = "recorded episodes: stacks a second from lossless storage, against PNG files and raw frames"

LAPS, TRIPS = 4, 2
BATCH, WORKERS, ROUNDS = 64, 2, 7
STACK = View("pixels", size=(96, 96), grey=True, stack=4)
BAR = 5000.0
"""Stacks a second on two cores."""


def rows() -> Iterator[Row]:
    """Pictures, then driving worlds."""
    with tempfile.TemporaryDirectory() as name:
        record(Path(name) / "laps", "sim_suite/CarRacing-v0", "car-racing-pursuit", LAPS)
        yield from picture_rows(Path(name))
        record(Path(name) / "trips", "sim_suite/Driving-v0", "idm", TRIPS)
        for view in (View("vector"), View("raster", raster="small")):
            yield Row(f"driving, {view}, one process", drawn_rate(Path(name) / "trips", view), "moments/s")


def record(folder: Path, env_id: str, agent_name: str, episodes: int) -> None:
    """Episodes of an agent."""
    agent = build(find(agent_name), env_id, {}, seed=0)
    player = Player(agent_name, agent_name, expert=True)
    with Recording(folder) as recording, RecordEpisodes(make(env_id), recording, agent=player) as recorder:
        env = look(recorder, card(env_id), agent.interface.observation)
        for seed in range(episodes):
            observation, _ = env.reset(seed=seed)
            state, start, over = None, np.ones(1, np.bool_), False
            while not over:
                batch = [observation] if agent.interface.privileged else np.asarray(observation)[None]
                actions, state = agent.predict(batch, state, start, deterministic=True)
                observation, _, terminated, truncated, _ = env.step(actions[0])
                start, over = np.zeros(1, np.bool_), terminated or truncated


def picture_rows(folder: Path) -> Iterator[Row]:
    """Ours beside both peers."""
    frames, firsts, actions, counts = unpacked(folder / "laps")
    ours = StepData([folder / "laps"], STACK)
    stored = sum(path.stat().st_size for path in (folder / "laps" / "episodes").iterdir())
    yield Row(
        "a frame and its step on the disk",
        stored / len(actions),
        "bytes",
        "raw frame",
        27648.0,
        27648.0 * len(actions) / stored,
    )
    peers = (
        ("PNG files by OpenCV", PngStacks(folder / "png", frames, firsts, actions)),
        ("raw frames, mapped", RawStacks(folder / "raw.npy", frames, firsts, actions)),
    )
    with ExitStack() as stack:
        feeds = [Feed(stack.enter_context(loader(ours, BATCH, seed=0, workers=WORKERS)))]
        for _, data in peers:
            feeds.append(Feed(stack.enter_context(Batches(data, counts, len(counts), BATCH, 0, WORKERS))))
        measured = [[feed.measure() for feed in feeds] for _ in range(ROUNDS)]
    own = statistics.median(values[0] for values in measured)
    name = "stacks of four 96x96 grey frames, two processes"
    yield Row(name, own, "stacks/s", bar=BAR, holds=own >= BAR)
    yield Row(f"{name}, of two cores' own time", WORKERS * feeds[0].own_rate, "stacks/s")
    for number, (peer, _) in enumerate(peers, 1):
        ratio = statistics.median(values[0] / values[number] for values in measured)
        theirs = statistics.median(values[number] for values in measured)
        yield Row(name, own, "stacks/s", peer, theirs, ratio)


def unpacked(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[Any], list[int]]:
    """All frames [n, 96, 96, 3], the first frame of each one's episode [n], actions [n, ...], steps of each episode."""
    frames, actions = [], []
    for episode in Dataset(folder).episodes():
        frames.append(episode.read("observation", 0, len(episode)))
        actions.append(episode.read("action"))
    counts = [len(part) for part in actions]
    firsts = np.repeat(np.cumsum([0, *counts[:-1]]), counts)
    return np.concatenate(frames), firsts, np.concatenate(actions), counts


class Feed:
    """Batches without end, and how fast they come."""

    def __init__(self, batches: Batches) -> None:
        """Begin to read."""
        self._stream = (len(observations) for _ in itertools.count() for observations, _ in batches)
        known = set(multiprocessing.active_children())
        next(self._stream)
        self._pids = [os.getpid(), *(process.pid for process in set(multiprocessing.active_children()) - known)]
        self._steps, self._processor_s = 0, 0.0

    def measure(self) -> float:
        """Steps a second, after what was read ahead while others were measured."""
        for _ in range(2 * AHEAD * WORKERS):
            next(self._stream)
        steps, started, taken = 0, time.perf_counter(), self._taken_s()
        while time.perf_counter() - started < SECONDS:
            steps += next(self._stream)
        self._steps += steps
        self._processor_s += self._taken_s() - taken
        return steps / (time.perf_counter() - started)

    @property
    def own_rate(self) -> float:
        """Steps per second of one core's time, of all that was measured: neighbours count less in it."""
        return self._steps / self._processor_s if self._processor_s else math.nan

    def _taken_s(self) -> float:
        """The processor's time of all threads, from Linux; none is counted elsewhere."""
        ticks = 0
        for pid in self._pids:
            stat = Path(f"/proc/{pid}/stat")
            if stat.exists():
                ticks += sum(map(int, stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")


def drawn_rate(folder: Path, view: View) -> float:
    """Moments a second, of batches over all episodes."""
    with loader(StepData([folder], view), BATCH, seed=0) as batches:
        return median_rate(lambda: sum(len(observations) for observations, _ in batches))
