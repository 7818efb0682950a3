"""A connection to a CARLA server and the fleets that drive there, whichever environment asks for them. Source: ours."""

from __future__ import annotations

from typing import Any, Final

from sim_suite.carla.client.bodies import EGO
from sim_suite.carla.client.failures import (
    CarlaFailure,
    ClientCrashError,
    ConnectionLostError,
    FrameLostError,
    ServerHangError,
)
from sim_suite.carla.client.maps import our_map, text_to_send
from sim_suite.carla.client.options import SensorSpec
from sim_suite.carla.client.session import LOAD_S
from sim_suite.carla.client.supervisor import Supervisor
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.driving.world.world import WorldOptions
from sim_suite.envs.carla.mirror import MirrorWorld
from sim_suite.envs.carla.options import CarlaOptions
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.options import DrivingOptions

BROKEN: Final = (ConnectionLostError, ServerHangError, ClientCrashError, FrameLostError)
"""Failures after which an episode can be repeated."""


class Link:
    """One server's, until `close`."""

    def __init__(self, options: CarlaOptions) -> None:
        """Connects at the first `fleet`."""
        self._options = options
        self._supervisor = Supervisor(options.connection, options.maps[0])
        self._specs: dict[str, SensorSpec] = options.sensor_specs
        self._fleets: dict[str, Fleet] = {}
        self._texts: dict[str, str] = {}
        self._map = ""

    @property
    def timeout_s(self) -> float:
        """Of a call."""
        return self._options.timeout_s

    def ask(self, what: str, *arguments: Any, timeout_s: float | None = None) -> Any:
        """As `Session.ask`, of the session that is open now."""
        return self._supervisor.session().ask(what, *arguments, timeout_s=timeout_s)

    def fleet(self, name: str, task: DrivingOptions) -> Fleet:
        """The fleet of one on a map, with the server on it too and nobody there. Raises `CarlaFailure`."""
        renders = any(spec.type.startswith("sensor.camera") for spec in self._specs.values())
        if name not in self._texts:
            self._texts[name] = text_to_send(name)
        session = self._supervisor.session()
        there, text, lights = session.ask("load", name, self._texts[name], renders, LOAD_S, timeout_s=LOAD_S)
        if text:
            self._map = our_map(there, text)
        if self._map not in self._fleets or self._fleets[self._map].options != task:
            self._fleets[self._map] = Fleet(self._map, 1, task, task.limit_ticks, self._make_world)
        fleet = self._fleets[self._map]
        mirror_of(fleet).arrive([(int(actor), str(sign)) for actor, sign in lights])
        return fleet

    def again(self, failure: CarlaFailure) -> None:
        """Connect anew after a failure. Raises the failure where that cannot be."""
        self._supervisor.again(failure)

    def close(self) -> None:
        """Leave the server's world as it was found."""
        self._supervisor.close()

    def _make_world(self, driving_map: DrivingMap, worlds: int, options: WorldOptions) -> MirrorWorld:
        car = (self._options.vehicle,) if self._options.vehicle else EGO
        sensors = [spec.row(name) for name, spec in self._specs.items()]
        return MirrorWorld(driving_map, worlds, options, self, car, sensors)


def mirror_of(fleet: Fleet) -> MirrorWorld:
    """The world of a fleet that a link has made."""
    world = fleet.world
    assert isinstance(world, MirrorWorld)
    return world
