"""A car stands in the lane ahead; the ego comes up to it. Modelled on Euro NCAP's car-to-car rear stationary (CCRs).

The lead stands to the side by up to half of a car's width, so that the two overlap by 50 to 100 %.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysOnRoad,
    trigger,
    vary,
    write,
)

CAR_M: Final = 4.5
"""A car's length: places are those of middles."""

SCENARIO = write(
    name="rear_stationary",
    family="rear",
    summary="a car stands in the lane",
    source="modelled on Euro NCAP CCRs",
    map="country_road",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(Actor("lead", RelativeLanePosition("ego", 0, CAR_M + P.away_s * P.ego_kmh / 3.6, P.offset_m)),),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 10, 80, usual=50, unit="km/h", step=5),
        vary("away_s", 4, 6, usual=4, unit="s", summary="time until the ego would touch the lead"),
        vary("offset_m", -0.9, 0.9, usual=0, unit="m", step=0.45, summary="0.45 m: 75 % overlap; 0.9 m: 50 %"),
    ),
    limit_s=12,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="lead"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
