"""The car that the ego follows on a motorway makes an emergency stop. Modelled on UN R157's braking lead, ALKS 4.3.2."""

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
    name="emergency_brake",
    family="emergency_brake",
    summary="the car ahead makes an emergency stop",
    source="modelled on UN R157, ALKS scenario 4.3.2",
    map="motorway",
    ego=Ego(LanePosition("1", -2, 50.0), speed=P.both_kmh / 3.6),
    actors=(
        Actor("lead", RelativeLanePosition("ego", 0, CAR_M + P.headway_s * P.both_kmh / 3.6), speed=P.both_kmh / 3.6),
    ),
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
        vary("both_kmh", 60, 130, usual=60, unit="km/h"),
        vary("headway_s", 1, 2.5, usual=2, unit="s", summary="time gap when the lead begins to brake"),
        vary("decel_mps2", 5, 9.81, usual=9.81, unit="m/s^2"),
    ),
    limit_s=15,
    hazard=Hazard(trigger(SimulationTimeCondition(BRAKES_AT_S, "greaterOrEqual")), "no_collision", actor="lead"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
