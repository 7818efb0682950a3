"""Carries out `sim-suite run`: reads scenarios, fits the agent, runs, films, writes. Kept apart so that `--help` answers at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim_suite.cli import console
from sim_suite.cli.run import Options
from sim_suite.cli.window import require_display
from sim_suite.driving.storyboard.distributions import Uniform
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation, checked, draw
from sim_suite.envs.scenarios.env import read_id
from sim_suite.envs.scenarios.theatre import EMBEDDED, Theatre
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.leaderboard.trials.films import film, show
from sim_suite.leaderboard.trials.junit import junit_xml
from sim_suite.leaderboard.trials.page.page import render_page
from sim_suite.leaderboard.trials.search import Search, judge_with, search_failures
from sim_suite.leaderboard.trials.terminal import trial_table
from sim_suite.leaderboard.trials.trial import (
    RESULTS,
    SUMMARY,
    VERDICTS,
    Entrant,
    Trial,
    enter,
    run_trial,
    write_trial,
)

FILMS: Final = 3
"""So many of the most severe variations are filmed."""
PAGE: Final = "report.html"
SEARCH: Final = "search.json"


def run_all(sources: tuple[str, ...], options: Options) -> int:
    """Run scenarios one after the other; all are read, and the agent is fitted to each, before the first one runs."""
    if options.samples < 1:
        raise SuiteError(f"--samples must be 1 or more, not {options.samples}.")
    if options.render == "human":
        require_display("Film instead: --video")
    settings = _settings(options.set)
    scenarios = [(source, _limited(load_scenario(source, settings), options.limit)) for source in sources]
    for _, scenario in scenarios:
        _say_what_is_out_of_range(scenario, settings)
    jobs = [
        _Job(source, scenario, _variations(scenario, options, settings), settings) for source, scenario in scenarios
    ]
    names = [job.scenario.name for job in jobs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SuiteError(
            f"two of the scenarios are named {twice!r}, and would be written over each other. Run them one by one."
        )
    entrants = [enter(options.agent, job.source, settings, options.seed, trust=options.trust) for job in jobs]
    out = options.out or _default_out(jobs, options.agent)
    with _theatre(options) as theatre:
        return _play_all(jobs, entrants, options, out, theatre)


@contextmanager
def _theatre(options: Options) -> Iterator[Theatre]:
    """Where it is played."""
    if options.backend == "embedded":
        yield EMBEDDED
        return
    from sim_suite.envs.carla.theatre import CarlaTheatre  # loads what speaks CARLA's protocol

    theatre = CarlaTheatre(options.server)
    try:
        yield theatre
    finally:
        theatre.close()


def _play_all(jobs: list[_Job], entrants: list[Entrant], options: Options, out: Path, theatre: Theatre) -> int:
    trials = [_run_one(job, entrant, options, out, theatre) for job, entrant in zip(jobs, entrants, strict=True)]
    films = _films(jobs, entrants, trials, theatre) if options.video else {}
    _write(trials, films, out, options)
    if options.json:
        console.print_json(
            {"trials": [one.summary() | {"verdicts": [v.to_dict() for v in one.verdicts]} for one in trials]}
        )
    else:
        for one in trials:
            console.out.print(trial_table(one))
    console.note(f"written to {out}: {PAGE}, {VERDICTS}, {RESULTS}, {SUMMARY}")
    if options.search is not None:
        for job, entrant, one in zip(jobs, entrants, trials, strict=True):
            _search(job, entrant, one, _folder(one, trials, out), theatre)
    return 0 if all(one.passed for one in trials) else 1


@dataclass(frozen=True)
class _Job:
    source: str
    scenario: Scenario
    variations: list[Variation]
    settings: Mapping[str, str]


def _limited(scenario: Scenario, limit_s: float | None) -> Scenario:
    return scenario if limit_s is None else replace(scenario, limit_s=limit_s)


def _settings(words: Sequence[str]) -> dict[str, str]:
    settings = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not (name and sign):
            raise SuiteError(f"--set takes NAME=VALUE, not {word!r}.")
        settings[name] = value
    return settings


def _say_what_is_out_of_range(scenario: Scenario, settings: Mapping[str, str]) -> None:
    """A scenario may be asked for more than it was made for; whoever asks should know."""
    for name, value in checked(scenario, settings).items():
        spread = scenario.parameter(name).distribution
        if isinstance(spread, Uniform) and not spread.low <= value <= spread.high:
            console.note(
                f"note: {scenario.name} was made for {name} from {spread.low:g} to {spread.high:g}, not {value:g}."
            )


def _variations(scenario: Scenario, options: Options, settings: Mapping[str, str]) -> list[Variation]:
    if options.variation is not None:
        seed, number = read_id(options.variation)
        return draw(scenario, seed, [number], settings)
    return draw(scenario, options.seed, range(options.samples), settings)


def _run_one(job: _Job, entrant: Entrant, options: Options, out: Path, theatre: Theatre) -> Trial:
    if options.render == "human":
        show(job.scenario, job.variations[0], entrant.agent, theatre)
    journal = out / ".journals" / f"{job.scenario.name}.jsonl"
    if not options.resume:
        journal.unlink(missing_ok=True)
    # What could be avoided in the embedded world says nothing of another's.
    labelled = not options.no_labels and entrant.agent is not None and theatre is EMBEDDED
    with console.progress() as bar:
        task = bar.add_task(job.scenario.name, total=len(job.variations), note="")
        return run_trial(
            job.scenario, job.source, entrant, job.variations, seed=options.seed, settings=job.settings, avoidable=labelled,
            done=lambda count: bar.update(task, completed=count),
            journal=journal, theatre=theatre,
        )  # fmt: skip


def _search(job: _Job, entrant: Entrant, trial: Trial, out: Path, theatre: Theatre) -> None:
    """Look for the smallest failing case, and say what was found; where variations are labelled, among the avoidable ones."""
    labelled = all(one.avoidable is not None for one in trial.verdicts)
    judge = judge_with(job.scenario, entrant.agent, avoidable=labelled, theatre=theatre)
    found = search_failures(trial, judge, avoidable_only=labelled)
    write_json(out / SEARCH, found_to_dict(found))
    what = "avoidable variations failed" if labelled else "failed"
    for one in found.rounds:
        console.note(f"search, round {one.number}: {one.failed} of {one.tried} {what}")
    if found.smallest is None:
        console.note("search: no failing case was found.")
        return
    values = ", ".join(f"{name} {value:.4g}" for name, value in found.smallest.values.items())
    console.note(f"search: the smallest failing case is {values}")
    console.next_step(found.command)


def found_to_dict(found: Search) -> dict[str, Any]:
    """Plain data for JSON."""
    return {
        "rounds": [asdict(one) | {"failure_rate": one.failure_rate} for one in found.rounds],
        "smallest": None if found.smallest is None else found.smallest.to_dict(),
        "distance": None if found.smallest is None else found.distance,
        "command": found.command,
        "failures": [one.to_dict() for one in found.found],
    }


def _films(
    jobs: list[_Job], entrants: list[Entrant], trials: list[Trial], theatre: Theatre
) -> dict[tuple[str, str], bytes]:
    """Of the most severe failures of each trial, or of its most severe variation."""
    wanted = []
    for job, entrant, trial in zip(jobs, entrants, trials, strict=True):
        worst = sorted(trial.verdicts, key=lambda one: -one.severity)
        failed = [one.id for one in worst if not one.passed] or [worst[0].id]
        by_id = {one.id: one for one in job.variations}
        wanted += [(job, entrant, by_id[name]) for name in failed[:FILMS]]
    films = {}
    with console.progress() as bar:
        for job, entrant, variation in bar.track(wanted, description="film"):
            films[job.scenario.name, variation.id] = film(job.scenario, variation, entrant.agent, theatre)
    return films


def _write(trials: list[Trial], films: Mapping[tuple[str, str], bytes], out: Path, options: Options) -> None:
    for trial in trials:
        write_trial(trial, _folder(trial, trials, out))
    for (name, variation), data in films.items():
        write_atomic(out / "films" / f"{name}-{variation}.webm", data)
    write_atomic(out / PAGE, render_page(trials, films))
    if options.junit is not None:
        write_atomic(options.junit, junit_xml(trials))


def _folder(trial: Trial, trials: list[Trial], out: Path) -> Path:
    """Where a trial's own files lie: one alone has no folder of its own."""
    return out if len(trials) == 1 else out / trial.scenario.name


def _default_out(jobs: list[_Job], agent: str) -> Path:
    names = "-".join(dict.fromkeys(one.scenario.name for one in jobs))
    return Path("runs/scenarios") / re.sub(r"[^\w.-]+", "-", f"{names[:80]}-{agent}")
