"""CARLA's own client, unmodified, against the server: in child processes, the server in one of its own."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim_suite.carla.server.blueprints.library import find_blueprint
from sim_suite.carla.server.hosting import hosted
from sim_suite.carla.server.sensors.gnss import geolocation
from sim_suite.carla.wire.values import Vector
from sim_suite.driving.roads import load_map
from sim_suite.driving.roads.maps import find_map
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.semantics import COLOURS, Tag
from sim_suite.driving.sensors.solids.solids import SX, SY, SZ, TAG
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import AGENT, SINGLE_TRACK
from sim_suite.driving.world.spawn import begin_actor
from sim_suite.driving.world.terrain import prepare
from tests.driving.actors_by_hand import empty_world

pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
CHILD = Path(__file__).with_name("client_child.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port():
    with hosted("crossing_lights") as number:
        yield number


def client(port, name, *arguments, before=()):
    """What a function of client_child.py finds."""
    command = [*before, sys.executable, str(CHILD), str(port), name, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_client_connects_and_sees_the_map_as_it_is(port):
    found = client(port, "connect")
    assert found["version"] == "0.9.16"
    assert found["name"] == "Carla/Maps/crossing_lights"
    assert "/Game/Carla/Maps/town_1km" in found["maps"]
    assert found["sha256"] == hashlib.sha256(find_map("crossing_lights").read_bytes()).hexdigest()
    # CARLA's own reading of the map finds each spawn point in the middle of its lane, along it, half a metre up.
    assert found["worst"] == pytest.approx([0.0, 0.0, 0.5], abs=0.1)
    assert found["points"] == 140
    assert found["blueprints"] == 25
    assert found["kinds"] == ["Actor", "TrafficLight", "TrafficSign"]
    assert found["spectator"] == "Actor"


CONTROLS = [[0.7, 0.0, 0.0]] * 40 + [[0.4, 0.25, 0.0]] * 25 + [[0.0, -0.5, 0.3]] * 25 + [[0.0, 0.0, 1.0]] * 10


def test_a_car_goes_as_in_the_embedded_world_bit_for_bit_and_twice_the_same(port):
    found, again = client(port, "drive", CONTROLS), client(port, "drive", CONTROLS)
    assert found == again
    world = empty_world("crossing_lights", 1)
    begin_actor(world.state, 0, 0, 0, AGENT)
    body, mind = world.state.body[0, 0], world.state.mind[0, 0]
    shape = find_blueprint("vehicle.tesla.model3").shape
    body[col.LENGTH], body[col.WIDTH], body[col.WHEELBASE] = shape.length_m, shape.width_m, shape.wheelbase_m
    mind[col.MODEL] = SINGLE_TRACK
    x, y, yaw = found["start"]
    body[col.X], body[col.Y], body[col.YAW] = x, -y, -math.radians(yaw)
    for (throttle, steer, brake), row in zip(CONTROLS, found["poses"], strict=True):
        world.state.controls[0, 0] = -steer, throttle, brake
        world.step(1)
        assert np.float32(row[0]) == body[col.X]
        assert np.float32(-row[1]) == body[col.Y]
        assert math.radians(row[4]) == pytest.approx(-float(body[col.YAW]), abs=1e-6)
        assert math.hypot(row[6], row[7]) == pytest.approx(abs(float(body[col.SPEED])), abs=1e-5)
    assert found["taken"]
    assert found["extent"] == pytest.approx([2.347, 0.9245, 0.7215])
    assert found["control"] == [0.0, 0.0, 1.0, 1]
    assert found["lamps"] == "Brake"
    assert found["gone"] == [True, False]


def test_two_clients_share_one_world(port):
    found = client(port, "two_clients")
    first = found["frames"][0]
    assert found["frames"] == [first, first + 1, first + 2]
    assert found["same"]
    assert found["left"] == 0
    assert found["number"][0] == found["number"][1]
    assert found["frame"][0] == found["frame"][1] == first + 3


def test_sensors_tell_of_the_drive(port):
    found = client(port, "sensors")
    car, other = found["ids"]
    assert [hit[:2] for hit in found["collisions"]] == [[car, other]]
    assert found["collisions"][0][2] > 1000.0
    latitude, longitude, altitude, x, y = found["gnss"]
    assert [latitude, longitude, altitude] == pytest.approx(list(geolocation(Vector(x, y, 0.0), (49.0, 8.0))), abs=1e-9)
    assert found["imu"][0] == pytest.approx(9.81, abs=1e-3)
    assert found["imu"][1] == pytest.approx(math.radians(found["yaw"] + 90.0) % math.tau, abs=1e-4)
    assert found["left"] == 0


def test_cameras_lidars_and_radar_reach_the_client_with_their_frame_and_repeat_themselves(port):
    driving_map = prepare(load_map("crossing_lights"))
    solids, terrain = build_scenery(driving_map).solid, driving_map.ground.terrain
    trunk = solids[(solids[:, TAG] == Tag.VEGETATION) & (solids[:, SZ] == 0.0)][0]
    tree = [float(trunk[SX]) + terrain.origin_x, -float(trunk[SY]) - terrain.origin_y]
    found, again = client(port, "views", tree), client(port, "views", tree)
    assert found["sha256"] == again["sha256"]
    assert found["frames"] == [[0] * 8] * 10  # each reading is that of its tick
    assert found["sizes"] == [[800, 600, 90.0, 800 * 600 * 4]] + [[84, 84, 60.0, 84 * 84 * 4]] * 3
    car, other = found["ids"]
    assert found["depth"] == pytest.approx(found["gap"], abs=0.01)
    assert found["class"] == [0, 0, Tag.CAR, 255]
    assert found["who"] == [other >> 8, other & 255, Tag.CAR, 255]
    assert found["palette"] == list(COLOURS[Tag.CAR][::-1])
    points, counted, channels = found["points"]
    assert (points, channels) == (counted, 32)
    assert points > 500
    assert found["behind"][0] == pytest.approx(0.0, abs=1e-5)
    assert found["behind"][1] == pytest.approx(-2.4, abs=1e-3)
    assert {0, other} <= set(found["named"])
    assert found["tags"] == [Tag.CAR]
    ahead = [row for row in found["radar"] if abs(row[3] - found["gap"]) < 1.0]
    assert len(ahead) >= 3
    for rate, azimuth, altitude, _ in ahead:  # of rays that are tilted up with the sensor
        along = math.cos(azimuth) * math.cos(altitude + math.radians(2.0))
        assert rate == pytest.approx(-found["speed"] * along, abs=0.02)
    assert found["obstacle"] == [car, other, pytest.approx(found["gap"] - 0.5, abs=0.01)]
    assert found["turned"] == pytest.approx(-5.0)
    assert found["tree"] == [0, "static.vegetation"]


def test_lights_are_those_of_the_map(port):
    found = client(port, "lights")
    assert found["matched"] == found["numbers"] == found["group"] == found["junction"]
    assert found["told"] == "Green"
    assert found["times"] == [4.0, True]
    assert found["at"] == [True, "Green", True]
    for stops, lines in zip(found["stops"][::2], found["stops"][1::2], strict=True):
        assert [place[:2] for place in stops] == [place[:2] for place in lines] != []
        assert all(
            abs(place[2] - line[2]) == pytest.approx(2.0, abs=0.01) for place, line in zip(stops, lines, strict=True)
        )
    assert found["limit"] == pytest.approx(50.0, abs=1e-3)


def test_worlds_are_loaded_and_errors_arrive_in_words(port):
    found = client(port, "worlds")
    names = ["OpenDriveMap", "crossing_bare", "crossing_stop", "crossing_stop"]
    assert found["maps"] == [[f"Carla/Maps/{name}", True] for name in names]
    for error, part in zip(
        found["errors"], ("unknown map 'Town03'", "is not built", "steps by 0.05 s", "not served"), strict=True
    ):
        assert part in error


def test_batches_spawn_drive_and_destroy(port):
    found = client(port, "batches")
    assert found["errors"] == ["", "", "", "Spawn failed because of collision at spawn position"]
    assert min(found["speeds"]) > 2.0
    assert found["walking"] == pytest.approx([1.4, 1.4], abs=0.03)
    assert found["left"] == 0


def test_a_script_that_leaves_the_world_waiting_does_not_stop_the_next(port):
    assert client(port, "left_in_synchronous_mode") == {"synchronous": True}
    found = client(port, "asynchronous")
    assert found["synchronous"] is False
    assert found["frames"] == sorted(set(found["frames"]))


@pytest.mark.slow
def test_carlas_traffic_manager_drives_obeys_lights_and_repeats_itself():
    """It listens on every address of the machine: it gets a network of its own."""
    missing = any(shutil.which(program) is None for program in ("unshare", "ip"))
    if missing or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network of its own can be had here (unshare -rn)")
    script = (
        "import json, subprocess, sys\n"
        "from sim_suite.carla.server.hosting import hosted\n"
        "with hosted('crossing_lights') as port:\n"
        "    for _ in range(2):\n"
        f"        subprocess.run([sys.executable, {str(CHILD)!r}, str(port), 'traffic', '[8123]'], check=True)\n"
    )
    inside = f'ip link set lo up && exec {sys.executable} -c "$SCRIPT"'
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", inside], capture_output=True, text=True, timeout=300,
        env={**os.environ, "SCRIPT": script, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    assert first == second
    assert first["metres"] > 8 * 40 * 3.0  # eight cars, 40 s, 3 m/s with waiting
    assert first["waited"] > 100
    assert first["ran"] == 0
