"""The motion of actors, worked out by hand: speeds, lane changes, ends of lanes, trajectories."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.paths import take_track
from sim_suite.driving.storyboard.staging.perform import progress
from sim_suite.driving.storyboard.staging.tracks import track_of
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import LEFT_INDICATOR, RIGHT_INDICATOR
from tests.driving.storyboard.stages_by_hand import EAST, FAR_EAST, FAR_WEST, WEST, at, begin, event, play


def go_to(speed, shape, dimension, value):
    return event("faster", a.SpeedAction(a.AbsoluteTargetSpeed(speed), a.TransitionDynamics(shape, dimension, value)))


def test_shapes_go_from_nothing_to_all():
    assert [progress(c.LINEAR, share) for share in (0.0, 0.25, 1.0)] == [0.0, 0.25, 1.0]
    assert [progress(c.CUBIC, share) for share in (0.0, 0.25, 0.5, 1.0)] == [0.0, 0.15625, 0.5, 1.0]
    assert progress(c.SINUSOIDAL, 0.25) == pytest.approx(0.5 - math.sqrt(0.5) / 2)
    assert progress(c.STEP, 0.1) == 1.0


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0, 3.0, 5.0])
@pytest.mark.parametrize("shape", ["linear", "cubic", "sinusoidal"])
def test_a_change_of_speed_is_over_on_its_tick_and_not_before(shape, seconds):
    playing = play(begin("car", at(-1, 10.0), 10.0), go_to(20.0, shape, "time", seconds))
    ticks = round(seconds / 0.05)
    playing.tick(ticks - 1)
    assert playing.speed() < 20.0
    playing.tick()
    assert playing.speed() == 20.0
    # The mean speed of all three is 15 m/s; a tick of the half of the change is the most by which sums of ticks differ.
    assert playing.pose()[0] == pytest.approx(10.0 + 15.0 * seconds, abs=10.0 / 2 * 0.05 + 1e-3)


def test_a_linear_change_is_linear_and_its_rate_a_rate():
    playing = play(begin("car", at(-1, 10.0), 10.0), go_to(20.0, "linear", "rate", 4.0)).tick(20)
    assert playing.speed() == pytest.approx(14.0)
    assert float(playing.view.body("car", col.ACCEL)[0]) == pytest.approx(4.0, abs=1e-4)
    assert playing.tick(29).speed() == pytest.approx(19.8)
    assert playing.tick(1).speed() == 20.0


@pytest.mark.parametrize(("shape", "peak"), [("cubic", 1.5), ("sinusoidal", math.pi / 2)])
def test_the_rate_of_a_curved_change_is_its_greatest(shape, peak):
    playing = play(begin("car", at(-1, 10.0), 10.0), go_to(20.0, shape, "rate", 4.0))
    rates = [float(playing.tick().view.body("car", col.ACCEL)[0]) for _ in range(round(10.0 * peak / 4.0 / 0.05) + 1)]
    assert max(rates) == pytest.approx(4.0, rel=0.01)
    assert playing.speed() == 20.0


def test_a_change_over_a_distance_is_over_after_it():
    playing = play(begin("car", at(-1, 10.0), 10.0), go_to(20.0, "linear", "distance", 60.0))
    while playing.speed() < 20.0:
        playing.tick()
    assert playing.pose()[0] - 10.0 == pytest.approx(60.0, abs=1.5)  # a tick's way and the half of the change by ticks
    assert 0.05 * playing.world.state.world[0, col.TICK] == pytest.approx(6.0 * math.log(2.0), abs=0.1)


def test_a_step_is_there_at_once():
    assert play(begin("car", at(-1, 10.0), 10.0), go_to(20.0, "step", "time", 3.0)).tick().speed() == 20.0


@pytest.mark.parametrize("shape", ["linear", "cubic", "sinusoidal"])
def test_a_lane_change_ends_in_the_middle_of_the_new_lane_on_its_tick(shape):
    change = a.LaneChangeAction(a.AbsoluteTargetLane(-2), a.TransitionDynamics(shape, "time", 2.0))
    playing = play(begin("car", at(-1, 10.0), 10.0), event("change", change))
    way, before = 0.0, playing.pose()
    for k in range(40):
        assert abs(playing.pose()[1] - FAR_EAST) > 1e-3, k
        playing.tick()
        now = playing.pose()
        step = math.hypot(now[0] - before[0], now[1] - before[1])
        assert step == pytest.approx(0.5, abs=1e-4)
        assert now[2] == pytest.approx(math.atan2(now[1] - before[1], now[0] - before[0]), abs=1e-3)
        if k == 20:
            assert playing.view.state.mind[0, playing.view.slots["car"], col.SIGNALS] == RIGHT_INDICATOR
        way, before = way + step, now
    assert playing.pose()[1] == pytest.approx(FAR_EAST, abs=1e-5)
    assert way == pytest.approx(20.0, abs=1e-3)
    assert playing.speed() == 10.0
    playing.tick()
    assert playing.pose()[2] == pytest.approx(0.0, abs=1e-6)
    assert playing.part("change").state[0] == 2


def test_a_lane_change_over_a_distance():
    change = a.LaneChangeAction(a.AbsoluteTargetLane(-2), a.TransitionDynamics("linear", "distance", 20.0), 0.5)
    playing = play(begin("car", at(-1, 10.0), 10.0), event("change", change)).tick(39)
    assert playing.pose()[1] > FAR_EAST + 0.5 + 1e-3
    assert playing.tick().pose()[1] == pytest.approx(FAR_EAST + 0.5, abs=1e-5)


def test_a_lane_change_to_the_left_of_a_lane_that_runs_west():
    change = a.LaneChangeAction(a.AbsoluteTargetLane(1), a.TransitionDynamics("sinusoidal", "time", 1.0), 0.25)
    playing = play(begin("car", at(2, 100.0), 10.0), event("change", change)).tick(10)
    assert playing.view.state.mind[0, playing.view.slots["car"], col.SIGNALS] == LEFT_INDICATOR
    playing.tick(11)
    x, y, yaw = playing.pose()
    assert y == pytest.approx(WEST + 0.25, abs=1e-5)  # the offset counts as the road's t
    assert abs(yaw) == pytest.approx(math.pi, abs=1e-5)
    assert x == pytest.approx(100.0 - 21 * 0.5, abs=0.7)


def test_into_the_oncoming_lane_and_on_against_its_traffic():
    change = a.LaneChangeAction(a.AbsoluteTargetLane(1), a.TransitionDynamics("cubic", "time", 1.0))
    playing = play(begin("car", at(-1, 100.0), 10.0), event("change", change)).tick(40)
    x, y, yaw = playing.pose()
    assert (y, yaw) == (pytest.approx(WEST, abs=1e-5), pytest.approx(0.0, abs=1e-5))
    assert x == pytest.approx(120.0, abs=0.8)  # at the border of the sections; going aside costs 0.8 m
    assert playing.view.cast.integer[0, playing.view.slots["car"], c.WAY] == -1
    assert playing.tick(200).pose()[0] == pytest.approx(220.0, abs=0.8)


def test_ends_of_lanes_are_crossed_without_a_jump():
    playing = play(begin("car", at(-2, 110.0), 7.3))
    for k in range(1, 300):
        assert playing.tick().pose()[:2] == (pytest.approx(110.0 + 7.3 * 0.05 * k, abs=1e-3), pytest.approx(FAR_EAST))
    assert playing.number(c.TRAVELLED) == pytest.approx(7.3 * 0.05 * 299, abs=1e-3)


def test_a_dead_end_stops_whoever_comes_to_it():
    playing = play(begin("car", p.LanePosition("b", -1, 90.0), 10.0)).tick(19)
    assert playing.number(c.AT_END) == 0.0
    playing.tick(2)  # 10 m are 20 ticks; the 21st goes beyond
    assert playing.pose()[0] == pytest.approx(300.0, abs=1e-3)
    assert playing.speed() == 0.0
    assert playing.number(c.AT_END) == pytest.approx(0.05)
    playing.tick(19)
    assert playing.number(c.AT_END) == pytest.approx(1.0)
    assert playing.number(c.STOOD) == pytest.approx(1.0)


def test_the_end_of_the_road_counts_on_for_who_wants_to_go_on():
    follow = a.SpeedAction(a.RelativeTargetSpeed("ego", 5.0, continuous=True))
    playing = play(begin("car", p.LanePosition("b", -1, 99.9), 5.0), event("follow", follow)).tick(21)
    assert playing.number(c.AT_END) == pytest.approx(1.05)
    assert playing.pose()[0] == pytest.approx(300.0, abs=1e-3)


def test_backwards_goes_backwards():
    playing = play(begin("car", at(-1, 125.0), -4.0)).tick(40)
    assert playing.pose() == (pytest.approx(117.0, abs=1e-3), pytest.approx(EAST), pytest.approx(0.0))
    assert playing.number(c.TRAVELLED) == pytest.approx(8.0)


def test_who_stands_askew_is_not_turned():
    playing = play(begin("car", at(-1, 50.0, orientation=p.Orientation(0.4)))).tick(20)
    assert playing.pose() == (pytest.approx(50.0), pytest.approx(EAST), pytest.approx(0.4, abs=1e-6))


def test_who_heads_across_goes_straight_on():
    walker = Entity("walker", "pedestrian")
    playing = play(begin("walker", at(-2, 50.0, orientation=p.Orientation(math.pi / 2)), 1.5), entities=(walker,)).tick(
        100
    )
    assert playing.mode("walker") == c.STRAIGHT
    x, y, yaw = playing.pose("walker")
    assert (x, y, yaw) == (pytest.approx(50.0), pytest.approx(FAR_EAST + 7.5, abs=1e-4), pytest.approx(math.pi / 2))


def polyline(*points, times=None):
    times = [None] * len(points) if times is None else times
    vertices = tuple(p.Vertex(p.WorldPosition(*point), time) for point, time in zip(points, times, strict=True))
    return p.Trajectory("way", p.Polyline(vertices))


def test_a_trajectory_is_followed_at_the_actors_speed_and_left_along_its_last_piece():
    way = a.FollowTrajectoryAction(polyline((20.0, 40.0), (30.0, 40.0), (30.0, 50.0)))
    playing = play(begin("car", p.WorldPosition(20.0, 40.0), 5.0), event("way", way)).tick(20)
    assert playing.pose()[:2] == (pytest.approx(25.0), pytest.approx(40.0))
    assert playing.speed() == 5.0
    playing.tick(40)
    assert playing.pose() == (pytest.approx(30.0), pytest.approx(45.0), pytest.approx(math.pi / 2))
    assert playing.part("way").state[0] == 1
    playing.tick(30)
    assert playing.pose() == (pytest.approx(30.0), pytest.approx(52.5), pytest.approx(math.pi / 2))
    assert playing.part("way").state[0] == 2


def test_times_of_a_trajectory_hold():
    way = polyline((20.0, 40.0), (30.0, 40.0), (30.0, 40.0), (60.0, 40.0), times=[1.0, 3.0, 4.0, 6.0])
    follow = a.FollowTrajectoryAction(way, a.Timing(), "follow")
    playing = play(begin("car", p.WorldPosition(20.0, 40.0), 9.0), event("way", follow)).tick(10)
    assert playing.pose()[0] == pytest.approx(20.0)  # it waits
    seen = {}
    for _ in range(100):
        playing.tick()
        seen[round(0.05 * playing.world.state.world[0, col.TICK], 2)] = (playing.pose()[0], playing.speed())
    assert seen[2.0] == (pytest.approx(25.0), pytest.approx(5.0))
    assert seen[3.5] == (pytest.approx(30.0), pytest.approx(0.0))
    assert seen[5.0] == (pytest.approx(45.0), pytest.approx(15.0))
    assert playing.pose()[0] == pytest.approx(52.5)
    playing.tick(20)
    assert playing.pose()[0] == pytest.approx(67.5)  # on at the last piece's speed


def test_times_can_be_absolute_stretched_and_moved():
    way = polyline((20.0, 40.0), (60.0, 40.0), times=[0.0, 4.0])
    for timing, place in (
        (a.Timing("absolute"), 50.0),  # at 3 s
        (a.Timing("relative"), 40.0),  # 2 s after 1 s
        (a.Timing("relative", 2.0), 30.0),
        (a.Timing("relative", 1.0, 1.0), 30.0),
    ):
        follow = event("way", a.FollowTrajectoryAction(way, timing), 1.0)
        playing = play(begin("car", p.WorldPosition(20.0, 40.0)), follow).tick(60)
        assert playing.pose()[0] == pytest.approx(place), timing


def test_a_longer_track_of_another_changes_nothing_of_ones_own():
    """Tracks are as long as the longest; what is repeated at their ends must not be seen."""
    long = p.Trajectory("long", p.Clothoid(p.WorldPosition(0.0, 60.0), 0.01, 0.001, 60.0))
    way = polyline((20.0, 40.0), (30.0, 40.0), (33.0, 44.0), times=[0.0, 1.0, 1.62])
    ends = []
    for timing in (None, a.Timing()):
        own = event("way", a.FollowTrajectoryAction(way, timing))
        alone = play(begin("car", p.WorldPosition(20.0, 40.0), 10.0), own)
        both = play(begin("car", p.WorldPosition(20.0, 40.0), 10.0), own)
        both.tick(3)
        view = both.view
        take_track(view, "ego", 99, both.everywhere, track_of(view, long, True), np.zeros(1), False, np.ones(1))
        alone.tick(50)
        both.tick(47)
        slot = view.slots["car"]
        assert np.array_equal(alone.view.cast.number[:, slot], view.cast.number[:, slot])
        assert np.array_equal(alone.view.state.body[:, slot], view.state.body[:, slot])
        ends.append(alone.pose())
    assert ends[0][1] > 44.0


def test_the_far_west_lane_runs_west():
    playing = play(begin("car", at(2, 130.0), 10.0)).tick(20)
    x, y, yaw = playing.pose()
    assert (x, y, abs(yaw)) == (pytest.approx(120.0), pytest.approx(FAR_WEST), pytest.approx(math.pi, abs=1e-5))
