"""Runs a leaderboard: what is missing is played, each episode is recorded as it ends, and the results are written from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.leaderboard.entries import Left, resolve
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.jobs import Clip, ClipJob, Job
from sim_suite.leaderboard.open_folder import OpenFolder, header_of
from sim_suite.leaderboard.records import EntryRecord, Records, clip_path
from sim_suite.leaderboard.report.model import Section
from sim_suite.leaderboard.results import write_results
from sim_suite.leaderboard.suite import Suite
from sim_suite.leaderboard.workers import AnyJob, Played, play_all
from sim_suite.versions import hardware, versions

EPISODES_A_JOB = 16
"""Few enough to share out evenly, enough that loading an agent is lost in it: twice `side_by_side.AT_ONCE`."""

Backend = Callable[[Iterable[AnyJob], int], Iterator[Played]]


@dataclass(frozen=True)
class Options:
    """How to run."""

    workers: int = 2
    """Processes; 0 plays in this one."""
    resume: bool = False
    """Go on with what the folder holds."""
    retry_failed: bool = False
    """Play episodes again that ended in a fault."""
    trust: bool = False
    """Admit formats that run code (sb3:FILE.zip)."""
    clips: bool = True
    """Film the first episode of each entry on each task."""


@dataclass
class Watch:
    """What a caller may want to hear of while it runs; every field may be left as it is."""

    entered: Callable[[EntryRecord, list[Left]], None] = lambda entry, left: None
    """Each entry, with the tasks that it does not fit."""
    started: Callable[[str, int, int], None] = lambda what, done, total: None
    """(what, already done, in all) for each stage."""
    advanced: Callable[[str], None] = lambda what: None
    """One unit of that stage is done."""


def compare(
    suite: Suite,
    agents: Sequence[str],
    out: Path,
    options: Options,
    watch: Watch | None = None,
    backend: Backend = play_all,
) -> list[Section]:
    """Play all episodes of `agents` on `suite` that `out` does not hold yet, write the results there and return them."""
    watch = watch or Watch()
    entries, left = resolve(agents, suite, trust=options.trust)
    for entry in entries:
        watch.entered(entry, [one for one in left if one.label == entry.label])
    with OpenFolder(
        out, header_of(suite, versions(), hardware()), resume=options.resume or options.retry_failed
    ) as folder:
        jobs = missing(suite, entries, folder.records, options)
        total = sum(
            entry.runs[run].episodes(suite.task(task))
            for entry in entries
            for task, runs in entry.tasks.items()
            for run in runs
        )
        watch.started("episodes", total - sum(len(job.episodes) for job in jobs), total)
        driven, ahead = [job for job in jobs if job.given], [job for job in jobs if not job.given]
        held = [_held(played) for played in _watched(backend(driven, options.workers), watch)]
        for entry in entries:
            folder.add_entry(entry)
        for played in chain(held, _watched(backend(ahead, options.workers), watch)):
            if isinstance(played.result, Row):
                folder.add_row(played.result, played.seconds)
        if options.clips:
            _film_all(suite, entries, out, options, watch, backend)
        watch.started("statistics and page", 0, 1)
        parts = write_results(out, folder.records)
        watch.advanced("statistics and page")
        return parts


def _watched(found: Iterable[Played], watch: Watch) -> Iterator[Played]:
    for played in found:
        yield played
        watch.advanced("episodes")


def _held(played: Played) -> Played:
    """What a person did, if it went as recorded. Else `SuiteError`: nothing of it is taken into the folder then."""
    row = played.result
    if isinstance(row, Row) and row.outcome != "ok":
        raise SuiteError(f"{row.entry} is not scored on {row.task}: {row.message.rstrip('.')}.")
    return played


def missing(suite: Suite, entries: Sequence[EntryRecord], records: Records, options: Options) -> list[Job]:
    """The jobs for all episodes that are not recorded (or, with `retry_failed`, ended in a fault)."""
    jobs = []
    for task in suite.tasks:
        for entry in entries:
            for run in entry.tasks.get(task.name, ()):
                record = entry.runs[run]
                places = [(task.name, entry.label, run, episode) for episode in range(record.episodes(task))]
                todo = [
                    episode
                    for episode, row in enumerate(map(records.rows.get, places))
                    if row is None or (options.retry_failed and row.outcome != "ok")
                ]
                jobs += [
                    Job(
                        task,
                        entry.label,
                        run,
                        record.agent,
                        options.trust,
                        tuple(todo[start : start + EPISODES_A_JOB]),
                        record.given(task),
                    )
                    for start in range(0, len(todo), EPISODES_A_JOB)
                ]
    return jobs


def _film_all(
    suite: Suite, entries: Sequence[EntryRecord], out: Path, options: Options, watch: Watch, backend: Backend
) -> None:
    jobs = [
        ClipJob(task, entry.label, run, entry.runs[run].agent, options.trust, given=entry.runs[run].given(task))
        for task in suite.tasks
        for entry in entries
        for run in entry.tasks.get(task.name, ())[:1]
    ]
    todo = [job for job in jobs if not clip_path(out, job.task.name, job.entry).is_file()]
    watch.started("clips", len(jobs) - len(todo), len(jobs))
    for played in backend(todo, options.workers):
        if isinstance(played.result, Clip):
            write_atomic(clip_path(out, played.result.task, played.result.entry), played.result.webm)
        watch.advanced("clips")
