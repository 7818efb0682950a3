"""The car that the ego follows leaves the lane, and a standing car comes into view. Modelled on UN R157's cut-out, ALKS 4.5.1."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LaneChangeAction,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    RelativeTargetLane,
    SimulationTimeCondition,
    StaysOnRoad,
    TransitionDynamics,
    When,
    trigger,
    vary,
    write,
)

CAR_M: Final = 4.5
"""A car's length: places are those of middles."""
LEAVES_AT_S: Final = 2.0

SCENARIO = write(
    name="cut_out",
    family="cut_out",
    summary="the car ahead leaves the lane before a standing one",
    source="modelled on UN R157, ALKS scenario 4.5.1",
    map="motorway",
    ego=Ego(LanePosition("1", -2, 50.0), speed=P.both_kmh / 3.6),
    actors=(
        Actor("lead", RelativeLanePosition("ego", 0, CAR_M + P.headway_s * P.both_kmh / 3.6), speed=P.both_kmh / 3.6),
        Actor("target", RelativeLanePosition("lead", 0, CAR_M + (LEAVES_AT_S + P.before_s) * P.both_kmh / 3.6)),
    ),
    events=(
        When(
            "the lead leaves",
            SimulationTimeCondition(LEAVES_AT_S, "greaterOrEqual"),
            "lead",
            LaneChangeAction(RelativeTargetLane("ego", 1), TransitionDynamics("sinusoidal", "rate", P.lateral_mps)),
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("both_kmh", 40, 80, usual=60, unit="km/h"),
        vary("headway_s", 1, 2, usual=1.6, unit="s", summary="time gap to the lead"),
        vary(
            "before_s", 2.4, 4, usual=3, unit="s", summary="how long before the target the lead leaves; 50 m at 60 km/h"
        ),
        vary("lateral_mps", 2, 3, usual=2, unit="m/s", summary="its greatest speed aside"),
    ),
    limit_s=15,
    hazard=Hazard(trigger(SimulationTimeCondition(LEAVES_AT_S, "greaterOrEqual")), "no_collision", actor="target"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
