"""A slower car cuts in close ahead: often so late that nobody could avoid a collision. Modelled on UN R157's cut-in, ALKS 4.4.2.

Who cannot avoid it is still asked to brake; which variations are avoidable is told by the regulation's own rule.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    Actor,
    Ego,
    Hazard,
    LaneChangeAction,
    LanePosition,
    NoCollision,
    P,
    RelativeDistanceCondition,
    RelativeLanePosition,
    RelativeTargetLane,
    StaysOnRoad,
    StoryboardElementStateCondition,
    TransitionDynamics,
    When,
    choose,
    trigger,
    vary,
    write,
)

CAR_M: Final = 4.5
"""A car's length: places are those of middles."""
UNTIL_S: Final = 1.5
"""So long until it begins, unless the ego slows down."""

SCENARIO = write(
    name="cut_in_late",
    family="cut_in",
    summary="a slower car cuts in too close ahead",
    source="modelled on UN R157, ALKS scenario 4.4.2",
    map="motorway",
    ego=Ego(LanePosition("1", -2, 50.0), speed=P.ego_kmh / 3.6),
    actors=(
        Actor(
            "cutter",
            RelativeLanePosition("ego", P.from_lane, CAR_M + P.gap_m + UNTIL_S * P.slower_kmh / 3.6),
            speed=(P.ego_kmh - P.slower_kmh) / 3.6,
        ),
    ),
    events=(
        When(
            "it cuts in",
            RelativeDistanceCondition("cutter", P.gap_m, "lessThan", "longitudinal", True),
            "cutter",
            LaneChangeAction(RelativeTargetLane("ego", 0), TransitionDynamics("sinusoidal", "rate", P.lateral_mps)),
        ),
    ),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 50, 80, usual=60, unit="km/h"),
        vary("slower_kmh", 15, 45, usual=20, unit="km/h", summary="by how much the other is slower"),
        vary("gap_m", 3, 15, usual=10, unit="m", summary="from bumper to bumper when it begins to move over"),
        vary("lateral_mps", 2, 4, usual=3, unit="m/s", summary="its greatest speed aside"),
        choose("from_lane", -1, 1, summary="-1: from the right, 1: from the left"),
    ),
    limit_s=20,
    hazard=Hazard(
        trigger(StoryboardElementStateCondition("it cuts in", "runningState")),
        "no_collision",
        avoidable="un_r157_cut_in",
        actor="cutter",
    ),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
