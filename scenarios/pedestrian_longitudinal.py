"""Somebody walks along in the ego's lane, away from it. Modelled on Euro NCAP's car-to-pedestrian longitudinal (CPLA)."""

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
    choose,
    trigger,
    vary,
    write,
)

LENGTHS_M: Final = 2.5
"""Half of a car's and half of a person's length: places are those of middles."""
CAR_WIDE_M: Final = 1.8

SCENARIO = write(
    name="pedestrian_longitudinal",
    family="longitudinal_vru",
    summary="somebody walks along in the lane",
    source="modelled on Euro NCAP CPLA-25 and CPLA-50",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(
        Actor(
            "walker",
            RelativeLanePosition(
                "ego",
                0,
                LENGTHS_M + P.away_s * (P.ego_kmh - P.walker_kmh) / 3.6,
                (P.overlap_percent - 50) / 100 * CAR_WIDE_M,
            ),
            speed=P.walker_kmh / 3.6,
            category="pedestrian",
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 20, 50, usual=50, unit="km/h", step=5),
        vary("walker_kmh", 4, 6, usual=5, unit="km/h"),
        choose("overlap_percent", 50, 25, unit="%", summary="where across the car, 1.8 m wide, the walker is met"),
        vary("away_s", 4, 6, usual=4, unit="s", summary="time until the ego would touch the walker"),
    ),
    limit_s=12,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="walker"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
