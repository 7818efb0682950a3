"""What a benchmark reports: rows of a value beside a peer measured in the same run. Source: ours.

A benchmark is a module of `tests/benchmarks` with a `SUMMARY` and a function `rows() -> Iterator[Row]`; the command
`sim-suite bench NAME` runs it. Ratios carry from machine to machine, absolute rates do not, so bars are set on ratios
wherever there is a peer.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEERS = Path(__file__).resolve().parents[1] / ".venv-bench" / "bin" / "python"
"""The virtual environment of the peers, which `make bench` sets up: some pin other versions than we do."""
SECONDS = 1.0
"""Of one measurement."""
ROUNDS = 7
_PEER_TIMEOUT_S = 120.0

Measurement = Callable[[], float]
"""Takes about `SECONDS` and answers with a rate."""


@dataclass(frozen=True)
class Row:
    """One measured figure."""

    name: str
    value: float
    unit: str
    peer: str | None = None
    """What it is compared with, in the same run."""
    peer_value: float | None = None
    """The peer's figure, in `unit`."""
    ratio: float | None = None
    """How many times better than the peer; above 1 is better, also where smaller values are."""
    bar: float | None = None
    """The promise: on the ratio where there is one, else on the value."""
    holds: bool | None = None
    """Whether the promise was kept in this run; None where nothing was promised."""


def median_rate(run: Callable[[], int], *, repeats: int = 5, warmup: int = 1) -> float:
    """Median units per second of `run`, which does some work and returns how many units it did."""
    for _ in range(warmup):
        run()
    rates = []
    for _ in range(repeats):
        started = time.perf_counter()
        units = run()
        rates.append(units / (time.perf_counter() - started))
    return statistics.median(rates)


def compared(
    name: str,
    unit: str,
    ours: Measurement,
    peer: str,
    theirs: Measurement | None,
    bar: float | None,
    rounds: int = ROUNDS,
) -> Row:
    """Medians over so many rounds of alternating measurements, after one of each to warm up, and the median of their ratios.

    They take turns because a shared machine drifts. theirs: None where the peer is not installed. bar: None promises nothing.
    """
    if theirs is None:
        ours()
        value = statistics.median(ours() for _ in range(rounds))
        return Row(f"{name} ({peer}: not in .venv-bench, not measured)", value, unit, bar=bar)
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    value, peer_value = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    return Row(name, value, unit, peer, peer_value, ratio, bar, None if bar is None else ratio >= bar)


def single_rate(env: Any, actions: Sequence[Any]) -> Measurement:
    """Steps per second of one Gymnasium environment, its resets included; `actions` are gone through again and again."""
    env.reset(seed=0)

    def measure() -> float:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            *_, terminated, truncated, _ = env.step(actions[steps % len(actions)])
            steps += 1
            if terminated or truncated:
                env.reset()
        return steps / (time.perf_counter() - started)

    return measure


def batch_rate(env: Any, actions: Sequence[Any]) -> Measurement:
    """Steps per second of all environments of a vector together; `actions` hold a row for each of its steps."""
    env.reset(seed=0)

    def measure() -> float:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            env.step(actions[steps % len(actions)])
            steps += 1
        return steps * int(env.num_envs) / (time.perf_counter() - started)

    return measure


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this thread, and the processes that it starts, on one processor."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def peer_rate(script: str, *arguments: object, needs: Sequence[str] = ()) -> Measurement | None:
    """The rate that a peer's script prints last, run in its own environment; None where that, or a module it needs, is not installed."""
    if not PEERS.exists() or not _installed(needs):
        return None

    def measure() -> float:
        command = [str(PEERS), "-c", script, *map(str, arguments)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PEER_TIMEOUT_S)
        return float(done.stdout.split()[-1])

    return measure


def _installed(modules: Sequence[str]) -> bool:
    """Whether the peers' environment holds all of them."""
    asking = "import importlib.util as u, sys; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))"
    return subprocess.run([str(PEERS), "-c", asking, *modules], timeout=_PEER_TIMEOUT_S).returncode == 0
