"""CARLA's agents (agents/navigation): how far they are off their lane in town, and what a step and a route cost.

The small world of the tests: carla.Map of `town_1km` and a kinematic bicycle, without a server. Times are the processor's. No peer: CARLA's
own agents come with no package.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim_suite.benchmarking import Row
from tests.agents.navigation.children import answers

SUMMARY = "CARLA's agents: distance from the lane's centre in town, cost of a step and of a route"

OFF_M = 0.83
"""Half of a lane of 3.5 m less half of a car of 1.84 m: farther off, a wheel leaves the lane."""


def rows() -> Iterator[Row]:
    """Drives, then times."""
    found = answers("tests.benchmarks._navigation_drives", None)
    for name, (length, off, step) in found["drives"].items():
        kind, wheel = name.split()
        what = f"{kind}, wheels to {wheel} degrees, {length:.0f} m of town_1km"
        yield Row(f"farthest from the route: {what}", off, "m", bar=OFF_M, holds=off <= OFF_M)
        yield Row(f"run_step: {what}", step, "us")
    yield Row("GlobalRoutePlanner(town_1km, 2.0)", found["planner_ms"], "ms")
    yield Row("trace_route on town_1km, mean of 200, new planner", found["first_ms"], "ms")
    yield Row("trace_route on town_1km, the same again", found["again_ms"], "ms")
