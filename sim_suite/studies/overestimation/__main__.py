"""How far DQN and double DQN overestimate what comes, over their training: figure 3 of van Hasselt et al. 2016 for any environment.

    python -m sim_suite.studies.overestimation --recipe cartpole-ddqn --out runs/over
    python -m sim_suite.studies.overestimation --checkpoints runs/breakout-dqn runs/breakout-ddqn --epsilon 0.05 --out runs/over-breakout

With --recipe each method is trained with the recipe's settings from several seeds and measured along the way; broken off at any moment,
the same line goes on. With --checkpoints networks are measured that were trained before: run folders, or copies of their checkpoints that
were kept along the way, which become points of one course. Writes into --out:

    index.html, overestimation.png    the drawings
    overestimation.csv, .json         what they show
    study.json, runs/, courses/       of --recipe: the settings, the training runs, what was measured so far
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sim_suite.errors import SuiteError
from sim_suite.files import canonical_json, read_json, write_atomic, write_json
from sim_suite.leaderboard.curves.png import to_png
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.studies.overestimation.courses import Course, Training, kept, trained
from sim_suite.studies.overestimation.drawing import panels_of
from sim_suite.studies.overestimation.measuring import Sampling
from sim_suite.studies.overestimation.page import render_page
from sim_suite.studies.overestimation.table import to_csv, to_json

PAGE: Final = "index.html"
PICTURE: Final = "overestimation.png"
CSV: Final = "overestimation.csv"
JSON: Final = "overestimation.json"
SETTINGS: Final = "study.json"


def main(arguments: Sequence[str]) -> int:
    """Run the study; 0, or 2 with a line that says what was wrong."""
    chosen = _parser().parse_args(arguments)
    quiet_process()
    try:
        sampling = Sampling(chosen.envs, chosen.steps, chosen.epsilon)
        if chosen.checkpoints:
            courses = kept(chosen.checkpoints, sampling, _say)
        else:
            training = Training(
                chosen.recipe, tuple(chosen.methods), tuple(chosen.seeds), chosen.points, tuple(chosen.set)
            )
            _refuse_other(chosen.out / SETTINGS, {"training": asdict(training), "sampling": asdict(sampling)})
            courses = trained(training, sampling, chosen.out, _say)
        page = write(courses, sampling, command(arguments), chosen.out)
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"page: {page}")
    return 0


def write(courses: Sequence[Course], sampling: Sampling, made_by: str, out: Path) -> Path:
    """Write all files and return the page, which is last. Raises `SuiteError` for courses on several environments."""
    envs = sorted({course.env for course in courses})
    if len(envs) > 1:
        raise SuiteError(f"{' and '.join(envs)} have values of their own: measure one environment at a time.")
    write_atomic(out / CSV, to_csv(courses))
    write_json(out / JSON, to_json(courses, sampling, made_by))
    write_atomic(out / PICTURE, to_png(panels_of(courses), smooth=1))
    write_atomic(out / PAGE, render_page(courses, sampling, made_by))
    return out / PAGE


def command(arguments: Sequence[str]) -> str:
    """The line that makes the study anew."""
    return f"python -m sim_suite.studies.overestimation {shlex.join(arguments)}"


def _refuse_other(path: Path, settings: dict[str, Any]) -> None:
    """Keep the settings, or raise `SuiteError` where the folder holds a study with others."""
    if not path.is_file():
        write_json(path, settings)
    elif canonical_json(read_json(path)) != canonical_json(settings):
        raise SuiteError(f"{path.parent} holds a study with other settings ({path}). Name another folder by --out.")


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    usual, sampled = Training(""), Sampling()
    parser = argparse.ArgumentParser(
        prog="python -m sim_suite.studies.overestimation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--recipe", help="train by the settings of this recipe")
    source.add_argument("--checkpoints", nargs="+", help="measure these agents instead, as named on every command")
    parser.add_argument("--out", type=Path, required=True, help="folder of the study; a new one, or one to go on with")
    parser.add_argument("--methods", nargs="+", default=usual.methods)
    parser.add_argument("--seeds", type=int, nargs="+", default=usual.seeds)
    parser.add_argument("--points", type=int, default=usual.points, help="measurements of each run")
    parser.add_argument("--set", nargs="+", default=(), help="settings that differ from the recipe's, KEY=VALUE")
    parser.add_argument("--envs", type=int, default=sampled.envs, help="environments that are played to measure")
    parser.add_argument("--steps", type=int, default=sampled.steps, help="steps of each whose states count")
    parser.add_argument("--epsilon", type=float, default=sampled.epsilon, help="chance of a random action meanwhile")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
