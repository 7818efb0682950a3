"""A parked car reaches into the lane of a two-way street, on straights and in bends; the ego passes it.

Bansal, Krizhevsky and Ogale 2018 (arXiv:1812.03079), section 6.3: an undivided street, a car parked on the right, at several places and
start speeds. Theirs stand before a stop sign; ours do not, and what one does at stop signs is judged by a family of its own.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    RelativeLanePosition,
    StaysOnRoad,
    choose,
    vary,
    write,
)

EDGE_M: Final = 2.65
"""So far beside the lane's middle a car stands along its edge: half of a lane of 3.5 m and of a car of 1.8 m."""
PLACES_M: Final = (110.0, 232.0, 430.0, 535.0)
"""Where the parked car stands, m along the road: straights, and bends of 100 m (left) and 60 m (right) of radius."""

SCENARIO = write(
    name="nudge",
    summary="a parked car reaches into the lane, on straights and in bends",
    source="ChauffeurNet's nudging round a parked car (arXiv:1812.03079, section 6.3)",
    map="winding_street",
    ego=Ego(
        LanePosition("1", -1, P.place_m - P.away_s * P.ego_kmh / 3.6),
        speed=P.ego_kmh / 3.6,
        goal=LanePosition("1", -1, P.place_m + 40.0),
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
        choose("place_m", *PLACES_M, unit="m", summary="along the street"),
        vary("ego_kmh", 15, 45, usual=30, unit="km/h", summary="speed at the start, and set speed"),
        vary("away_s", 4, 7, usual=5, unit="s", summary="time until the ego would be beside the parked car's middle"),
        vary("into_lane_m", 0.9, 1.8, usual=1.2, unit="m", summary="how far it reaches over the lane's edge"),
    ),
    limit_s=40,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
