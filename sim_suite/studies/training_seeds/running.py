"""Trains and judges what a plan asks for and its folder does not hold yet; killed at any moment, the same line goes on. Source: ours.

runs/ENTRY-SEED/          a training run, ordinary in every way
scores/ENTRY-SEED.json    the episodes of its final policy, as far as played
endings/ENTRY-SEED.json   how many of many episodes terminate, where the plan asks for it
timing.journal            processor time of each stretch of training
"""

from __future__ import annotations

import multiprocessing
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from threadpoolctl import threadpool_limits

from agents import checkpoint
from agents.interface import Agent
from agents.registry import entry as registered
from agents.training import begin, go, resume
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.files import Journal, read_json, write_json
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.learning.run_folder import CHECKPOINT_NAME
from sim_suite.processes import end_with_parent
from sim_suite.settings import build_config
from sim_suite.studies.judging import Judged, judge, judged
from sim_suite.studies.training_seeds.endings import count_endings
from sim_suite.studies.training_seeds.plan import EntryPlan, Plan, TaskPlan

TIMING: Final = "timing.journal"


@dataclass(frozen=True)
class RunPlan:
    """One run of an entry, and where it lies. Picklable."""

    out: Path
    table: TaskPlan
    spec: TaskSpec
    entry: EntryPlan
    seed: int

    @property
    def name(self) -> str:
        """Of the run, in its folder."""
        return f"{self.entry.name}-{self.seed}"

    @property
    def folder(self) -> Path:
        """Of the training run."""
        return self.out / "runs" / self.name

    def episodes(self) -> list[Judged]:
        """What was played of its final policy so far."""
        return judged(self.out / "scores" / f"{self.name}.json")

    def mean_return(self) -> float:
        """Of the suite's episodes. Raises `SuiteError` where none was played yet."""
        returns = [episode.episode_return for episode in self.episodes()]
        if not returns:
            raise SuiteError(f"{self.name} was not judged yet. Run the study on {self.out}.")
        return sum(returns) / len(returns)

    def endings(self) -> int | None:
        """How many episodes terminated; None where that was not counted yet, or of another number of episodes."""
        path = self.out / "endings" / f"{self.name}.json"
        told = read_json(path) if path.is_file() else {}
        return told["terminated"] if told.get("episodes") == self.table.endings.episodes else None

    @property
    def counted(self) -> bool:
        """Whether endings were counted, where the plan asks for it."""
        return self.table.endings.episodes == 0 or self.endings() is not None

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.counted and len(self.episodes()) >= self.spec.episodes


def runs_of(plan: Plan, out: Path, only: Sequence[str] = ()) -> list[RunPlan]:
    """All runs of a plan, those of peers last; `only`: of these entries."""
    every = [
        RunPlan(out, table, plan.spec(table), entry, seed)
        for table in plan.tasks
        for entry in table.entries
        for seed in entry.seeds
        if not only or entry.name in only
    ]
    peers = {entry.peer for table in plan.tasks for entry in table.entries}
    return sorted(every, key=lambda run: run.entry.name in peers)


def missing(runs: Sequence[RunPlan]) -> list[RunPlan]:
    """Those that are not done. Raises `SuiteError` where a folder holds one with other settings or seeds, done or not."""
    for run in runs:
        refuse_other(run)
    return [run for run in runs if not run.done]


def run_all(runs: Sequence[RunPlan], workers: int, end_s: float | None) -> Iterator[tuple[RunPlan, bool]]:
    """Do all runs, in `workers` processes, and yield each with whether it is done. end_s: `time.monotonic()` to stop at; None never."""
    if workers == 1:
        yield from ((run, do(run, end_s)) for run in runs)
        return
    context = multiprocessing.get_context("spawn")
    quiet_process()  # inherited by the workers
    with ProcessPoolExecutor(workers, context, end_with_parent) as pool:
        waiting = {pool.submit(do, run, end_s): run for run in runs}
        try:
            for ready in as_completed(waiting):
                yield waiting[ready], ready.result()
        finally:
            pool.shutdown(cancel_futures=True)


def do(run: RunPlan, end_s: float | None) -> bool:
    """Train and judge what is missing of one run; False where time was up before."""

    def enough() -> bool:
        return end_s is not None and time.monotonic() >= end_s

    with threadpool_limits(limits=1):  # as workers of the leaderboard: sums in another order are other sums
        if not _train(run, enough):
            return False
        agent, _ = checkpoint.load(run.folder / CHECKPOINT_NAME)
        return _judge(run, agent, enough)


def refuse_other(run: RunPlan) -> None:
    """Raise `SuiteError` where the folder holds the run trained by other settings than the plan's, or judged on other seeds."""
    for number, episode in enumerate(run.episodes()):
        if episode.seed != run.spec.seed(number):
            raise SuiteError(
                f"{run.name} was judged on seed {episode.seed} in {run.out}, where {run.spec.name} now has {run.spec.seed(number)}. "
                f"Name another --out."
            )
    path, recipe = run.folder / "config.toml", run.entry.run_recipe(run.seed)
    if not path.is_file():
        return
    config = build_config(registered(recipe.agent).load_method().config, recipe.config, f"settings of {run.entry.name}")
    wanted, found = (tomllib.loads(text) for text in (recipe.to_toml(config), path.read_text(encoding="utf-8")))
    other = sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key))
    if other:
        raise SuiteError(
            f"{run.folder} was trained by other settings than the plan's ({', '.join(other)} differ). Name another --out, or "
            f"give the entry another name."
        )


def _train(run: RunPlan, enough: Callable[[], bool]) -> bool:
    """Bring the run to its end; False where time was up before."""
    if enough():
        return False
    started_s = time.process_time()
    if (run.folder / "config.toml").is_file():
        training = resume(run.folder, "cpu")
    else:
        training = begin(run.entry.run_recipe(run.seed), run.folder, "cpu")
    learner = training.learner
    if learner.done_steps >= learner.total_steps:
        return True
    go(training, enough=lambda metrics: enough())
    with Journal(run.out / TIMING) as journal:
        journal.append(
            {
                "run": run.name,
                "from_step": training.resumed_at,
                "to_step": learner.done_steps,
                "processor_s": round(time.process_time() - started_s, 3),
            }
        )
    return learner.done_steps >= learner.total_steps


def _judge(run: RunPlan, agent: Agent, enough: Callable[[], bool]) -> bool:
    """Play the suite's episodes and count endings; False where time was up before."""
    with make(run.spec.env, agent.interface.observation, kwargs=run.spec.kwargs) as env:
        if not judge(env, agent, run.spec, run.out / "scores" / f"{run.name}.json", run.spec.episodes, enough):
            return False
    if not run.counted:
        if enough():
            return False
        told = run.table.endings.episodes
        write_json(
            run.out / "endings" / f"{run.name}.json",
            {"episodes": told, "terminated": count_endings(agent, run.spec, told)},
        )
    return True
