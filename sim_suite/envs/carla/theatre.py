"""Scenarios on a CARLA server: the ego is moved by the server, all else by the storyboard; one variation at a time. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sim_suite.carla.client.failures import CarlaFailure
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.envs.carla.env import REPEATS
from sim_suite.envs.carla.link import BROKEN, Link, mirror_of
from sim_suite.envs.carla.options import CarlaOptions
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.scenarios.stage import Stage
from sim_suite.errors import SuiteError

T = TypeVar("T")


class CarlaStage(Stage):
    """One variation in CARLA's world."""

    @property
    def notes(self) -> tuple[str, ...]:
        """See `Stage.notes`."""
        return (*super().notes, "the ego was moved by a CARLA server", *sorted(mirror_of(self.fleet).left_out))

    def _arrange(self) -> None:
        super()._arrange()
        mirror_of(self.fleet).enter()


class CarlaTheatre:
    """See `Theatre`; a connection that lasts until `close`."""

    name = "carla"
    most_at_once = 1

    def __init__(self, server: str) -> None:
        """server: as `CarlaOptions.server`. Connects at the first stage."""
        self._server = server
        self._link: Link | None = None

    def stage(self, scenario: Scenario, worlds: int, options: DrivingOptions, *, driven: bool) -> Stage:
        """See `Theatre`."""
        if not driven:
            raise SuiteError("on a CARLA server an agent drives the ego: name one with --agent, or play it embedded.")
        if self._link is None:
            self._link = Link(CarlaOptions(map=scenario.map, server=self._server))
        return CarlaStage(scenario, worlds, options, driven=driven, fleet=self._link.fleet(scenario.map, options))

    def played(self, play: Callable[[], T]) -> T:
        """See `Theatre`. Raises the last failure where there is no server any more."""
        for _ in range(REPEATS):
            try:
                return play()
            except BROKEN as error:
                failure: CarlaFailure = error
                assert self._link is not None
                self._link.again(failure)
        raise failure

    def close(self) -> None:
        """Leave the server's world as it was found."""
        if self._link is not None:
            self._link.close()
