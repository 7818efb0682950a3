"""How long a key takes to become an action in `sim-suite drive`, and how many frames come late, at 50 Hz with window and recorder.

A dummy driver presses keys for `SECONDS`; the study `python -m sim_suite.studies.drive_latency` does so for ten minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from sim_suite.benchmarking import Row
from sim_suite.studies.drive_latency import FRAME_MS, MOST_MISSED, measure

SUMMARY = "Driving by hand: from key to action at 50 Hz, and frames that come late"
SECONDS = 30.0


def rows() -> Iterator[Row]:
    """Latency and missed frames."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    found = measure(SECONDS)
    yield Row("from key to action, median", found.p50_ms, "ms")
    yield Row(
        "from key to action, 99th percentile (at most)",
        found.p99_ms,
        "ms",
        bar=FRAME_MS,
        holds=found.p99_ms <= FRAME_MS,
    )
    yield Row("from key to action, longest", found.max_ms, "ms")
    yield Row("from reading the keys to the step, 99th percentile", found.read_p99_ms, "ms")
    yield Row(
        "missed frames (less than)", 100 * found.missed_share, "%", bar=100 * MOST_MISSED, holds=found.missed_share < MOST_MISSED
    )  # fmt: skip
    yield Row("steps that were shown", 100 * found.pictures / max(found.steps, 1), "%")
