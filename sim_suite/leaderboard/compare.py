"""Runs a leaderboard: what is missing is played, each episode is recorded as it ends, and the results are written from the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.checkpoint import hardware
from sim_suite.files import write_atomic
from sim_suite.leaderboard.entries import Left, resolve
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.jobs import Clip, ClipJob, Job
from sim_suite.leaderboard.records import EntryRecord, OpenFolder, Records, clip_path, header_of
from sim_suite.leaderboard.report.model import Section
from sim_suite.leaderboard.results import write_results
from sim_suite.leaderboard.suite import Suite
from sim_suite.leaderboard.workers import AnyJob, Played, play_all
from sim_suite.versions import versions

EPISODES_A_JOB = 10  # few enough to share out evenly, enough that loading an agent is lost in it

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
        for entry in entries:
            folder.add_entry(entry)
        jobs = missing(suite, entries, folder.records, options)
        total = sum(len(runs) * suite.task(task).episodes for entry in entries for task, runs in entry.tasks.items())
        watch.started("episodes", total - sum(len(job.episodes) for job in jobs), total)
        for played in backend(jobs, options.workers):
            if isinstance(played.result, Row):
                folder.add_row(played.result, played.seconds)
            watch.advanced("episodes")
        if options.clips:
            _film_all(suite, entries, out, options, watch, backend)
        watch.started("statistics and page", 0, 1)
        parts = write_results(out, folder.records)
        watch.advanced("statistics and page")
        return parts


def missing(suite: Suite, entries: Sequence[EntryRecord], records: Records, options: Options) -> list[Job]:
    """The jobs for all episodes that are not recorded (or, with `retry_failed`, ended in a fault)."""
    jobs = []
    for task in suite.tasks:
        for entry in entries:
            for run in entry.tasks.get(task.name, ()):
                rows = [records.rows.get((task.name, entry.label, run, episode)) for episode in range(task.episodes)]
                todo = [
                    episode
                    for episode, row in enumerate(rows)
                    if row is None or (options.retry_failed and row.outcome != "ok")
                ]
                jobs += [
                    Job(
                        task,
                        entry.label,
                        run,
                        entry.runs[run].agent,
                        options.trust,
                        tuple(todo[start : start + EPISODES_A_JOB]),
                    )
                    for start in range(0, len(todo), EPISODES_A_JOB)
                ]
    return jobs


def _film_all(
    suite: Suite, entries: Sequence[EntryRecord], out: Path, options: Options, watch: Watch, backend: Backend
) -> None:
    jobs = [
        ClipJob(task, entry.label, run, entry.runs[run].agent, options.trust)
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
