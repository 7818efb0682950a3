"""The ego turns right at green, and somebody crosses the street that it turns into, on the crosswalk, at green too.

Modelled on Euro NCAP's car-to-pedestrian turning adult (CPTA): the ego at 10 to 20 km/h, the walker at 5 km/h, from either side.
"""

from sim_suite.driving.storyboard.words import (
    AbsoluteTargetSpeed,
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    SimulationTimeCondition,
    SpeedAction,
    StaysOnRoad,
    StopsAtRed,
    TrafficSignalStateAction,
    TraveledDistanceCondition,
    When,
    WorldPosition,
    choose,
    trigger,
    vary,
    write,
)

MEET_S = 7.0
"""From the start."""
EGO_TURNS_M = 15.3
"""From where the junction begins to where the ego's front is at the middle of the crosswalk."""
EGO_MPS, MPS = P.ego_kmh / 3.6, P.walker_kmh / 3.6
STEPS_OUT = TraveledDistanceCondition(EGO_MPS * (MEET_S - (5.75 + 1.75 * P.side) / MPS))
"""So long before the ego's front is there as the way from the kerb takes."""
LIGHTS = {"2006": "green", "2010": "green", "2008": "red", "2012": "red"}
"""East and west go, and who crosses the arms to the north and south on foot."""

SCENARIO = write(
    name="turning_pedestrian",
    family="turning_pedestrian",
    summary="turns right while somebody crosses the street that it turns into",
    source="modelled on Euro NCAP CPTA; CARLA VehicleTurningRoutePedestrian",
    map="crossing_lights",
    ego=Ego(LanePosition("3", 1, EGO_MPS * MEET_S - EGO_TURNS_M), EGO_MPS, WorldPosition(-1.75, -35.0, -1.5708)),
    actors=(Actor("walker", WorldPosition(5.75 * P.side, -14.0, 1.5708 * (1 + P.side)), category="pedestrian"),),
    events=(
        *(
            When(
                f"light {light}",
                SimulationTimeCondition(0.0, "greaterOrEqual"),
                "ego",
                TrafficSignalStateAction(light, now),
            )
            for light, now in LIGHTS.items()
        ),
        When("walker steps out", STEPS_OUT, "walker", SpeedAction(AbsoluteTargetSpeed(MPS))),
    ),
    criteria=(NoCollision(), StaysOnRoad(), StopsAtRed(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 10, 20, usual=15, unit="km/h", summary="speed of the ego, in the turn too"),
        vary("walker_kmh", 4.5, 6, usual=5, unit="km/h", summary="speed of the walker"),
        choose("side", -1, 1, summary="where the walker comes from: -1 from the near side, 1 from the far side"),
    ),
    hazard=Hazard(trigger(STEPS_OUT), "no_collision", actor="walker"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
