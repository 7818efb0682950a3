"""sim-suite: environments, agents, episodes and scores. Importing this package loads neither torch, pygame nor carla."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from sim_suite.version import __version__

if TYPE_CHECKING:
    from sim_suite.driving.storyboard.scenario import Scenario

__all__ = ["__version__", "run"]


def run(scenario: Scenario) -> NoReturn:
    """Run a scenario script by itself, as `sim-suite run` would: the last line of every script. Exits with the command's status."""
    from sim_suite.cli.main import guarded
    from sim_suite.cli.run import run_script

    sys.exit(guarded(lambda: run_script(scenario)))
