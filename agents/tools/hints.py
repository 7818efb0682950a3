"""What agents answer when they look around, under the names of CARLA's PythonAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import carla


class ObstacleDetectionResult(NamedTuple):
    """Whether somebody is in the way, who, and how far away their middle is, m; (False, None, -1) for nobody."""

    obstacle_was_found: bool
    obstacle: carla.Actor | None
    distance: float


class TrafficLightDetectionResult(NamedTuple):
    """Whether a light asks to stop, and which; (False, None) for none."""

    traffic_light_was_found: bool
    traffic_light: carla.TrafficLight | None
