"""Where lights and stop signs hold traffic, and how far that is along a path. Source: ours, over CARLA's traffic lights and
OpenDRIVE's landmarks (type 206 is a stop sign).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from agents.navigation.path import Path
from agents.navigation.surroundings import CLEARANCE_M
from agents.tools.misc import get_trafficlight_trigger_location

if TYPE_CHECKING:
    import carla

STOP_SIGN: Final = "206"
ALIKE_RAD: Final = math.radians(60.0)
"""A line holds who crosses it within this of its lane's direction."""


class Line(NamedTuple):
    """A stop line, where it crosses the middle of a lane."""

    x: float
    y: float
    z: float
    yaw_rad: float
    half_width_m: float


class StopLines:
    """The lines of one map, looked up once."""

    def __init__(self, wmap: carla.Map) -> None:
        """wmap: the map that lights are asked about."""
        self._map = wmap
        self._of_light: dict[int, list[Line]] = {}
        self.signs = {
            f"{mark.road_id}/{mark.id}": lines
            for mark in wmap.get_all_landmarks_of_type(STOP_SIGN)
            if (lines := self._of_mark(mark))
        }
        """Lines of each stop sign, by road and the sign's id."""

    def of_light(self, light: carla.TrafficLight) -> list[Line]:
        """The lines of a light: where CARLA says that vehicles stop; else the lanes that OpenDRIVE gives it; else where its box is."""
        if light.id not in self._of_light:
            waypoints = light.get_stop_waypoints() or light.get_affected_lane_waypoints()
            if not waypoints:
                waypoints = [self._map.get_waypoint(get_trafficlight_trigger_location(light))]
            self._of_light[light.id] = [_line(waypoint) for waypoint in waypoints]
        return self._of_light[light.id]

    def _of_mark(self, mark: carla.Landmark) -> list[Line]:
        lanes = {lane for low, high in mark.get_lane_validities() for lane in range(low, high + 1)} - {0}
        found = (self._map.get_waypoint_xodr(mark.road_id, lane, mark.s) for lane in sorted(lanes))
        return [_line(waypoint) for waypoint in found if waypoint is not None and waypoint.lane_type.name == "Driving"]


def _line(waypoint: carla.Waypoint) -> Line:
    place = waypoint.transform.location
    yaw = math.radians(waypoint.transform.rotation.yaw)
    return Line(place.x, place.y, place.z, yaw, 0.5 * waypoint.lane_width)


def arc_to(path: Path, lines: Iterable[Line], z: float, least_m: float, most_m: float) -> float | None:
    """Metres along a path to the nearest of some lines that holds who drives it, between two arcs; None where none does."""
    begin, best = path.points[0], None
    for line in lines:
        apart = math.hypot(line.x - begin[0], line.y - begin[1])
        if apart > most_m + line.half_width_m or abs(line.z - z) > CLEARANCE_M:
            continue
        arcs, lateral = path.project(np.array([[line.x, line.y]]))
        arc = float(arcs[0])
        off = math.remainder(path.heading_rad(arc) - line.yaw_rad, math.tau)
        if (
            abs(lateral[0]) < line.half_width_m
            and abs(off) < ALIKE_RAD
            and least_m <= arc <= min(most_m, path.length_m)
        ):
            best = arc if best is None else min(best, arc)
    return best
