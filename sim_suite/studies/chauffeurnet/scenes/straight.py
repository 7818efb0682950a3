"""A straight street with nobody on it: the ego keeps to its lane and comes along. Bansal et al. 2018, section 6.3, lane following."""

from __future__ import annotations

from sim_suite.driving.storyboard.words import Ego, LanePosition, P, ReachesGoal, StaysInLane, StaysOnRoad, vary, write

SCENARIO = write(
    name="straight",
    summary="an empty straight street",
    source="ChauffeurNet's lane following (arXiv:1812.03079, section 6.3)",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, P.from_m), speed=P.ego_kmh / 3.6, goal=LanePosition("1", -1, P.from_m + 150.0)),
    criteria=(StaysInLane(0.85), StaysOnRoad(), ReachesGoal()),
    parameters=(
        vary("from_m", 20, 400, usual=30, unit="m", summary="along the street"),
        vary("ego_kmh", 15, 50, usual=40, unit="km/h"),
    ),
    limit_s=60,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
