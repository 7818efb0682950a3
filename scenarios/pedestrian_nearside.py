"""Somebody walks onto the street from the near side, right before the ego.

Modelled on Euro NCAP's car-to-pedestrian nearside adult (CPNA-25, CPNA-75): 5 km/h, from 4 m beside the ego's middle.
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
MPS = P.walker_kmh / 3.6
EGO_WIDTH_M = 1.8
STEPS_OUT = TimeToCollisionCondition(
    LanePosition("1", -1, CROSSES_AT_M),
    (4.0 + (P.impact - 0.5) * EGO_WIDTH_M) / MPS,
    "lessThan",
    True,
    distance_type="longitudinal",
)
"""So long before the ego's front is there as the way to the place of impact takes."""

SCENARIO = write(
    name="pedestrian_nearside",
    family="pedestrian_nearside",
    summary="a pedestrian walks out from the near side",
    source="modelled on Euro NCAP CPNA; CARLA DynamicObjectCrossing",
    map="crossing_bare",
    ego=Ego(LanePosition("1", -1, CROSSES_AT_M - 6.0 * P.ego_kmh / 3.6), P.ego_kmh / 3.6, LanePosition("1", -1, 150.0)),
    actors=(Actor("walker", LanePosition("1", -1, CROSSES_AT_M, -4.0, Orientation(1.5708)), category="pedestrian"),),
    events=(When("walker steps out", STEPS_OUT, "walker", SpeedAction(AbsoluteTargetSpeed(MPS))),),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 60, usual=40, step=5, unit="km/h", summary="speed of the ego"),
        vary("walker_kmh", 4, 6, usual=5, unit="km/h", summary="speed of the walker"),
        choose(
            "impact",
            0.25,
            0.75,
            summary="where on the front the ego would be hit: share of its width from the side the walker comes from",
        ),
    ),
    hazard=Hazard(trigger(STEPS_OUT), "no_collision", actor="walker"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
