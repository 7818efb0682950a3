"""What a benchmark reports: rows of a value beside a peer measured in the same run. Source: ours.

A benchmark is a module of `tests/benchmarks` with a `SUMMARY` and a function `rows() -> Iterator[Row]`; the command
`sim-suite bench NAME` runs it. Ratios carry from machine to machine, absolute rates do not, so bars are set on ratios
wherever there is a peer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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
