"""The ego starts beside its lane's middle and askew, shortly before a bend. Bansal et al. 2018 (arXiv:1812.03079), section 6.3.

The paper changes offset, heading and speed on the way to a curve, and asks whether the car finds back. Ours counts as back where all of
the car is within its lane again. That it keeps off the sidewalk is not asked: where it starts askew to the kerb nobody could.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    BackInLane,
    Ego,
    LanePosition,
    Orientation,
    P,
    ReachesGoal,
    choose,
    vary,
    write,
)

BENDS_M: Final = (180.0, 385.0, 576.0)
"""Where bends of 100, 60 and 40 m of radius begin, m along the road."""
WITHIN_M: Final = 0.85
"""Half of what a lane of 3.5 m is wider than a car of 1.8 m."""

SCENARIO = write(
    name="recovery",
    summary="a start beside the lane's middle and askew, before a bend",
    source="ChauffeurNet's recovery from perturbed trajectories (arXiv:1812.03079, section 6.3)",
    map="winding_street",
    ego=Ego(
        LanePosition("1", -1, P.bend_m - P.before_m, P.offset_m, Orientation(P.heading_rad)),
        speed=P.ego_kmh / 3.6,
        goal=LanePosition("1", -1, P.bend_m + 70.0),
    ),
    criteria=(BackInLane(within_s=5.0, offset=WITHIN_M, heading=0.2), ReachesGoal()),
    parameters=(
        choose("bend_m", *BENDS_M, unit="m", summary="along the street"),
        vary("before_m", 15, 40, usual=25, unit="m", summary="from the start to the bend"),
        vary("ego_kmh", 20, 45, usual=30, unit="km/h"),
        vary("offset_m", -1.2, 1.2, usual=0.8, unit="m", summary="left positive; beyond 0.85 the car is over a line"),
        vary("heading_rad", -0.3, 0.3, usual=0.15, unit="rad", summary="to the left positive"),
    ),
    limit_s=30,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
