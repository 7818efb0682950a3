"""An oncoming car drifts over the middle line into the ego's lane and stays there. Modelled on Euro NCAP's head-on scenario.

Who only brakes is hit all the same, so the bar is no contact, or one at which the ego has lost half of its speed (the share is ours).
"""

from __future__ import annotations

from sim_suite.driving.storyboard.words import (
    AbsoluteTargetLaneOffset,
    Actor,
    Ego,
    Hazard,
    ImpactSpeed,
    LaneOffsetAction,
    LanePosition,
    P,
    RelativeLanePosition,
    SimulationTimeCondition,
    StaysOnRoad,
    When,
    trigger,
    vary,
    write,
)

SCENARIO = write(
    name="head_on",
    family="head_on",
    summary="an oncoming car drifts into the lane",
    source="modelled on Euro NCAP CCFhos",
    map="country_road",
    ego=Ego(LanePosition("1", -1, 20.0), speed=P.ego_kmh / 3.6),
    actors=(
        Actor(
            "oncoming",
            RelativeLanePosition("ego", 1, (P.drifts_s + 1.0) * (P.ego_kmh + P.oncoming_kmh) / 3.6),
            speed=P.oncoming_kmh / 3.6,
        ),
    ),
    events=(
        When(
            "it drifts",
            SimulationTimeCondition(1.0, "greaterOrEqual"),
            "oncoming",
            LaneOffsetAction(AbsoluteTargetLaneOffset(-P.over_m), "sinusoidal", P.lateral_mps2),
        ),
    ),
    criteria=(ImpactSpeed((P.oncoming_kmh + P.ego_kmh / 2) / 3.6), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 50, 70, usual=50, unit="km/h"),
        vary("oncoming_kmh", 40, 70, usual=50, unit="km/h"),
        vary("drifts_s", 3, 4.5, usual=3.5, unit="s", summary="time to the meeting when the drift begins"),
        vary("over_m", 3.1, 3.7, usual=3.5, unit="m", summary="how far it drifts; the lanes are 3.5 m wide"),
        vary("lateral_mps2", 2.5, 4, usual=3, unit="m/s^2", summary="how hard it steers over"),
    ),
    limit_s=10,
    hazard=Hazard(trigger(SimulationTimeCondition(1.0, "greaterOrEqual")), "impact_speed", actor="oncoming"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
