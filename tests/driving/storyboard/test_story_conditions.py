"""Every condition in a pair of cases, one in which it holds and one in which it does not; edges, delays and who must meet them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import Parameter, vary
from sim_suite.driving.storyboard.staging.distances import along_lanes, distance, signed_distance
from sim_suite.driving.storyboard.staging.judging import holds
from sim_suite.driving.storyboard.staging.watch import TriggerWatch
from tests.driving.storyboard.stages_by_hand import EAST, at, begin, event, play

TURNED = p.Orientation(math.pi / 2)


def stage(**more):
    """car: lane -1, s = 60, 10 m/s. ego: lane -2, s = 90, 4 m/s. Both as long as wide things are: 4 m x 2 m."""
    box = {"length": 4.0, "width": 2.0}
    entities = (Entity("ego", **box), Entity("car", **box))
    init = [*begin("ego", at(-2, 90.0), 4.0), *begin("car", at(-1, 60.0), 10.0)]
    return play(init, entities=entities, **more)


def ask(condition, playing=None, entity="car"):
    playing = stage() if playing is None else playing
    found = holds(condition, entity, playing.view, playing.player.parts)
    assert found.dtype == bool
    return found.tolist() if len(found) > 1 else bool(found[0])


NEXT = p.RelativeObjectPosition("car", 20.0, 3.0)


@pytest.mark.parametrize(
    ("condition", "just"),
    [
        # 30 m ahead and 3.5 m to the right; boxes end 2 m before and 1 m beside their middles.
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan"), math.hypot(30.0, 3.5)),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", freespace=True), math.hypot(26.0, 1.5)),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "longitudinal"), 30.0),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "longitudinal", True), 26.0),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "longitudinal", True, "road"), 26.0),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "lateral"), 3.5),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "lateral", True), 1.5),
        (lambda v: o.RelativeDistanceCondition("ego", v, "lessThan", "lateral", False, "lane"), 3.5),
        (lambda v: o.DistanceCondition(NEXT, v, "lessThan"), math.hypot(20.0, 3.0)),
        (lambda v: o.DistanceCondition(NEXT, v, "lessThan", True), math.hypot(18.0, 2.0)),
        (lambda v: o.DistanceCondition(NEXT, v, "lessThan", False, "entity", "longitudinal"), 20.0),
        (lambda v: o.DistanceCondition(NEXT, v, "lessThan", True, "entity", "lateral"), 2.0),
        (lambda v: o.DistanceCondition(NEXT, v, "lessThan", False, "road", "lateral"), 3.0),
        (lambda v: o.DistanceCondition(at(-2, 130.0), v, "lessThan", False, "road", "longitudinal"), 70.0),
        (lambda v: o.DistanceCondition(at(-2, 130.0), v, "lessThan", False, "lane", "lateral"), 3.5),
        (lambda v: o.ReachPositionCondition(NEXT, v), math.hypot(20.0, 3.0)),
        (lambda v: o.TimeHeadwayCondition("ego", v, "lessThan", False, "entity", "longitudinal"), 3.0),
        (lambda v: o.TimeHeadwayCondition("ego", v, "lessThan", True, "road", "longitudinal"), 2.6),
        (lambda v: o.TimeToCollisionCondition("ego", v, "lessThan", False, "entity", "longitudinal"), 5.0),
        (lambda v: o.TimeToCollisionCondition("ego", v, "lessThan", True, "road", "longitudinal"), 26.0 / 6.0),
        (lambda v: o.TimeToCollisionCondition("ego", v, "lessThan"), (30.0**2 + 3.5**2) / (6.0 * 30.0)),
        (lambda v: o.TimeToCollisionCondition(NEXT, v, "lessThan", False, "entity", "longitudinal"), 2.0),
        (lambda v: o.SpeedCondition(v, "lessThan"), 10.0),
        (lambda v: o.SpeedCondition(v, "lessThan", "longitudinal"), 10.0),
        (lambda v: o.SpeedCondition(v, "lessThan", "lateral"), 0.0),
        (lambda v: o.RelativeSpeedCondition("ego", v, "lessThan"), 6.0),
        (lambda v: o.RelativeSpeedCondition("ego", v, "lessThan", "longitudinal"), 6.0),
        (lambda v: o.AccelerationCondition(v, "lessThan"), 0.0),
        (lambda v: o.AngleCondition(0.2, v, "world"), 0.2),
        (lambda v: o.AngleCondition(math.pi, v, "lane"), math.pi),
        (lambda v: o.RelativeAngleCondition("ego", -0.3, v), 0.3),
    ],
)  # fmt: skip
def test_measures_by_hand(condition, just):
    assert ask(condition(just + 1e-3))
    assert not ask(condition(just - 1e-3))


def test_distances_need_both_to_be_there():
    playing = stage()
    playing.view.remove("ego", playing.everywhere)
    for rule in ("lessThan", "greaterThan", "notEqualTo"):
        assert not ask(o.RelativeDistanceCondition("ego", 30.0, rule), playing)
        assert not ask(o.TimeToCollisionCondition("ego", 30.0, rule, True), playing)
    assert not ask(o.SpeedCondition(1.0, "lessThan"), playing, "ego")
    assert not ask(o.DistanceCondition(p.RelativeLanePosition("ego", 0, 1.0), 1e6, "lessThan"), playing)
    assert not ask(o.ReachPositionCondition(p.RelativeObjectPosition("ego", 1.0, 0.0), 1e6), playing)


def test_signs_of_distances():
    playing = stage()
    assert signed_distance(playing.view, "car", "ego", "longitudinal", "road")[0] == pytest.approx(30.0)
    assert signed_distance(playing.view, "ego", "car", "longitudinal", "road")[0] == pytest.approx(-30.0)
    assert signed_distance(playing.view, "car", "ego", "lateral", "road")[0] == pytest.approx(-3.5)
    assert signed_distance(playing.view, "ego", "car", "lateral", "entity")[0] == pytest.approx(3.5)


def test_along_the_lanes_over_roads_and_not_to_oncoming_ones():
    playing = stage()
    view = playing.view
    names = [view.map.graph.name_of(k) for k in range(view.map.graph.num_lanes)]
    lanes = [np.array([names.index(one)], np.int32) for one in ("a/0/-1", "b/0/-2", "a/0/1")]
    arc = np.array([10.0])
    assert along_lanes(view, lanes[0], arc, lanes[1], arc)[0] == pytest.approx(200.0)
    assert along_lanes(view, lanes[1], arc, lanes[0], arc)[0] == pytest.approx(-200.0)
    assert np.isnan(along_lanes(view, lanes[0], arc, lanes[2], arc)[0])
    assert np.isnan(along_lanes(view, lanes[0], arc, np.array([-1], np.int32), arc)[0])


def test_lateral_distance_to_a_place_on_no_lane_is_that_of_the_entity():
    place = p.WorldPosition(70.0, EAST + 2.5)
    for system in ("entity", "road", "lane"):
        assert distance(stage().view, "car", place, "lateral", system, False)[0] == pytest.approx(2.5)


def test_relative_speeds_along_and_across():
    init = [*begin("ego", at(-2, 90.0, orientation=TURNED), 4.0), *begin("car", at(-1, 60.0), 10.0)]
    playing = play(init)
    assert ask(o.RelativeSpeedCondition("ego", 9.9, "greaterThan", "longitudinal"), playing)
    assert ask(o.RelativeSpeedCondition("ego", -3.9, "lessThan", "lateral"), playing)
    assert ask(o.RelativeSpeedCondition("ego", -5.9, "lessThan"), playing, "ego") is False
    assert ask(o.RelativeAngleCondition("ego", math.pi / 2, 0.01), playing)


def test_who_goes_away_never_collides():
    playing = stage()
    playing.view.set_speed("ego", np.array([10.0]), playing.everywhere)
    assert not ask(o.TimeToCollisionCondition("ego", 1e6, "lessThan"), playing)
    assert ask(o.TimeToCollisionCondition("ego", 1e6, "greaterThan"), playing)


def test_collisions_by_partner_and_kind():
    kinds = {"ego": "car", "walker": "pedestrian", "box": "obstacle"}
    entities = tuple(Entity(name, kind, 2.0, 2.0) for name, kind in (*kinds.items(), ("car", "car")))
    for near, answers in (("ego", "vehicle"), ("walker", "pedestrian"), ("box", "miscellaneous")):
        init = begin("car", at(-1, 60.0))
        for k, name in enumerate(kinds):
            init += begin(name, at(-1, 61.9 if name == near else 70.0 + 10 * k))
        playing = play(init, entities=entities)
        for kind in ("vehicle", "pedestrian", "miscellaneous"):
            assert ask(o.CollisionCondition(kind=kind), playing) == (kind == answers)
        for name in kinds:
            assert ask(o.CollisionCondition(name), playing) == (name == near)
        assert ask(o.CollisionCondition(), playing)


def test_accelerations():
    slower = event("slower", a.SpeedAction(a.AbsoluteTargetSpeed(0.0), a.TransitionDynamics("linear", "rate", 3.0)))
    playing = play(begin("car", at(-1, 60.0), 10.0), slower).tick(5)
    assert ask(o.AccelerationCondition(-2.9, "lessThan", "longitudinal"), playing)
    assert not ask(o.AccelerationCondition(-3.1, "lessThan", "longitudinal"), playing)
    assert ask(o.AccelerationCondition(2.9, "greaterThan"), playing)  # of no direction: its amount
    assert not ask(o.AccelerationCondition(0.1, "greaterThan", "lateral"), playing)
    assert not ask(o.AccelerationCondition(0.1, "greaterThan", "vertical"), playing)


def test_standing_counts_from_the_moment_of_standing():
    playing = play(begin("car", at(-1, 60.0)))
    assert not ask(o.StandStillCondition(0.0), playing)
    playing.tick(19)
    assert not ask(o.StandStillCondition(1.0), playing)
    playing.tick()
    assert ask(o.StandStillCondition(1.0), playing)
    playing.view.set_speed("car", np.array([1.0]), playing.everywhere)
    assert not ask(o.StandStillCondition(0.05), playing.tick())


def test_the_end_of_the_road_and_beside_it():
    playing = play(begin("car", p.LanePosition("b", -1, 99.0), 10.0)).tick(2)
    assert not ask(o.EndOfRoadCondition(0.0), playing)
    playing.tick(1)
    assert ask(o.EndOfRoadCondition(0.0), playing)
    playing.tick(19)
    assert ask(o.EndOfRoadCondition(1.0), playing)
    assert not ask(o.EndOfRoadCondition(1.05), playing)
    off = play(begin("car", p.WorldPosition(60.0, 40.0), 1.0)).tick(20)
    assert ask(o.OffroadCondition(0.95), off)
    assert not ask(o.OffroadCondition(1.1), off)
    assert not ask(o.OffroadCondition(0.0), stage().tick(3))


def test_the_way_gone():
    playing = stage().tick(20)
    assert ask(o.TraveledDistanceCondition(9.99), playing)
    assert not ask(o.TraveledDistanceCondition(10.01), playing)


def test_time_is_exact():
    playing = stage().tick(40)
    for rule, answer in (
        ("equalTo", True), ("greaterOrEqual", True), ("lessOrEqual", True), ("greaterThan", False), ("lessThan", False),
        ("notEqualTo", False),
    ):  # fmt: skip
        assert ask(o.SimulationTimeCondition(2.0, rule), playing, "") == answer


def test_parameters_and_variables():
    parameters = (vary("x", 0.0, 9.0, usual=3.0), Parameter("word", "rain", type="string"))
    playing = stage(worlds=2, values={"x": np.array([3.0, 4.0])}, parameters=parameters)
    assert ask(o.ParameterCondition("x", 3.0), playing, "") == [True, False]
    assert ask(o.VariableCondition("x", P.x - 1.0, "greaterThan"), playing, "") == [True, True]
    assert ask(o.ParameterCondition("word", "rain"), playing, "") == [True, True]
    assert ask(o.ParameterCondition("word", "sun"), playing, "") == [False, False]
    assert ask(o.VariableCondition("unknown", 3.0), playing, "") == [False, False]


def test_free_lanes_beside():
    """car at s = 60 of lane -1, ego at s = 90 of lane -2: 26 m are free between their boxes."""
    beside = ((-1, -1),)
    assert not ask(o.RelativeClearanceCondition(26.1, 0.0, lanes=beside))
    assert ask(o.RelativeClearanceCondition(25.9, 0.0, lanes=beside))
    assert ask(o.RelativeClearanceCondition(29.9, 0.0, False, lanes=beside))
    assert not ask(o.RelativeClearanceCondition(30.1, 0.0, False, lanes=beside))
    assert ask(o.RelativeClearanceCondition(50.0, 0.0))  # its own lane
    assert ask(o.RelativeClearanceCondition(0.0, 50.0, lanes=beside))
    assert not ask(o.RelativeClearanceCondition(0.0, 26.1, lanes=((1, 1),)), entity="ego")
    assert not ask(o.RelativeClearanceCondition(50.0, 50.0, lanes=((-3, 3),)))  # more lanes than there are
    assert ask(o.RelativeClearanceCondition(50.0, 0.0, lanes=beside, entities=("car",)))


def test_free_lanes_over_the_border_of_roads_and_among_oncoming_ones():
    init = [*begin("ego", p.LanePosition("b", -2, 10.0)), *begin("car", at(-1, 190.0))]
    assert not ask(o.RelativeClearanceCondition(30.0, 0.0, lanes=((-1, -1),)), play(init))
    assert ask(o.RelativeClearanceCondition(30.0, 0.0, lanes=((0, 0),)), play(init))
    init = [*begin("ego", at(1, 80.0)), *begin("car", at(-1, 60.0))]
    assert ask(o.RelativeClearanceCondition(30.0, 0.0, lanes=((1, 1),)), play(init))
    assert not ask(o.RelativeClearanceCondition(30.0, 0.0, True, True, ((1, 1),)), play(init))


def test_angles_against_lanes_that_run_west():
    playing = play(begin("car", at(1, 60.0, orientation=p.Orientation(0.2))))
    assert ask(o.AngleCondition(0.2, 0.01, "lane"), playing)
    assert ask(o.AngleCondition(math.pi + 0.2, 0.01, "world"), playing)
    assert not ask(o.AngleCondition(0.2, 0.01, "world"), playing)


# Triggers.


def watch(condition, playing, ticks, entities=(), masks=None, every=False, **more):
    """Ticks at which the trigger holds, of each world."""
    full = o.Condition(condition, entities, every, **more)
    looking = TriggerWatch(o.Trigger((o.ConditionGroup((full,)),)), playing.view.num_worlds)
    found = [[] for _ in range(playing.view.num_worlds)]
    for k in range(ticks):
        mask = playing.everywhere if masks is None else masks(k)
        for w in np.flatnonzero(looking.look(mask, playing.view, playing.player.parts)):
            found[w].append(k)
        playing.tick()
    return found if len(found) > 1 else found[0]


BETWEEN = o.SimulationTimeCondition(0.3, "lessThan")


def test_edges():
    assert watch(BETWEEN, stage(), 10) == list(range(6))
    assert watch(BETWEEN, stage(), 10, edge="falling") == [6]
    assert watch(BETWEEN, stage(), 10, edge="rising") == []  # nothing has risen at the first look
    after = o.SimulationTimeCondition(0.3, "greaterOrEqual")
    assert watch(after, stage(), 10, edge="rising") == [6]
    assert watch(after, stage(), 10, edge="risingOrFalling") == [6]
    assert watch(BETWEEN, stage(), 10, edge="risingOrFalling") == [6]


def test_delays():
    assert watch(BETWEEN, stage(), 14, delay=0.2) == list(range(4, 10))
    assert watch(BETWEEN, stage(), 14, edge="falling", delay=0.2) == [10]
    parameters = (vary("d", 0.0, 1.0, usual=0.0),)
    playing = stage(worlds=2, values={"d": np.array([0.0, 0.2])}, parameters=parameters)
    assert watch(BETWEEN, playing, 14, edge="falling", delay=P.d) == [[6], [10]]


@pytest.mark.parametrize(
    "more", [{"delay": 0.2}, {"edge": "falling"}, {"edge": "rising"}, {"edge": "rising", "delay": 0.1}]
)
def test_who_else_waits_changes_nothing(more):
    """World 0 waits but for ticks 5 to 7; world 1 always, never, or by itself."""
    condition = o.SimulationTimeCondition(0.3, "lessThan")
    own = lambda k: k not in (5, 6, 7)  # noqa: E731
    alone = watch(condition, stage(), 16, masks=lambda k: np.array([own(k)]), **more)
    for other in (lambda k: True, lambda k: False, lambda k: k % 2 == 0):
        both = watch(condition, stage(worlds=2), 16, masks=lambda k, o=other: np.array([own(k), o(k)]), **more)
        assert both[0] == alone


def test_any_or_every_entity_groups_and_conditions():
    fast = o.SpeedCondition(5.0, "greaterThan")
    assert watch(fast, stage(), 1, ("car", "ego")) == [0]
    assert watch(fast, stage(), 1, ("car", "ego"), every=True) == []
    assert watch(fast, stage(), 1, ("car",), every=True) == [0]
    yes, no = o.Condition(BETWEEN), o.Condition(o.SimulationTimeCondition(9.0))
    playing = stage()
    for groups, answer in (
        ((), True), (((yes, yes),), True), (((yes, no),), False), (((yes, no), (yes,)), True), (((no,), (no, yes)), False),
    ):  # fmt: skip
        found = TriggerWatch(o.Trigger(tuple(o.ConditionGroup(one) for one in groups)), 1)
        assert found.look(playing.everywhere, playing.view, playing.player.parts)[0] == answer, groups


def test_only_where_it_is_waited_for():
    found = watch(BETWEEN, stage(worlds=2), 3, masks=lambda k: np.array([k > 0, False]))
    assert found == [[1, 2], []]


def test_who_triggered():
    said = o.Trigger((o.ConditionGroup((o.Condition(o.SpeedCondition(5.0, "greaterThan"), ("ego", "car")),)),))
    names, met = TriggerWatch(said, 1).who(stage().view, None)
    assert (names, met.tolist()) == (("ego", "car"), [[False], [True]])
