"""A child runs onto the street from behind parked cars, right before the ego.

Modelled on Euro NCAP's car-to-pedestrian nearside child with obstruction (CPNCO-50): 5 km/h, from 4 m beside the ego's middle. The child
comes into sight when it is nearer to the ego's middle than the parked cars' edge (2 m) and half of its own width.
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
    RelativeDistanceCondition,
    SpeedAction,
    StaysOnRoad,
    TimeToCollisionCondition,
    When,
    trigger,
    vary,
    write,
)

CROSSES_AT_M = 120.0
"""Along the street."""
MPS = P.child_kmh / 3.6
CAR_M = 4.5
STEPS_OUT = TimeToCollisionCondition(
    LanePosition("1", -1, CROSSES_AT_M), 4.0 / MPS, "lessThan", True, distance_type="longitudinal"
)
"""So long before the ego's front is there as the way to the place of impact takes."""

SCENARIO = write(
    name="occluded_child",
    family="occluded_child",
    summary="a child runs out from behind parked cars",
    source="modelled on Euro NCAP CPNCO; CARLA ParkingCrossingPedestrian",
    map="crossing_bare",
    ego=Ego(LanePosition("1", -1, CROSSES_AT_M - 6.0 * P.ego_kmh / 3.6), P.ego_kmh / 3.6, LanePosition("1", -1, 150.0)),
    actors=(
        Actor("child", LanePosition("1", -1, CROSSES_AT_M, -4.0, Orientation(1.5708)), category="pedestrian"),
        *(
            Actor(
                f"parked {k + 1}",
                LanePosition("1", -2, CROSSES_AT_M - P.behind_m - CAR_M / 2 - 6.0 * k),
                category="parked",
            )
            for k in range(4)
        ),
    ),
    events=(When("child steps out", STEPS_OUT, "child", SpeedAction(AbsoluteTargetSpeed(MPS))),),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 60, usual=40, step=5, unit="km/h", summary="speed of the ego"),
        vary("child_kmh", 4.5, 6, usual=5, unit="km/h", summary="speed of the child"),
        vary("behind_m", 0.5, 1.5, usual=1.0, unit="m", summary="from the last parked car to the child"),
    ),
    hazard=Hazard(
        trigger(RelativeDistanceCondition("child", 2.25, "lessThan", "lateral")), "no_collision", actor="child"
    ),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
