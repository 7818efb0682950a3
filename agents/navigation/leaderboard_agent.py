"""Drivers of `agents.navigation` as an agent of the CARLA leaderboard 2.x, which is given this file: `--agent .../leaderboard_agent.py`.

The driver is privileged: it asks the server where everybody is, as the leaderboard's own `npc_agent.py` does, and looks at no sensor.
Source: ours; the interface is that of `leaderboard.autoagents.autonomous_agent`.
"""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaderboard.autoagents.autonomous_agent import AutonomousAgent, Track
from srunner.scenariomanager.carla_data_provider import CarlaDataProvider

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.role_driver import RoleDriverOptions, driver_of
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import carla


def get_entry_point() -> str:
    """The class that the leaderboard makes."""
    return "NavigationAgent"


class NavigationAgent(AutonomousAgent):  # type: ignore[misc]  # the leaderboard has no types
    """Drives the route of the leaderboard."""

    def setup(self, path_to_conf_file: str) -> None:
        """path_to_conf_file: TOML with fields of RoleDriverOptions, such as `agent = "cautious"`; empty for a `normal` driver.
        Raises SuiteError for what they do not take."""
        self.track = Track.MAP
        self._options = read_options(path_to_conf_file)
        self._driver: BasicAgent | None = None

    def sensors(self) -> list[dict[str, Any]]:
        """One, as the leaderboard wants some; nothing is done with what it says."""
        return [{"type": "sensor.other.gnss", "x": 0.0, "y": 0.0, "z": 1.6, "id": "place"}]

    def run_step(self, input_data: dict[str, Any], timestamp: float) -> carla.VehicleControl:
        """The control for now. input_data: of the sensors; timestamp: seconds of the world; neither is looked at."""
        if self._driver is None:
            self._driver = self._begun()
        return self._driver.run_step()

    def _begun(self) -> BasicAgent:
        """A driver with the whole route before it. Places in junctions are left out: several lanes go through them."""
        driver = driver_of(CarlaDataProvider.get_hero_actor(), self._options)
        wmap = CarlaDataProvider.get_map()
        told = [wmap.get_waypoint(pose.location) for pose, _ in self._global_plan_world_coord]
        places = [one for one in told[:-1] if not one.is_junction] + told[-1:]
        driver.set_global_plan([one for begin, end in pairwise(places) for one in driver.trace_route(begin, end)])
        return driver


def read_options(path: str) -> RoleDriverOptions:
    """Of a TOML file; of a `normal` driver without one. Raises SuiteError for a file that cannot be read, or with other fields."""
    if not path:
        return RoleDriverOptions(agent="normal")
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return RoleDriverOptions(**told)
    except (OSError, ValueError, TypeError) as error:
        raise SuiteError(
            f"{path} is no configuration of this agent: {error}. It is TOML with fields such as agent and speed_kmh."
        ) from error
