"""A slower car ahead swerves from side to side and is no gap to drive through. Modelled on UN R157's swerving lead, ALKS 4.1.2.

There the ego must keep its lane behind it. Here it is also slower than the ego is told to drive, so that doing nothing ends in it.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    AbsoluteTargetLaneOffset,
    Actor,
    Ego,
    Hazard,
    LaneOffsetAction,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysInLane,
    StaysOnRoad,
    StoryboardElementStateCondition,
    When,
    trigger,
    vary,
    write,
)

CAR_M: Final = 4.5
"""A car's length: places are those of middles."""
SWERVES_AT_S: Final = 0.5


def _swerve(name: str, after: SimulationTimeCondition | StoryboardElementStateCondition, way: float) -> When:
    aside = LaneOffsetAction(AbsoluteTargetLaneOffset(way * P.aside_m), "sinusoidal", P.lateral_mps2)
    return When(name, after, "lead", aside)


SCENARIO = write(
    name="swerving_lead",
    family="swerving_lead",
    summary="a slower car ahead swerves",
    source="modelled on UN R157, ALKS scenario 4.1.2",
    map="motorway",
    ego=Ego(LanePosition("1", -2, 50.0), speed=P.ego_kmh / 3.6),
    actors=(
        Actor(
            "lead",
            RelativeLanePosition("ego", 0, CAR_M + P.away_s * P.slower_kmh / 3.6),
            speed=(P.ego_kmh - P.slower_kmh) / 3.6,
        ),
    ),
    events=(
        _swerve("to the left", SimulationTimeCondition(SWERVES_AT_S, "greaterOrEqual"), 1.0),
        _swerve("to the right", StoryboardElementStateCondition("to the left", "completeState"), -1.0),
        _swerve("left again", StoryboardElementStateCondition("to the right", "completeState"), 1.0),
        _swerve("right again", StoryboardElementStateCondition("left again", "completeState"), -1.0),
    ),
    criteria=(NoCollision(), StaysInLane(1.5), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 50, 80, usual=60, unit="km/h"),
        vary("slower_kmh", 15, 30, usual=20, unit="km/h", summary="by how much the lead is slower"),
        vary("away_s", 3, 5, usual=4, unit="s", summary="time until the ego would touch the lead"),
        vary("aside_m", 0.5, 1.5, usual=1.5, unit="m"),
        vary("lateral_mps2", 1, 2, usual=1.5, unit="m/s^2", summary="how hard it steers"),
    ),
    limit_s=15,
    hazard=Hazard(trigger(SimulationTimeCondition(SWERVES_AT_S, "greaterOrEqual")), "no_collision", actor="lead"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
