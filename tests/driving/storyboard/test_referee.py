"""Every criterion kept and broken, why a variation ends, and that its end is the last word."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.storyboard import criteria as j
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.staging.player import Player
from sim_suite.driving.storyboard.staging.referee import NEVER, End, Referee
from sim_suite.driving.storyboard.staging.view import View
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.storyboard.stages_by_hand import at, begin, scenario, street_map

NEVER_MIND = np.zeros(2, np.bool_)


class Judged:
    """Two worlds of which only the first is written to; the ego is at (20, -5.25)."""

    def __init__(self, *criteria, limit_s=10.0, **more):
        said = scenario(
            [*begin("ego", at(-2, 20.0)), *begin("car", at(-1, 20.0))], criteria=criteria, limit_s=limit_s, **more
        )
        world = World(street_map(), 2, WorldOptions(agents=1, vehicles=0, spare=1))
        world.reset([0, 0])
        values = {one.name: np.array([one.value, one.value + 1.0]) for one in said.parameters}
        self.view = View(street_map(), world.state, said, values)
        self.view.let_drive("ego")
        Player(said, self.view).begin(np.ones(2, np.bool_))
        # The world judged the ego by a route of its own.
        world.state.tally[:] = 0
        world.state.world[:, col.NUM_EVENTS_NOW] = 0
        world.state.body[:, 0, [col.LATERAL, col.HEADING_ERROR]] = 0.0
        self.state, self.referee = world.state, Referee(said, self.view)

    def tally(self, kind, count=1):
        self.state.tally[0, 0, kind] = count
        return self

    def body(self, column, value):
        self.state.body[0, 0, column] = value
        return self

    def look(self, ticks=1, ended=NEVER_MIND):
        for _ in range(ticks):
            self.state.world[:, col.TICK] += 1
            self.referee.look(ended)
        return self

    def at(self, tick):
        self.state.world[:, col.TICK] = tick - 1
        return self


def result(judged, k=0, w=0):
    referee = judged.referee
    return float(referee.value[w, k]), int(referee.broken_tick[w, k])


@pytest.mark.parametrize(
    ("criterion", "kind", "ends"),
    [
        (j.NoCollision(), kinds.COLLISION, True), (j.StaysOnRoad(), kinds.OFF_ROAD, False), (j.RightWay(), kinds.WRONG_WAY, False),
        (j.StopsAtRed(), kinds.RED_LIGHT, False), (j.StopsAtStopSign(), kinds.STOP_SIGN, False),
    ],
)  # fmt: skip
def test_what_happened_breaks_a_criterion(criterion, kind, ends):
    judged = Judged(criterion).look(3).tally(kind).look()
    assert result(judged) == (1.0, 4)
    assert result(judged, w=1) == (0.0, NEVER)
    assert judged.referee.broken_place[0, 0].tolist() == pytest.approx([20.0, -5.25])
    assert np.isnan(judged.referee.broken_place[1]).all()
    assert judged.referee.passed.tolist() == [False, True]
    assert judged.referee.end.tolist() == [End.BROKEN if ends else End.RUNNING, End.RUNNING]
    assert judged.referee.live.tolist() == [not ends, True]
    judged.body(col.X, 3.0).tally(kind, 2).look()
    # The first tick and place stay; the count goes on while the variation does.
    assert result(judged) == (1.0 if ends else 2.0, 4)
    assert judged.referee.broken_place[0, 0].tolist() == pytest.approx([20.0, -5.25])


def collide(judged, closing, partner=1):
    row = int(judged.state.world[0, col.NUM_EVENTS_NOW])
    judged.state.event[0, row] = judged.state.world[0, col.TICK] + 1, kinds.COLLISION, 0, partner
    judged.state.event_place[0, row] = 20.0, -5.0, 0.0, closing
    judged.state.world[0, col.NUM_EVENTS_NOW] = row + 1
    return judged.tally(kinds.COLLISION)


@pytest.mark.parametrize(("closing", "broken"), [(2.0, False), (2.9, False), (3.1, True)])
def test_the_speed_of_the_impact(closing, broken):
    judged = collide(Judged(j.ImpactSpeed(P.most), parameters=(vary("most", 0.0, 9.0, usual=3.0),)), closing).look()
    assert result(judged) == (pytest.approx(closing), 1 if broken else NEVER)
    assert judged.referee.limit[:, 0].tolist() == [3.0, 4.0]
    assert judged.referee.end[0] == (End.BROKEN if broken else End.CONTACT)
    assert judged.referee.partner(0) == "car"
    assert judged.referee.partner(1) == ""
    assert judged.referee.impact_mps[0] == pytest.approx(closing)
    assert np.isnan(judged.referee.impact_mps[1])


def test_keeping_near_the_middle_of_the_lane():
    judged = Judged(j.StaysInLane(0.5)).body(col.LATERAL, -0.4).look().body(col.LATERAL, 0.2).look()
    assert result(judged) == (pytest.approx(0.4), NEVER)
    assert result(judged.body(col.LATERAL, -0.6).look()) == (pytest.approx(0.6), 3)


@pytest.mark.parametrize(("away", "passed"), [(20, True), (40, True), (41, False)])
@pytest.mark.parametrize("column", [col.LATERAL, col.HEADING_ERROR])
def test_back_in_the_lane_in_time(column, away, passed):
    judged = Judged(j.BackInLane(2.0, 0.3, 0.1), limit_s=5.0).body(column, -0.5).look(away).body(column, 0.05)
    assert result(judged) == (pytest.approx(0.05 * away), NEVER)  # judged at the end
    judged.look(100 - away)
    assert judged.referee.end[0] == End.TIME
    assert bool(judged.referee.passed[0]) == passed
    assert result(judged)[1] == (NEVER if passed else 100)


def test_the_goal():
    judged = Judged(j.ReachesGoal())
    judged.state.legs[:, 0] = -1
    judged.state.legs[:, 0, :2] = 0
    judged.state.leg_arc[:, 0, 2] = 80.0
    judged.body(col.ROUTE_ARC, 60.0).look()
    assert result(judged) == (0.0, NEVER)
    judged.at(200).look()
    assert result(judged) == (25.0, 200)
    assert judged.referee.end[0] == End.TIME
    reached = Judged(j.ReachesGoal()).tally(kinds.ROUTE_DONE).look()
    assert result(reached) == (0.0, NEVER)
    assert reached.referee.end.tolist() == [End.GOAL, End.RUNNING]


def test_the_storyboard_comes_to_its_end():
    ended = np.array([True, False])
    judged = Judged(j.StoryboardCompletes(), limit_s=1.0).look().look(ended=ended)
    assert judged.referee.end.tolist() == [End.STORYBOARD, End.RUNNING]
    judged.at(20).look()
    assert judged.referee.end.tolist() == [End.STORYBOARD, End.TIME]
    assert [result(judged, w=w) for w in (0, 1)] == [(0.0, NEVER), (1.0, 20)]


def test_in_time():
    judged = Judged(j.InTime(), limit_s=1.0).at(15).tally(kinds.ROUTE_DONE).look()
    judged.at(20).look()
    assert result(judged) == (0.75, NEVER)
    assert result(judged, w=1) == (np.inf, 20)
    assert judged.referee.passed.tolist() == [True, False]
    assert judged.referee.limit[:, 0].tolist() == [1.0, 1.0]
    last = Judged(j.InTime(), limit_s=1.0).at(20).tally(kinds.ROUTE_DONE).look()
    assert result(last) == (1.0, NEVER)


@pytest.mark.parametrize(
    ("kind", "end"),
    [(kinds.ROUTE_DEVIATION, End.ROUTE_LOST), (kinds.BLOCKED, End.BLOCKED), (kinds.ROUTE_DONE, End.GOAL)],
)
def test_other_ends(kind, end):
    judged = Judged(j.StaysOnRoad()).look(2).tally(kind).look()
    assert (judged.referee.end[0], judged.referee.end_tick[0]) == (end, 3)
    assert (judged.referee.end[1], judged.referee.end_tick[1]) == (End.RUNNING, NEVER)


def test_the_gravest_end_of_a_tick_counts():
    judged = Judged(j.NoCollision(), j.ReachesGoal()).tally(kinds.ROUTE_DONE).tally(kinds.COLLISION).look()
    assert judged.referee.end[0] == End.BROKEN
    both = Judged(j.StaysOnRoad(), limit_s=0.05).tally(kinds.ROUTE_DONE).look(ended=np.ones(2, np.bool_))
    assert both.referee.end.tolist() == [End.GOAL, End.STORYBOARD]


def test_time_is_each_variations_own():
    judged = Judged(j.StaysOnRoad(), limit_s=P.limit, parameters=(vary("limit", 0.0, 9.0, usual=1.0),)).look(45)
    assert judged.referee.end_tick.tolist() == [20, 40]
    assert judged.referee.end.tolist() == [End.TIME, End.TIME]


def test_what_happens_after_the_end_counts_no_more():
    judged = Judged(j.NoCollision(), j.StaysOnRoad(), j.StaysInLane(0.5)).tally(kinds.COLLISION).look()
    before = judged.referee.value.copy()
    judged.tally(kinds.OFF_ROAD).body(col.LATERAL, 2.0).tally(kinds.ROUTE_DONE).look(5)
    assert np.array_equal(before[0], judged.referee.value[0])
    assert judged.referee.broken_tick[0].tolist() == [1, NEVER, NEVER]
    assert (judged.referee.end[0], judged.referee.end_tick[0]) == (End.BROKEN, 1)


def test_no_criteria_are_no_trouble():
    judged = Judged(limit_s=0.1).look(2)
    assert judged.referee.passed.tolist() == [True, True]
    assert judged.referee.end.tolist() == [End.TIME, End.TIME]


def test_no_time_is_an_error():
    with pytest.raises(SuiteError, match="has a time limit of 0"):
        Judged(j.NoCollision(), limit_s=0.0)
