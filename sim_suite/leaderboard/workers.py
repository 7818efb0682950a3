"""Worker processes that play episodes, one job at a time, and survive the death of any of them.

Each worker is a freshly spawned process behind a pipe of its own. When one dies (a segmentation fault, a memory limit, an
agent that calls `os._exit`), the episode it was playing is a row of its own class, the rest of its job goes to a new worker,
and nothing else notices.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from sim_suite.envs.catalog import card
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.processes import end_with_parent


class Result(Protocol):
    """What a job gives for one of its episodes: a row, a clip, a game."""

    @property
    def episode(self) -> int:
        """Its number in the job."""


class AnyJob(Protocol):
    """What a process can be handed; it travels as plain data."""

    @property
    def env(self) -> str:
        """The environment that it plays, whose kernels it may be the first to compile."""

    @property
    def episodes(self) -> tuple[int, ...]:
        """What it is to do, in order."""

    def results(self) -> Iterator[Result]:
        """Do it: one result an episode, in any order."""

    def lost(self, episode: int, reason: str) -> Result:
        """What stands for an episode whose process died."""

    def rest(self, episodes: tuple[int, ...]) -> AnyJob:
        """The same job with these of its episodes only."""

    def one_by_one(self) -> AnyJob | None:
        """The same job without several episodes under way at once; None where it is such a job already."""


@dataclass(frozen=True)
class Played:
    """A result and how long it took; the time is kept away from everything that must repeat."""

    result: Result
    seconds: float


def play_all(jobs: Iterable[AnyJob], workers: int) -> Iterator[Played]:
    """Do all jobs in `workers` processes (0: in this one) and yield what they give as it is ready, in no fixed order."""
    if workers == 0:
        for job in jobs:
            yield from timed(job)
        return
    yield from _Pool(list(jobs), workers).run()


def timed(job: AnyJob) -> Iterator[Played]:
    """Do one job here and now."""
    started = time.perf_counter()
    for result in job.results():
        now = time.perf_counter()
        yield Played(result, now - started)
        started = now


def _work(pipe: Connection) -> None:
    """A worker's life: take a job, send its rows, send None, until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means; see `_without_interrupts`
    quiet_process()
    end_with_parent()
    while (job := pipe.recv()) is not None:
        for played in timed(job):
            pipe.send(played)
        pipe.send(None)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start a process that Ctrl-C cannot reach, not even before its first line: what is ignored stays ignored in a child."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may say so
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: AnyJob | None = None
    left: list[int] = field(default_factory=list)
    """Episodes of the job that have not come back yet."""


class _Pool:
    def __init__(self, jobs: list[AnyJob], workers: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._waiting = jobs[::-1]
        self._workers: list[_Worker] = []
        self._size = max(1, min(workers, len(jobs)))
        # What one process compiles, the others then find on disk.
        self._limit = 1 if any(card(job.env).compiles for job in jobs) else self._size

    def run(self) -> Iterator[Played]:
        quiet_process()  # inherited by the workers
        try:
            while self._waiting or any(worker.job for worker in self._workers):
                self._assign()
                busy: dict[Any, _Worker] = {worker.pipe: worker for worker in self._workers if worker.job is not None}
                for pipe in wait(list(busy)):
                    yield from self._hear(busy[pipe])
        finally:
            self._stop()

    def _assign(self) -> None:
        while len(self._workers) < self._limit and self._waiting:
            self._workers.append(self._spawn())
        for worker in self._workers:
            if worker.job is None and self._waiting:
                worker.job = self._waiting.pop()
                worker.left = list(worker.job.episodes)
                worker.pipe.send(worker.job)

    def _spawn(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        with _without_interrupts():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hear(self, worker: _Worker) -> Iterator[Played]:
        self._limit = self._size
        try:
            message = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            yield from self._bury(worker)
            return
        if message is None:
            worker.job, worker.left = None, []
        else:
            worker.left.remove(message.result.episode)
            yield message

    def _bury(self, worker: _Worker) -> Iterator[Played]:
        """Account for the episode that a dead worker was playing and hand on the rest of its job.

        Where it may have been playing several, all that is left is done once more, one at a time.
        """
        worker.process.join()
        self._workers.remove(worker)
        job = worker.job
        assert job is not None
        assert worker.left
        slower = job.one_by_one() if len(worker.left) > 1 else None
        if slower is not None:
            self._waiting.append(slower.rest(tuple(worker.left)))
            return
        episode, *rest = worker.left
        if rest:
            self._waiting.append(job.rest(tuple(rest)))
        yield Played(job.lost(episode, f"the worker process died with exit code {worker.process.exitcode}"), 0.0)

    def _stop(self) -> None:
        for worker in self._workers:
            if worker.job is None and worker.process.is_alive():
                worker.pipe.send(None)
            else:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(timeout=5)
            if worker.process.is_alive():
                worker.process.kill()
            worker.pipe.close()
