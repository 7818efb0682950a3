"""Every action: what it does, when it is over, and what takes it over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.story import InitAction
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.script import trigger
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.parts import COMPLETE, RUNNING
from sim_suite.driving.world import layout as col
from sim_suite.errors import SuiteError
from tests.driving.storyboard.stages_by_hand import (
    EAST,
    EGO_AWAY,
    FAR_EAST,
    WEST,
    Playing,
    at,
    begin,
    event,
    play,
    scenario,
    story,
)

WALKER = Entity("walker", "pedestrian")


def ramp(speed, seconds=2.0, shape="linear"):
    return a.SpeedAction(a.AbsoluteTargetSpeed(speed), a.TransitionDynamics(shape, "time", seconds))


def state(playing, name, w=0):
    return int(playing.part(name).state[w])


def until_done(playing, name, ticks=2000):
    for k in range(ticks):
        if state(playing, name) == COMPLETE:
            return k
        playing.tick()
    raise AssertionError(f"{name} is not over after {ticks} ticks")


# Speed.


def test_relative_speeds():
    for value, kind, result in ((2.0, "delta", 6.0), (2.0, "factor", 8.0)):
        target = a.RelativeTargetSpeed("ego", value, kind)
        playing = play(
            [*begin("ego", at(-2, 5.0), 4.0), *begin("car", at(-1, 10.0))], event("x", a.SpeedAction(target))
        )
        assert playing.tick().speed() == result


def test_a_continuous_speed_follows_and_is_never_over():
    follow = a.SpeedAction(
        a.RelativeTargetSpeed("ego", 1.0, continuous=True), a.TransitionDynamics("linear", "time", 1.0)
    )
    init = [*begin("ego", at(-2, 5.0), 4.0), *begin("car", at(-1, 10.0), 10.0)]
    playing = play(init, event("follow", follow)).tick(20)
    assert playing.speed() == pytest.approx(5.0)
    playing.view.set_speed("ego", np.array([7.0]), playing.everywhere)
    assert playing.tick(2).speed() == pytest.approx(8.0)
    assert state(playing, "follow") == RUNNING


def test_an_action_of_the_same_kind_takes_over_and_ends_the_other():
    first = event("first", ramp(20.0, 4.0), priority="parallel")
    playing = play(begin("car", at(-1, 10.0), 10.0), first, event("second", ramp(0.0, 1.0), 1.0, priority="parallel"))
    playing.tick(21)
    assert playing.speed() == pytest.approx(12.5 * 0.95)
    playing.tick()
    assert state(playing, "first") == COMPLETE
    assert state(playing, "second") == RUNNING
    assert playing.tick(19).speed() == 0.0


def test_another_kind_of_action_does_not():
    change = a.LaneChangeAction(a.AbsoluteTargetLane(-2), a.TransitionDynamics("cubic", "time", 1.0))
    playing = play(
        begin("car", at(-1, 10.0), 10.0), event("first", ramp(20.0), priority="parallel"),
        event("second", change, 0.5, priority="parallel"),
    ).tick(40)  # fmt: skip
    assert playing.speed() == 20.0
    assert playing.pose()[1] == pytest.approx(FAR_EAST, abs=1e-5)


def test_a_profile_goes_from_speed_to_speed():
    entries = (a.SpeedProfileEntry(20.0, 2.0), a.SpeedProfileEntry(20.0, 1.0), a.SpeedProfileEntry(5.0, 3.0))
    playing = play(begin("car", at(-1, 10.0), 10.0), event("x", a.SpeedProfileAction(entries)))
    seen = [playing.tick().speed() for _ in range(121)]
    assert [seen[round(t / 0.05) - 1] for t in (1.0, 2.0, 3.0, 4.0, 6.0)] == pytest.approx(
        [15.0, 20.0, 20.0, 15.0, 5.0]
    )
    assert state(playing, "x") == COMPLETE


def test_a_profile_without_times_is_as_fast_as_its_bounds_allow():
    bounds = a.DynamicConstraints(2.0, 5.0)
    action = a.SpeedProfileAction((a.SpeedProfileEntry(14.0), a.SpeedProfileEntry(4.0)), constraints=bounds)
    playing = play(begin("car", at(-1, 10.0), 10.0), event("x", action))
    seen = [playing.tick().speed() for _ in range(80)]
    assert [seen[k] for k in (19, 39, 59, 79)] == pytest.approx([12.0, 14.0, 9.0, 4.0])
    at_once = a.SpeedProfileAction((a.SpeedProfileEntry(1.0),), "ego")
    init = [*begin("ego", at(-2, 5.0), 4.0), *begin("car", at(-1, 10.0), 10.0)]
    assert play(init, event("x", at_once)).tick().speed() == 5.0


@pytest.mark.parametrize("constraints", [None, a.DynamicConstraints(2.0, 3.0, 25.0)])
@pytest.mark.parametrize("freespace", [False, True])
@pytest.mark.parametrize("start", [30.0, 85.0])
def test_a_distance_is_reached_and_kept(constraints, freespace, start):
    entities = (Entity("ego", length=4.0), Entity("car", length=4.0))
    keep = a.LongitudinalDistanceAction("ego", 20.0, freespace=freespace, continuous=True, constraints=constraints)
    init = [*begin("ego", at(-2, 100.0), 5.0), *begin("car", at(-1, start), 5.0)]
    playing = play(init, event("keep", keep), entities=entities)
    least, speeds = 1e9, []
    for _ in range(500):
        playing.tick()
        least = min(least, playing.pose("ego")[0] - playing.pose()[0])
        speeds.append(playing.speed())
    wanted = 24.0 if freespace else 20.0
    assert playing.pose("ego")[0] - playing.pose()[0] == pytest.approx(wanted, abs=0.3)
    assert least > wanted - 5.5 if start < 80.0 else least > 14.9
    assert playing.speed() == pytest.approx(5.0, abs=0.1)
    assert state(playing, "keep") == RUNNING
    if constraints is not None:
        steps = np.diff([5.0, *speeds]) / 0.05
        assert steps.max() <= 2.0 + 1e-4
        assert steps.min() >= -3.0 - 1e-4


def test_a_distance_is_over_where_it_need_not_be_kept():
    reach = a.LongitudinalDistanceAction("ego", 20.0)
    playing = play([*begin("ego", at(-2, 100.0), 5.0), *begin("car", at(-1, 60.0), 5.0)], event("reach", reach))
    until_done(playing, "reach")
    assert playing.pose("ego")[0] - playing.pose()[0] == pytest.approx(20.0, abs=0.2)


@pytest.mark.parametrize(
    ("displacement", "start", "apart"),
    [("any", 130.0, -10.0), ("leadingReferencedEntity", 95.0, -10.0), ("trailingReferencedEntity", 95.0, 10.0)],
)
def test_distances_ahead_and_behind(displacement, start, apart):
    keep = a.LongitudinalDistanceAction("ego", 10.0, continuous=True, displacement=displacement)
    playing = play([*begin("ego", at(-2, 100.0), 5.0), *begin("car", at(-1, start), 5.0)], event("keep", keep)).tick(
        300
    )
    assert playing.pose("ego")[0] - playing.pose()[0] == pytest.approx(apart, abs=0.3)


def test_a_time_gap_counts_by_ones_own_speed():
    keep = a.LongitudinalDistanceAction("ego", time_gap=2.0, continuous=True, coordinate_system="road")
    playing = play([*begin("ego", at(-2, 100.0), 6.0), *begin("car", at(-1, 60.0), 6.0)], event("keep", keep)).tick(300)
    assert playing.pose("ego")[0] - playing.pose()[0] == pytest.approx(12.0, abs=0.5)


@pytest.mark.parametrize("final", [None, a.AbsoluteTargetSpeed(6.0)])
@pytest.mark.parametrize("speed", [8.0, 14.0])
def test_two_reach_their_places_together(final, speed):
    meet = a.SynchronizeAction("ego", at(-2, 180.0), at(-1, 150.0), final)
    init = [*begin("ego", at(-2, 80.0), speed), *begin("car", at(-1, 90.0), 3.0)]
    playing = play(init, event("meet", meet))
    arrived = {}
    for k in range(400):
        playing.tick()
        for name, x in (("ego", 180.0), ("car", 150.0)):
            if playing.pose(name)[0] >= x - 0.1:
                arrived.setdefault(name, 0.05 * (k + 1))
        if "car" in arrived and final is not None and "speed" not in arrived:
            arrived["speed"] = playing.speed()
    assert abs(arrived["car"] - arrived["ego"]) <= 0.1 + 1e-9
    assert arrived["ego"] == pytest.approx(100.0 / speed, abs=0.06)
    assert state(playing, "meet") == COMPLETE
    if final is not None:
        assert arrived["speed"] == pytest.approx(6.0, abs=0.7)


def test_a_walker_meets_a_car():
    meet = a.SynchronizeAction("ego", p.WorldPosition(150.0, EAST), p.WorldPosition(150.0, EAST))
    walker = begin("walker", at(-2, 150.0, offset=-4.0, orientation=p.Orientation(math.pi / 2)), 1.0)
    playing = play(
        [*begin("ego", at(-1, 50.0), 10.0), *walker], event("meet", meet), actors=("walker",), entities=(WALKER,)
    )
    playing.tick(200)
    assert playing.pose("ego")[0] == pytest.approx(150.0, abs=1e-3)
    assert playing.pose("walker")[1] == pytest.approx(EAST, abs=0.15)


# Beside.


def test_lane_changes_counted_from_another():
    init = [*begin("ego", at(-2, 50.0)), *begin("car", at(-1, 10.0), 10.0)]
    for steps, y in ((0, FAR_EAST), (1, EAST), (2, WEST)):
        change = a.LaneChangeAction(a.RelativeTargetLane("ego", steps), a.TransitionDynamics("linear", "time", 1.0))
        assert play(init, event("x", change)).tick(20).pose()[1] == pytest.approx(y, abs=1e-5)


def test_lane_changes_that_cannot_be():
    change = a.LaneChangeAction(a.AbsoluteTargetLane(-3), a.TransitionDynamics("linear", "time", 1.0))
    with pytest.raises(SuiteError, match="no lane -3"):
        play(begin("car", at(-1, 10.0), 10.0), event("x", change)).tick()


def test_an_ego_that_has_gone_astray_counts_as_on_the_nearest_lane():
    change = a.LaneChangeAction(a.RelativeTargetLane("ego", 0), a.TransitionDynamics("linear", "time", 1.0))
    astray = p.WorldPosition(10.0, -60.0)  # far to the south of the street, whose southernmost lane is -2
    playing = play([*begin("ego", astray), *begin("car", at(-1, 10.0), 10.0)], event("x", change)).tick(20)
    assert playing.pose()[1] == pytest.approx(FAR_EAST, abs=1e-5)
    assert not playing.view.left_out


def test_a_lane_counted_from_somebody_that_is_not_there_is_not_changed_to_and_that_is_said():
    change = a.LaneChangeAction(a.RelativeTargetLane("ego", -1), a.TransitionDynamics("linear", "time", 1.0))
    playing = play([*begin("ego", at(-2, 50.0)), *begin("car", at(-1, 10.0), 10.0)], event("x", change)).tick(20)
    assert playing.pose()[1] == pytest.approx(EAST, abs=1e-5)
    assert playing.view.left_out == {"car could not change to a lane that is not beside its own, and stayed"}


@pytest.mark.parametrize(("lane", "middle"), [(-1, EAST), (1, WEST)])
def test_an_offset_counts_as_the_roads_t(lane, middle):
    action = a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(0.8), "cubic", 1.2)
    playing = play(begin("car", at(lane, 100.0), 10.0), event("x", action))
    ticks = until_done(playing, "x")
    assert ticks * 0.05 == pytest.approx(math.sqrt(6.0 * 0.8 / 1.2), abs=0.1)
    assert playing.pose()[1] == pytest.approx(middle + 0.8, abs=1e-5)


def test_the_lateral_acceleration_of_an_offset_is_as_said():
    for shape in ("cubic", "sinusoidal"):
        action = a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(1.5), shape, 0.9)
        playing = play(begin("car", at(-1, 10.0), 20.0), event("x", action))
        y = [playing.pose()[1], *(playing.tick().pose()[1] for _ in range(80))]
        assert np.abs(np.diff(y, 2)).max() / 0.05**2 == pytest.approx(0.9, rel=0.1), shape


def test_an_offset_may_be_anothers_and_stay():
    action = a.LaneOffsetAction(a.RelativeTargetLaneOffset("ego", 0.2), continuous=True)
    init = [*begin("ego", at(1, 100.0, offset=0.5)), *begin("car", at(-1, 10.0), 10.0)]
    playing = play(init, event("x", action)).tick(3)
    assert playing.pose()[1] == pytest.approx(EAST + 0.7)  # the other's is 0.5 in the road's direction
    assert state(playing, "x") == RUNNING


@pytest.mark.parametrize(
    ("lane", "displacement", "freespace", "shift"),
    [
        (-1, "leftToReferencedEntity", False, 2.5), (-1, "rightToReferencedEntity", False, -2.5),
        (1, "leftToReferencedEntity", False, -2.5), (-1, "leftToReferencedEntity", True, 4.5), (-1, "any", False, -2.5),
    ],
)  # fmt: skip
def test_a_distance_beside_another(lane, displacement, freespace, shift):
    """Left and right are those of the other, who drives west on lane 1."""
    entities = (Entity("ego", width=2.0), Entity("car", width=2.0))
    action = a.LateralDistanceAction("ego", 2.5, freespace, displacement=displacement)
    init = [*begin("ego", at(lane, 100.0)), *begin("car", at(-2, 10.0), 10.0)]
    playing = play(init, event("x", action), entities=entities)
    until_done(playing, "x")
    assert playing.pose()[1] - playing.pose("ego")[1] == pytest.approx(shift, abs=1e-4)


def test_an_offset_is_over_for_who_leaves_the_lanes():
    offset = event("offset", a.LaneOffsetAction(a.AbsoluteTargetLaneOffset(1.0), "cubic", 0.1), priority="parallel")
    way = p.Trajectory(
        "way", p.Polyline((p.Vertex(p.WorldPosition(20.0, 40.0)), p.Vertex(p.WorldPosition(90.0, 40.0))))
    )
    follow = event("follow", a.FollowTrajectoryAction(way), 0.5, priority="parallel")
    playing = play(begin("car", at(-1, 10.0), 10.0), offset, follow).tick(14)
    assert state(playing, "offset") == COMPLETE
    assert playing.pose()[1] == pytest.approx(40.0)


# Places and ways.


def test_being_somewhere_else_at_once():
    playing = play(begin("car", at(-1, 10.0), 10.0), event("x", a.TeleportAction(at(1, 50.0)), 1.0)).tick(21)
    assert playing.pose()[:2] == (pytest.approx(49.5), pytest.approx(WEST))
    assert playing.tick(20).pose()[0] == pytest.approx(39.5, abs=1e-3)
    assert state(playing, "x") == COMPLETE


def test_a_walker_goes_straight_there_and_arrives():
    go = event("go", a.AcquirePositionAction(p.WorldPosition(60.0, 30.0)))
    playing = play(begin("walker", p.WorldPosition(30.0, 30.0), 2.0), go, actors=("walker",), entities=(WALKER,)).tick(
        20
    )
    assert playing.pose("walker") == (pytest.approx(32.0), pytest.approx(30.0), pytest.approx(0.0))
    assert state(playing, "go") == RUNNING
    until_done(playing, "go")
    assert playing.pose("walker")[0] == pytest.approx(58.0, abs=0.3)


def test_a_car_drives_there():
    go = event("go", a.AcquirePositionAction(p.LanePosition("b", -1, 40.0)))
    playing = play(begin("car", at(-1, 150.0), 10.0), go)
    until_done(playing, "go")
    assert playing.pose()[0] == pytest.approx(238.0, abs=0.6)
    assert playing.view.cast.integer[0, playing.view.slots["car"], c.ROUTE] >= 0


def test_a_route_is_assigned_at_once():
    route = p.Route("route", (p.Waypoint(p.LanePosition("b", -1, 10.0)), p.Waypoint(p.LanePosition("b", -1, 40.0))))
    playing = play(begin("car", at(-1, 150.0), 10.0), event("go", a.AssignRouteAction(route))).tick(2)
    assert state(playing, "go") == COMPLETE


def test_only_those_who_begin_a_way_get_points():
    parameters = (vary("when", 0.0, 9.0, usual=0.0),)
    way = p.Trajectory(
        "way", p.Polyline((p.Vertex(p.WorldPosition(20.0, 40.0)), p.Vertex(p.WorldPosition(90.0, 40.0))))
    )
    when = trigger(o.SimulationTimeCondition(P.when, "greaterOrEqual"))
    playing = play(
        begin("car", at(-1, 10.0), 10.0), event("go", a.FollowTrajectoryAction(way), when), worlds=3,
        values={"when": np.array([0.0, 0.5, 9.0])}, parameters=parameters,
    ).tick(20)  # fmt: skip
    assert len(playing.view.cast.track) == 1 + 2
    assert [playing.pose("car", w)[0] for w in range(3)] == pytest.approx([30.0, 25.0, 20.0], abs=1e-3)


def test_times_that_a_trajectory_has_not():
    way = p.Trajectory(
        "way", p.Polyline((p.Vertex(p.WorldPosition(20.0, 40.0)), p.Vertex(p.WorldPosition(90.0, 40.0))))
    )
    with pytest.raises(SuiteError, match="followed by its times and has none"):
        play(begin("car", at(-1, 10.0)), event("x", a.FollowTrajectoryAction(way, a.Timing()))).tick()


# Coming, going, and what concerns nobody.


def test_entities_come_and_go():
    added = event("add", a.AddEntityAction("box", at(-2, 50.0)), 0.1)
    gone = event("delete", a.DeleteEntityAction("box"), 0.2)
    playing = play(begin("car", at(-1, 10.0)), added, gone, entities=(Entity("box", "obstacle"),)).tick(2)
    assert not playing.view.exists("box")[0]
    playing.tick()
    assert playing.view.exists("box")[0]
    assert playing.pose("box")[:2] == (pytest.approx(50.0), pytest.approx(FAR_EAST))
    assert not playing.tick(2).view.exists("box")[0]


def test_who_comes_again_begins_anew():
    again = (a.DeleteEntityAction("car"), a.AddEntityAction("car", at(-2, 50.0)))
    playing = play(begin("car", at(-1, 10.0), 10.0), event("x", ramp(20.0)), event("again", again, 0.5)).tick(40)
    assert playing.pose()[0] == pytest.approx(50.0)
    assert playing.speed() == 0.0


def test_variables_are_set_added_to_and_multiplied():
    steps = (a.VariableAction("n", 3.0), a.VariableAction("n", P.x, "add"), a.VariableAction("n", 2.0, "multiply"))
    board = story(*(event(f"e{k}", one, 0.05 * k, priority="parallel") for k, one in enumerate(steps)))
    init = [*EGO_AWAY, *begin("car", at(-1, 10.0))]
    variables = (Variable("n", P.x * 10.0), Variable("word", "dry"))
    said = scenario(init, board, parameters=(vary("x", 0.0, 9.0, usual=1.0),), variables=variables)
    playing = Playing(said, 2, {"x": np.array([1.0, 2.0])})
    seen = [playing.view.values["n"].tolist()]
    for _ in range(3):
        seen.append(playing.tick().view.values["n"].tolist())
    assert seen == [[10.0, 20.0], [3.0, 3.0], [4.0, 5.0], [8.0, 10.0]]
    assert playing.view.texts["word"] == "dry"


def test_the_weather():
    init = [InitAction("", a.EnvironmentAction(visibility=80.0))]
    wet = event("wet", a.EnvironmentAction(friction=0.4), 0.1)
    playing = play([*init, *begin("car", at(-1, 10.0))], wet).tick(2)
    before = playing.view.state.weather[0, [col.FRICTION, col.VISIBILITY]].tolist()
    playing.tick()
    after = playing.view.state.weather[0, [col.FRICTION, col.VISIBILITY]].tolist()
    assert before == pytest.approx([1.0, 80.0])
    assert after == pytest.approx([0.4, 80.0])


def test_what_has_no_counterpart_does_nothing():
    playing = play(begin("car", at(-1, 10.0), 10.0), event("x", a.RecordedAction("ControllerAction"))).tick(3)
    assert state(playing, "x") == COMPLETE
    assert playing.pose()[0] == pytest.approx(11.5)


def test_what_fails_in_one_world_is_no_matter_in_the_others():
    """World 1 has nobody to count from and no lane to go to, but does not get so far."""
    parameters = (vary("when", 0.0, 9.0, usual=0.0), vary("lane", -2.0, 2.0, usual=-1.0))
    beside = p.RelativeLanePosition("car", -1, 5.0)
    actions = (
        a.LaneChangeAction(a.RelativeTargetLane("car", -1), a.TransitionDynamics("linear", "time", 1.0)),
        a.AddEntityAction("box", beside), a.AcquirePositionAction(p.RelativeLanePosition("car", -1, 60.0)),
        a.FollowTrajectoryAction(p.Trajectory("w", p.Polyline((p.Vertex(at(-1, 9.0)), p.Vertex(beside))))),
    )  # fmt: skip
    when = trigger(o.SimulationTimeCondition(P.when, "greaterOrEqual"))
    values = {"when": np.array([0.0, 9.0]), "lane": np.array([-1.0, -2.0])}
    for action in actions:
        playing = play(
            begin("car", at(P.lane, 10.0), 10.0), event("x", action, when), worlds=2, values=values, parameters=parameters,
            entities=(Entity("box", "obstacle"),),
        ).tick(3)  # fmt: skip
        assert playing.pose("car", 1)[0] == pytest.approx(11.5), action
