"""What a route is: the lanes it follows, from arc to arc, and the manoeuvre of each leg. Source: ours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, LaneGraph

TURN_RAD: Final = math.radians(35.0)
"""A way through a junction that turns by less is straight on; as in CARLA's route planner."""


class Manoeuvre(IntEnum):
    """What a leg asks of the driver; the commands of conditional imitation learning (Codevilla et al. 2018)."""

    FOLLOW = 0
    """Outside of junctions."""
    CHANGE_LEFT = 1
    CHANGE_RIGHT = 2
    TURN_LEFT = 3
    TURN_RIGHT = 4
    STRAIGHT = 5


# Kernels know numbers, not enumerations.
FOLLOW, TURN_LEFT, TURN_RIGHT, STRAIGHT = (
    int(way) for way in (Manoeuvre.FOLLOW, Manoeuvre.TURN_LEFT, Manoeuvre.TURN_RIGHT, Manoeuvre.STRAIGHT)
)


class LanePosition(NamedTuple):
    """A place on a lane's centre line."""

    lane: int
    arc_m: float


@dataclass(frozen=True)
class Route:
    """Legs one after the other, [K] each. A leg runs along one lane; while changing, along the one that is entered."""

    start: LanePosition
    goal: LanePosition
    lane: Ints
    from_arc_m: Floats
    to_arc_m: Floats
    from_lane: Ints
    """The lane that a leg begins on: another than `lane` only for changes."""
    manoeuvre: Bytes
    leg_length_m: Floats
    """Of a change: the mean of both lanes' stretches."""
    leg_duration_s: Floats
    """At the speed limits; `DEFAULT_SPEED_MPS` where there is none."""

    @property
    def length_m(self) -> float:
        """Of all legs."""
        return float(self.leg_length_m.sum())

    @property
    def duration_s(self) -> float:
        """Of all legs, at the speed limits."""
        return float(self.leg_duration_s.sum())

    @property
    def num_changes(self) -> int:
        """How often it changes lanes."""
        return int(np.isin(self.manoeuvre, (Manoeuvre.CHANGE_LEFT, Manoeuvre.CHANGE_RIGHT)).sum())


def lane_turns(graph: LaneGraph) -> Floats:
    """[L] By how much each lane's heading changes from start to end, positive to the left; 0 outside of junctions."""
    heading, first = graph.points.heading, graph.lanes.first_point
    return np.where(graph.lanes.junction >= 0, heading[first[1:] - 1] - heading[first[:-1]], 0.0)


def name_manoeuvres(first: Ints, lane: Ints, change: Bytes, junction: Ints, turn: Floats) -> Bytes:
    """[K] Manoeuvre of the legs of W routes; first: [W + 1]; change: [K] FOLLOW or a change; junction, turn: [L] of lanes.

    Legs that follow each other in one junction are one way through it.
    """
    named = np.array(change, np.uint8)
    _name(first, lane, np.array(change, np.uint8), junction, turn, named)
    return named


@borrowing
def _name(
    first: np.ndarray, lane: np.ndarray, change: np.ndarray, junction: np.ndarray, turn: np.ndarray, named: np.ndarray
) -> None:
    for route in range(len(first) - 1):
        k = first[route]
        while k < first[route + 1]:
            begin, total = k, 0.0
            while k < first[route + 1] and junction[lane[k]] == junction[lane[begin]]:
                # A change stays on its road, whose turn counts once.
                if k == begin or (change[k] == 0 and lane[k] != lane[k - 1]):
                    total += turn[lane[k]]
                k += 1
            way = _way_through(total) if junction[lane[begin]] >= 0 else FOLLOW
            for leg in range(begin, k):
                if change[leg] == 0:
                    named[leg] = way


@borrowing
def _way_through(turn_rad: float) -> int:
    if abs(turn_rad) < TURN_RAD:
        return STRAIGHT
    return TURN_LEFT if turn_rad > 0.0 else TURN_RIGHT
