"""The ego comes up to a bicycle in its lane. Modelled on Euro NCAP's car-to-bicyclist longitudinal (CBLA).

There a bicycle of 15 km/h is met by the middle of the car, one of 20 km/h by its right quarter.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Constraint,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysOnRoad,
    choose,
    trigger,
    vary,
    write,
)

LENGTHS_M: Final = 3.1
"""Half of a car's and half of a bicycle's length: places are those of middles."""
CAR_WIDE_M: Final = 1.8

SCENARIO = write(
    name="cyclist_longitudinal",
    family="longitudinal_vru",
    summary="a bicycle rides ahead in the lane",
    source="modelled on Euro NCAP CBLA-25 and CBLA-50",
    map="country_road",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(
        Actor(
            "bicycle",
            RelativeLanePosition(
                "ego",
                0,
                LENGTHS_M + P.away_s * (P.ego_kmh - P.bicycle_kmh) / 3.6,
                (P.overlap_percent - 50) / 100 * CAR_WIDE_M,
            ),
            speed=P.bicycle_kmh / 3.6,
            category="bicycle",
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 25, 80, usual=50, unit="km/h", step=5),
        choose("bicycle_kmh", 15, 20, unit="km/h"),
        choose("overlap_percent", 50, 25, unit="%", summary="where across the car, 1.8 m wide, the bicycle is met"),
        vary("away_s", 4, 6, usual=4, unit="s", summary="time until the ego would touch the bicycle"),
    ),
    constraints=(Constraint(P.ego_kmh, "greaterThan", P.bicycle_kmh + 5),),
    limit_s=12,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="bicycle"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
