"""How many laps of an expert, and how many rounds of DAgger, make a driver of CarRacing: a table over a hundred fixed tracks.

    python -m sim_suite.studies.dagger_table --out runs/dagger-table
    python -m sim_suite.studies.dagger_table --out runs/dagger-table --minutes 60      an hour of it; the same line goes on
    python -m sim_suite.studies.dagger_table --out runs/dagger-table --workers 2       two training runs at a time, to the same table

Each training run (1, 5, 20 or 100 laps; three seeds) is judged after 0, 1, 3 and 10 rounds. It learns on the fast CarRacing and is judged
on Gymnasium's own CarRacing-v3, on the seeds of the suite `car-racing`, which nobody drives before: the two have the same physics, but
their frames differ by some levels, so that a lap on one is not a lap on the other. The expert's mean on the same tracks is the ceiling.

What is finished is kept and never computed again; killed at any moment, the same line goes on:

    study.json               the settings; another study's folder is refused
    runs/LAPS-SEED/          a training run, ordinary in every way
    cells/LAPS-ROUNDS-SEED.json   return and length of each track, as far as judged
    expert.json              the same of the expert
    table.md, table.json     what is known so far

No peer-reviewed table of this kind was found. Statistics: `sim_suite.leaderboard.statistics`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from agents import recipe as recipes
from agents.imitation.agent import CloneAgent
from agents.interface import Agent
from agents.naming import build, find
from agents.training import begin, go, resume
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_atomic, write_json
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.processes import end_with_parent
from sim_suite.refusals import refuse_less
from sim_suite.settings import parse_settings
from sim_suite.studies.dagger_scores import Cell, Track, table_of, text_of
from sim_suite.studies.judging import judge, judged

JUDGED_ON: Final = "CarRacing-v3"
RECIPE: Final = "car-racing-dagger"
EXPERT: Final = "car-racing-pursuit"
_MINUTE_S: Final = 60.0


@dataclass(frozen=True)
class Settings:
    """What the table is of."""

    laps: tuple[int, ...] = (1, 5, 20, 100)
    rounds: tuple[int, ...] = (0, 1, 3, 10)
    seeds: tuple[int, ...] = (0, 1, 2)
    tracks: int = 100
    config: tuple[str, ...] = ()
    """Settings that differ from the recipe's, as KEY=VALUE."""

    def cells(self, part: int = 0, parts: int = 1) -> list[tuple[int, int, int]]:
        """(laps, rounds, seed) of all, the cheap ones first; or of those training runs that fall to one of several parts."""
        runs = [(laps, seed) for seed in self.seeds for laps in self.laps][part::parts]
        every = [(laps, rounds, seed) for laps, seed in runs for rounds in self.rounds]
        return sorted(every, key=lambda cell: (cell[1], cell[2], cell[0]))


class _TimeIsUpError(Exception):
    """The budget is spent; everything is on the disk."""


class Study:
    """The folder, and what is still to be done in it."""

    def __init__(self, folder: Path, settings: Settings, enough: Callable[[], bool]) -> None:
        """enough: whether to stop. Raises `SuiteError` where the folder holds another study."""
        self._folder, self._settings, self._enough = folder, settings, enough
        path, plain = (
            folder / "study.json",
            {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(settings).items()},
        )
        if not path.is_file():
            write_json(path, plain)
        elif read_json(path) != plain:
            raise SuiteError(f"{folder} holds a study with other settings ({path}). Name another folder by --out.")

    def run(self, say: Callable[[str], None], part: int = 0, parts: int = 1) -> bool:
        """Go on until all is done or time is up; whether all is done. part of parts: of the training runs, for several processes."""
        try:
            if part == 0:
                self._judge_expert()
            for laps, rounds, seed in self._settings.cells(part, parts):
                if len(self._tracks(self._cell(laps, rounds, seed))) < self._settings.tracks:
                    self._train(laps, rounds, seed)
                    policy = CloneAgent.load(self._rounds(laps, seed) / f"{rounds:02d}" / "policy")
                    self._judge(policy, self._cell(laps, rounds, seed))
                    say(self.write_table())
        except _TimeIsUpError:
            self.write_table()
            return False
        return True

    def write_table(self) -> str:
        """Write table.md and table.json from what there is; returns the former."""
        cells = [
            Cell(laps, rounds, seed, tuple(tracks))
            for laps, rounds, seed in self._settings.cells()
            if len(tracks := self._tracks(self._cell(laps, rounds, seed))) == self._settings.tracks
        ]
        expert = self._tracks(self._folder / "expert.json")
        rows = table_of(cells, expert if len(expert) == self._settings.tracks else [])
        text = text_of(rows, self._settings.tracks, JUDGED_ON, len(cells), len(self._settings.cells()))
        write_json(self._folder / "table.json", [row.to_dict() for row in rows])
        write_atomic(self._folder / "table.md", text)
        return text

    def _cell(self, laps: int, rounds: int, seed: int) -> Path:
        return self._folder / "cells" / f"{laps:03d}-{rounds:02d}-{seed}.json"

    def _rounds(self, laps: int, seed: int) -> Path:
        return self._folder / "runs" / f"{laps:03d}-{seed}" / "rounds"

    def _train(self, laps: int, rounds: int, seed: int) -> None:
        """Bring a run to the end of a round, if it is not there yet."""
        folder = self._rounds(laps, seed).parent
        if (folder / "config.toml").is_file():
            run = resume(folder, "cpu")
        else:
            base = recipes.load(RECIPE)
            config = {
                **base.config,
                **parse_settings(self._settings.config),
                "laps": laps,
                "rounds": max(self._settings.rounds),
            }
            config["last_batches"] = config.get("batches", 500)  # a round is a round, whether it is the last or not
            run = begin(replace(base, seed=seed, config=config), folder, "cpu")
        if self._ended(run.learner.done_steps, run.config) > rounds:
            return
        go(run, enough=lambda metrics: self._ended(run.learner.done_steps, run.config) > rounds or self._enough())
        if self._ended(run.learner.done_steps, run.config) <= rounds:
            raise _TimeIsUpError

    def _ended(self, steps: int, config: Any) -> int:
        """Rounds that have ended after so many steps."""
        ended = 0
        for number in range(config.rounds + 1):
            steps -= config.batches_of(number) * config.batch_size
            ended += steps >= 0
        return ended

    def _judge_expert(self) -> None:
        if len(self._tracks(self._folder / "expert.json")) < self._settings.tracks:
            expert = build(find(EXPERT), JUDGED_ON, {}, 0)
            self._judge(expert, self._folder / "expert.json")

    def _judge(self, agent: Agent, path: Path) -> None:
        """Drive the tracks that are not judged yet; each is kept when it is driven."""
        task = suites.load("car-racing").task("car-racing")
        with make(JUDGED_ON, agent.interface.observation) as env:
            if not judge(env, agent, task, path, self._settings.tracks, self._enough):
                raise _TimeIsUpError

    def _tracks(self, path: Path) -> list[Track]:
        return [Track(**asdict(track)) for track in judged(path)]


def main(arguments: Sequence[str]) -> int:
    """Run the study; 0 where the table is whole, 75 (try again) where time was up before."""
    usual = Settings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the study; a new one, or one to go on with")
    parser.add_argument(
        "--minutes", type=float, default=None, help="stop after so long, rounded up to the next track or fifty batches"
    )
    parser.add_argument("--laps", type=int, nargs="+", default=usual.laps)
    parser.add_argument("--rounds", type=int, nargs="+", default=usual.rounds)
    parser.add_argument("--seeds", type=int, nargs="+", default=usual.seeds)
    parser.add_argument("--tracks", type=int, default=usual.tracks)
    parser.add_argument("--workers", type=int, default=1, help="processes, each with training runs of its own")
    parser.add_argument("--set", nargs="+", default=(), help="settings that differ from the recipe's, KEY=VALUE")
    chosen = parser.parse_args(arguments)
    settings = Settings(tuple(chosen.laps), tuple(chosen.rounds), tuple(chosen.seeds), chosen.tracks, tuple(chosen.set))
    try:
        refuse_less(chosen, {"workers": 1})
        study = Study(chosen.out, settings, lambda: False)
        if chosen.workers == 1:
            done = _work(chosen.out, settings, chosen.minutes, 0, 1)
        else:
            done = _work_side_by_side(chosen.out, settings, chosen.minutes, chosen.workers)
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(study.write_table())
    return 0 if done else 75


def _work(out: Path, settings: Settings, minutes: float | None, part: int, parts: int) -> bool:
    """A part of the study; whether it is done."""
    torch.set_num_threads(1)
    end_s = None if minutes is None else time.monotonic() + _MINUTE_S * minutes
    study = Study(out, settings, lambda: end_s is not None and time.monotonic() > end_s)
    return study.run(lambda text: print(text, flush=True), part, parts)


def _work_side_by_side(out: Path, settings: Settings, minutes: float | None, workers: int) -> bool:
    """All parts, a process each. Raises what a process raises, when the others have ended."""
    quiet_process()  # inherited by the processes
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), end_with_parent) as pool:
        parts = [pool.submit(_work, out, settings, minutes, part, workers) for part in range(workers)]
    try:
        done = [part.result() for part in parts]
    except BrokenProcessPool:
        raise SuiteError(
            "a process was killed, perhaps for want of memory. Run the same line again with fewer --workers: it goes on."
        ) from None
    return all(done)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
