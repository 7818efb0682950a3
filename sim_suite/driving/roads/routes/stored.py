"""Routes kept in files, so that everybody is judged on the same ones. Source: ours.

A file has a JSON object a line: `map`, `lanes` (ids as `LaneGraph.name_of` gives them, in order), `from_m` and `to_m` (arcs on the first
and the last lane), and for the reader `length_m` and `junctions` (how many are driven through). It is looked for as a path, then
among those that are shipped (`scenarios/routes`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.routes.network import DEFAULT_SPEED_MPS
from sim_suite.driving.roads.routes.route import LanePosition, Route, lane_turns, name_manoeuvres
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import write_atomic

SUFFIX: Final = ".jsonl"
SHIPPED: Final = Path(__file__).parents[4] / "scenarios" / "routes"
"""Beside the package, as the maps are."""


@dataclass(frozen=True)
class StoredRoute:
    """A route without its map's graph."""

    map: str
    lanes: tuple[str, ...]
    from_m: float
    to_m: float
    length_m: float
    junctions: int


def find_routes(name_or_path: str | Path) -> Path:
    """The file of stored routes. Raises `UnknownNameError` with the nearest names."""
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    shipped = {file.stem: file for file in sorted(SHIPPED.glob(f"*{SUFFIX}"))}
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    raise UnknownNameError(
        "file of routes", str(name_or_path), shipped, f"A file of your own is named by its {SUFFIX} path."
    )


def read_routes(name_or_path: str | Path) -> tuple[StoredRoute, ...]:
    """All routes of a file, in its order. Raises `SuiteError` that says which line is wrong."""
    path = find_routes(name_or_path).resolve()
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, changed_ns: int) -> tuple[StoredRoute, ...]:
    routes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            data = json.loads(line)
            routes.append(StoredRoute(**{**data, "lanes": tuple(data["lanes"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise SuiteError(
                f"{path}, line {number}: no route ({error}). A line has map, lanes, from_m, to_m, length_m, junctions."
            ) from None
    if not routes:
        raise SuiteError(f"{path} holds no routes.")
    return tuple(routes)


def write_routes(path: Path, routes: list[StoredRoute]) -> None:
    """Write a file of routes, atomically."""
    lines = [json.dumps({**vars(route), "lanes": list(route.lanes)}, separators=(",", ":")) for route in routes]
    write_atomic(path, "\n".join(lines) + "\n")


def store_route(graph: LaneGraph, route: Route, map_name: str) -> StoredRoute:
    """Keep a route that changes no lanes."""
    junction = graph.lanes.junction[route.lane]
    entered = (junction >= 0) & (junction != np.concatenate(([-1], junction[:-1])))
    stored = StoredRoute(
        map_name, tuple(graph.name_of(int(lane)) for lane in route.lane), round(route.start.arc_m, 3),
        round(route.goal.arc_m, 3), 0.0, int(entered.sum()),
    )  # fmt: skip
    # Of what will be restored: the ends are kept to the millimetre, which may carry the length over to the next 0.1 m.
    return replace(stored, length_m=round(restore_route(graph, stored).length_m, 1))


def restore_route(graph: LaneGraph, stored: StoredRoute) -> Route:
    """The route on its map. Raises `SuiteError` where the map has no such lanes, or they do not follow each other."""
    number = {graph.name_of(lane): lane for lane in range(graph.num_lanes)}
    unknown = [name for name in stored.lanes if name not in number]
    if unknown or not stored.lanes:
        raise SuiteError(
            f"the route's lane {unknown[0] if unknown else '(none)'} is not on {stored.map}. Was the map changed?"
        )
    lane = np.array([number[name] for name in stored.lanes], np.int32)
    follow = graph.successors
    for before, after in pairwise(lane):
        if after not in follow.lane[follow.first[before] : follow.first[before + 1]]:
            raise SuiteError(
                f"on {stored.map} lane {graph.name_of(int(after))} does not follow {graph.name_of(int(before))}."
            )
    begin, end = np.zeros(len(lane)), graph.lanes.length_m[lane].copy()
    begin[0], end[-1] = stored.from_m, stored.to_m
    first = np.array([0, len(lane)], np.int32)
    turns = lane_turns(graph)
    named = name_manoeuvres(first, lane, np.zeros(len(lane), np.uint8), graph.lanes.junction, turns)
    limit = graph.points.speed_limit_mps[graph.lanes.first_point[lane]]
    speed = np.where(np.isnan(limit), DEFAULT_SPEED_MPS, np.maximum(limit, 1.0))
    start, goal = LanePosition(int(lane[0]), float(begin[0])), LanePosition(int(lane[-1]), float(end[-1]))
    return Route(start, goal, lane, begin, end, lane, named, end - begin, (end - begin) / speed)
