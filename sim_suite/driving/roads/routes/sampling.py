"""Routes drawn by seed: a start anywhere on the roads, then a random way on at every fork. Source: ours.

A route depends on its own seed alone, never on what else is drawn with it. Random numbers are SplitMix64 (Steele, Lea and
Flood 2014), one stream a seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sim_suite.compiling import compiled
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints, LaneGraph
from sim_suite.driving.roads.routes.network import Network
from sim_suite.driving.roads.routes.route import LanePosition, Route, lane_turns, name_manoeuvres
from sim_suite.errors import SuiteError

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Routes:
    """Many routes, W of them, in flat arrays: the legs of route i are `first[i]:first[i + 1]`."""

    first: Ints
    """[W + 1]"""
    lane: Ints
    """[K] All of them FOLLOW or ways through junctions: drawn routes change no lanes."""
    from_arc_m: Floats
    to_arc_m: Floats
    manoeuvre: Bytes
    leg_duration_s: Floats

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, index: int) -> Route:
        if not 0 <= index < len(self):
            raise IndexError(index)
        legs = slice(int(self.first[index]), int(self.first[index + 1]))
        lane, begin, end = self.lane[legs], self.from_arc_m[legs], self.to_arc_m[legs]
        start, goal = LanePosition(int(lane[0]), float(begin[0])), LanePosition(int(lane[-1]), float(end[-1]))
        return Route(start, goal, lane, begin, end, lane, self.manoeuvre[legs], end - begin, self.leg_duration_s[legs])


class RouteSampler:
    """Draws routes on one map, outside of whose junctions they start."""

    def __init__(self, graph: LaneGraph, network: Network, fork_weight: ArrayLike | None = None) -> None:
        """network: of the lanes to use (`RoutePlanner.network`).

        fork_weight: [L] how likely a lane is chosen at a fork, relative to the others there; None for equal chances.
        """
        self._graph, self._network = graph, network
        count = graph.num_lanes
        weight = np.ones(count) if fork_weight is None else np.array(fork_weight, np.float64)
        if weight.shape != (count,) or not np.all(np.isfinite(weight) & (weight >= 0.0)):
            raise SuiteError(f"fork weights must be {count} numbers of 0 or more, one a lane.")
        self._weight = weight
        self._usable = np.diff(network.first_node) > 0
        self._turn = lane_turns(graph)
        self.reach_m = _reach(graph, self._usable)
        """[L] How far one can drive from each lane's start without changing lanes; inf where for ever."""

    def sample_route(self, seed: int, min_length_m: float = 200.0, max_length_m: float = 1000.0) -> Route:
        """One route, as `sample_routes` draws it."""
        return self.sample_routes([seed], min_length_m, max_length_m)[0]

    def sample_routes(self, seeds: ArrayLike, min_length_m: float = 200.0, max_length_m: float = 1000.0) -> Routes:
        """A route for each seed, [W] integers.

        Starts are uniform over all places outside of junctions from which min_length_m can be driven; lengths uniform
        between the limits, cut to what can be driven from there. A way into a dead end is taken only where all are. Raises
        SuiteError where the limits are wrong or no way on the map is long enough.
        """
        if not 0.0 < min_length_m <= max_length_m < math.inf:
            raise SuiteError(f"a route cannot be {min_length_m:g} to {max_length_m:g} m long: give 0 < min <= max.")
        lanes, successors = self._graph.lanes, self._graph.successors
        starts = self._usable & (lanes.junction < 0)
        room = np.where(starts, np.clip(self.reach_m - min_length_m, 0.0, lanes.length_m), 0.0)
        if not room.sum() > 0.0:
            longest = float(self.reach_m[starts].max(initial=0.0))
            raise SuiteError(f"no way of {min_length_m:g} m starts on this map; the longest has {longest:.1f} m.")
        keys = np.atleast_1d(np.asarray(seeds)).astype(np.int64).view(np.uint64).copy()
        first = np.zeros(len(keys) + 1, np.int32)
        size = 64 * len(keys)
        while True:
            lane, begin, end = np.empty(size, np.int32), np.empty(size), np.empty(size)
            needed = _draw(
                keys, np.cumsum(room), float(min_length_m), float(max_length_m), lanes.length_m, self._usable,
                self._weight, self.reach_m, successors.first, successors.lane, first, lane, begin, end,
            )  # fmt: skip
            if needed <= size:
                break
            size = needed
        return self._named(first, lane[: first[-1]], begin[: first[-1]], end[: first[-1]])

    def _named(self, first: Ints, lane: Ints, begin: Floats, end: Floats) -> Routes:
        unchanged = np.zeros(len(lane), np.uint8)
        manoeuvre = name_manoeuvres(first, lane, unchanged, self._graph.lanes.junction, self._turn)
        duration = np.empty(len(lane))
        lanes = self._graph.lanes
        _durations(lane, begin, end, lanes.first_point, lanes.step_m, self._network.point_time_s, duration)
        return Routes(first, lane, begin, end, manoeuvre, duration)


def _reach(graph: LaneGraph, usable: np.ndarray) -> Floats:
    """[L] The longest way from each lane's start; inf from where a cycle can be reached, 0 for lanes out of use."""
    count, successors = graph.num_lanes, graph.successors
    source = np.repeat(np.arange(count), np.diff(successors.first))
    kept = usable[source] & usable[successors.lane]
    source, target = source[kept], successors.lane[kept]
    parts, part = connected_components(
        csr_array((np.ones(len(source)), (source, target)), (count, count)), connection="strong"
    )
    endless = np.bincount(part, minlength=parts) > 1
    endless[part[source[source == target]]] = True
    reach = np.where(endless[part], math.inf, np.where(usable, graph.lanes.length_m, 0.0))
    while True:  # once for each lane on the longest way without a cycle
        longest = np.zeros(count)
        np.maximum.at(longest, source, reach[target])
        better = np.where(usable, np.maximum(reach, graph.lanes.length_m + longest), 0.0)
        if np.array_equal(better, reach):
            return reach
        reach = better


@compiled
def next_random(state: np.ndarray) -> float:
    """The next number of a SplitMix64 stream, in [0, 1), of its upper 53 bits; state: [1] uint64."""
    state[0] += _GOLDEN
    mixed = state[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed = mixed ^ (mixed >> np.uint64(31))
    return float(mixed >> np.uint64(11)) / 9007199254740992.0


@compiled
def _draw(
    seeds: np.ndarray, room: np.ndarray, min_length_m: float, max_length_m: float, length_m: np.ndarray,
    usable: np.ndarray, weight: np.ndarray, reach_m: np.ndarray, first_successor: np.ndarray, successors: np.ndarray,
    first: np.ndarray, lanes: np.ndarray, begin: np.ndarray, end: np.ndarray,
) -> int:  # fmt: skip
    """Fill `first` and the legs; return how many legs there are, though no more are written than there is room for.

    room: [L] cumulative length of the places where a route may start.
    """
    state, count = np.empty(1, np.uint64), 0
    for n in range(len(seeds)):
        state[0] = seeds[n]
        place = next_random(state) * room[-1]
        lane = min(np.searchsorted(room, place, side="right"), len(room) - 1)
        arc = min(place - (room[lane - 1] if lane > 0 else 0.0), length_m[lane])
        longest = min(max_length_m, reach_m[lane] - arc)
        left = min_length_m + next_random(state) * max(longest - min_length_m, 0.0)
        while lane >= 0:
            stop = min(arc + left, length_m[lane])
            if count < len(lanes):
                lanes[count], begin[count], end[count] = lane, arc, stop
            count += 1
            left -= stop - arc
            if left <= 1e-9:
                break
            lane, arc = _way_on(lane, left, usable, weight, reach_m, first_successor, successors, state), 0.0
        first[n + 1] = count
    return count


@compiled
def _way_on(
    lane: int, left: float, usable: np.ndarray, weight: np.ndarray, reach_m: np.ndarray, first_successor: np.ndarray,
    successors: np.ndarray, state: np.ndarray,
) -> int:  # fmt: skip
    """A random successor from which what is left can be driven, -1 if there is none; no dead end if others go on for ever."""
    needed = left - 1e-6
    for k in range(first_successor[lane], first_successor[lane + 1]):
        if usable[successors[k]] and math.isinf(reach_m[successors[k]]):
            needed = math.inf
    ways, total = 0, 0.0
    for k in range(first_successor[lane], first_successor[lane + 1]):
        if usable[successors[k]] and reach_m[successors[k]] >= needed:
            ways, total = ways + 1, total + weight[successors[k]]
    target, chosen = next_random(state) * (total if total > 0.0 else float(ways)), -1
    for k in range(first_successor[lane], first_successor[lane + 1]):
        if usable[successors[k]] and reach_m[successors[k]] >= needed:
            share = weight[successors[k]] if total > 0.0 else 1.0  # where all weigh nothing, all are equal
            if share > 0.0 and target >= 0.0:
                chosen = successors[k]
            target -= share
    return chosen


@compiled
def _durations(
    lane: np.ndarray, begin: np.ndarray, end: np.ndarray, first_point: np.ndarray, step_m: np.ndarray,
    point_time: np.ndarray, duration: np.ndarray,
) -> None:  # fmt: skip
    for n in range(len(lane)):
        duration[n] = 0.0
        for arc, sign in ((begin[n], -1.0), (end[n], 1.0)):
            first = first_point[lane[n]]
            k = min(int(arc / step_m[lane[n]]), first_point[lane[n] + 1] - first - 2)
            share = arc / step_m[lane[n]] - k
            time = point_time[first + k] + share * (point_time[first + k + 1] - point_time[first + k])
            duration[n] += sign * time
