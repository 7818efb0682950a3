"""All sensors: those that read the embedded world, and those that are not built and say so when they are spawned. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.carla.server.blueprints.kinds import Blueprint
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.sensors.camera import CAMERAS, LENS, SIZE
from sim_suite.carla.server.sensors.collision import COLLISION
from sim_suite.carla.server.sensors.gnss import GNSS
from sim_suite.carla.server.sensors.imu import IMU
from sim_suite.carla.server.sensors.kinds import SensorKind
from sim_suite.carla.server.sensors.lidar import LIDARS
from sim_suite.carla.server.sensors.obstacle import OBSTACLE
from sim_suite.carla.server.sensors.radar import RADAR
from sim_suite.carla.wire.layout import StreamType

LANE_INVASION: Final = SensorKind("sensor.other.lane_invasion", None, (), None)
"""The client finds it from the map and the actors' places."""
BUILT: Final = {
    kind.type_id: kind for kind in (*CAMERAS, *LIDARS, COLLISION, GNSS, IMU, LANE_INVASION, OBSTACLE, RADAR)
}

_LENS: Final = (*SIZE, *LENS)
ABSENT: Final = {
    name: SensorKind(name, stream_type, settings, None)
    for name, stream_type, settings in (
        ("sensor.camera.normals", StreamType.NORMALS_CAMERA, _LENS),
        ("sensor.camera.optical_flow", StreamType.OPTICAL_FLOW_CAMERA, _LENS),
        ("sensor.camera.dvs", StreamType.DVS_CAMERA, _LENS),
        ("sensor.other.rss", StreamType.RSS, ()),
    )
}
"""In the library, so that scripts find and set them up, but not built."""


def sensor_blueprints() -> tuple[Blueprint, ...]:
    """Of all sensors."""
    return tuple(kind.blueprint() for kind in (*BUILT.values(), *ABSENT.values()))


def find_sensor(type_id: str) -> SensorKind:
    """A sensor that reads the embedded world. Raises RefusedError for one that is not built."""
    if type_id not in BUILT:
        raise RefusedError(
            f"{type_id} is not built for the embedded world. There are: {', '.join(sorted(BUILT))}; a CARLA server has the others."
        )
    return BUILT[type_id]
