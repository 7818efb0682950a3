"""The driving lanes of a CARLA map, sampled once each, and how they hang together. Source: ours, over carla.Map.

Places along a lane are counted by its progress: metres along the road's reference line from where the lane begins for its traffic,
so that neighbours share it.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import carla

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")
BEGIN_M: Final = 1e-3
"""So far into a lane, LibCarla is sure to find it."""
END_M: Final = 0.01
"""A lane's end is found to within this."""


class LaneKey(NamedTuple):
    """A lane of one section of a road, by CARLA's numbers."""

    road: int
    section: int
    lane: int


class Place(NamedTuple):
    """A place on a lane."""

    lane: LaneKey
    progress_m: float


def key_of(waypoint: carla.Waypoint) -> LaneKey:
    """The lane that a waypoint lies on."""
    return LaneKey(waypoint.road_id, waypoint.section_id, waypoint.lane_id)


def beside(waypoint: carla.Waypoint, side: Side) -> carla.Waypoint | None:
    """The waypoint on the driving lane to a side, seen by the driver, if its traffic goes the same way."""
    other = waypoint.get_left_lane() if side == "left" else waypoint.get_right_lane()
    if other is None or other.lane_type.name != "Driving" or (other.lane_id > 0) != (waypoint.lane_id > 0):
        return None
    return other


def may_change(waypoint: carla.Waypoint, side: Side) -> bool:
    """Whether the marks allow a change to a side; never within junctions, which have none."""
    return not waypoint.is_junction and waypoint.lane_change.name in (side.capitalize(), "Both")


def until_lane_end(waypoint: carla.Waypoint, distance_m: float, forwards: bool = True) -> list[carla.Waypoint]:
    """Waypoints to the end of a lane, or back to its beginning, the last within END_M of it.

    LibCarla's own `next_until_lane_end` raises RuntimeError where a step ends within rounding of the end, and
    `previous_until_lane_start` ends the process on a lane that nothing leads to.
    """
    found: list[carla.Waypoint] = []
    here, step, last = waypoint, distance_m, None
    while step > END_M:
        there = _on_the_lane(waypoint, here, step, forwards)
        if there is None:
            step /= 2.0
            continue
        here = there
        if step == distance_m:
            found.append(there)
        else:
            last = there  # of the steps that close in on the end, the last alone
    return found if last is None else [*found, last]


def _on_the_lane(begin: carla.Waypoint, here: carla.Waypoint, step: float, forwards: bool) -> carla.Waypoint | None:
    """The waypoint a step on from `here`, if that is still on the lane and farther from where one began."""
    try:
        around = here.next(step) if forwards else here.previous(step)
    except RuntimeError:  # at the very end of some lanes
        return None
    for there in around:
        if key_of(there) == key_of(begin) and abs(there.s - begin.s) > abs(here.s - begin.s):
            return there
    return None


class Lane:
    """One lane."""

    def __init__(self, entry: carla.Waypoint, resolution_m: float) -> None:
        """entry: where its traffic enters."""
        self.key = key_of(entry)
        self.entry = entry
        self.follow: list[LaneKey] = []
        self._resolution_m = resolution_m

    @cached_property
    def waypoints(self) -> list[carla.Waypoint]:
        """[n] From its beginning to its end, `resolution_m` apart."""
        found = [self.entry]
        for waypoint in until_lane_end(self.entry, self._resolution_m):
            if key_of(waypoint) == self.key and abs(waypoint.s - found[-1].s) > BEGIN_M:
                found.append(waypoint)
        return found

    @cached_property
    def progress_m(self) -> list[float]:
        """[n] Of the waypoints."""
        return [abs(waypoint.s - self.entry.s) for waypoint in self.waypoints]

    @cached_property
    def _arcs_m(self) -> list[float]:
        places = [waypoint.transform.location for waypoint in self.waypoints]
        steps = [a.distance(b) for a, b in pairwise(places)]
        return [0.0, *np.cumsum(steps).tolist()]

    def length_m(self, begin: float, end: float) -> float:
        """Along its centre, between two progresses."""
        low, high = np.interp([begin, end], self.progress_m, self._arcs_m)
        return float(high - low)

    @property
    def runs_with_s(self) -> bool:
        """Whether its traffic drives with the road's s: to the right of a road's middle, or to the left where one keeps left."""
        return bool(self.waypoints[-1].s > self.entry.s)

    @property
    def end_m(self) -> float:
        """The progress at its end."""
        return self.progress_m[-1]

    @cached_property
    def neighbours(self) -> dict[Side, LaneKey]:
        """The lanes beside that go the same way."""
        middle = self.waypoints[len(self.waypoints) // 2]
        found = {side: beside(middle, side) for side in SIDES}
        return {side: key_of(other) for side, other in found.items() if other is not None}

    @cached_property
    def _allowed(self) -> dict[Side, list[bool]]:
        return {side: [may_change(waypoint, side) for waypoint in self.waypoints] for side in SIDES}

    def room_to_change(self, side: Side, begin_m: float, least_m: float, most_m: float) -> tuple[float, float] | None:
        """The first stretch from `begin_m` on where the marks allow a change all along, `most_m` long or what there is down to
        `least_m`; None where there is none."""
        start: float | None = None
        allowed = self._allowed[side]
        for n, progress in enumerate(self.progress_m):
            if not allowed[n]:
                start = None
                continue
            if progress >= begin_m and start is None:
                start = max(begin_m, self.progress_m[n - 1]) if n > 0 and allowed[n - 1] else progress
            if start is None:
                continue
            goes_on = n + 1 < len(allowed) and allowed[n + 1]
            if progress - start >= most_m or (not goes_on and progress - start >= least_m):
                return start, min(progress, start + most_m)
        return None


class Lanes:
    """All driving lanes of a map."""

    def __init__(self, wmap: carla.Map, resolution_m: float) -> None:
        """resolution_m: between the waypoints of a lane."""
        self.map = wmap
        self.resolution_m = resolution_m
        self._lanes: dict[LaneKey, Lane] = {}
        for begin, follower in wmap.get_topology():
            self._add(begin).follow.append(self._add(follower).key)
        # The topology leaves out lanes that neither follow nor are followed.
        for waypoint in wmap.generate_waypoints(resolution_m):
            if key_of(waypoint) not in self._lanes:
                start = until_lane_end(waypoint, resolution_m, forwards=False)
                self._add(start[-1] if start and key_of(start[-1]) == key_of(waypoint) else waypoint)

    def _add(self, waypoint: carla.Waypoint) -> Lane:
        key = key_of(waypoint)
        if key not in self._lanes:
            self._lanes[key] = Lane(waypoint, self.resolution_m)
        return self._lanes[key]

    def __getitem__(self, key: LaneKey) -> Lane:
        return self._lanes[key]

    def __len__(self) -> int:
        return len(self._lanes)

    def locate(self, where: carla.Location | carla.Waypoint) -> Place:
        """The nearest place on a driving lane. Raises SuiteError where the map has none."""
        waypoint = where if hasattr(where, "lane_id") else self.map.get_waypoint(where)
        if waypoint is None:
            raise SuiteError(f"{self.map.name} has no driving lane near ({where.x:.1f}, {where.y:.1f}).")
        lane = self._add(waypoint)
        return Place(lane.key, min(abs(waypoint.s - lane.entry.s), lane.end_m))

    def waypoint(self, place: Place) -> carla.Waypoint:
        """The waypoint at a place."""
        lane = self._lanes[place.lane]
        held = min(max(place.progress_m, BEGIN_M), max(lane.end_m - BEGIN_M, BEGIN_M))
        s = lane.entry.s + (held if lane.runs_with_s else -held)
        found = self.map.get_waypoint_xodr(place.lane.road, place.lane.lane, s)
        return lane.entry if found is None else found
