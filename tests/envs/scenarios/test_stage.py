"""Stages: world i of a batch is the same variation alone, bit for bit; beginning again is beginning; drivers, goals, ends."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.pdm import PdmDriver
from sim_suite.driving.storyboard.elements.positions import RelativeObjectPosition
from sim_suite.driving.storyboard.staging.referee import End
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.storyboard.words import (
    AbsoluteTargetSpeed,
    AcquirePositionAction,
    Actor,
    Condition,
    Ego,
    EnvironmentAction,
    LaneChangeAction,
    LanePosition,
    NoCollision,
    Orientation,
    P,
    ReachesGoal,
    RelativeDistanceCondition,
    RelativeLanePosition,
    RelativeTargetLane,
    SimulationTimeCondition,
    SpeedAction,
    StaysInLane,
    StaysOnRoad,
    TransitionDynamics,
    When,
    vary,
    write,
)
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import Light
from sim_suite.envs.scenarios.stage import Stage, columns, seeds_of, stage_options

NEAR = RelativeDistanceCondition("cutter", P.trigger_m, "lessThan", "longitudinal", True)


def cut_in(**more):
    """A cut-in by a car that then brakes, while somebody walks over the road ahead: lanes, speeds, ways, delays."""
    parts = {
        "name": "busy",
        "map": "highway",
        "ego": Ego(LanePosition("7", -2, 10.0), P.ego_kmh / 3.6),
        "actors": (
            Actor("cutter", RelativeLanePosition("ego", 1, P.gap_m), speed=P.ego_kmh / 3.6 - 2.0),
            Actor("walker", RelativeLanePosition("ego", 0, 110.0, -4.0, Orientation(1.57)), category="pedestrian"),
        ),
        "events": (
            When("cut in", NEAR, "cutter",
                 LaneChangeAction(RelativeTargetLane("ego", 0), TransitionDynamics("sinusoidal", "time", P.takes_s))),
            When("brake", Condition(NEAR, ("ego",), edge="rising", delay=P.takes_s), "cutter",
                 SpeedAction(AbsoluteTargetSpeed(3.0), TransitionDynamics("linear", "rate", 4.0))),
            When("walk", SimulationTimeCondition(P.takes_s), "walker",
                 (SpeedAction(AbsoluteTargetSpeed(1.4)), AcquirePositionAction(RelativeObjectPosition("walker", 9.0, 0.0)))),
        ),
        "criteria": (NoCollision(), StaysOnRoad(), StaysInLane(0.5)),
        "parameters": (
            vary("gap_m", 12, 50, usual=40), vary("ego_kmh", 25, 50, usual=30), vary("trigger_m", 5, 30, usual=20),
            vary("takes_s", 0.5, 3.0, usual=2),
        ),
        "limit_s": 8.0,
    }  # fmt: skip
    return write(**(parts | more))


def drive(stage, agent, values):
    """To the end of all; what is left: bodies and minds at each one's end, verdicts."""
    stage.begin(columns([one.values for one in values]))
    memory = np.zeros((stage.num_worlds, agent.memory_size), np.float32)
    actions = np.zeros((stage.num_worlds, 2), np.float32)
    last = {}
    while stage.live.any():
        live = stage.live
        agent.drive_worlds(stage.fleet.state, stage.fleet.map, 0, 2, memory, actions, which=live)
        stage.fleet.actions[:] = actions
        stage.step()
        for w in np.flatnonzero(live).tolist():
            state, cast = stage.fleet.state, stage.view.cast
            own = [state.body[w], state.mind[w], state.controls[w], state.tally[w], cast.number[w]]
            last[w] = [one.copy() for one in own]
    return last


def verdicts(stage, w):
    referee, measures = stage.referee, stage.measures()
    found = [referee.value[w], referee.broken_tick[w], referee.broken_place[w], referee.end[w], referee.end_tick[w],
             referee.impact_mps[w]]  # fmt: skip
    return [np.array(one) for one in found] + [np.array(column[w]) for column in measures]


def test_chance_begins_with_the_values_of_a_variation():
    values = columns([{"gap_m": 12.0, "kmh": 30.0}, {"gap_m": 12.0, "kmh": 31.0}, {"gap_m": 12.0, "kmh": 30.0}])
    first, other, again = seeds_of(values, 3).tolist()
    assert first == again != other
    assert first == seeds_of(columns([{"kmh": 30.0, "gap_m": 12.0}]), 1)[0]
    assert 0 <= min(first, other) <= max(first, other) < 2**62
    assert len(set(seeds_of({}, 2).tolist())) == 1


@pytest.mark.parametrize("agent", [IdmDriver, PdmDriver])
def test_a_variation_is_the_same_alone_and_among_others(agent):
    said = cut_in()
    variations = draw(said, 3, range(6))
    many = Stage(said, 6, stage_options(said))
    together = drive(many, agent(), variations)
    alone = Stage(said, 1, stage_options(said))
    for w, variation in enumerate(variations):
        last = drive(alone, agent(), [variation])[0]
        for one, other in zip(last, together[w], strict=True):
            assert np.array_equal(one, other, equal_nan=True), (w, variation)
        for one, other in zip(verdicts(alone, 0), verdicts(many, w), strict=True):
            assert np.array_equal(one, other, equal_nan=True), (w, variation)
    assert len({together[w][0].tobytes() for w in range(6)}) == 6


def test_beginning_again_is_beginning():
    said = cut_in(
        events=(*cut_in_events(), When("wet", SimulationTimeCondition(1.0), "ego", EnvironmentAction(friction=0.5)))
    )
    stage = Stage(said, 3, stage_options(said))
    variations = draw(said, 1, range(3))
    first = drive(stage, IdmDriver(), variations)
    stage.fleet.state.lights[:] = Light.RED  # as a storyboard may have told them
    second = drive(stage, IdmDriver(), variations)
    for w in range(3):
        assert all(np.array_equal(one, other) for one, other in zip(first[w], second[w], strict=True))
    assert (stage.fleet.state.lights == -1).all()
    assert stage.fleet.state.weather[0, col.FRICTION] == 0.5
    stage.begin(columns([one.values for one in variations]))
    assert stage.fleet.state.weather[0, col.FRICTION] == 1.0


def cut_in_events():
    return (When("brake", SimulationTimeCondition(0.5), "cutter", SpeedAction(AbsoluteTargetSpeed(3.0))),)


def test_the_order_of_variations_is_that_of_their_worlds():
    said = cut_in()
    variations = draw(said, 3, range(4))
    stage = Stage(said, 4, stage_options(said))
    drive(stage, IdmDriver(), variations)
    forth = stage.referee.value.copy()
    drive(stage, IdmDriver(), variations[::-1])
    assert np.array_equal(forth[::-1], stage.referee.value)


def test_a_goal_ends_a_variation():
    said = cut_in(
        ego=Ego(LanePosition("7", -2, 10.0), 10.0, goal=LanePosition("7", -2, P.goal_m)), actors=(), events=(),
        criteria=(ReachesGoal(),), parameters=(vary("goal_m", 30.0, 200.0, usual=60.0),),
    )  # fmt: skip
    stage = Stage(said, 2, stage_options(said))
    drive(stage, IdmDriver(), [*draw(said, 0, [0]), *draw(said, 0, [0], {"goal_m": "200"})])
    assert stage.referee.end.tolist() == [End.GOAL, End.TIME]
    assert stage.referee.passed.tolist() == [True, False]
    assert stage.referee.end_tick[0] * 0.05 * 10.0 == pytest.approx(50.0, abs=8.0)
    assert 40.0 < stage.referee.value[1, 0] < 70.0


def test_the_ego_begins_as_told():
    said = cut_in(ego=Ego(LanePosition("7", -2, 10.0), 9.0, set_speed=11.0))
    stage = Stage(said, 2, stage_options(said))
    stage.begin(columns([one.values for one in draw(said, 0, range(2))]))
    body = stage.fleet.state.body[:, 0]
    assert body[:, col.SPEED].tolist() == [9.0, 9.0]
    assert body[:, col.TOLD_SPEED].tolist() == [11.0, 11.0]
    assert (body[:, col.SPEED_LIMIT] <= 11.0).all()
    x, y, _ = stage.view.pose("ego")
    assert np.hypot(x - x[0], y - y[0]).max() == 0.0


def test_without_a_driver_the_storyboard_moves_the_ego():
    said = cut_in(
        events=(When("slow", SimulationTimeCondition(1.0, "greaterOrEqual"), "ego", SpeedAction(AbsoluteTargetSpeed(2.0))),),
        criteria=(StaysOnRoad(),), limit_s=3.0,
    )  # fmt: skip
    stage = Stage(said, 1, stage_options(said), driven=False)
    stage.begin(columns([one.values for one in draw(said, 0, [0])]))
    while stage.live.any():
        stage.step()
    assert stage.view.speed("ego")[0] == 2.0
    assert stage.player.overruled == set()
    assert stage.referee.end_tick[0] == 60


def test_what_the_storyboard_would_do_with_a_driven_ego_is_noted():
    said = cut_in(
        events=(When("slow", SimulationTimeCondition(0.0), "ego", SpeedAction(AbsoluteTargetSpeed(2.0))),), limit_s=0.5
    )
    stage = Stage(said, 1, stage_options(said))
    drive(stage, IdmDriver(), draw(said, 0, [0]))
    assert stage.player.overruled == {"SpeedAction 'slow'"}
    assert stage.view.speed("ego")[0] > 7.0


def test_several_ticks_a_step_end_on_the_tick():
    said = cut_in(limit_s=0.55)
    stage = Stage(said, 1, stage_options(said, ticks_per_step=4))
    drive(stage, IdmDriver(), draw(said, 0, [0]))
    assert stage.referee.end_tick[0] == 11
    assert np.isfinite(stage.measures().least_gap_m).all()


def test_what_comes_after_the_end_can_be_shown_and_is_not_measured():
    """A film goes on for a second after the time is over, for which traces have no room."""
    stage = Stage(cut_in(limit_s=0.5), 1, stage_options(cut_in()))
    stage.begin(columns([draw(cut_in(), 0, [0])[0].values]))
    while stage.live.any():
        stage.step()
    before = stage.measures()
    for _ in range(10):
        stage.step()
    after = stage.measures()
    assert stage.referee.end[0] == End.TIME
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(before, after, strict=True))
