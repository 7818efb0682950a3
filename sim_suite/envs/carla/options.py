"""Everything that can be chosen about driving on a CARLA server: a driving task, and where its world is. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sim_suite.carla.client.options import ConnectionOptions, SensorSpec, sensors_of
from sim_suite.envs.driving.options import DrivingOptions, ModelName
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class CarlaOptions(DrivingOptions):
    """A driving task in CARLA's world. `map` may also name a map of the server's, such as Town03."""

    model: ModelName = "single_track"
    """Stays as it is: the server moves the car; the model only foresees its wheels' angle, which CARLA does not tell."""
    server: str = ConnectionOptions.server
    """HOST:PORT of a CARLA server; several, separated by commas, of which the first free one is taken; "own": an embedded server is started
    for this environment alone, and ends with it; empty: what the environment variable SIM_SUITE_CARLA says, else 127.0.0.1:2000."""
    timeout_s: float = ConnectionOptions.timeout_s
    """A server that has not answered within so long hangs, seconds, 0.1 to 600."""
    reconnect_s: float = ConnectionOptions.reconnect_s
    """How long a server that has gone is waited for, seconds, 0 to 3600."""
    vehicle: str = ""
    """Blueprint of the car; empty: the first that the server has of `sim_suite.carla.client.bodies.EGO`."""
    sensors: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """CARLA's sensors on the car, by name: type, place (x, y, z, pitch, yaw, roll) and attributes of the blueprint. What they say of each
    step is in `info["sensors"]`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.model != "single_track":
            raise SuiteError(f"the server moves the car, not the model {self.model!r}: leave model out.")
        _ = self.connection
        sensors_of(self.sensors)
        object.__setattr__(self, "sensors", MappingProxyType(dict(self.sensors)))

    def _check_maps(self) -> None:
        """The server may have maps that we do not."""

    @property
    def connection(self) -> ConnectionOptions:
        """Where the world is."""
        return ConnectionOptions(self.server, self.timeout_s, self.reconnect_s)

    @property
    def sensor_specs(self) -> dict[str, SensorSpec]:
        """`sensors`, read."""
        return sensors_of(self.sensors)
