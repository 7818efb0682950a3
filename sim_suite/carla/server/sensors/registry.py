"""All sensors: those that read the embedded world, and those that are not built and say so when they are spawned. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.carla.server.blueprints.kinds import Blueprint, Setting
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.sensors.collision import COLLISION
from sim_suite.carla.server.sensors.gnss import GNSS
from sim_suite.carla.server.sensors.imu import IMU
from sim_suite.carla.server.sensors.kinds import SensorKind
from sim_suite.carla.wire.layout import AttributeType, StreamType

LANE_INVASION: Final = SensorKind("sensor.other.lane_invasion", None, (), None)
"""The client finds it from the map and the actors' places."""
BUILT: Final = {kind.type_id: kind for kind in (COLLISION, GNSS, IMU, LANE_INVASION)}

_CAMERA: Final = (
    Setting("image_size_x", AttributeType.INT, "800"),
    Setting("image_size_y", AttributeType.INT, "600"),
    Setting("fov", AttributeType.FLOAT, "90.0"),
)
_LIDAR: Final = (
    Setting("channels", AttributeType.INT, "32"),
    Setting("range", AttributeType.FLOAT, "10.0"),
    Setting("points_per_second", AttributeType.INT, "56000"),
    Setting("rotation_frequency", AttributeType.FLOAT, "10.0"),
    Setting("upper_fov", AttributeType.FLOAT, "10.0"),
    Setting("lower_fov", AttributeType.FLOAT, "-30.0"),
    Setting("horizontal_fov", AttributeType.FLOAT, "360.0"),
)
_RADAR: Final = (
    Setting("horizontal_fov", AttributeType.FLOAT, "30.0"),
    Setting("vertical_fov", AttributeType.FLOAT, "30.0"),
    Setting("range", AttributeType.FLOAT, "100.0"),
    Setting("points_per_second", AttributeType.INT, "1500"),
)
_OBSTACLE: Final = (
    Setting("distance", AttributeType.FLOAT, "5.0"),
    Setting("hit_radius", AttributeType.FLOAT, "0.5"),
    Setting("only_dynamics", AttributeType.BOOL, "false"),
)
ABSENT: Final = {
    name: SensorKind(name, stream_type, settings, None)
    for name, stream_type, settings in (
        ("sensor.camera.rgb", StreamType.RGB_CAMERA, _CAMERA),
        ("sensor.camera.depth", StreamType.DEPTH_CAMERA, _CAMERA),
        ("sensor.camera.semantic_segmentation", StreamType.SEMANTIC_CAMERA, _CAMERA),
        ("sensor.camera.instance_segmentation", StreamType.INSTANCE_CAMERA, _CAMERA),
        ("sensor.camera.normals", StreamType.NORMALS_CAMERA, _CAMERA),
        ("sensor.camera.optical_flow", StreamType.OPTICAL_FLOW_CAMERA, _CAMERA),
        ("sensor.camera.dvs", StreamType.DVS_CAMERA, _CAMERA),
        ("sensor.lidar.ray_cast", StreamType.LIDAR, _LIDAR),
        ("sensor.lidar.ray_cast_semantic", StreamType.SEMANTIC_LIDAR, _LIDAR),
        ("sensor.other.radar", StreamType.RADAR, _RADAR),
        ("sensor.other.obstacle", StreamType.OBSTACLE, _OBSTACLE),
        ("sensor.other.rss", StreamType.RSS, ()),
    )
}
"""In the library, so that scripts find and set them up, but not built. The defaults are those of CARLA's documentation."""


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
