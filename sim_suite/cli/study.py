"""`sim-suite study`: longer experiments that join several parts; each reads its own arguments. Source: ours."""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from sim_suite.cli import console
from sim_suite.errors import UnknownNameError


class Study(NamedTuple):
    """One word after `sim-suite study`."""

    module: str
    """In sim_suite.studies; run as a program."""
    summary: str


STUDIES: Final = {
    "augmentation": Study("augmentation", "do pictures that were never taken help those who learn from few?"),
    "board-strength": Study("board_strength", "a trained board agent against perfect play and rollouts"),
    "chauffeurnet": Study(
        "chauffeurnet", "ChauffeurNet judged as in its paper, in closed loop and open loop, with films"
    ),
    "carla-traffic": Study(
        "carla_traffic", "CARLA's own traffic manager on the embedded server: is a car lost, does it repeat itself?"
    ),
    "dagger-table": Study("dagger_table", "laps of an expert by rounds of DAgger on CarRacing, a table"),
    "dreams": Study("dreams", "a world model's dream beside the drive that it dreams of"),
    "generative-ladder": Study("generative_ladder", "do figures of generated pictures rise from noise to real ones?"),
    "overestimation": Study("overestimation", "how far DQN and double DQN overestimate what comes"),
    "perceived-driving": Study("perceived_driving", "what it costs ChauffeurNet to see for itself"),
    "training-seeds": Study("training_seeds", "what recipes reach from training seeds by which nothing was chosen"),
}
_WIDTH: Final = max(map(len, STUDIES)) + 2
EXAMPLES: Final = (
    "sim-suite study augmentation --out runs/augmentation --minutes 60",
    "sim-suite study chauffeurnet --agents idm pdm --variations 20 --out runs/study",
    "sim-suite study dagger-table --help",
)


def run_words(words: Sequence[str]) -> int:
    """Run the study that the first word names with the words behind it; without one, list them."""
    told = "\n".join([*(f"  {name:<{_WIDTH}}{one.summary}" for name, one in STUDIES.items()), "", "examples:"])
    parser = argparse.ArgumentParser(
        prog="sim-suite study",
        description=f"{__doc__}\n\n{told}\n" + "\n".join(f"  {line}" for line in EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="list the studies as JSON")
    parser.add_argument("name", nargs="?", help="which; without it, they are listed")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the study: `sim-suite study NAME --help`")
    asked = parser.parse_args(words)
    if asked.name is None:
        _list(asked.json)
        return 0
    if asked.name not in STUDIES:
        raise UnknownNameError("study", asked.name, STUDIES, "`sim-suite study` lists them.")
    before = sys.argv
    sys.argv = [f"sim-suite study {asked.name}", *asked.arguments]
    try:
        runpy.run_module(f"sim_suite.studies.{STUDIES[asked.name].module}", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.argv = before
    return 0


def _list(as_json: bool) -> None:
    if as_json:
        console.print_json([{"name": name, "summary": one.summary} for name, one in STUDIES.items()])
        return
    for name, one in STUDIES.items():
        console.out.print(f"{name:<{_WIDTH}}{one.summary}", markup=False, soft_wrap=True)
    console.next_step("sim-suite study NAME --help")
