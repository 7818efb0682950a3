"""The road turns slippery before a bend and is dry again behind it. Modelled on ScenarioRunner's control loss.

At the set speed the tyres do not hold the bend; who slows down in time keeps the lane.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.storyboard.words import (
    BackInLane,
    Constraint,
    Ego,
    EnvironmentAction,
    Hazard,
    LanePosition,
    P,
    StaysOnRoad,
    StoryboardElementStateCondition,
    TraveledDistanceCondition,
    When,
    trigger,
    vary,
    write,
)

BEND_S: Final = 1120.0
"""Where a bend begins on the map, m along the road, ..."""
RADIUS_M: Final = 120.0
"""... and how wide it is."""
PATCH_M: Final = 260.0
"""From its beginning to behind the bend."""

SCENARIO = write(
    name="control_loss",
    family="control_loss",
    summary="the road turns slippery before a bend",
    source="modelled on CARLA ScenarioRunner, ControlLoss",
    map="country_road",
    model="single_track",
    ego=Ego(LanePosition("1", -1, BEND_S - 40.0 - P.before_m), speed=P.ego_kmh / 3.6),
    events=(
        When("ice begins", TraveledDistanceCondition(40.0), "ego", EnvironmentAction(friction=P.friction)),
        When(
            "ice ends", TraveledDistanceCondition(40.0 + PATCH_M + P.before_m), "ego", EnvironmentAction(friction=1.0)
        ),
    ),
    criteria=(BackInLane(within_s=4.0, offset=1.0, heading=0.2), StaysOnRoad()),
    parameters=(
        vary("ego_kmh", 70, 90, usual=80, unit="km/h"),
        vary("friction", 0.25, 0.45, usual=0.35, summary="of packed snow; 1 is dry asphalt"),
        vary("before_m", 60, 160, usual=120, unit="m", summary="from the beginning of the ice to that of the bend"),
    ),
    constraints=(Constraint((P.ego_kmh / 3.6) ** 2 / RADIUS_M, "greaterThan", 1.1 * 9.81 * P.friction),),
    limit_s=25,
    hazard=Hazard(trigger(StoryboardElementStateCondition("ice begins", "completeState")), "back_in_lane"),
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
