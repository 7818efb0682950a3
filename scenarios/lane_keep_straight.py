"""A straight street with nobody on it: the ego keeps to the middle of its lane. A control: who fails here fails everywhere."""

from __future__ import annotations

from sim_suite.driving.storyboard.words import (
    Ego,
    LanePosition,
    P,
    StaysInLane,
    StaysOnRoad,
    vary,
    write,
)

SCENARIO = write(
    name="lane_keep_straight",
    family="lane_keep",
    summary="an empty straight street",
    source="a control, after ChauffeurNet's (arXiv:1812.03079)",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, 30.0), speed=P.ego_kmh / 3.6),
    criteria=(StaysInLane(0.5), StaysOnRoad()),
    parameters=(vary("ego_kmh", 20, 50, usual=40, unit="km/h"),),
    limit_s=15,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
