"""The ego comes to a junction without signs, and so do two cars from the right, one after the other: they go first.

Modelled on CARLA's NoSignalJunctionCrossing (scenario 10) and NHTSA's pre-crash type straight crossing paths. The second car leaves a gap
of 1.5 to 6 s, in which one may go where it is long enough.
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
OTHER_MPS = P.other_kmh / 3.6
FIRST_M = 1.75 + OTHER_MPS * (MEET_S + P.later_s)
"""The first one's way to the junction's middle."""

SCENARIO = write(
    name="priority_junction",
    family="priority_junction",
    summary="lets two cars from the right go first, or takes the gap between them",
    source="modelled on CARLA NoSignalJunctionCrossing",
    map="crossing_bare",
    ego=Ego(LanePosition("3", 1, P.ego_kmh / 3.6 * MEET_S - 12.75), P.ego_kmh / 3.6, LanePosition("1", -1, 40.0)),
    actors=(
        Actor("first", WorldPosition(1.75, -FIRST_M, 1.5708), OTHER_MPS),
        Actor("second", WorldPosition(1.75, -FIRST_M - OTHER_MPS * P.gap_s, 1.5708), OTHER_MPS),
    ),
    criteria=(NoCollision(), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 20, 50, usual=40, unit="km/h", summary="speed of the ego"),
        vary("other_kmh", 20, 50, usual=40, unit="km/h", summary="speed of the others"),
        vary("later_s", -0.3, 0.3, usual=0.0, unit="s", summary="by which the first is later where the ways cross"),
        vary("gap_s", 1.5, 6.0, usual=3.0, unit="s", summary="from the first to the second"),
    ),
    hazard=Hazard(trigger(SimulationTimeCondition(0.0, "greaterOrEqual")), "no_collision", actor="first"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
