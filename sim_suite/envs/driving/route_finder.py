"""Routes between places that are given as x and y. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.roads.routes.network import CAR_LANES
from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.route import LanePosition, Route
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

REACH_M: Final = 30.0
"""A place is taken to the nearest driving lane within this."""
Place = tuple[float, float]


class RouteFinder:
    """Finds routes on one map; the last one is kept, since episodes often share it."""

    def __init__(self, driving_map: DrivingMap) -> None:
        """The network is laid out when the first route is asked for."""
        self._map = driving_map
        self._planner: RoutePlanner | None = None
        self._last: tuple[Place, Place, Route] | None = None

    def find(self, start: Place, goal: Place) -> Route:
        """The fastest lawful route. start, goal: x, y in the map's frame, metres. Raises `SuiteError` where there is none."""
        if self._last is not None and self._last[:2] == (start, goal):
            return self._last[2]
        if self._planner is None:
            self._planner = RoutePlanner(self._map.graph)
        route = self._planner.search(self._on_lane(start, "start"), self._on_lane(goal, "goal"), "time")
        self._last = (start, goal, route)
        return route

    def _on_lane(self, place: Place, what: str) -> LanePosition:
        found = project(self._map.ground.grid, *place, kinds=CAR_LANES, max_distance_m=REACH_M)
        if found.lane[0] < 0:
            x_min, y_min, x_max, y_max = self._map.graph.bounds
            raise SuiteError(
                f"the {what} ({place[0]:g}, {place[1]:g}) is farther than {REACH_M:g} m from any driving lane; the map spans "
                f"x {x_min:.0f} to {x_max:.0f} m, y {y_min:.0f} to {y_max:.0f} m."
            )
        return LanePosition(int(found.lane[0]), float(found.arc_m[0]))
