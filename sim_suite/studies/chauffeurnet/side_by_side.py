"""Drives families in several processes at once: each keeps its verdicts in the family's journal, where the study finds them.

Source: ours.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.learning.torch_blocks import threads
from sim_suite.processes import end_with_parent
from sim_suite.studies.chauffeurnet.driving import Named, drive, journal_of
from sim_suite.studies.chauffeurnet.families import family

LOOK_S: Final = 0.5
"""Between two looks at how far the journals are."""


@dataclass(frozen=True)
class Drive:
    """An agent on a family; cue: what it does not see."""

    family: str
    named: Named
    cue: str = ""


def drive_all(
    drives: Sequence[Drive], out: Path, variations: int, seed: int, workers: int, done: Callable[[int], None]
) -> None:
    """Let so many processes drive, 2 or more. done: told how many variations of all are over. Raises what a process raises."""
    journals = [journal_of(family(one.family), one.named, one.cue, out) for one in drives]
    quiet_process()  # inherited by the processes
    pool = ProcessPoolExecutor(min(workers, len(drives)), multiprocessing.get_context("spawn"), _begin)
    try:
        waiting: set[Future[None]] = {pool.submit(_drive, one, out, variations, seed) for one in drives}
        while waiting:
            over, waiting = wait(waiting, LOOK_S, FIRST_EXCEPTION)
            for one in over:
                one.result()
            done(sum(min(_verdicts(journal), variations) for journal in journals))
    except BrokenProcessPool:
        raise SuiteError(
            "a process was killed, perhaps for want of memory. Run the same line again with fewer --workers: it goes on."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def _drive(one: Drive, out: Path, variations: int, seed: int) -> None:
    with threads(1):
        drive(family(one.family), one.named, out, variations=variations, seed=seed, cue=one.cue)


def _verdicts(journal: Path) -> int:
    """Lines after the head."""
    if not journal.is_file():
        return 0
    return max(journal.read_bytes().count(b"\n") - 1, 0)
