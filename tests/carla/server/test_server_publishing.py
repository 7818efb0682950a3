"""The message of the state: what stands in it, and heights."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim_suite.carla.server.publishing import height_at
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.streams import read_state
from sim_suite.driving.roads.maps import find_map
from tests.carla.asking import Asking


def test_heights_are_linear_between_points_and_end_with_the_lane():
    heights = np.array([9.0, 0.0, 1.0, 3.0, 9.0], np.float32)
    first, step = np.array([0, 1, 4], np.int32), np.array([1.0, 2.0], np.float32)
    found = [float(height_at(heights, first, step, 1, np.float32(arc))) for arc in (-1.0, 0.0, 1.0, 3.0, 4.0, 9.0)]
    assert found == [0.0, 0.0, 0.5, 2.0, 3.0, 3.0]


def test_the_state_holds_each_actor_once_sorted_and_active():
    ask = Asking("crossing_lights")
    ask.tick()
    car = ask.spawn("vehicle.audi.tt", 60.0, 2.0, 30.0)
    ask.tick()
    (_, first), (_, second) = ask.heard
    states = [read_state(message[4:]) for message in (first, second)]
    assert len(states[1].actors) == len(states[0].actors) + 1 == len(ask.simulator.episode.actors)
    assert states[1].actors["id"].tolist() == sorted(ask.simulator.episode.actors)
    assert set(states[1].actors["state"].tolist()) == {layout.ACTIVE}
    assert (states[1].header.frame, states[1].episode, states[1].step_s) == (2, 1, pytest.approx(0.05))
    record = states[1].actors[states[1].actors["id"].tolist().index(car)]
    assert [float(record[name]) for name in ("x", "y", "z", "yaw")] == pytest.approx([60.0, 2.0, 0.0, 30.0], abs=1e-4)


def test_a_car_on_a_slope_has_the_roads_height(tmp_path):
    text = find_map("straight_street").read_text()
    sloped = re.sub(
        r"(</planView>)", r'\1<elevationProfile><elevation s="0" a="2" b="0.05" c="0" d="0"/></elevationProfile>', text
    )
    path = tmp_path / "sloped.xodr"
    path.write_text(sloped)
    ask = Asking(str(path))
    graph = ask.simulator.episode.served.driving.graph
    for point in ask("get_map_info")[1][:6]:
        car = ask("spawn_actor", [1, "vehicle.audi.tt", []], point)[0]
        ask.tick()
        assert float(ask.record(car)["z"]) == pytest.approx(point[0][2] - 0.5, abs=1e-3)
        ask("destroy_actor", car)
    assert graph.points.z.max() - graph.points.z.min() > 3.0


def test_a_map_that_had_to_be_mended_is_sent_mended(tmp_path):
    """carla.Map ends the process on a controller of signals that are not there."""
    text = find_map("crossing_lights").read_text()
    broken = text.replace(
        "</OpenDRIVE>", '<controller id="990" name="none"><control signalId="99999" type=""/></controller></OpenDRIVE>'
    )
    path = tmp_path / "broken.xodr"
    path.write_text(broken)
    sent = Asking(str(path))("get_map_data")
    assert "99999" in broken
    assert "99999" not in sent
    assert Asking("crossing_lights")("get_map_data") == text
