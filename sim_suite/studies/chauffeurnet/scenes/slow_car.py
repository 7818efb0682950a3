"""A slow car ahead on a straight road: the ego slows down and follows. Bansal et al. 2018 (arXiv:1812.03079), section 6.3."""

from __future__ import annotations

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    StaysOnRoad,
    vary,
    write,
)

SCENARIO = write(
    name="slow_car",
    summary="a car ahead that drives at a constant, lower speed",
    source="ChauffeurNet's slowing down for a slow car (arXiv:1812.03079, section 6.3)",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(Actor("lead", RelativeLanePosition("ego", 0, P.away_m), speed=P.lead_kmh / 3.6),),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 25, 50, usual=40, unit="km/h"),
        vary("lead_kmh", 5, 20, usual=15, unit="km/h"),
        vary("away_m", 25, 50, usual=40, unit="m", summary="between the cars' middles"),
    ),
    limit_s=20,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
