"""Kernels of sensors that this machine has not compiled yet, compiled before anybody waits for a picture. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim_suite.carla.wire.layout import AttributeType
from sim_suite.carla.wire.values import Attribute, Description, Transform, Vector
from sim_suite.compiling.folders import cache_folder
from sim_suite.driving.sensors.camera import camera
from sim_suite.driving.sensors.ranging import ray_casting

if TYPE_CHECKING:
    from sim_suite.carla.server.episode import Episode

_ABOVE: Final = Transform(Vector(0.0, 0.0, 2.0))
_SMALL: Final = tuple(Attribute(f"image_size_{axis}", AttributeType.INT, "8") for axis in "xy")
_SHOWN: Final = (
    ("sensor.camera.rgb", _SMALL),
    ("sensor.camera.instance_segmentation", _SMALL),
    ("sensor.lidar.ray_cast", ()),
    ("sensor.other.radar", ()),
)
"""Between them they call every kernel that sensors call."""


def is_compiled() -> bool:
    """Whether this machine has kept the kernels of cameras and rays: then the first sensor waits for a second at most."""
    return all(any(cache_folder(Path(module.__file__ or "")).rglob("*.nbi")) for module in (camera, ray_casting))


def warm(trial: Episode, frame: int = 0) -> None:
    """Read sensors of every kind in an episode that nobody sees."""
    for type_id, attributes in _SHOWN:
        trial.spawn(Description(0, type_id, attributes), _ABOVE)
    trial.state_message(frame, 0.0, True)
    for _ in trial.readings(frame, lambda stream: True):
        pass
