"""A cyclist rides onto the street from the near side, out of a drive, right before the ego.

Modelled on Euro NCAP's car-to-bicyclist nearside adult (CBNA): 15 km/h, here from 12 m beside the ego's middle.
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
MPS = P.cyclist_kmh / 3.6
EGO_WIDTH_M, CYCLIST_LENGTH_M = 1.8, 1.75
STEPS_OUT = TimeToCollisionCondition(
    LanePosition("1", -1, CROSSES_AT_M),
    (12.0 - CYCLIST_LENGTH_M / 2 + (P.impact - 0.5) * EGO_WIDTH_M) / MPS,
    "lessThan",
    True,
    distance_type="longitudinal",
)
"""So long before the ego's front is there as the way to the place of impact takes."""

SCENARIO = write(
    name="cyclist_crossing",
    family="cyclist_crossing",
    summary="a cyclist rides out of a drive across the street",
    source="modelled on Euro NCAP CBNA; CARLA CrossingBicycleFlow",
    map="crossing_bare",
    ego=Ego(LanePosition("1", -1, CROSSES_AT_M - 6.0 * P.ego_kmh / 3.6), P.ego_kmh / 3.6, LanePosition("1", -1, 150.0)),
    actors=(Actor("cyclist", LanePosition("1", -1, CROSSES_AT_M, -12.0, Orientation(1.5708)), category="bicycle"),),
    events=(When("cyclist steps out", STEPS_OUT, "cyclist", SpeedAction(AbsoluteTargetSpeed(MPS))),),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 60, usual=40, step=5, unit="km/h", summary="speed of the ego"),
        vary("cyclist_kmh", 12, 18, usual=15, unit="km/h", summary="speed of the cyclist"),
        choose(
            "impact",
            0.5,
            0.25,
            0.75,
            summary="where on the front the ego would be hit: share of its width from the side the cyclist comes from",
        ),
    ),
    hazard=Hazard(trigger(STEPS_OUT), "no_collision", actor="cyclist"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
