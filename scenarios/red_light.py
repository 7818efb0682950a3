"""The light turns yellow and then red as the ego comes near, and green again some seconds later.

Modelled on the red light of ChauffeurNet's closed-loop tests (Bansal et al. 2018). Yellow lasts 3 s, as at 50 km/h in RiLSA 2015.
"""

from sim_suite.driving.storyboard.words import (
    Condition,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    SimulationTimeCondition,
    StaysOnRoad,
    StopsAtRed,
    StoryboardElementStateCondition,
    TimeToCollisionCondition,
    TrafficSignalStateAction,
    When,
    trigger,
    vary,
    write,
)

LIGHT, LINE_M, YELLOW_S = "2010", 5.5, 3.0
CHANGES = TimeToCollisionCondition(
    LanePosition("3", 1, LINE_M), P.warning_s, "lessThan", True, distance_type="longitudinal"
)
CHANGED = StoryboardElementStateCondition("yellow", "completeState")

SCENARIO = write(
    name="red_light",
    family="red_light",
    summary="stops at a light that turns red, and goes on at green",
    source="modelled on ChauffeurNet's tests",
    map="crossing_lights",
    ego=Ego(LanePosition("3", 1, LINE_M + 8.0 * P.ego_kmh / 3.6), P.ego_kmh / 3.6, LanePosition("1", -1, 40.0)),
    events=(
        When("green", SimulationTimeCondition(0.0, "greaterOrEqual"), "ego", TrafficSignalStateAction(LIGHT, "green")),
        When("yellow", CHANGES, "ego", TrafficSignalStateAction(LIGHT, "yellow")),
        When("red", Condition(CHANGED, delay=YELLOW_S), "ego", TrafficSignalStateAction(LIGHT, "red")),
        When(
            "green again", Condition(CHANGED, delay=YELLOW_S + P.red_s), "ego", TrafficSignalStateAction(LIGHT, "green")
        ),
    ),
    criteria=(StopsAtRed(), NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 30, 50, usual=50, unit="km/h", summary="speed of the ego"),
        vary("warning_s", 3.5, 6.0, usual=4.0, unit="s", summary="from yellow to when the ego would be at the line"),
        vary("red_s", 5.0, 15.0, usual=8.0, unit="s", summary="how long it is red"),
    ),
    hazard=Hazard(trigger(CHANGES), "stops_at_red"),
    limit_s=45.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
