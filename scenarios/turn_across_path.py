"""The ego turns left at a junction without signs, across a car that comes the other way and goes on as if nobody were there.

Modelled on Euro NCAP's car-to-car front turn across path (CCFtap): the ego at 10 to 20 km/h, the other at 30, 45 or 60 km/h; both would
reach the point where their ways cross at the same time.
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
    choose,
    trigger,
    vary,
    write,
)

MEET_S = 7.0
"""From the start."""
EGO_TURNS_M, OTHER_GOES_M = 9.7, 13.2
"""From where the junction begins to where the ways cross, along each."""

SCENARIO = write(
    name="turn_across_path",
    family="turn_across_path",
    summary="turns left across an oncoming car that does not slow down",
    source="modelled on Euro NCAP CCFtap; CARLA SignalizedJunctionLeftTurn is near to it",
    map="crossing_bare",
    ego=Ego(
        LanePosition("3", 1, P.ego_kmh / 3.6 * MEET_S - EGO_TURNS_M), P.ego_kmh / 3.6, WorldPosition(1.75, 30.0, 1.5708)
    ),
    actors=(
        Actor(
            "oncoming",
            LanePosition("1", 1, P.oncoming_kmh / 3.6 * (MEET_S + P.later_s) - OTHER_GOES_M),
            P.oncoming_kmh / 3.6,
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        choose("ego_kmh", 10, 15, 20, unit="km/h", summary="speed of the ego, in the turn too"),
        choose("oncoming_kmh", 30, 45, 60, usual=45, unit="km/h", summary="speed of the other"),
        vary("later_s", -0.3, 0.3, usual=0.0, unit="s", summary="by which the other is later where the ways cross"),
    ),
    hazard=Hazard(trigger(SimulationTimeCondition(0.0, "greaterOrEqual")), "no_collision", actor="oncoming"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
