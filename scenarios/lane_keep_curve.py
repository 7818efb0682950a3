"""A bend too tight for the set speed: the ego slows down for it and keeps to its lane. A control with nobody else on the road."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Ego,
    Hazard,
    LanePosition,
    P,
    SimulationTimeCondition,
    StaysInLane,
    StaysOnRoad,
    trigger,
    vary,
    write,
)

BEND_S: Final = 1714.0
"""Where a bend of 60 m of radius begins on the map, m along the road."""

SCENARIO = write(
    name="lane_keep_curve",
    family="lane_keep",
    summary="a bend too tight for the set speed",
    source="a control, after ChauffeurNet's (arXiv:1812.03079)",
    map="country_road",
    model="single_track",
    ego=Ego(LanePosition("1", -1, BEND_S - P.before_m), speed=P.ego_kmh / 3.6),
    criteria=(StaysInLane(1.2), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 90, 110, usual=100, unit="km/h"),
        vary("before_m", 80, 130, usual=100, unit="m", summary="from the start to the bend"),
    ),
    limit_s=15,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "stays_in_lane"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
