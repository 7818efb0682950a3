"""The ego turns right, across a cyclist who rides straight on along the path beside the road.

Modelled on Euro NCAP's car-to-bicyclist turning scenario (CBTA) and CARLA's VehicleTurningRight (scenario 4).
"""

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    SimulationTimeCondition,
    StaysOnRoad,
    WorldPosition,
    trigger,
    vary,
    write,
)

MEET_S = 6.0
"""From the start."""
EGO_TURNS_M, CYCLIST_GOES_M = 7.0, 6.3
"""From where the junction begins to where the ways cross, along each."""

SCENARIO = write(
    name="right_turn_cyclist",
    family="right_turn_cyclist",
    summary="turns right across a cyclist who rides straight on beside the road",
    source="modelled on Euro NCAP CBTA and CARLA VehicleTurningRight",
    map="crossing_stop",
    ego=Ego(
        LanePosition("3", 1, P.ego_kmh / 3.6 * MEET_S - EGO_TURNS_M),
        P.ego_kmh / 3.6,
        WorldPosition(-1.75, -30.0, -1.5708),
    ),
    actors=(
        Actor(
            "cyclist",
            LanePosition("3", 1, P.cyclist_kmh / 3.6 * (MEET_S + P.later_s) - CYCLIST_GOES_M, 2.5),
            P.cyclist_kmh / 3.6,
            "bicycle",
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 20, usual=15, unit="km/h", summary="speed of the ego, in the turn too"),
        vary("cyclist_kmh", 10, 20, usual=15, unit="km/h", summary="speed of the cyclist"),
        vary("later_s", -0.3, 0.3, usual=0.0, unit="s", summary="by which the cyclist is later where the ways cross"),
    ),
    hazard=Hazard(trigger(SimulationTimeCondition(0.0, "greaterOrEqual")), "no_collision", actor="cyclist"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
