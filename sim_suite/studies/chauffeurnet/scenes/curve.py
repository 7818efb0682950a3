"""A winding street with nobody on it: the ego keeps to its lane through two bends. Bansal et al. 2018, section 6.3, lane following."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Ego,
    LanePosition,
    P,
    ReachesGoal,
    StaysInLane,
    StaysOnRoad,
    choose,
    vary,
    write,
)

BENDS_M: Final = (180.0, 385.0, 576.0)
"""Where bends of 100, 60 and 40 m of radius begin, m along the road; to the next one there are about 190 m."""

SCENARIO = write(
    name="curve",
    summary="an empty street through two bends",
    source="ChauffeurNet's lane following in curves (arXiv:1812.03079, section 6.3)",
    map="winding_street",
    ego=Ego(
        LanePosition("1", -1, P.bend_m - P.before_m),
        speed=P.ego_kmh / 3.6,
        goal=LanePosition("1", -1, P.bend_m + 230.0),
    ),
    criteria=(StaysInLane(0.85), StaysOnRoad(), ReachesGoal()),
    parameters=(
        choose("bend_m", *BENDS_M, unit="m", summary="of the first bend, along the street"),
        vary("before_m", 20, 60, usual=40, unit="m", summary="from the start to the bend"),
        vary("ego_kmh", 20, 45, usual=30, unit="km/h"),
    ),
    limit_s=70,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
