"""The ego starts beside its lane's middle, askew and too fast, shortly before a bend. Modelled on ChauffeurNet's recovery tests.

Bansal, Krizhevsky and Ogale 2018 (arXiv:1812.03079) start a car with lateral offset, heading error and speed at a curve.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    BackInLane,
    Ego,
    Hazard,
    LanePosition,
    Orientation,
    P,
    SimulationTimeCondition,
    StaysOnRoad,
    trigger,
    vary,
    write,
)

BEND_S: Final = 1714.0
"""Where a bend of 60 m of radius begins on the map, m along the road."""

SCENARIO = write(
    name="perturbation_recovery",
    family="perturbation_recovery",
    summary="a start beside the lane's middle, askew and too fast for the bend ahead",
    source="modelled on the recovery tests of ChauffeurNet (arXiv:1812.03079)",
    map="country_road",
    model="single_track",
    ego=Ego(LanePosition("1", -1, BEND_S - P.before_m, P.offset_m, Orientation(P.heading_rad)), speed=P.ego_kmh / 3.6),
    criteria=(BackInLane(within_s=4.0, offset=0.6, heading=0.15), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 90, 105, usual=100, unit="km/h"),
        vary("before_m", 80, 130, usual=100, unit="m", summary="from the start to the bend"),
        vary("offset_m", -0.8, 0.8, usual=0.5, unit="m"),
        vary("heading_rad", -0.05, 0.05, usual=0.03, unit="rad", summary="at 28 m/s 0.05 is a drift of 1.4 m/s"),
    ),
    limit_s=15,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "back_in_lane"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
