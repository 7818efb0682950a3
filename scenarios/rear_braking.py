"""The car that the ego follows brakes to a stop. Modelled on Euro NCAP's car-to-car rear braking (CCRb).

There both drive at 50 km/h, 12 or 40 m apart, and the lead brakes with 2 or 6 m/s^2; here all that lies between is drawn too.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    AbsoluteTargetSpeed,
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    SpeedAction,
    StaysOnRoad,
    TransitionDynamics,
    When,
    trigger,
    vary,
    write,
)

CAR_M: Final = 4.5
"""A car's length: places are those of middles."""
BRAKES_AT_S: Final = 1.0

SCENARIO = write(
    name="rear_braking",
    family="rear",
    summary="the car ahead brakes to a stop",
    source="modelled on Euro NCAP CCRb",
    map="country_road",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.both_kmh / 3.6),
    actors=(Actor("lead", RelativeLanePosition("ego", 0, CAR_M + P.gap_m), speed=P.both_kmh / 3.6),),
    events=(
        When(
            "the lead brakes",
            SimulationTimeCondition(BRAKES_AT_S, "greaterOrEqual"),
            "lead",
            SpeedAction(AbsoluteTargetSpeed(0), TransitionDynamics("linear", "rate", P.decel_mps2)),
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("both_kmh", 40, 60, usual=50, unit="km/h"),
        vary("gap_m", 12, 40, usual=12, unit="m"),
        vary("decel_mps2", 2, 6, usual=6, unit="m/s^2"),
    ),
    limit_s=16,
    hazard=Hazard(trigger(SimulationTimeCondition(BRAKES_AT_S, "greaterOrEqual")), "no_collision", actor="lead"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
