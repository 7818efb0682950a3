"""The sanity ladder of a generative network: every figure of noise, of a short training, of the network, and of real pictures.

    python -m sim_suite.studies.generative_ladder zoo:vae-car-racing
    python -m sim_suite.studies.generative_ladder runs/mine --pictures 512 --short 40 --json

A figure that gets worse from one rung to the next tells nothing there, and is marked so. The short training has the network's own
settings and seed, and so many updates. Source: ours.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

import torch

from perception.generative.metrics.ladder import LESS_IS_BETTER, MORE_IS_BETTER, NOISE, REAL
from perception.training import checkpoint
from perception.training.learner import HELD_OUT, PerceptionLearner
from perception.training.task import Notes
from sim_suite.errors import SuiteError
from sim_suite.learning.run_folder import Metrics

RUNGS: Final = ("noise", "short training", "trained", "real")


class Climb(NamedTuple):
    """One figure on all rungs."""

    figure: str
    values: tuple[float, float, float, float]
    """As `RUNGS`."""

    @property
    def climbs(self) -> Literal["yes", "level", "no"]:
        """Whether it gets better from each rung to the next; level: it gets worse nowhere, but two rungs are alike."""
        better = self.values if self.figure in MORE_IS_BETTER else tuple(-value for value in self.values)
        if all(below < above for below, above in pairwise(better)):
            return "yes"
        return "level" if all(below <= above for below, above in pairwise(better)) else "no"


class Ladder(NamedTuple):
    """All figures of one network, and what they depend on."""

    climbs: list[Climb]
    notes: dict[str, str]


def ladder(name: str, short: int, pictures: int, tell: Callable[[str], None] = lambda now: None) -> Ladder:
    """name: of a checkpoint; short: updates; pictures: of each kind. Raises `SuiteError` for a network that generates nothing."""
    trained = checkpoint.load(name, {"judging.pictures": pictures})
    task = trained.task
    tell(f"judging {name}")
    with torch.inference_mode():
        reached = task.judge(trained.network, torch.device("cpu"))
    figures = [one for one in (*LESS_IS_BETTER, *MORE_IS_BETTER) if {one, one + NOISE, one + REAL} <= reached.keys()]
    if not figures or not isinstance(task, Notes):
        raise SuiteError(
            f"{name} was trained for {trained.description.task!r}, which generates nothing to be judged; name a VAE."
        )
    tell(f"training for {short} updates")
    began = _shortly(trained, short)
    climbs = [Climb(one, (reached[one + NOISE], began[one], reached[one], reached[one + REAL])) for one in figures]
    return Ladder(climbs, dict(task.notes()))


def _shortly(trained: checkpoint.Trained, updates: int) -> Metrics:
    """What the same network reaches after so many updates."""
    seed = int(trained.description.training.get("seed", 0))
    task: Any = copy.copy(trained.task)  # with the features of real pictures that it has taken; every task has a config
    options = task.config.training
    shorter = replace(options, updates=updates, warm_up=min(options.warm_up, updates), judge_every=0)
    task.config = replace(task.config, training=shorter)
    learner = PerceptionLearner(trained.description.task, task, seed, "cpu")
    last = list(learner.run())[-1]
    return {name.removeprefix(HELD_OUT): value for name, value in last.items() if name.startswith(HELD_OUT)}


def table(found: Ladder) -> str:
    """For people."""
    lines = [f"{'':16}" + "".join(f"{rung:>16}" for rung in RUNGS) + "   climbs"]
    for one in found.climbs:
        values = "".join(f"{value:>16.4f}" for value in one.values)
        lines.append(f"{one.figure:16}{values}   {one.climbs}")
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in found.notes.items())])


def main(arguments: Sequence[str]) -> int:
    """The command line: 0 where no figure gets worse on its way up, 1 where one does, 2 with a line that says what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="a checkpoint's folder, its run, or zoo:NAME")
    parser.add_argument("--short", type=int, default=20, help="updates of the short training (20)")
    parser.add_argument("--pictures", type=int, default=512, help="of each kind (512)")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    asked = parser.parse_args(arguments)
    try:
        if asked.short < 1:
            raise SuiteError(f"--short must be 1 or more, not {asked.short}.")
        found = ladder(asked.checkpoint, asked.short, asked.pictures, _tell)
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if asked.json:
        told = {one.figure: {**dict(zip(RUNGS, one.values, strict=True)), "climbs": one.climbs} for one in found.climbs}
        print(json.dumps({"checkpoint": asked.checkpoint, "figures": told, "notes": found.notes}, indent=2))
    else:
        print(table(found))
    return 1 if any(one.climbs == "no" for one in found.climbs) else 0


def _tell(now: str) -> None:
    """What is being done, for a person who waits."""
    if sys.stderr.isatty():
        print(now, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
