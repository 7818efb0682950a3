"""The shortest lawful way between two places of a map. Source: A* (Hart, Nilsson and Raphael 1968) over lanes; ours.

Lanes are followed to where they end, and changed where marks allow it for long enough. A change costs as much as in
driving/roads/routes: enough that none is made for a few metres' gain.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final, NamedTuple

from agents.navigation.lanes import LaneKey, Lanes, Place, Side
from agents.navigation.road_option import RoadOption
from sim_suite.errors import SuiteError

CHANGE_COST_M: Final = 20.0
CHANGE_M: Final = 25.0
"""A change is so long where there is room: two seconds at 45 km/h."""
LEAST_CHANGE_M: Final = 10.0
"""Where there is less room, none is made: two lengths of a car."""
_OPTIONS: Final[dict[Side, RoadOption]] = {"left": RoadOption.CHANGELANELEFT, "right": RoadOption.CHANGELANERIGHT}


class Leg(NamedTuple):
    """A stretch along one lane; of a change, the stretch that it takes, on the lane that is left."""

    lane: LaneKey
    from_m: float
    to_m: float
    option: RoadOption
    """LANEFOLLOW or a change."""
    to_lane: LaneKey
    """Of a change: the lane that is entered, at the same progress."""


class _Step(NamedTuple):
    cost: float
    place: Place
    legs: tuple[Leg, ...]


def find_legs(lanes: Lanes, start: Place, goal: Place) -> list[Leg]:
    """The legs of the shortest way. Raises SuiteError where there is none."""
    if start == goal:
        return [Leg(start.lane, start.progress_m, goal.progress_m, RoadOption.LANEFOLLOW, start.lane)]
    target = lanes.waypoint(goal).transform.location

    def least_left(place: Place) -> float:
        return float(lanes.waypoint(place).transform.location.distance(target))

    # Ties are broken by the order in which places were found: the same map gives the same route.
    best, came, count = {start: 0.0}, dict[Place, tuple[Place, tuple[Leg, ...]]](), 0
    heap = [(least_left(start), count, start)]
    done: set[Place] = set()
    while heap:
        _, _, place = heapq.heappop(heap)
        if place == goal:
            return _legs_to(goal, came)
        if place in done:
            continue
        done.add(place)
        for step in _steps(lanes, place, goal):
            cost = best[place] + step.cost
            if cost < best.get(step.place, float("inf")):
                best[step.place], came[step.place] = cost, (place, step.legs)
                count += 1
                heapq.heappush(heap, (cost + least_left(step.place), count, step.place))
    places = [lanes.waypoint(one).transform.location for one in (start, goal)]
    shown = [f"({one.x:.1f}, {one.y:.1f})" for one in places]
    raise SuiteError(
        f"no route leads from {shown[0]} to {shown[1]} on {lanes.map.name}. Choose a destination that lanes lead to."
    )


def _steps(lanes: Lanes, place: Place, goal: Place) -> Iterator[_Step]:
    """What can be done at a place: reach the goal, follow the lane to its end, change to a lane beside."""
    lane = lanes[place.lane]
    if place.lane == goal.lane and place.progress_m <= goal.progress_m:
        leg = Leg(lane.key, place.progress_m, goal.progress_m, RoadOption.LANEFOLLOW, lane.key)
        yield _Step(lane.length_m(leg.from_m, leg.to_m), goal, (leg,))
    leg = Leg(lane.key, place.progress_m, lane.end_m, RoadOption.LANEFOLLOW, lane.key)
    for key in lane.follow:
        yield _Step(lane.length_m(leg.from_m, leg.to_m), Place(key, 0.0), (leg,))
    for side, key in lane.neighbours.items():
        room = lane.room_to_change(side, place.progress_m, LEAST_CHANGE_M, CHANGE_M)
        if room is None:
            continue
        before = Leg(lane.key, place.progress_m, room[0], RoadOption.LANEFOLLOW, lane.key)
        change = Leg(lane.key, *room, _OPTIONS[side], key)
        yield _Step(CHANGE_COST_M + lane.length_m(place.progress_m, room[1]), Place(key, room[1]), (before, change))


def _legs_to(goal: Place, came: dict[Place, tuple[Place, tuple[Leg, ...]]]) -> list[Leg]:
    found: list[Leg] = []
    place = goal
    while place in came:
        place, legs = came[place]
        found[:0] = legs
    return found
