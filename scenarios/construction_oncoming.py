"""Works close the lane, and a car comes on the other one: the ego waits for it, then passes. Modelled on ChauffeurNet's nudging tests and
CARLA leaderboard's construction with oncoming traffic.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysOnRoad,
    trigger,
    vary,
    write,
)

WORKS_M: Final = 10.0
TOUCHES_M: Final = 7.25
"""Between the middles of the works and of a car that has come up to them."""

SCENARIO = write(
    name="construction_oncoming",
    family="construction",
    summary="works close the lane, and a car comes on the other one",
    source="modelled on CARLA leaderboard 2.0, ConstructionObstacleTwoWays",
    map="straight_street",
    ego=Ego(
        LanePosition("1", -1, 50.0),
        speed=P.ego_kmh / 3.6,
        goal=RelativeLanePosition("ego", 0, 50.0 + P.away_s * P.ego_kmh / 3.6),
    ),
    actors=(
        Actor(
            "works",
            RelativeLanePosition("ego", 0, TOUCHES_M + P.away_s * P.ego_kmh / 3.6, -0.4),
            category="obstacle",
            length=WORKS_M,
            width=2.4,
        ),
        Actor(
            "oncoming",
            RelativeLanePosition("ego", 1, TOUCHES_M + P.away_s * (P.ego_kmh + P.oncoming_kmh) / 3.6 + P.later_m),
            speed=P.oncoming_kmh / 3.6,
        ),
    ),
    criteria=(ReachesGoal(), NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 25, 50, usual=40, unit="km/h"),
        vary("away_s", 4, 7, usual=5, unit="s", summary="time until the ego would touch the works"),
        vary("oncoming_kmh", 30, 50, usual=40, unit="km/h"),
        vary(
            "later_m", -20, 60, usual=10, unit="m", summary="how far the oncoming car still is from the works by then"
        ),
    ),
    limit_s=45,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="works"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
