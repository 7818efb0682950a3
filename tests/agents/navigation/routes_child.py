"""Traces routes on carla.Map. In: map -> list of [x, y, x, y]; out: map -> list of routes or of what was refused.

A route is a list of [x, y, road, section, lane, option].
"""

from __future__ import annotations

import json
import sys

import carla

from agents.navigation.global_route_planner import GlobalRoutePlanner
from sim_suite.errors import SuiteError
from tests.agents.navigation.fake_world import load

RESOLUTION_M = 2.0


def traced(planner, x, y, to_x, to_y):
    try:
        route = planner.trace_route(carla.Location(x, y, 0.0), carla.Location(to_x, to_y, 0.0))
    except SuiteError as error:
        return str(error)
    rows = []
    for waypoint, option in route:
        place = waypoint.transform.location
        rows.append([place.x, place.y, waypoint.road_id, waypoint.section_id, waypoint.lane_id, option.name])
    return rows


if __name__ == "__main__":
    found = {}
    for name, queries in json.load(sys.stdin).items():
        planner = GlobalRoutePlanner(load(name), RESOLUTION_M)
        found[name] = [traced(planner, *query) for query in queries]
    print(json.dumps(found))
