"""The ego comes to a stop sign, stands, lets a car on the main street pass, and goes straight on.

Modelled on the stop sign of ChauffeurNet's closed-loop tests (Bansal et al. 2018).
"""

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    NoCollision,
    P,
    ReachesGoal,
    SimulationTimeCondition,
    StaysOnRoad,
    StopsAtStopSign,
    WorldPosition,
    choose,
    trigger,
    vary,
    write,
)

LINE_M = 12.0
"""From the junction's middle."""

SCENARIO = write(
    name="stop_sign",
    family="stop_sign",
    summary="stands at a stop sign, lets the main street go first, and goes on",
    source="modelled on ChauffeurNet's tests",
    map="crossing_stop",
    ego=Ego(
        WorldPosition(1.75, -LINE_M - 6.0 * P.ego_kmh / 3.6, 1.5708), P.ego_kmh / 3.6, WorldPosition(1.75, 60.0, 1.5708)
    ),
    actors=(
        Actor(
            "main street",
            WorldPosition(-P.side * P.main_kmh / 3.6 * P.passes_s, -1.75 * P.side, 1.5708 * (1 - P.side)),
            P.main_kmh / 3.6,
        ),
    ),
    criteria=(StopsAtStopSign(), NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 20, 50, usual=40, unit="km/h", summary="speed of the ego"),
        vary("main_kmh", 30, 50, usual=50, unit="km/h", summary="speed on the main street"),
        choose("side", 1, -1, summary="where the other comes from: 1 from the left, -1 from the right"),
        vary("passes_s", 7.0, 11.0, usual=9.0, unit="s", summary="when the other is in the junction's middle"),
    ),
    hazard=Hazard(trigger(SimulationTimeCondition(0.0, "greaterOrEqual")), "stops_at_stop_sign"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
