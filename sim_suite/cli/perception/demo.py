"""`sim-suite perception demo`: a drive by a car's own cameras, in one picture. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic


@dataclass(frozen=True)
class Arguments:
    """Film a ChauffeurNet that drives by its own cameras: what is found in pictures, the scene it believes and the true one.

    examples:
      sim-suite perception demo --video demo.webm
      sim-suite perception demo stop_sign --video stop.webm --variation 3
      sim-suite perception demo red_light --agent perceived:runs/mine --video mine.webm
    """

    scenario: Annotated[str, tyro.conf.Positional] = "red_light"
    """A scenario, by name or path."""
    video: Annotated[Path, tyro.conf.arg(metavar="FILE")] = Path("perception.webm")
    """Where the film goes (.webm)."""
    agent: str = "chauffeurnet-perceived"
    """chauffeurnet-perceived, chauffeurnet-perceived-road, or perceived:CHECKPOINT of a ChauffeurNet."""
    seed: int = 0
    """Of the variations."""
    variation: int = 0
    """Which of them; 0 has the usual values."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the verdict and the film's place as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand; status 1 where the drive did not pass."""
    from agents.imitation.chauffeurnet.perceived import PerceivedAgent
    from sim_suite.driving.storyboard.finding import load_scenario
    from sim_suite.driving.storyboard.variations import draw
    from sim_suite.leaderboard.trials.trial import enter
    from sim_suite.studies.perceived_driving.film import film

    if arguments.video.suffix.lower() != ".webm":
        raise SuiteError(f"--video must end in .webm, not {str(arguments.video)!r}.")
    if arguments.variation < 0:
        raise SuiteError(f"--variation must be 0 or more, not {arguments.variation}.")
    scenario = load_scenario(arguments.scenario)
    agent = enter(arguments.agent, arguments.scenario, {}).agent
    if not isinstance(agent, PerceivedAgent):
        raise SuiteError(
            f"{arguments.agent} does not drive by its own cameras. Name chauffeurnet-perceived, chauffeurnet-perceived-road or "
            f"perceived:CHECKPOINT."
        )
    variation = draw(scenario, arguments.seed, [arguments.variation])[0]
    with console.progress() as bar:
        bar.add_task(f"driving and filming {scenario.name}", total=None, note="")
        webm, verdict = film(scenario, variation, agent, f"{scenario.name.replace('_', ' ')}, by its own cameras")
    write_atomic(arguments.video, webm)
    broken = [one.name for one in verdict.criteria if not one.held]
    if arguments.json:
        told = {"variation": variation.id, "passed": verdict.passed, "broken": broken, "film": str(arguments.video)}
        console.print_json(told)
    else:
        said = "passed" if verdict.passed else f"did not pass: {', '.join(broken)}"
        console.note(f"variation {variation.id} {said}; film: {arguments.video}")
    return 0 if verdict.passed else 1
