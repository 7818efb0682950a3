"""Traffic lights: which there are, what they show and for how long, and at which a vehicle is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.carla import frames
from sim_suite.carla.server.lights import Lights
from sim_suite.carla.wire import layout
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.kinds import RED
from tests.carla.asking import Asked, Asking


@pytest.fixture
def ask():
    return Asking("crossing_lights")


def lights_of(ask):
    return [one for one in ask.simulator.episode.actors.values() if one.group >= 0]


def lamp(ask, actor):
    board = ask.simulator.episode.board
    return board.records.view(layout.LIGHT)[board.row_of[actor]]


def test_each_light_of_the_map_is_an_actor_with_its_id(ask):
    graph = ask.simulator.episode.served.driving.graph
    ids = [graph.signal_ids[n] for n in np.flatnonzero(graph.signals.kind == SignalKind.LIGHT)]
    assert [one.sign_id for one in lights_of(ask)] == ids
    ask.tick()
    assert [lamp(ask, one.number)["sign_id"].decode() for one in lights_of(ask)] == ids
    speeds = [one.type_id for one in ask.simulator.episode.actors.values() if "speed_limit" in one.type_id]
    assert set(speeds) == {"traffic.speed_limit.50"}


def test_lights_follow_the_programme_of_the_world(ask):
    ask.tick()
    episode, seen = ask.simulator.episode, set()
    terrain = episode.world.ground.terrain
    since = {}
    for _ in range(700):
        ask.tick()
        for one in lights_of(ask):
            shown = int(lamp(ask, one.number)["light"])
            own = light_at(terrain.programme, episode.world.state.lights[0], one.group, episode.tick)
            assert {layout.RED: 3, layout.YELLOW: 2, layout.GREEN: 1}[shown] == own
            before, ticks = since.get(one.number, (shown, -(10**6)))
            since[one.number] = (shown, 0 if shown != before else ticks + 1)
            if since[one.number][1] >= 0:
                seen.add(shown)
                assert float(lamp(ask, one.number)["elapsed_s"]) == pytest.approx(since[one.number][1] * 0.05, abs=1e-4)
    assert seen == {layout.RED, layout.YELLOW, layout.GREEN}


def test_a_told_light_holds_for_its_time_then_the_programme_goes_on(ask):
    ask.tick()
    red = next(one for one in lights_of(ask) if lamp(ask, one.number)["light"] == layout.RED)
    ask("set_traffic_light_state", red.number, layout.GREEN)
    for _ in range(239):  # its 12 s, less the tick after which it is told
        ask.tick()
        assert lamp(ask, red.number)["light"] == layout.GREEN
    ask.tick()
    episode = ask.simulator.episode
    assert episode.world.state.lights[0, red.group] == -1


def test_a_frozen_light_stays_until_it_is_let_go(ask):
    ask.tick()
    one = lights_of(ask)[0]
    shown = int(lamp(ask, one.number)["light"])
    ask("freeze_traffic_light", one.number, True)
    ask.tick(800)
    assert (int(lamp(ask, one.number)["light"]), bool(lamp(ask, one.number)["frozen"])) == (shown, True)
    assert float(lamp(ask, one.number)["elapsed_s"]) > 40.0
    ask("set_traffic_light_state", one.number, layout.OFF)
    ask.tick(300)
    assert lamp(ask, one.number)["light"] == layout.OFF
    ask("freeze_traffic_light", one.number, False)
    ask.tick()
    assert not lamp(ask, one.number)["frozen"]
    assert lamp(ask, one.number)["light"] != layout.OFF
    with pytest.raises(Asked, match="a light cannot show 7"):
        ask("set_traffic_light_state", one.number, 7)


def test_times_change_the_phase_and_the_cycle_and_a_reset_undoes_it(ask):
    episode = ask.simulator.episode
    original = episode.lights.programme.copy()
    one = lights_of(ask)[0]
    ask("set_traffic_light_green_time", one.number, 5.0)
    ask("set_traffic_light_yellow_time", one.number, 2.0)
    ask("set_traffic_light_red_time", one.number, 1.0)
    ask.tick()
    row = episode.lights.programme[one.group]
    assert row[1:3].tolist() == [100, 40]
    # Its phase of 12 + 3 + 2 s is now 5 + 2 + 1 s long.
    assert row[3] == original[one.group, 3] - 340 + 160
    assert [float(lamp(ask, one.number)[name]) for name in ("green_s", "yellow_s", "red_s")] == [5.0, 2.0, 1.0]
    assert episode.world.ground.terrain.programme is episode.lights.programme
    shown = []
    for _ in range(int(row[3])):
        ask.tick()
        shown.append(int(lamp(ask, one.number)["light"]))
    assert (shown.count(layout.GREEN), shown.count(layout.YELLOW)) == (100, 40)
    ask("reset_all_traffic_lights")
    assert np.array_equal(episode.lights.programme, original)
    with pytest.raises(Asked, match="3600"):
        ask("set_traffic_light_green_time", one.number, -1.0)


def test_phases_of_a_junction_never_overlap_whatever_their_times(ask):
    graph = ask.simulator.episode.served.driving.graph
    programme = ask.simulator.episode.world.ground.terrain.programme
    told = np.full(len(programme), -1, np.int8)
    lights = Lights(graph, programme, told)
    for group, seconds in enumerate((3.0, 20.0, 7.5, 11.0)):
        lights.set_time(group, layout.GREEN, seconds)
    starts = {int(row[0]): n for n, row in enumerate(programme)}
    for tick in range(0, 3000, 7):
        going = {
            int(programme[g, 0]) for g in range(len(programme)) if light_at(lights.programme, told, g, tick) != RED
        }
        assert len(going) <= 1
    assert len(starts) > 1


def test_the_group_is_the_junction(ask):
    numbers = [one.number for one in lights_of(ask)]
    assert ask("get_group_traffic_lights", numbers[0]) == numbers


def test_a_vehicle_near_the_line_is_at_its_light(ask):
    ask.tick()
    episode = ask.simulator.episode
    graph, stops = episode.served.driving.graph, episode.served.driving.graph.stop_lines
    for one in lights_of(ask):
        k = next(k for k in range(len(stops.kind)) if graph.signal_ids[stops.signal[k]] == one.sign_id)
        lane = int(np.searchsorted(stops.first, k, side="right")) - 1
        for gap, expected in ((5.0, True), (25.0, False)):
            there = lane_poses(graph, [lane], [stops.arc_m[k] - gap - 2.347])
            pose = frames.carla_transform(*(float(v[0]) for v in (there.x, there.y, there.z, there.heading)))
            car = ask.spawn("vehicle.tesla.model3", pose.location.x, pose.location.y, pose.yaw)
            ask.tick()
            record = ask.record(car)
            assert bool(record["at_light"]) is expected
            if expected:
                assert record["light_actor"] == one.number
                assert record["light"] == lamp(ask, one.number)["light"]
                assert float(record["speed_limit"]) == pytest.approx(50.0, abs=0.01)
            ask("destroy_actor", car)


def test_a_faster_vehicle_is_at_the_light_from_where_it_can_still_stop(ask):
    ask.tick()
    graph, stops = ask.simulator.episode.served.driving.graph, ask.simulator.episode.served.driving.graph.stop_lines
    k = int(np.flatnonzero(stops.kind == SignalKind.LIGHT)[0])
    lane = int(np.searchsorted(stops.first, k, side="right")) - 1
    speed, gap = 14.0, 22.0  # 14^2 / (2 * 4) = 24.5 m
    there = lane_poses(graph, [lane], [stops.arc_m[k] - gap - 2.347])
    pose = frames.carla_transform(*(float(v[0]) for v in (there.x, there.y, there.z, there.heading)))
    car = ask.spawn("vehicle.tesla.model3", pose.location.x, pose.location.y, pose.yaw)
    ask.tick()
    assert not ask.record(car)["at_light"]
    yaw = math.radians(pose.yaw)
    ask("set_actor_target_velocity", car, [speed * math.cos(yaw), speed * math.sin(yaw), 0.0])
    ask.tick()
    assert ask.record(car)["at_light"]
