"""The ego has green and turns left across a stream of cars that have green too: it waits for a gap, or for the end of the stream.

Modelled on CARLA's SignalizedJunctionLeftTurn (scenario 8) and NHTSA's pre-crash type left turn across path.
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
    StopsAtRed,
    TrafficSignalStateAction,
    When,
    WorldPosition,
    trigger,
    vary,
    write,
)

MEET_S = 8.0
"""From the start to when the ego and the second car of the stream would meet."""
EGO_TURNS_M, OTHER_GOES_M = 9.7, 13.2
"""From where the junction begins to where the ways cross, along each."""
BEGIN = SimulationTimeCondition(0.0, "greaterOrEqual")
LIGHTS = {"2006": "green", "2010": "green", "2008": "red", "2012": "red"}
"""East and west go, north and south wait."""

SCENARIO = write(
    name="unprotected_left",
    family="unprotected_left",
    summary="turns left at green across a stream of oncoming cars",
    source="modelled on CARLA SignalizedJunctionLeftTurn",
    map="crossing_lights",
    ego=Ego(
        LanePosition("3", 1, P.ego_kmh / 3.6 * MEET_S - EGO_TURNS_M), P.ego_kmh / 3.6, WorldPosition(1.75, 30.0, 1.5708)
    ),
    actors=tuple(
        Actor(
            f"oncoming {k + 1}",
            LanePosition("1", 1, P.stream_kmh / 3.6 * (MEET_S + P.later_s + (k - 1) * P.headway_s) - OTHER_GOES_M),
            P.stream_kmh / 3.6,
        )
        for k in range(6)
    ),
    events=tuple(
        When(f"light {light}", BEGIN, "ego", TrafficSignalStateAction(light, state)) for light, state in LIGHTS.items()
    ),
    criteria=(NoCollision(), StaysOnRoad(), StopsAtRed(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 15, 25, usual=20, unit="km/h", summary="speed of the ego, in the turn too"),
        vary("stream_kmh", 30, 50, usual=40, unit="km/h", summary="speed of the stream"),
        vary("headway_s", 1.5, 5.0, usual=2.5, unit="s", summary="from car to car in the stream"),
        vary(
            "later_s", -0.3, 0.3, usual=0.0, unit="s", summary="by which the second car is later where the ways cross"
        ),
    ),
    hazard=Hazard(trigger(BEGIN), "no_collision", actor="oncoming 2"),
    limit_s=50.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
