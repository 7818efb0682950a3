"""`sim_suite/Carla-v0` on the embedded server: it drives as `Driving-v0` does, survives what befalls servers and clients, leaves no trace.

One server for all, in a process that is stopped and killed; CARLA's client in another.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import sim_suite.envs  # noqa: F401  # registers ours
from sim_suite.carla.client.failures import (
    CarlaRefusal,
    ConnectionLostError,
    FrameLostError,
    NotRepeatedError,
    ServerHangError,
    ServerMissingError,
    ServerTakenError,
)
from sim_suite.carla.server.sensors.gnss import geolocation
from sim_suite.carla.wire.values import Vector
from sim_suite.driving.world.kinds import SCRIPT, TRUCK
from sim_suite.driving.world.layout import CONTROL, KIND, SPEED, X, Y
from sim_suite.envs.carla.env import CarlaEnv
from sim_suite.envs.carla.link import mirror_of
from sim_suite.envs.catalog import card
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.judging import EGO
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.replay.redraw import pictures
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError, UnknownNameError
from tests.carla.serving import ROOT, Line, served

carla = pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
MAP = "crossing_lights"
GO = np.array([0.0, 0.4], np.float32)
BRISK = {"timeout_s": 5.0, "reconnect_s": 0.0}
NEAR_M = 1e-3
"""Two ways of float32 through degrees and back, and what becomes of them in 20 s."""


@pytest.fixture(scope="module")
def server():
    with served(MAP) as one:
        yield one


@pytest.fixture
def make(server):
    made = []

    def new(**options):
        made.append(CarlaEnv(**{"map": MAP, "server": str(server.address), **BRISK, **options}))
        return made[-1]

    yield new
    for env in made:
        env.close()


def steered(observation):
    """Follow the route at 8 m/s (numbers 7, 8 and 0 of the vector observation)."""
    steer = -0.75 * observation[7] - 4.7 * observation[8]
    return np.array([np.clip(steer, -1.0, 1.0), 0.3 if observation[0] * 30.0 < 8.0 else -0.1], np.float32)


def place(env):
    return env.live_state.body[0, EGO, [X, Y]].copy()


def hero_actors(line):
    """Vehicles and people that the server has."""
    rows = line("get_actors_by_id", list(range(1, 400)))[0][1]
    return [row for row in rows if row[2][1].startswith(("vehicle.", "walker."))]


def test_it_drives_as_driving_v0_does(make):
    seed = 8
    here, there = DrivingEnv(map=MAP, model="single_track"), make()
    seen, _ = here.reset(seed=seed)
    other, info = there.reset(seed=seed)
    np.testing.assert_array_equal(seen, other)
    assert info["route_m"] > 0.0
    for _ in range(120):
        action = steered(seen)
        seen, reward, over, _, _ = here.step(action)
        other, other_reward, other_over, _, _ = there.step(action)
        np.testing.assert_allclose(place(there), place(here), atol=NEAR_M)
        np.testing.assert_allclose(other, seen, atol=NEAR_M)
        assert other_reward == pytest.approx(reward, abs=NEAR_M)
        assert other_over == over
    assert here.speed_mps > 1.0
    assert there.read_state().world.body.shape == here.read_state().world.body.shape


def test_a_scripted_route_ends_with_its_metrics(make):
    env = make(metrics="all", route_m=(60.0, 80.0))
    seen, _ = env.reset(seed=1)
    for _ in range(400):
        seen, _, over, cut, info = env.step(steered(seen))
        if over or cut:
            break
    assert info["metrics"]["route_done"] == 1.0
    assert info["metrics"]["driving_score_2_0"] > 0.0
    with pytest.raises(SuiteError, match="Call reset first"):
        env.step(GO)


def test_rasters_are_drawn_of_the_same_world(make):
    here, there = DrivingEnv(map=MAP, model="single_track", observation="both"), make(observation="both")
    here.reset(seed=5)
    there.reset(seed=5)
    for _ in range(10):
        seen, other = here.step(GO)[0], there.step(GO)[0]
    share = np.mean(seen["raster"] != other["raster"])
    assert share < 1e-3, f"{share} of the pixels differ"
    assert seen["raster"].any()


def test_it_passes_gymnasiums_checker(server):
    with gym.make("sim_suite/Carla-v0", disable_env_checker=True, map=MAP, server=str(server.address)) as env:
        check_env(env.unwrapped, skip_render_check=True)
        assert env.spec.max_episode_steps == card("sim_suite/Carla-v0").max_episode_steps


def test_readings_are_of_the_step(make):
    """A reading of the frame before would be 5 to 50 cm behind."""
    sensors = {"place": {"type": "sensor.other.gnss", "z": 0.0}, "motion": {"type": "sensor.other.imu", "z": 0.0}}
    env = make(sensors=sensors)
    env.reset(seed=2)
    for _ in range(8):
        *_, info = env.step(np.array([0.0, 1.0], np.float32))
        x, y = place(env).tolist()
        here = geolocation(Vector(x, -y, 0.0), (49.0, 8.0))[:2]
        found = info["sensors"]["place"]
        assert (found["latitude"], found["longitude"]) == pytest.approx(here, abs=1e-7)  # a centimetre
        assert info["sensors"]["motion"]["accelerometer"][2] == pytest.approx(9.81, abs=0.01)
    env.close()
    with pytest.raises(CarlaRefusal, match=r"has no sensor 'sensor.camera.smell'"):
        make(sensors={"nose": {"type": "sensor.camera.smell"}}).reset(seed=2)


def test_a_collision_is_counted_once(make):
    """Straight on through the town ends at somebody or at nothing: a car is put before ours."""
    env = make(vehicles_per_km=0.0, pedestrians_per_km=0.0, parked_per_km=40.0, ends=("collision",))
    for seed in range(20):
        env.reset(seed=seed)
        for _ in range(120):
            _, _, over, cut, info = env.step(np.array([-0.1, 0.5], np.float32))
            if over or cut:
                break
        if over and info["metrics"]["collisions_other"]:
            break
    assert info["metrics"]["collisions_other"] == 1.0
    assert info["terms"]["collision_other"] == 1.0


def test_what_is_recorded_is_drawn_again(make, server, tmp_path):
    env = gym.make("sim_suite/Carla-v0", disable_env_checker=True, map=MAP, server=str(server.address))
    with Recording(tmp_path) as folder, RecordEpisodes(env, folder) as recorder:
        recorder.reset(seed=4)
        for _ in range(8):
            recorder.step(GO)
    (entry,) = Dataset(tmp_path).entries
    episode = Dataset(tmp_path).open(entry)
    assert episode.head.world["map"] == MAP
    drawn = list(pictures(episode))
    assert len(drawn) == 9
    assert not np.array_equal(drawn[0], drawn[-1])


def test_an_episode_survives_its_client(make):
    env, twin = make(), DrivingEnv(map=MAP, model="single_track")
    env.reset(seed=7)
    twin.reset(seed=7)
    for step in range(20):
        if step == 12:
            os.kill(env._link._supervisor.session()._worker.pid, signal.SIGKILL)
        *_, info = env.step(GO)
        twin.step(GO)
        assert info.get("repeated") == ("ClientCrashError" if step == 12 else None)
    np.testing.assert_allclose(place(env), place(twin), atol=NEAR_M)


def test_a_world_that_a_killed_client_has_left_is_put_back(make, server):
    line = Line(server.address)  # a client that stays: the server does not tidy up by itself
    before = line("get_episode_settings")
    env = make()
    env.reset(seed=7)
    assert len(hero_actors(line)) > 1
    assert line("get_episode_settings") != before
    session = env._link._supervisor.session()
    os.kill(session._worker.pid, signal.SIGKILL)
    session._worker.wait()
    session.kill()
    env.close()
    assert line("get_episode_settings") == before
    assert not hero_actors(line)
    line.close()


def test_what_a_killed_client_has_left_is_seen_each_time(server):
    """What a client knows of the world comes when it comes: at one connection in 25 only after it has looked for what is left."""
    from sim_suite.carla.client.visit import HERO, Visit  # loads CARLA's client

    address, line = server.address, Line(server.address)
    killed = carla.Client(address.host, address.port, worker_threads=1)
    killed.set_timeout(5.0)
    world = killed.get_world()
    before = world.get_settings()
    world.apply_settings(carla.WorldSettings(synchronous_mode=True, fixed_delta_seconds=0.05))
    car = world.get_blueprint_library().find("vehicle.tesla.model3")
    car.set_attribute("role_name", HERO)
    place = world.get_map().get_spawn_points()[0]
    for _ in range(80):
        assert world.try_spawn_actor(car, place)
        Visit().open(address.host, address.port, 5.0, [True, 0.05, False])
        assert not hero_actors(line)
    world.apply_settings(before)
    line.close()


def test_an_episode_that_goes_another_way_is_not_gone_on_with(make):
    env = make()
    env.reset(seed=7)
    for _ in range(10):
        env.step(GO)
    env._actions[3:6] = [np.array([[1.0, 1.0]], np.float32)] * 3
    os.kill(env._link._supervisor.session()._worker.pid, signal.SIGKILL)
    with pytest.raises(NotRepeatedError, match=r"ended with signal 9.* came out .* m elsewhere"):
        env.step(GO)
    with pytest.raises(SuiteError, match="Call reset first"):
        env.step(GO)
    env.reset(seed=7)
    env.step(GO)


def test_a_server_that_hangs_is_named_and_used_again(make, server):
    env = make(timeout_s=1.0)
    env.reset(seed=7)
    env.step(GO)
    server.signal(signal.SIGSTOP)
    try:
        with pytest.raises(ServerHangError, match="has not answered 'tick' within 1 s"):
            env.step(GO)
    finally:
        server.signal(signal.SIGCONT)
    env.reset(seed=7)
    env.step(GO)
    assert env.live_state.body[0, EGO, SPEED] > 0.0


def test_what_other_clients_drive_is_observed(make, server):
    env = make(vehicles_per_km=0.0, pedestrians_per_km=0.0)
    seen, _ = env.reset(seed=7)
    assert seen[72] == 0.0
    x, y = place(env).tolist()
    line = Line(server.address)
    pose = [[x + 20.0, -y, 0.5], [0.0, 0.0, 0.0]]
    other = line("spawn_actor", [1, "vehicle.carlamotors.carlacola", []], pose)[0][1][0]
    seen, *_ = env.step(np.zeros(2, np.float32))
    here = env.read_state().world
    (slot,) = np.flatnonzero(here.mind[0, :, CONTROL] == SCRIPT)
    assert here.mind[0, slot, KIND] == TRUCK
    np.testing.assert_allclose(here.body[0, slot, [X, Y]], [x + 20.0, y], atol=NEAR_M)
    assert seen[72] == 1.0
    assert np.hypot(seen[73], seen[74]) * 80.0 == pytest.approx(20.0, abs=0.1)
    line("destroy_actor", other)
    seen, *_ = env.step(np.zeros(2, np.float32))
    assert seen[72] == 0.0
    assert not (env.read_state().world.mind[0, :, CONTROL] == SCRIPT).any()
    line.close()


def test_another_client_that_steps_is_found_out(make, server):
    env = make()
    env.reset(seed=7)
    env.step(GO)
    line = Line(server.address)
    line("tick_cue")
    line.close()
    *_, info = env.step(GO)
    assert info["repeated"] == FrameLostError.__name__


@pytest.mark.slow
def test_the_world_is_left_as_it_was_found_even_after_a_fault(server):
    line = Line(server.address)  # a client that stays: the server does not tidy up by itself
    before = line("get_episode_settings")
    code = (
        "import numpy as np; from sim_suite.envs.carla.env import CarlaEnv\n"
        f"env = CarlaEnv(map={MAP!r}, server={str(server.address)!r}); env.reset(seed=1)\n"
        "env.step(np.zeros(2, np.float32)); raise ValueError('a fault of the script')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert "a fault of the script" in done.stderr
    deadline = time.monotonic() + 60.0
    while line("get_episode_settings") != before and time.monotonic() < deadline:
        time.sleep(0.05)  # the process with the client outlives the script by what it takes to tidy up
    assert line("get_episode_settings") == before
    assert not hero_actors(line)
    line.close()


def test_two_do_not_share_a_world(make):
    first = make()
    first.reset(seed=1)
    with pytest.raises(ServerTakenError):
        make().reset(seed=1)
    first.close()
    make().reset(seed=1)


def test_a_map_that_the_server_has_not_is_sent_to_it(make, tmp_path):
    text = Path("scenarios/maps/straight_street.xodr").read_bytes()
    (tmp_path / "my_street.xodr").write_bytes(text)
    env = make(map=str(tmp_path / "my_street.xodr"), route_m=(30.0, 60.0))
    env.reset(seed=1)
    env.step(GO)
    assert Path(env.map_name).read_bytes() == text
    env.close()
    with pytest.raises(CarlaRefusal, match="the server has no map 'Town99'"):
        make(map="Town99").reset(seed=1)


def test_it_answers_in_words(make):
    with pytest.raises(SuiteError, match="Call reset first"):
        _ = make().speed_mps
    with pytest.raises(SuiteError, match="the server moves the car"):
        make(model="kinematic")
    with pytest.raises(UnknownNameError, match="Did you mean 'server'"):
        make(sever="own")
    with pytest.raises(ServerMissingError):
        make(server="127.0.0.1:1").reset(seed=1)


def test_weather_is_seen_and_not_felt(make, server):
    env = make(weather="storm")
    env.reset(seed=1)
    env.step(GO)
    line = Line(server.address)
    weather = line("get_weather_parameters")[0][1]
    line.close()
    assert weather[1] == 100.0
    assert env.live_state.weather[0, 0] == 1.0
    assert any("friction" in one for one in mirror_of(env._fleet).left_out)


def own_server_of(pid):
    """The process that serves an environment of this process."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == pid and b"sim_suite.carla.server.hosting" in command:
            yield int(folder.name)


@pytest.mark.slow
def test_a_server_of_its_own_is_started_again(make):
    known = set(own_server_of(os.getpid()))
    env, twin = make(server="own", timeout_s=20.0), DrivingEnv(map=MAP, model="single_track")
    env.reset(seed=9)
    twin.reset(seed=9)
    (own,) = set(own_server_of(os.getpid())) - known
    for step in range(12):
        if step == 6:
            os.kill(own, signal.SIGKILL)
        *_, info = env.step(GO)
        twin.step(GO)
        assert info.get("repeated") == ("ConnectionLostError" if step == 6 else None)
    np.testing.assert_allclose(place(env), place(twin), atol=NEAR_M)
    env.close()
    assert set(own_server_of(os.getpid())) == known


@pytest.mark.slow
def test_environments_side_by_side_have_a_server_each():
    envs = gym.make_vec("sim_suite/Carla-v0", 2, "sync", server="own", map=MAP)
    envs.reset(seed=[3, 4])
    for _ in range(5):
        seen, *_ = envs.step(np.tile(GO, (2, 1)))
    twins = gym.make_vec("sim_suite/Driving-v0", 2, "sync", model="single_track", map=MAP)
    twins.reset(seed=[3, 4])
    for _ in range(5):
        expected, *_ = twins.step(np.tile(GO, (2, 1)))
    np.testing.assert_allclose(seen, expected, atol=NEAR_M)
    envs.close()


@pytest.mark.slow
def test_run_plays_a_scenario_on_a_server(server, tmp_path):
    words = ["run", "emergency_brake", "--backend", "carla", "--server", str(server.address), "--samples", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "sim_suite.cli.main", *words, "--json", "--out", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (trial,) = json.loads(done.stdout)["trials"]
    assert [one["passed"] for one in trial["verdicts"]] == [True, True]
    assert "the ego was moved by a CARLA server" in trial["notes"]


def test_lost_for_good_is_said(make, server):
    """The last test of all: the server dies of it."""
    env = make()
    env.reset(seed=7)
    env.step(GO)
    server.signal(signal.SIGKILL)
    with pytest.raises(ConnectionLostError, match="is lost"):
        env.step(GO)
    with pytest.raises(ServerMissingError, match="no CARLA server answers"):
        env.reset(seed=7)
