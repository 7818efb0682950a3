"""Adds a highway along the southern edge of a town: joined at both corners, with an exit and an entry on the town's side. Source: ours."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import networkx as nx

from sim_suite.driving.roads.towns.blends import blend
from sim_suite.driving.roads.towns.draft import DraftRoad, End
from sim_suite.driving.roads.towns.highways import (
    MERGE_M,
    RAMP_KMH,
    RAMP_LANE_M,
    Carriageway,
    end_of_highway,
    ramp,
)
from sim_suite.driving.roads.towns.lanes import ease
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.plan import Place, Plan, Rank
from sim_suite.driving.roads.towns.profiles import Profile, street
from sim_suite.driving.roads.towns.streets import Streets
from sim_suite.errors import SuiteError

BYPASS_M: Final = 130.0
"""Depth that it takes from the town."""
MIN_WIDTH_M: Final = 1200.0
"""Both ends, their corners, an exit and an entry in a row."""
AXIS_Y_M: Final = 30.0
_HALF_MEDIAN_M: Final = 3.0
_CORNER_M: Final = 80.0
"""From a corner of the town to where its road runs along the highway."""
_RAMP_M: Final = 95.0
"""From the ramps' junction to where a ramp meets the highway, along it."""
_PLAIN_M: Final = 20.0
_WEST, _EAST, _EXIT, _ENTRY = (-1, -2), (-2, -2), (-3, -2), (-4, -2)
"""Gates: where streets leave the plan."""


def with_gates(plan: Plan, width_m: float) -> Plan:
    """The plan moved north by `BYPASS_M`, with gates at its southern corners and at a place between, the hub."""
    if width_m < MIN_WIDTH_M:
        raise SuiteError(
            f"a town {width_m:g} m wide has no room for a highway. Make it {MIN_WIDTH_M:g} m wide or leave highway out."
        )
    at = {place: (x, y + BYPASS_M) for place, (x, y) in plan.at.items()}
    last = max(column for column, _ in at)
    reach = _CORNER_M + MERGE_M + _RAMP_M + 2.0 * MERGE_M + RAMP_LANE_M + _PLAIN_M
    west, east = at[0, 0][0], at[last, 0][0]
    fitting = [(column, 0) for column in range(1, last) if west + reach <= at[column, 0][0] <= east - reach]
    if not fitting:
        raise SuiteError("no street meets the highway where its ramps have room. Choose smaller blocks (block_m).")
    hub = min(fitting, key=lambda place: abs(2.0 * at[place][0] - west - east))
    gates = {
        (0, 0): {_WEST: math.radians(-105.0)},
        (last, 0): {_EAST: math.radians(-75.0)},
        hub: {_ENTRY: math.radians(-120.0), _EXIT: math.radians(-60.0)},
    }
    return replace(plan, at=at, streets=_without_fifth_arm(plan, hub), gates=gates)


def _without_fifth_arm(plan: Plan, hub: Place) -> dict[tuple[Place, Place], Rank]:
    """The streets, less the hub's third one where the town can do without it."""
    street_north = (hub, (hub[0], 1))
    fewer = {pair: rank for pair, rank in plan.streets.items() if pair != street_north}
    town = nx.Graph(list(fewer))
    spare = plan.rank(*street_north) != Rank.ARTERIAL and nx.is_connected(town) and not nx.has_bridges(town)
    return fewer if spare else plan.streets


def draw_bypass(streets: Streets) -> None:
    """Draw the highway and its ramps, and give the gates their ends."""
    first, hub, last = sorted(streets.plan.gates)
    west, east = (first, _WEST), (last, _EAST)
    stubs = [_corner(streets, *gate, side) for gate, side in ((west, 1.0), (east, -1.0))]
    length = stubs[1].pose.x - stubs[0].pose.x - 2.0 * MERGE_M
    begin = [stub.pose.ahead(MERGE_M).beside(-_HALF_MEDIAN_M) for stub in stubs]
    eastbound = Carriageway(streets.draft, Path(begin[0]).straight(length), "eastbound", until=length)
    at_hub = begin[1].x - streets.plan.at[hub][0]
    run = _RAMP_M + 2.0 * MERGE_M + RAMP_LANE_M
    westbound = Carriageway(streets.draft, Path(begin[1]).straight(length), "westbound", until=at_hub - run)
    off = _road(
        streets, westbound.open_exit(), streets.start(hub, _EXIT).turned(), (0.0, streets.plan.height[hub]), "exit"
    )
    westbound.leave(End(off, "start"), until=at_hub + _RAMP_M)
    on = _road(streets, streets.start(hub, _ENTRY), westbound.entry_pose(), (streets.plan.height[hub], 0.0), "entry")
    westbound.enter(End(on, "end"), until=length)
    streets.ends[hub, _EXIT], streets.ends[hub, _ENTRY] = End(off, "end"), End(on, "start")
    end_of_highway(streets.draft, westbound.tail, stubs[0], eastbound.head, name="end of highway")
    end_of_highway(streets.draft, eastbound.tail, stubs[1], westbound.head, name="end of highway")


def _corner(streets: Streets, place: Place, gate: Place, side: float) -> End:
    """The road from a corner of the town to the highway; its far end."""
    x = streets.plan.at[place][0] + side * _CORNER_M
    far = Pose(x, AXIS_Y_M, 0.0 if side > 0.0 else math.pi)
    profile = street(1, sidewalk=False, shoulder_m=1.0)
    heights = (streets.plan.height[place], 0.0)
    road = _road(streets, streets.start(place, gate), far, heights, "highway access", profile, 70.0)
    streets.ends[place, gate] = End(road, "start")
    return End(road, "end")


def _road(
    streets: Streets,
    start: Pose,
    end: Pose,
    heights: tuple[float, float],
    name: str,
    profile: Profile | None = None,
    kmh: float = RAMP_KMH,
) -> DraftRoad:
    road = streets.draft.road(blend(start, end), profile or ramp(), name=name, type="rural", speed_kmh=kmh)
    if any(heights):
        road.elevations = (ease(*heights, road.length),)
    return road
