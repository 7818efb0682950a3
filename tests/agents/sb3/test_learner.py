"""A run that was stopped and resumed is, bit for bit, the run that went on; and seeds, settings and refusals hold."""

from __future__ import annotations

import json
import random
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.learner import Metrics
from agents.learning.episode_seeds import FIRST_TRAINING_SEED, episode_seed
from agents.naming import task_of
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.episodes import SeededEpisodes
from agents.sb3.learner import Sb3Learner
from agents.sb3.methods import METHODS
from sim_suite.envs.views import PIXELS, STATE
from sim_suite.errors import DamagedFileError, SuiteError, UnknownNameError
from tests.agents.stopping import everything

ON_POLICY = {"net_arch": (8,), "steps": 128, "envs": 2, "normalize_observations": True, "normalize_rewards": True}
OFF_POLICY = {"net_arch": (8,), "steps": 120, "metrics_every": 40}
REPLAY = {"buffer_size": 70, "learning_starts": 10, "batch_size": 16}  # smaller than the run: the buffer goes round

RUNS: dict[str, tuple[str, dict]] = {
    "sb3-a2c": ("CartPole-v1", ON_POLICY | {"hyperparameters": {"n_steps": 16}}),
    "sb3-ppo": (
        "Pendulum-v1",
        ON_POLICY
        | {"hyperparameters": {"n_steps": 16, "batch_size": 16, "use_sde": True, "learning_rate": "linear 1e-3"}},
    ),
    "sb3-trpo": ("CartPole-v1", ON_POLICY | {"hyperparameters": {"n_steps": 16, "batch_size": 32}}),
    "sb3-recurrent-ppo": (
        "CartPole-v1",
        ON_POLICY
        | {"hyperparameters": {"n_steps": 16, "batch_size": 16, "n_epochs": 2}, "policy": {"lstm_hidden_size": 8}},
    ),
    "sb3-dqn": (
        "CartPole-v1",
        OFF_POLICY
        | {"hyperparameters": REPLAY | {"n_steps": 3, "exploration_fraction": 0.9, "target_update_interval": 30}},
    ),
    "sb3-qrdqn": ("CartPole-v1", OFF_POLICY | {"hyperparameters": REPLAY, "policy": {"n_quantiles": 5}}),
    "sb3-sac": ("Pendulum-v1", OFF_POLICY | {"envs": 2, "normalize_observations": True, "hyperparameters": REPLAY}),
    "sb3-td3": ("Pendulum-v1", OFF_POLICY | {"action_noise": "normal", "hyperparameters": REPLAY}),
    "sb3-ddpg": ("Pendulum-v1", OFF_POLICY | {"action_noise": "ornstein-uhlenbeck", "hyperparameters": REPLAY}),
    "sb3-tqc": ("Pendulum-v1", OFF_POLICY | {"hyperparameters": REPLAY, "policy": {"n_quantiles": 5}}),
    "sb3-ars": (
        "CartPole-v1",
        {"steps": 1200, "linear_policy": True, "hyperparameters": {"n_delta": 2, "delta_std": 0.5}},
    ),
}


def start(name: str, seed: int = 3, **changes) -> Sb3Learner:
    env_id, settings = RUNS[name]
    return METHODS[name].start(task_of(env_id, {}), Sb3Config(**settings | changes), seed, "cpu")


@pytest.mark.parametrize("name", RUNS)
def test_resuming_changes_nothing(name: str, tmp_path: Path) -> None:
    straight, metrics = start(name), []
    stopped_at = tmp_path / "state"
    stopped_at.mkdir()
    for row in straight.run():
        metrics.append(row)
        if len(metrics) == 2:
            straight.save_state(stopped_at)
    assert len(metrics) > 2
    resumed = start(name)
    torch.manual_seed(99)  # a new process begins with other streams
    resumed.load_state(stopped_at)
    rest: list[Metrics] = list(resumed.run())
    assert rest == metrics[2:]
    assert everything(straight, tmp_path / "straight") == everything(resumed, tmp_path / "resumed")


def test_the_table_of_runs_is_complete() -> None:
    assert set(RUNS) == set(METHODS) == set(ALGORITHMS)


def test_same_seed_same_run_whatever_happens_around_it(tmp_path: Path) -> None:
    runs = [start("sb3-dqn"), start("sb3-dqn")]
    surroundings = np.random.get_state()[1].copy(), torch.get_rng_state(), random.getstate()  # noqa: NPY002
    for _ in zip(*(run.run() for run in runs), strict=True):  # in turn, in one process
        pass
    assert everything(runs[0], tmp_path / "a") == everything(runs[1], tmp_path / "b")
    assert everything(start("sb3-dqn", seed=4), tmp_path / "c") != everything(start("sb3-dqn", seed=3), tmp_path / "d")
    after = np.random.get_state()[1], torch.get_rng_state(), random.getstate()  # noqa: NPY002
    assert np.array_equal(surroundings[0], after[0])
    assert torch.equal(surroundings[1], after[1])
    assert surroundings[2] == after[2]


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    list(start("sb3-a2c", threads=before + 1).run())
    assert torch.get_num_threads() == before


def test_the_state_holds_no_pickle(tmp_path: Path) -> None:
    run = start("sb3-sac")
    next(run.run())
    files = everything(run, tmp_path / "state")
    assert {Path(name).suffix for name in files} == {".safetensors", ".json", ".npy"}
    for name in files:
        if name.endswith(".npy"):
            assert np.load(tmp_path / "state" / name, allow_pickle=False).shape[0] == 20  # 40 steps of two environments


@pytest.mark.parametrize("name", ["sb3-a2c", "sb3-dqn", "sb3-recurrent-ppo"])
def test_saving_leaves_no_trace_in_training(name: str, tmp_path: Path) -> None:
    saving, quiet = start(name), start(name)
    for number, _ in enumerate(saving.run()):
        everything(saving, tmp_path / str(number))
    list(quiet.run())
    assert everything(saving, tmp_path / "saving") == everything(quiet, tmp_path / "quiet")


def test_an_environment_that_does_not_repeat_itself_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start("sb3-dqn")
    next(run.run())
    assert run._model.replay_buffer.dones[39] == 0  # in the middle of an episode
    files = everything(run, tmp_path / "state")
    monkeypatch.setattr(
        "agents.learning.episode_seeds.FIRST_TRAINING_SEED", 2_000_000
    )  # as if the environment had changed since
    resumed = start("sb3-dqn")
    resumed.load_state(tmp_path / "state")
    buffer = resumed._model.replay_buffer
    assert (buffer.dones[39], buffer.timeouts[39]) == (1, 1)  # a truncation: learning still bootstraps
    assert resumed._model._last_episode_starts.tolist() == [True]
    assert resumed._model.env.unwrapped.envs[0].actions().shape == (0,)
    assert len(list(resumed.run())) == 2
    assert everything(resumed, tmp_path / "later") != files


def test_an_episode_is_taken_up_in_its_midst() -> None:
    left, other = (SeededEpisodes(gym.make("Pendulum-v1"), 3, 1) for _ in range(2))
    generator = np.random.default_rng(0)
    left.reset()
    left.reset(seed=99)
    for _ in range(7):
        left.step(generator.uniform(-2, 2, 1))
    other.take_up(left.episode, left.actions())
    assert other.episode == 1
    assert np.array_equal(other.latest, left.latest)
    assert other.actions().dtype == np.float32
    assert np.array_equal(other.step([0.5])[0], left.step([0.5])[0])
    expected, _ = gym.make("Pendulum-v1").reset(seed=episode_seed(3, 1, 2))
    assert np.array_equal(left.reset(seed=99)[0], expected)


def test_training_seeds_lie_beyond_those_of_evaluation() -> None:
    seeds = [episode_seed(run, index, episode) for run in range(8) for index in range(8) for episode in range(8)]
    assert min(seeds) >= FIRST_TRAINING_SEED
    assert max(seeds) < 2**31
    assert len(set(seeds)) == len(seeds)


def test_progress_and_metrics_tell_the_true_return() -> None:
    run = start("sb3-ppo", steps=500)
    assert (run.done_steps, run.total_steps) == (0, 500)
    rows = list(run.run())
    assert run.done_steps >= 500
    assert rows[-1]["steps"] == run.done_steps
    assert -2000 < rows[-1]["episode_return"] < -100  # Pendulum's own scale, though rewards are normalised
    assert rows[-1]["episode_length"] == 200
    assert rows[0]["learning_rate"] == pytest.approx(1e-3 * (1 - 32 / 500))


def test_settings_reach_the_algorithm() -> None:
    model = start("sb3-ppo", activation="relu", policy={"ortho_init": False}, net_arch=(5, 6))._model
    assert (model.n_steps, model.batch_size, model.use_sde) == (16, 16, True)
    assert [layer.out_features for layer in model.policy.mlp_extractor.policy_net[::2]] == [5, 6]
    assert isinstance(model.policy.mlp_extractor.policy_net[1], torch.nn.ReLU)
    assert model.policy.ortho_init is False
    assert start("sb3-ddpg")._model.action_noise.noise_prev.tolist() == [0]
    assert (
        start("sb3-sac", hyperparameters=REPLAY | {"train_freq": [1, "episode"]}, envs=1)._model.train_freq.unit.value
        == "episode"
    )


@pytest.mark.parametrize(
    ("name", "changes", "error", "message"),
    [
        ("sb3-ppo", {"hyperparameters": {"learning_rat": 1}}, UnknownNameError, "learning_rate"),
        ("sb3-ppo", {"hyperparameters": {"policy_kwargs": {}}}, UnknownNameError, "hyperparameter of sb3-ppo"),
        ("sb3-ppo", {"policy": {"log_std": 1}}, UnknownNameError, "log_std_init"),
        ("sb3-ppo", {"activation": "thanh"}, UnknownNameError, "tanh"),
        ("sb3-ppo", {"hyperparameters": {"learning_rate": "linear fast"}}, SuiteError, "linear 3e-4"),
        ("sb3-ppo", {"hyperparameters": {"batch_size": 1}}, SuiteError, "refused its configuration"),
        ("sb3-ppo", {"linear_policy": True}, SuiteError, "belongs to sb3-ars"),
        ("sb3-ppo", {"action_noise": "normal"}, SuiteError, "action_noise belongs to"),
        ("sb3-ppo", {"steps": 0}, SuiteError, "steps must be at least 1"),
        ("sb3-ppo", {"net_arch": (0,)}, SuiteError, "positive widths"),
        ("sb3-ppo", {"view": PIXELS}, SuiteError, "divided by 255"),
        ("sb3-ppo", {"view": STATE}, SuiteError, "'vector' or 'pixels'"),
        ("sb3-ars", {"view": PIXELS, "linear_policy": False}, SuiteError, "cannot look at pixels"),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, changes: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        start(name, **changes)


def test_an_algorithm_refuses_the_wrong_actions() -> None:
    with pytest.raises(SuiteError, match="needs continuous actions"):
        METHODS["sb3-sac"].start(task_of("CartPole-v1", {}), Sb3Config(), 0, "cpu")
    with pytest.raises(SuiteError, match="needs discrete actions"):
        METHODS["sb3-dqn"].start(task_of("Pendulum-v1", {}), Sb3Config(), 0, "cpu")
    with pytest.raises(SuiteError, match="leave normalize_observations out"):
        METHODS["sb3-dqn"].start(task_of("FrozenLake-v1", {}), Sb3Config(normalize_observations=True), 0, "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_missing_cuda_device_is_not_passed_over() -> None:
    with pytest.raises(SuiteError, match="torch sees no CUDA device"):
        METHODS["sb3-ppo"].start(task_of("CartPole-v1", {}), Sb3Config(), 0, "cuda")


def test_a_state_of_another_run_is_refused(tmp_path: Path) -> None:
    run = start("sb3-sac")
    next(run.run())
    everything(run, tmp_path / "state")
    with pytest.raises(SuiteError, match="not a state of sb3-td3"):
        start("sb3-td3").load_state(tmp_path / "state")
    with pytest.raises(DamagedFileError, match="does not fit this run"):
        start("sb3-sac", net_arch=(9,)).load_state(tmp_path / "state")
    with pytest.raises(DamagedFileError, match="does not fit a buffer"):
        start("sb3-sac", envs=1).load_state(tmp_path / "state")
    state = json.loads((tmp_path / "state" / "state.json").read_text())
    del state["counters"]
    (tmp_path / "state" / "state.json").write_text(json.dumps(state))
    with pytest.raises(DamagedFileError, match="counters"):
        start("sb3-sac").load_state(tmp_path / "state")
