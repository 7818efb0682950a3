"""How parts of a storyboard begin and end: states, transitions, priorities, repetitions, triggers of acts, and an ego that an agent drives.

A transition is seen by conditions a tick after it is made, whichever part asks.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.story import Act, InitAction, Maneuver, ManeuverGroup, Story, Storyboard
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.script import trigger
from sim_suite.driving.storyboard.staging.parts import COMPLETE, RUNNING, STANDBY, Parts
from sim_suite.errors import SuiteError, UnknownNameError
from tests.driving.storyboard.stages_by_hand import (
    EAST,
    EGO_AWAY,
    FAR_EAST,
    Playing,
    at,
    begin,
    event,
    play,
    scenario,
    story,
)

CAR = begin("car", at(-1, 10.0), 10.0)


def ramp(speed, seconds=1.0):
    return a.SpeedAction(a.AbsoluteTargetSpeed(speed), a.TransitionDynamics("linear", "time", seconds))


def after(element, state="completeState", kind="event"):
    return trigger(o.StoryboardElementStateCondition(element, state, kind))


def states(playing, *names):
    return [int(playing.part(name).state[0]) for name in names]


def ask(playing, element, state, kind):
    condition = o.StoryboardElementStateCondition(element, state, kind)
    return bool(playing.player.parts.state_of(condition)[0])


def test_all_parts_run_and_end_one_in_the_other():
    names = ("story", "act", "group", "maneuver", "x")
    playing = play(CAR, event("x", ramp(20.0), 0.5))
    assert states(playing, *names) == [RUNNING, STANDBY, STANDBY, STANDBY, STANDBY]
    playing.tick(10)
    assert states(playing, *names) == [RUNNING, RUNNING, RUNNING, RUNNING, STANDBY]
    playing.tick()
    assert states(playing, *names) == [RUNNING] * 5
    playing.tick(19)
    assert states(playing, *names) == [RUNNING] * 5
    assert not playing.player.ended[0]
    playing.tick()
    assert states(playing, *names) == [COMPLETE] * 5
    assert playing.player.ended[0]


def test_transitions_are_seen_for_one_tick_by_everybody():
    playing = play(CAR, event("x", ramp(20.0), 0.5))
    seen = {"startTransition": [], "endTransition": [], "runningState": [], "standbyState": [], "completeState": []}
    for k in range(40):
        playing.tick()
        for name, ticks in seen.items():
            if ask(playing, "x", name, "event"):
                ticks.append(k)
    # The event begins in tick 10 and ends in tick 30.
    assert seen["startTransition"] == [11]
    assert seen["endTransition"] == [31]
    assert seen["runningState"] == list(range(10, 30))
    assert seen["standbyState"] == list(range(10))
    assert seen["completeState"] == list(range(30, 40))


@pytest.mark.parametrize(("state", "ticks"), [("startTransition", 1), ("endTransition", 21), ("completeState", 20)])
def test_one_event_can_wait_for_another(state, ticks):
    first, second = event("first", ramp(20.0)), event("second", ramp(0.0), after("first", state), priority="parallel")
    playing = play(CAR, first, second)
    for k in range(60):
        playing.tick()
        if states(playing, "second")[0] != STANDBY:
            assert k == ticks
            return
    raise AssertionError("it never began")


def test_parts_of_every_kind_are_found_by_name_and_by_path():
    playing = play(CAR, event("x", ramp(20.0))).tick(2)
    for element, kind in (
        ("story", "story"), ("act", "act"), ("group", "maneuverGroup"), ("maneuver", "maneuver"), ("x", "event"), ("x", "action"),
        ("maneuver::x", "event"), ("story::act::group::maneuver::x::x", "action"),
    ):  # fmt: skip
        assert ask(playing, element, "runningState", kind), (element, kind)
    with pytest.raises(UnknownNameError, match="story::act::group::maneuver::x"):
        ask(playing, "y", "runningState", "event")


def test_what_is_done_at_once_ends_at_once():
    playing = play(CAR, event("x", a.TeleportAction(at(-2, 50.0)))).tick()
    assert states(playing, "story", "act", "group", "maneuver", "x") == [COMPLETE] * 5


@pytest.mark.parametrize(
    ("priority", "first", "second"),
    [
        ("overwrite", COMPLETE, RUNNING),
        ("override", COMPLETE, RUNNING),
        ("skip", RUNNING, COMPLETE),
        ("parallel", RUNNING, RUNNING),
    ],
)
def test_priorities(priority, first, second):
    change = a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(1.0), "cubic")
    later = event("second", change, 0.5, priority=priority)
    playing = play(CAR, event("first", ramp(20.0, 4.0)), later)
    playing.tick(11)
    assert states(playing, "first", "second") == [first, second]
    playing.tick()
    assert ask(playing, "first", "stopTransition", "event") == (first == COMPLETE)
    assert ask(playing, "second", "skipTransition", "event") == (priority == "skip")
    # An event that was ended moves nobody any more.
    assert playing.tick(20).speed() == pytest.approx(11.25 if first == COMPLETE else 10.0 + 32 * 0.125)


def test_a_skipped_event_may_come_later_while_it_has_executions_left():
    edge = o.Condition(o.SimulationTimeCondition(0.5, "greaterOrEqual"), edge="rising")
    later = event("second", ramp(0.0), trigger(edge), priority="skip", max_executions=2)
    playing = play(CAR, event("first", ramp(20.0)), later).tick(40)
    assert states(playing, "second") == [STANDBY]
    assert int(playing.part("second").count[0]) == 1


def test_events_repeat_while_they_may():
    jump = event("x", a.VariableAction("n", 1.0, "add"), max_executions=3)
    playing = play(CAR, jump)
    seen = [float(playing.tick().view.values["n"][0]) for _ in range(5)]
    assert seen == [1.0, 2.0, 3.0, 3.0, 3.0]
    assert states(playing, "x", "maneuver", "story") == [COMPLETE] * 3


def test_groups_repeat_with_all_that_is_in_them():
    jump = event("x", a.VariableAction("n", 1.0, "add"), max_executions=2)
    playing = play(CAR, jump, max_executions=3)
    seen = [float(playing.tick().view.values["n"][0]) for _ in range(8)]
    assert seen[-1] == 6.0
    assert seen == sorted(seen)
    assert states(playing, "group", "story") == [COMPLETE] * 2


def two_acts(**second):
    groups = [
        (ManeuverGroup(f"group {k}", ("car",), (Maneuver(f"maneuver {k}", (event(f"x {k}", ramp(speed, 2.0)),)),)),)
        for k, speed in enumerate((20.0, 0.0))
    ]
    acts = (Act("first", groups[0]), Act("second", groups[1], **second))
    return scenario([*EGO_AWAY, *CAR], Storyboard((), (Story("story", acts),)))


def test_acts_begin_by_their_triggers():
    playing = Playing(two_acts(start=trigger(o.SimulationTimeCondition(1.0)))).tick(21)
    assert states(playing, "second", "x 1") == [STANDBY, STANDBY]
    playing.tick()
    assert states(playing, "second", "x 1") == [RUNNING, RUNNING]


def test_acts_stop_by_their_triggers_and_so_does_what_they_set_going():
    playing = play(CAR, event("x", ramp(20.0, 2.0)), act_stop=trigger(o.SimulationTimeCondition(0.5, "greaterOrEqual")))
    playing.tick(10)
    assert playing.speed() == pytest.approx(12.5)
    playing.tick(10)
    assert playing.speed() == pytest.approx(12.5)
    assert states(playing, "act", "group", "maneuver", "x", "story") == [COMPLETE] * 5
    assert playing.player.ended[0]


def test_a_stopped_way_and_a_stopped_lane_change_leave_the_car_where_it_is():
    stop = trigger(o.SimulationTimeCondition(0.5, "greaterOrEqual"))
    change = a.LaneChangeAction(a.AbsoluteTargetLane(-2), a.TransitionDynamics("linear", "time", 1.0))
    playing = play(CAR, event("x", change), act_stop=stop).tick(40)
    assert playing.pose()[1] == pytest.approx((EAST + FAR_EAST) / 2, abs=1e-4)
    points = (p.WorldPosition(10.0, EAST), p.WorldPosition(30.0, EAST + 1.0))
    way = p.Trajectory("way", p.Polyline(tuple(p.Vertex(one) for one in points)))
    playing = play(CAR, event("x", a.FollowTrajectoryAction(way)), act_stop=stop).tick(60)
    x, y, yaw = playing.pose()
    assert (y, yaw) == (pytest.approx(EAST + 0.25 + 0.025, abs=1e-3), pytest.approx(0.0, abs=1e-5))
    assert x == pytest.approx(40.0, abs=0.2)  # along the lane from where it was


def test_the_storyboard_stops_by_its_trigger():
    stop = trigger(o.SimulationTimeCondition(0.5, "greaterOrEqual"))
    playing = play(CAR, event("x", ramp(20.0, 0.1)), stop=stop).tick(10)
    assert not playing.player.ended[0]  # all is done, and yet it is not over
    assert playing.tick().player.ended[0]


def test_worlds_that_are_over_do_nothing_more():
    playing = play(CAR, event("x", ramp(20.0), 0.5), worlds=2).tick(20, live=np.array([True, False]))
    assert playing.part("x").state.tolist() == [RUNNING, STANDBY]


def test_triggers_of_each_world_by_itself():
    parameters = (vary("when", 0.0, 9.0, usual=0.0),)
    when = trigger(o.SimulationTimeCondition(P.when, "greaterOrEqual"))
    values = {"when": np.array([0.1, 0.3, 9.0])}
    playing = play(CAR, event("x", ramp(20.0, 0.2), when), worlds=3, values=values, parameters=parameters).tick(7)
    assert playing.part("x").state.tolist() == [COMPLETE, RUNNING, STANDBY]


def test_actors_may_be_those_who_triggered():
    condition = o.Condition(o.SpeedCondition(5.0, "greaterThan"), ("car", "ego"))
    start = o.Trigger((o.ConditionGroup((condition,)),))
    init = [*begin("ego", at(-2, 10.0), 4.0), *CAR]
    playing = play(init, event("x", ramp(0.0, 0.5), start), actors=(), select_triggering=True).tick(11)
    assert (playing.speed(), playing.speed("ego")) == (0.0, 4.0)
    assert states(playing, "x") == [COMPLETE]


def test_all_actors_of_a_group_act():
    init = [*begin("ego", at(-2, 10.0), 4.0), *CAR]
    playing = play(init, event("x", ramp(0.0, 0.5)), actors=("car", "ego")).tick(11)
    assert (playing.speed(), playing.speed("ego")) == (0.0, 0.0)


def test_who_is_not_there_is_waited_for_by_nobody():
    playing = play(CAR, event("x", ramp(0.0)), actors=("box",), entities=(Entity("box", "obstacle"),)).tick(2)
    assert states(playing, "x") == [COMPLETE]


def driven(*events):
    """The ego is an agent's."""
    said = scenario([*begin("ego", at(-2, 10.0), 4.0), *CAR], story(*events, actors=("ego", "car")))
    playing = Playing(said)
    playing.view.let_drive("ego")
    return playing


def test_an_agent_keeps_the_ego_and_what_it_was_told_is_noted():
    actions = (
        ramp(0.0, 0.5),
        a.TeleportAction(at(-2, 90.0)),
        a.DeleteEntityAction("ego"),
        a.AddEntityAction("ego", at(1, 9.0)),
    )
    playing = driven(*(event(f"x{k}", one, priority="parallel") for k, one in enumerate(actions))).tick(12)
    assert playing.pose("ego")[0] == pytest.approx(10.0)
    assert playing.view.exists("ego")[0]
    assert playing.player.overruled == {
        "SpeedAction 'x0'", "TeleportAction 'x1'", "DeleteEntityAction 'x2'", "AddEntityAction 'x3'",
    }  # fmt: skip
    assert [states(playing, f"x{k}")[0] for k in range(4)] == [COMPLETE] * 4


# Init.


def test_places_by_others_wait_for_the_others():
    init = [
        *begin("car", p.RelativeLanePosition("box", 0, 5.0)),
        *begin("box", p.RelativeObjectPosition("ego", 10.0, 0.0)),
        *begin("ego", at(-1, 20.0), 3.0),
        InitAction("car", a.SpeedAction(a.RelativeTargetSpeed("ego", 2.0, "factor"))),
    ]
    playing = play(init, entities=(Entity("box", "obstacle"),))
    assert playing.pose()[0] == pytest.approx(35.0)
    assert playing.pose("box")[0] == pytest.approx(30.0)
    assert playing.speed() == 6.0


def test_places_by_each_other_are_nowhere():
    init = [*begin("car", p.RelativeLanePosition("ego", 0, 5.0)), *begin("ego", p.RelativeLanePosition("car", 0, 5.0))]
    with pytest.raises(SuiteError, match="the places of car, ego are counted from each other"):
        play(init)


def test_the_ego_needs_a_place():
    with pytest.raises(SuiteError, match="'ego' has no place at the beginning"):
        Playing(scenario(CAR))


def test_who_has_no_place_cannot_be_counted_from():
    with pytest.raises(SuiteError, match="'box' has no place yet"):
        play(begin("car", p.RelativeObjectPosition("box", 5.0, 0.0)), entities=(Entity("box"),))


def test_parts_count_from_the_first_tick():
    parts = Parts(story(event("x", ramp(1.0))), 2)
    assert [part.kind for part in parts] == ["story", "act", "maneuverGroup", "maneuver", "event", "action"]
    assert all(part.state.tolist() == [STANDBY, STANDBY] for part in parts)
