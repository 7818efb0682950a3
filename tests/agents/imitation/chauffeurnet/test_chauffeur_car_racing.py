"""A ChauffeurNet of CarRacing from end to end: found by its environment, trained, stopped and resumed, saved, entered, at the wheel."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.race_tracker import CarMotion, race_through
from agents.imitation.chauffeurnet.spec import CAR_RACING, ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import in_vehicle_frame
from agents.imitation.chauffeurnet.tracking import world_of
from agents.naming import build, find, refuse_mismatch
from agents.recipe import Recipe, suited
from agents.training import begin, go, resume
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.envs.car_racing.map_view import SCALES
from sim_suite.envs.making import make
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json
from sim_suite.leaderboard.entries import resolve
from sim_suite.leaderboard.episode import play
from sim_suite.leaderboard.suite import load as load_suite
from sim_suite.settings import build_config
from tests.agents.imitation.chauffeurnet.training_by_hand import config
from tests.agents.stopping import Stopped

ENV = "sim_suite/CarRacing-v0"
SPEC = ChauffeurSpec(preset("car_racing"), 4, 3)
SIZES = Sizes(maps=(4, 8, 8, 8), dilations=(1,), hidden=8, meta=8, fast_maps=4, fast_units=16)
LAPS = {"laps": 1, "steps": 120, "grasped": 0.5}


def agent_of(network="chauffeurnet-fast"):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        policy = ChauffeurPolicy(network, "car_racing", SPEC, SIZES, world=CAR_RACING)
        return ChauffeurAgent(policy, policy.build())


def recipe(**settings):
    given = {"raster": "car_racing", "updates": 4, "judge_every": 0, "judged_worlds": 1, "feed__laps": LAPS, **settings}
    return Recipe("chauffeurnet", ENV, config=config(**given))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    go(begin(recipe(), folder))
    return folder


@pytest.mark.parametrize("method", ["chauffeurnet", "chauffeurnet-fast"])
def test_the_environment_finds_its_recipe(method):
    found = suited(method, ENV)
    assert (found.name, found.env) == (f"{method}-car-racing", ENV)
    assert build_config(ChauffeurConfig, found.config, found.name).spec.raster == preset("car_racing")
    assert suited(method, "CarRacing-v3").config == found.config
    assert suited(method, "sim_suite/Driving-v0").name == f"{method}-small"


def test_worlds_by_environment():
    assert (world_of(ENV), world_of("sim_suite/Driving-v0")) == ("car_racing", "driving")
    with pytest.raises(SuiteError, match=r"learns to drive in .*, not in sim_suite/CarRacingDiscrete-v0"):
        world_of("sim_suite/CarRacingDiscrete-v0")
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views vector"):
        world_of("CartPole-v1")


def test_a_stopped_run_goes_on_to_the_same_bytes(whole, tmp_path):
    def watch(done, total, metrics):
        raise Stopped

    with pytest.raises(Stopped):
        go(begin(recipe(), tmp_path / "broken"), watch)
    go(resume(tmp_path / "broken"))
    for path in sorted(whole.rglob("*")):
        if path.is_file():
            assert (tmp_path / "broken" / path.relative_to(whole)).read_bytes() == path.read_bytes(), path


def test_the_run_is_judged_and_its_agent_acts(whole):
    lines = [json.loads(line) for line in (whole / "metrics.jsonl").read_text().splitlines()]
    assert "held_out_m" in lines[-1]
    found = find(str(whole))
    agent = build(found, ENV, {}, 0)
    refuse_mismatch(found, agent, ENV, {})
    refuse_mismatch(found, agent, "CarRacing-v3", {})
    with pytest.raises(
        SuiteError, match="is made for CarRacing-v3, sim_suite/CarRacing-v0, not for sim_suite/Driving-v0"
    ):
        refuse_mismatch(found, agent, "sim_suite/Driving-v0", {})
    with make(ENV, agent.interface.observation) as env:
        rows = [
            play(env, agent, task="t", entry="e", run=0, episode=0, seed=5, watch=until(env, 0.4)) for _ in range(2)
        ]
    assert rows[0].outcome == "ok", rows[0].message
    assert rows[0].length >= 15
    assert rows[0] == rows[1]


def until(env, seconds):
    return lambda seen: seen.unwrapped.t < seconds


def test_it_is_entered_as_one_that_is_told_the_truth(whole):
    entries, _ = resolve([f"chauffeur={whole}"], load_suite("car-racing"), trust=False)
    assert [(entry.label, entry.privileged) for entry in entries] == [("chauffeur", True)]


def test_waypoints_and_instruments_go_to_the_race_cars_tracker():
    agent, rng = agent_of(), np.random.default_rng(0)
    rasters = (rng.random((2, *SPEC.raster.shape)) < 0.2).astype(np.uint8) * np.uint8(255)
    values = np.array([[40.0, 1.0, 0.5, 0.1, 70.0, 71.0, 72.0, 73.0], [3.0, 0.0, 0.0, 0.0, 6.0, 6.0, 6.0, 6.0]])
    actions, state = agent.predict(
        {"raster": rasters, "vector": (values / SCALES).astype(np.float32)}, None, None, True
    )
    said = agent.foresee(rasters)
    places = in_vehicle_frame(SPEC, said.waypoints.numpy())
    for b, (forward, left, turning, _, *omega) in enumerate(values.tolist()):
        wanted = race_through(places[b], said.speeds.numpy()[b], CarMotion(forward, left, turning, tuple(omega)))
        np.testing.assert_allclose(actions[b], wanted, atol=1e-4)
    assert actions.dtype == np.float32
    assert state[:, 0].tolist() == [1, 1]
    faster = {"raster": rasters, "vector": (values[::-1] / SCALES).astype(np.float32)}
    later, _ = agent.predict(faster, state, None, True)
    assert not np.allclose(later, actions), "it decides in every step"


def test_a_policy_says_its_world_and_without_that_word_it_drives_in_towns(tmp_path):
    agent_of().save(tmp_path)
    data = read_json(tmp_path / "chauffeur.json")
    assert data["world"] == "car_racing"
    assert ChauffeurAgent.load(tmp_path).policy.world == "car_racing"
    (tmp_path / "chauffeur.json").write_text(json.dumps({**data, "world": "moon"}))
    with pytest.raises(DamagedFileError, match="world 'moon'"):
        ChauffeurAgent.load(tmp_path)
    older = {key: value for key, value in data.items() if key != "world"}
    (tmp_path / "chauffeur.json").write_text(json.dumps(older))
    loaded = ChauffeurAgent.load(tmp_path)
    assert loaded.policy == replace(agent_of().policy, world="driving")
    assert loaded.envs == ("sim_suite/Driving-v0", "sim_suite/Scenario-v0", "sim_suite/Carla-v0")


def test_a_raster_of_what_the_world_has_not_is_refused(tmp_path):
    with pytest.raises(SuiteError, match="channel of CarRacing's raster 'marks'"):
        begin(Recipe("chauffeurnet", ENV, config=config(feed__laps=LAPS)), tmp_path / "run")
    with pytest.raises(SuiteError, match="this raster shows road, route, ego, past_poses only"):
        begin(recipe(scene={"source": "errors"}), tmp_path / "run")
