"""Plays leaderboard jobs on a Ray cluster: the same jobs and rows as the worker processes of one machine.

Ray finds its cluster by RAY_ADDRESS; without one it starts on this machine. Nothing is scheduled by hand. Files that agents
are named by must lie at the same path on every node.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.leaderboard.workers import AnyJob, Played, timed


def play_on_ray(jobs: Iterable[AnyJob], workers: int) -> Iterator[Played]:
    """Do all jobs as Ray tasks of one CPU each; `workers` counts only where Ray starts on this machine."""
    try:
        import ray
    except ImportError as error:
        raise SuiteError('--ray needs Ray: pip install "sim-suite[ray]".') from error
    if not ray.is_initialized():
        ray.init(
            num_cpus=None if "RAY_ADDRESS" in os.environ else max(1, workers),
            log_to_driver=False,
            include_dashboard=False,
        )
    remote = ray.remote(num_cpus=1, max_retries=0)(_do)
    pending: dict[Any, AnyJob] = {remote.remote(job): job for job in jobs}
    while pending:
        ready, _ = ray.wait(list(pending), num_returns=1)
        job = pending.pop(ready[0])
        try:
            yield from ray.get(ready[0])
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
            yield from _lost(job, type(error).__name__)


def _do(job: AnyJob) -> list[Played]:
    quiet_process()
    return list(timed(job))


def _lost(job: AnyJob, reason: str) -> Iterator[Played]:
    """A Ray task reports all or nothing: when its process dies, every episode of the job is accounted for as lost."""
    for episode in job.episodes:
        yield Played(job.lost(episode, f"the Ray task ended with {reason}"), 0.0)
