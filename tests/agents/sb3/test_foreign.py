"""Stable-Baselines3's own files: recognised without being run, refused without trust, and taken over to the last bit."""

from __future__ import annotations

import base64
import io
import json
import pickle
import zipfile
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import sb3_contrib
import stable_baselines3
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack, VecNormalize
from torch import nn

from agents import checkpoint
from agents.naming import build, find, refuse_mismatch
from agents.sb3.agent import Sb3Agent
from agents.sb3.detect import detect
from agents.sb3.foreign import convert_zip, load_zip
from sim_suite.envs.views import View
from sim_suite.errors import DamagedFileError, SuiteError

SMALL_BUFFER = {"buffer_size": 10}
MAKERS = {
    "sb3-a2c": (stable_baselines3.A2C, "MlpPolicy", "CartPole-v1", {}),
    "sb3-ppo": (stable_baselines3.PPO, "MlpPolicy", "CartPole-v1", {"learning_rate": lambda share: share * 1e-3}),
    "sb3-trpo": (sb3_contrib.TRPO, "MlpPolicy", "CartPole-v1", {}),
    "sb3-recurrent-ppo": (sb3_contrib.RecurrentPPO, "MlpLstmPolicy", "CartPole-v1", {}),
    "sb3-dqn": (stable_baselines3.DQN, "MlpPolicy", "CartPole-v1", SMALL_BUFFER),
    "sb3-qrdqn": (sb3_contrib.QRDQN, "MlpPolicy", "CartPole-v1", SMALL_BUFFER),
    "sb3-sac": (stable_baselines3.SAC, "MlpPolicy", "Pendulum-v1", SMALL_BUFFER | {"use_sde": True}),
    "sb3-td3": (stable_baselines3.TD3, "MlpPolicy", "Pendulum-v1", SMALL_BUFFER),
    "sb3-tqc": (sb3_contrib.TQC, "MlpPolicy", "Pendulum-v1", SMALL_BUFFER),
    "sb3-ars": (sb3_contrib.ARS, "LinearPolicy", "Pendulum-v1", {"zero_policy": False}),
}


def written(name: str, path: Path):
    """A fresh model of one algorithm, saved by Stable-Baselines3."""
    maker, policy, env_id, arguments = MAKERS[name]
    model = maker(policy, env_id, device="cpu", seed=1, **arguments)
    model.save(path)
    return model


@pytest.mark.parametrize("name", MAKERS)
def test_each_algorithm_is_recognised_and_taken_over(name: str, tmp_path: Path) -> None:
    model = written(name, tmp_path / "model.zip")
    assert detect(tmp_path / "model.zip").name == name
    agent = load_zip(tmp_path / "model.zip", trust=True)
    observations = np.random.default_rng(0).normal(size=(32, *model.observation_space.shape)).astype(np.float32)
    expected, _ = model.predict(observations, deterministic=True)
    assert np.array_equal(agent.predict(observations, deterministic=True)[0], expected)
    convert_zip(tmp_path / "model.zip", tmp_path / "out", MAKERS[name][2], trust=True)
    assert np.array_equal(Sb3Agent.load(tmp_path / "out").predict(observations, deterministic=True)[0], expected)
    assert checkpoint.describe(tmp_path / "out").agent == name
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".json", ".safetensors"}


def test_a_stored_ddpg_counts_as_td3(tmp_path: Path) -> None:
    stable_baselines3.DDPG("MlpPolicy", "Pendulum-v1", device="cpu", buffer_size=10).save(tmp_path / "model.zip")
    assert load_zip(tmp_path / "model.zip", trust=True).spec.algorithm.name == "sb3-td3"


def test_nothing_runs_without_trust(tmp_path: Path) -> None:
    marker = tmp_path / "it-ran"

    class Trap:
        def __reduce__(self):
            return Path.touch, (marker,)

    written("sb3-ppo", tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as file:
        contents = {item: file.read(item) for item in file.namelist()}
    data = json.loads(contents["data"])
    data["observation_space"][":serialized:"] = pickle_text(Trap())
    with zipfile.ZipFile(tmp_path / "trap.zip", "w") as file:
        for item, value in (contents | {"data": json.dumps(data).encode()}).items():
            file.writestr(item, value)
    with pytest.raises(SuiteError, match=r"runs code of its maker\. Add --trust"):
        load_zip(tmp_path / "trap.zip", trust=False)
    assert detect(tmp_path / "trap.zip").name == "sb3-ppo"
    assert not marker.exists()
    with pytest.raises(SuiteError):
        load_zip(tmp_path / "trap.zip", trust=True)
    assert marker.exists()  # the trap is a real one


def pickle_text(value) -> str:
    return base64.b64encode(pickle.dumps(value)).decode()


def test_normalisation_comes_along_where_its_file_is_named(tmp_path: Path) -> None:
    environments = VecNormalize(DummyVecEnv([lambda: gym.make("CartPole-v1")]))
    model = stable_baselines3.A2C("MlpPolicy", environments, device="cpu", seed=0).learn(100)
    model.save(tmp_path / "model.zip")
    environments.save(str(tmp_path / "vecnormalize.pkl"))
    agent = load_zip(tmp_path / "model.zip", True, tmp_path / "vecnormalize.pkl")
    observations = np.random.default_rng(0).normal(size=(32, 4)).astype(np.float32)
    assert agent.scale is not None
    assert np.array_equal(agent.scale(observations), environments.normalize_obs(observations))
    (tmp_path / "wrong.pkl").write_bytes(pickle.dumps({"not": "statistics"}))
    with pytest.raises(SuiteError, match="no VecNormalize statistics"):
        load_zip(tmp_path / "model.zip", True, tmp_path / "wrong.pkl")


def test_pictures_are_looked_at_as_in_training(tmp_path: Path) -> None:
    class Screen(gym.Env):
        observation_space = gym.spaces.Box(0, 255, (40, 44, 1), np.uint8)
        action_space = gym.spaces.Discrete(3)

        def reset(self, *, seed=None, options=None):
            return self.observation_space.sample(), {}

        def step(self, action):
            return self.observation_space.sample(), 0.0, True, False, {}

    model = stable_baselines3.DQN("CnnPolicy", VecFrameStack(DummyVecEnv([Screen]), 4), device="cpu", buffer_size=10)
    model.save(tmp_path / "model.zip")
    agent = load_zip(tmp_path / "model.zip", trust=True)
    assert agent.interface.observation == View("pixels", (40, 44), grey=True, stack=4)
    pictures = np.random.default_rng(0).integers(0, 256, (5, 4, 40, 44), np.uint8)
    expected, _ = model.predict(pictures, deterministic=True)
    assert np.array_equal(agent.predict(pictures, deterministic=True)[0], expected)


def test_an_agent_for_another_environment_is_not_converted(tmp_path: Path) -> None:
    written("sb3-ppo", tmp_path / "model.zip")
    for env_id in ("Pendulum-v1", "FrozenLake-v1"):
        with pytest.raises(SuiteError, match=f"{env_id} has"):
            convert_zip(tmp_path / "model.zip", tmp_path / "out", env_id, trust=True)
    assert not (tmp_path / "out").exists()


def test_a_class_of_the_makers_own_is_refused(tmp_path: Path) -> None:
    class Swish(nn.SiLU):
        pass

    stable_baselines3.A2C("MlpPolicy", "CartPole-v1", device="cpu", policy_kwargs={"activation_fn": Swish}).save(
        tmp_path / "a.zip"
    )
    with pytest.raises(SuiteError, match=r"activation_fn=.*cannot be saved: only tanh"):
        load_zip(tmp_path / "a.zip", trust=True)


def test_damaged_and_foreign_files_are_named(tmp_path: Path) -> None:
    written("sb3-ppo", tmp_path / "model.zip")
    whole = (tmp_path / "model.zip").read_bytes()
    middle = len(whole) // 2
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("readme.txt", "not a model")
    no_json = io.BytesIO()
    with zipfile.ZipFile(no_json, "w") as file:
        file.writestr("data", "{")
        file.writestr("policy.pth", b"")
    strange = io.BytesIO()
    with zipfile.ZipFile(strange, "w") as file:
        file.writestr("data", json.dumps({"policy_class": {"__module__": "their.own"}}))
        file.writestr("policy.pth", b"")
    cases = {
        b"": "no readable",
        b"not a zip": "no readable",
        whole[:-100]: "lacks data",  # the tensors inside are a zip too, and now the last one in the file
        whole[:middle] + b"\0" * 200 + whole[middle + 200 :]: "damaged|no readable",
        other.getvalue(): "lacks data, policy.pth",
        no_json.getvalue(): "no readable",
        strange.getvalue(): "unknown here .*their.own",
    }
    for contents, message in cases.items():
        (tmp_path / "case.zip").write_bytes(contents)
        with pytest.raises(SuiteError, match=message) as caught:
            load_zip(tmp_path / "case.zip", trust=True)
        assert "\n" not in str(caught.value)


def test_tensors_that_do_not_fit_are_one_line(tmp_path: Path) -> None:
    written("sb3-ppo", tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as file:
        contents = {item: file.read(item) for item in file.namelist()}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as file:
        for item, value in (contents | {"policy.pth": b"nothing"}).items():
            file.writestr(item, value)
    with pytest.raises(DamagedFileError, match="could not be read as sb3-ppo") as caught:
        load_zip(tmp_path / "bad.zip", trust=True)
    assert "\n" not in str(caught.value)


def test_a_foreign_file_enters_only_what_it_was_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    stable_baselines3.PPO("MlpPolicy", "CartPole-v1", n_steps=8, batch_size=8, seed=0).save(path)
    found = find(f"sb3:{path}", trust=True)
    agent = build(found, "CartPole-v1", {}, 0)
    refuse_mismatch(found, agent, "CartPole-v1", {})
    with pytest.raises(SuiteError, match=r"FrozenLake-v1 has Discrete\(16\) -> Discrete\(4\)"):
        refuse_mismatch(found, agent, "FrozenLake-v1", {})
