"""The viewer: what it tells of the world, to whom, and the page in a real browser."""

from __future__ import annotations

import contextlib
import http.client
import json
import time

import pytest

from sim_suite.carla.server.viewer.server import Viewer
from sim_suite.carla.server.viewer.telling import map_message, state_message
from sim_suite.carla.wire.layout import RED
from sim_suite.errors import SuiteError
from tests.carla.asking import Asking

CAR = "vehicle.tesla.model3"
PATIENCE_S = 30.0


@pytest.fixture
def ask():
    ask = Asking("crossing_lights")
    row = ask("spawn_actor", [1, CAR, [["role_name", 4, "hero"]]], [[60.0, 2.0, 0.5], [0.0, -90.0, 0.0]])
    ask.car, ask.walker = row[0], ask.spawn("walker.pedestrian.0001", 40.0, 10.0)
    return ask


@pytest.fixture
def viewer():
    with contextlib.closing(Viewer(0)) as viewer:
        yield viewer


def get(viewer, path, host=None):
    """(status, headers, body)"""
    line = http.client.HTTPConnection("127.0.0.1", viewer.port, timeout=PATIENCE_S)
    line.request("GET", path, headers={"Host": host or f"127.0.0.1:{viewer.port}"})
    answer = line.getresponse()
    found = answer.status, answer.headers, answer.read()
    line.close()
    return found


def wait(holds):
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_state_tells_who_is_where_in_the_worlds_frame(ask):
    lights = [actor.number for actor in ask.simulator.episode.actors.values() if actor.group >= 0]
    ask("set_traffic_light_state", lights[0], RED)
    ask("set_actor_target_velocity", ask.car, [0.0, -5.0, 0.0])
    ask.tick()
    told = json.loads(state_message(ask.simulator))
    assert (told["map"], told["frame"], told["seconds"], told["synchronous"]) == ("crossing_lights", 1, 0.05, True)
    car, walker = told["actors"]
    assert car[:2] == [ask.car, 0]
    assert car[2] == pytest.approx(60.0, abs=0.01)
    assert car[3] == pytest.approx(-1.75, abs=0.02)  # north is up: CARLA's -y
    assert car[4] == pytest.approx(1.571, abs=0.01)
    assert car[5:7] == pytest.approx([4.694, 1.849], abs=1e-3)
    assert car[7] == pytest.approx(5.0, abs=0.1)
    assert car[8:] == [CAR, "hero"]
    assert walker[8] == "walker.pedestrian.0001"
    assert len(told["lights"]) == len(lights)
    assert told["lights"][0][2] == RED


def test_a_map_is_told_with_its_looks(ask):
    told = json.loads(map_message(ask.simulator.episode.served.driving.road_map))
    left, bottom, right, top = told["bounds"]
    assert right - left > 100.0
    assert {shape[0] for shape in told["shapes"]} == set(told["looks"])
    x, y = told["shapes"][0][2] / 100, told["shapes"][0][3] / 100
    assert left - 1 <= x <= right + 1
    assert bottom - 1 <= y <= top + 1


def test_only_pages_of_this_machine_are_answered(viewer):
    status, headers, body = get(viewer, "/")
    assert status == 200
    assert b"carla-server" in body
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert get(viewer, "/", "localhost")[0] == 200
    assert get(viewer, "/", "evil.example")[0] == 403
    assert get(viewer, "/map")[2] == b"{}"
    assert get(viewer, "/etc/passwd")[0] == 404


def test_nothing_is_written_while_nobody_watches(ask, viewer):
    viewer.show(ask.simulator, anew=True)
    assert get(viewer, "/map")[2] == b"{}"


def test_a_port_that_is_taken_is_said(viewer):
    with pytest.raises(SuiteError, match=f"port {viewer.port} for the viewer is taken"):
        Viewer(viewer.port)


def test_the_page_shows_the_world_and_follows_the_hero(ask, viewer, browser, tmp_path):
    browser.visit(viewer.address + "?follow=hero", width=1200, height=800)

    def step():
        with contextlib.suppress(BlockingIOError):
            viewer.answer_wake(ask.simulator)
        ask("set_actor_target_velocity", ask.car, [0.0, -10.0, 0.0])
        ask.tick()
        viewer.show(ask.simulator, anew=True)

    wait(lambda: step() or browser.evaluate("map !== null && state !== null && followed !== null"))
    assert browser.evaluate("followed") == ask.car
    assert browser.evaluate("document.querySelector('#card h2').textContent") == "tesla model3"
    assert int(browser.evaluate("document.querySelector('#card .speed b').textContent")) == pytest.approx(36, abs=1)
    wait(lambda: browser.evaluate("Math.abs(view.y - state.actors[0][3]) < 1e-9"))
    at = browser.evaluate("[view.x, view.scale]")
    assert at[0] == pytest.approx(60.0, abs=0.1)
    assert at[1] == 9
    orange = "[...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]"
    assert browser.evaluate(orange)[:3] == [255, 166, 61]  # the car, in the middle
    browser.press("m", "m")
    wait(lambda: browser.evaluate("followed === null && view.scale < 5"))
    browser.click("#actors li:nth-child(2) button")
    assert browser.evaluate("followed") == ask.walker
    assert browser.evaluate("document.querySelectorAll('#actors li').length") == 2
    ask("destroy_actor", ask.walker)
    step()
    wait(lambda: browser.evaluate("followed === null && state.actors.length === 1"))
    assert browser.problems() == []
    assert {address.rsplit("?")[0].rsplit("/", 1)[1] for address in browser.requests()} <= {"", "map", "states"}
