"""Draws the routes that the suite `driving` is judged on. Source: ours.

    python -m sim_suite.studies.driving_routes scenarios/routes/driving.jsonl

200 routes of 4 to 6 km through at least twenty junctions, on five maps in turn. `KEPT` are for judging alone: nothing is tuned
on them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.roads.routes.network import build_network
from sim_suite.driving.roads.routes.sampling import RouteSampler
from sim_suite.driving.roads.routes.stored import StoredRoute, store_route, write_routes

KEPT = ("town_1km", "left_hand")
"""Nobody learns there."""
MAPS = (*KEPT, "village", "t_junction", "roundabout")
COUNT = 200
LENGTH_M = (4000.0, 6000.0)
LEAST_JUNCTIONS = 20
FIRST_SEED = 500_000
"""Of the draws: far from the seeds of training and of evaluation."""


def draw_routes(map_name: str, count: int) -> list[StoredRoute]:
    """The first `count` routes by seed that pass enough junctions."""
    graph = load_map(map_name).graph
    sampler = RouteSampler(graph, build_network(graph))
    found: list[StoredRoute] = []
    seed = FIRST_SEED
    while len(found) < count:
        stored = store_route(graph, sampler.sample_route(seed, *LENGTH_M), map_name)
        if stored.junctions >= LEAST_JUNCTIONS:
            found.append(stored)
        seed += 1
    return found


def main(arguments: list[str]) -> int:
    """Write the file that is named."""
    if len(arguments) != 1:
        print("usage: python -m sim_suite.studies.driving_routes FILE.jsonl", file=sys.stderr)
        return 2
    by_map = [draw_routes(name, COUNT // len(MAPS)) for name in MAPS]
    write_routes(Path(arguments[0]), [route for together in zip(*by_map, strict=True) for route in together])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
