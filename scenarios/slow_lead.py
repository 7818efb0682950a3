"""A slow car far ahead: the ego comes up to it and follows. A control, after ChauffeurNet's following of a slow car."""

from __future__ import annotations

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysOnRoad,
    trigger,
    vary,
    write,
)

SCENARIO = write(
    name="slow_lead",
    family="slow_lead",
    summary="a slow car far ahead",
    source="a control, after ChauffeurNet's (arXiv:1812.03079)",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(Actor("lead", RelativeLanePosition("ego", 0, P.away_m), speed=P.lead_kmh / 3.6),),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 35, 50, usual=50, unit="km/h"),
        vary("lead_kmh", 10, 20, usual=15, unit="km/h"),
        vary("away_m", 30, 60, usual=50, unit="m", summary="between the cars' middles"),
    ),
    limit_s=20,
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="lead"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
