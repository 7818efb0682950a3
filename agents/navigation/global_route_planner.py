"""Routes over a whole map as waypoints with what they ask of the driver, under the names of CARLA's PythonAPI. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from agents.navigation.lanes import Lanes, Place
from agents.navigation.road_option import CHANGES, RoadOption, way_through
from agents.navigation.route_search import Leg, find_legs
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import carla

LEAST_SPACING: Final = 0.25
"""Waypoints nearer to the one before than this share of the resolution are left out."""


class GlobalRoutePlanner:
    """Searches routes on one map. One planner may serve many agents."""

    def __init__(self, wmap: carla.Map, sampling_resolution: float) -> None:
        """sampling_resolution: metres between waypoints. Raises SuiteError where it is not above 0."""
        if not sampling_resolution > 0.0:
            raise SuiteError(f"sampling_resolution must be above 0 m, not {sampling_resolution:g}.")
        self._wmap = wmap
        self._sampling_resolution = sampling_resolution
        self._lanes = Lanes(wmap, sampling_resolution)

    def trace_route(
        self, origin: carla.Location | carla.Waypoint, destination: carla.Location | carla.Waypoint
    ) -> list[tuple[carla.Waypoint, RoadOption]]:
        """The shortest lawful way from the lane nearest to one place to the lane nearest to another. Of a waypoint, from its own
        lane: in junctions, where lanes lie over each other, a location does not say which.

        The first and last waypoint are those nearest to the places. A change of lanes is two waypoints, where it begins and
        where it ends. Raises SuiteError where no way leads there.
        """
        legs = find_legs(self._lanes, self._lanes.locate(origin), self._lanes.locate(destination))
        options = self._options(legs)
        route: list[tuple[carla.Waypoint, RoadOption]] = []
        for leg, option in zip(legs, options, strict=True):
            for waypoint in self._waypoints(leg):
                if not route or _apart_m(route[-1][0], waypoint) > LEAST_SPACING * self._sampling_resolution:
                    route.append((waypoint, option))
                elif option in CHANGES:
                    route[-1] = (waypoint, option)
        last = self._lanes.waypoint(Place(legs[-1].lane, legs[-1].to_m))
        if len(route) > 1 and _apart_m(route[-1][0], last) > 0.0:
            route[-1] = (last, route[-1][1])
        return route

    def _waypoints(self, leg: Leg) -> Iterator[carla.Waypoint]:
        if leg.option in CHANGES:
            yield self._lanes.waypoint(Place(leg.lane, leg.from_m))
            yield self._lanes.waypoint(Place(leg.to_lane, leg.to_m))
            return
        yield self._lanes.waypoint(Place(leg.lane, leg.from_m))
        lane = self._lanes[leg.lane]
        for waypoint, progress in zip(lane.waypoints, lane.progress_m, strict=True):
            if leg.from_m < progress < leg.to_m:
                yield waypoint
        yield self._lanes.waypoint(Place(leg.lane, leg.to_m))

    def _options(self, legs: list[Leg]) -> list[RoadOption]:
        """Legs that follow each other in one junction are one way through it."""
        found: list[RoadOption] = []
        for junction, run in groupby(legs, key=self._junction):
            group = list(run)
            way = RoadOption.LANEFOLLOW if junction is None else way_through(self._yaws(leg) for leg in group)
            found += [leg.option if leg.option in CHANGES else way for leg in group]
        return found

    def _junction(self, leg: Leg) -> int | None:
        entry = self._lanes[leg.lane].entry
        return entry.junction_id if entry.is_junction else None

    def _yaws(self, leg: Leg) -> tuple[float, float]:
        waypoints = self._lanes[leg.lane].waypoints
        return waypoints[0].transform.rotation.yaw, waypoints[-1].transform.rotation.yaw


def _apart_m(one: carla.Waypoint, other: carla.Waypoint) -> float:
    return float(one.transform.location.distance(other.transform.location))
