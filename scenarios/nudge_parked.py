"""A parked car reaches into the lane; the ego passes it. Modelled on ChauffeurNet's nudging round a parked car.

Bansal, Krizhevsky and Ogale 2018 (arXiv:1812.03079): neither to touch it nor to stand behind it.
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

EDGE_M: Final = 2.65
"""So far beside the lane's middle a car stands along its edge: half of a lane of 3.5 m and of a car of 1.8 m."""

SCENARIO = write(
    name="nudge_parked",
    family="nudge_parked",
    summary="a parked car reaches into the lane",
    source="modelled on ChauffeurNet's parked-car test (arXiv:1812.03079)",
    map="straight_street",
    ego=Ego(
        LanePosition("1", -1, 50.0),
        speed=P.ego_kmh / 3.6,
        goal=RelativeLanePosition("ego", 0, 40.0 + P.away_s * P.ego_kmh / 3.6),
    ),
    actors=(
        Actor(
            "parked",
            RelativeLanePosition("ego", 0, P.away_s * P.ego_kmh / 3.6, P.into_lane_m - EDGE_M),
            category="parked",
        ),
    ),
    criteria=(ReachesGoal(), NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 20, 50, usual=30, unit="km/h"),
        vary("away_s", 4, 7, usual=5, unit="s", summary="time until the ego would be beside the parked car's middle"),
        vary("into_lane_m", 0.9, 2.0, usual=1.2, unit="m", summary="how far it reaches over the lane's edge"),
    ),
    limit_s=40,
    hazard=Hazard(
        trigger(SimulationTimeCondition(0, "greaterOrEqual")),
        "reaches_goal",
        actor="parked",
        offsets_m=(0.0, 1.0, 2.0, 3.0),
    ),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
