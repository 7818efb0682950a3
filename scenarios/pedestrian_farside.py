"""Somebody runs across the street from the far side, right before the ego.

Modelled on Euro NCAP's car-to-pedestrian farside adult (CPFA-50): 8 km/h, from 6 m beside the ego's middle.
"""

from sim_suite.driving.storyboard.words import (
    AbsoluteTargetSpeed,
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    Orientation,
    P,
    ReachesGoal,
    SpeedAction,
    StaysOnRoad,
    TimeToCollisionCondition,
    When,
    choose,
    trigger,
    vary,
    write,
)

CROSSES_AT_M = 120.0
"""Along the street."""
MPS = P.runner_kmh / 3.6
EGO_WIDTH_M = 1.8
STEPS_OUT = TimeToCollisionCondition(
    LanePosition("1", -1, CROSSES_AT_M),
    (6.0 + (P.impact - 0.5) * EGO_WIDTH_M) / MPS,
    "lessThan",
    True,
    distance_type="longitudinal",
)
"""So long before the ego's front is there as the way to the place of impact takes."""

SCENARIO = write(
    name="pedestrian_farside",
    family="pedestrian_farside",
    summary="a pedestrian runs across from the far side",
    source="modelled on Euro NCAP CPFA; CARLA DynamicObjectCrossing",
    map="crossing_bare",
    ego=Ego(LanePosition("1", -1, CROSSES_AT_M - 6.0 * P.ego_kmh / 3.6), P.ego_kmh / 3.6, LanePosition("1", -1, 150.0)),
    actors=(Actor("runner", LanePosition("1", -1, CROSSES_AT_M, 6.0, Orientation(-1.5708)), category="pedestrian"),),
    events=(When("runner steps out", STEPS_OUT, "runner", SpeedAction(AbsoluteTargetSpeed(MPS))),),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 60, usual=40, step=5, unit="km/h", summary="speed of the ego"),
        vary("runner_kmh", 7, 9, usual=8, unit="km/h", summary="speed of the runner"),
        choose(
            "impact",
            0.5,
            0.25,
            0.75,
            summary="where on the front the ego would be hit: share of its width from the side the runner comes from",
        ),
    ),
    hazard=Hazard(trigger(STEPS_OUT), "no_collision", actor="runner"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
