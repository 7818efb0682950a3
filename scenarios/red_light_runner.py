"""The ego crosses a junction at green while a car from the side runs its red light.

Modelled on CARLA's OppositeVehicleRunningRedLight (scenario 7) and NHTSA's pre-crash type running red light. A driver can know once the
other would have to brake harder than 4 m/s^2 to stop at its line.
"""

from sim_suite.driving.storyboard.words import (
    Actor,
    Condition,
    DistanceCondition,
    Ego,
    Hazard,
    LanePosition,
    NoCollision,
    P,
    ReachesGoal,
    SimulationTimeCondition,
    StaysOnRoad,
    StopsAtRed,
    TrafficSignalStateAction,
    When,
    WorldPosition,
    choose,
    trigger,
    vary,
    write,
)

MEET_S = 6.0
"""From the start."""
LIGHTS = {"2006": "green", "2010": "green", "2008": "red", "2012": "red"}
"""East and west go, north and south should wait."""
RUNNER_MPS = P.runner_kmh / 3.6
OUT_M = RUNNER_MPS * (MEET_S + P.later_s) + 1.75 * P.side
"""The runner's way to the junction's middle."""
CANNOT_STOP = DistanceCondition(WorldPosition(1.75 * P.side, -16.5 * P.side), RUNNER_MPS**2.0 / (2 * 4.0), "lessThan")

SCENARIO = write(
    name="red_light_runner",
    family="red_light_runner",
    summary="crosses at green while a car from the side runs its red light",
    source="modelled on CARLA OppositeVehicleRunningRedLight",
    map="crossing_lights",
    ego=Ego(
        LanePosition("3", 1, P.ego_kmh / 3.6 * MEET_S - 11.0 - 1.75 * P.side),
        P.ego_kmh / 3.6,
        LanePosition("1", -1, 40.0),
    ),
    actors=(Actor("runner", WorldPosition(1.75 * P.side, -OUT_M * P.side, 1.5708 * P.side), RUNNER_MPS),),
    events=tuple(
        When(
            f"light {light}",
            SimulationTimeCondition(0.0, "greaterOrEqual"),
            "ego",
            TrafficSignalStateAction(light, state),
        )
        for light, state in LIGHTS.items()
    ),
    criteria=(NoCollision(), StaysOnRoad(), StopsAtRed(), ReachesGoal()),
    parameters=(
        vary("ego_kmh", 30, 50, usual=40, unit="km/h", summary="speed of the ego"),
        vary("runner_kmh", 30, 60, usual=50, unit="km/h", summary="speed of the other"),
        choose("side", 1, -1, summary="where the other comes from: 1 from the right, -1 from the left"),
        vary("later_s", -0.2, 0.2, usual=0.0, unit="s", summary="by which the other is later where the ways cross"),
    ),
    hazard=Hazard(trigger(Condition(CANNOT_STOP, ("runner",))), "no_collision", actor="runner"),
    limit_s=30.0,
)


if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
