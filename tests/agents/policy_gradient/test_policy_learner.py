"""Training runs: a run that was stopped goes on to the same bytes, updates by hand, and what is learned is learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents import recipe as recipes
from agents.imitation.chauffeurnet.data.experience import MAPS
from agents.naming import build, find, task_of
from agents.policy_gradient.agent import PolicyAgent
from agents.policy_gradient.learner import PolicyLearner
from agents.policy_gradient.methods import METHODS
from agents.policy_gradient.single_step import single_step
from agents.recipe import Recipe
from agents.registry import entry
from agents.tabular.exact import expected_return, greedy_policy
from agents.tabular.table import read_table
from agents.training import begin, go, resume
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.errors import DamagedFileError, SuiteError, UnknownNameError
from sim_suite.settings import build_config
from sim_suite.studies.driving_routes import KEPT
from tests.agents.stopping import check_that_it_goes_on, everything, files_of

HILL = {"kind": "fixed", "centre": [-0.3, 0.0], "spread": [0.5, 0.035]}
TINY = {"steps": 200, "envs": 3, "report_every": 60, "network": {"hidden": [8]}}
HELD = {"hold": 5, "scale_rewards": True, "network": {"hidden": [], "scale": {"kind": "running"}}}
ROLLOUT = {"rollout": 8}
SMALL = {"kind": "pixels", "size": [36, 36], "grey": True, "stack": 2}
PICTURES = {"steps": 60, "envs": 2, "report_every": 16, "rollout": 8, "view": SMALL, "network": {"hidden": [8]}}
RUNS: dict[str, tuple[str, str, dict]] = {
    "reinforce": ("reinforce", "CartPole-v1", TINY),
    "reinforce, held noise": ("reinforce", "Pendulum-v1", TINY | HELD | {"steps": 2000, "report_every": 600}),
    "baseline": ("reinforce-baseline", "FrozenLake-v1", TINY | {"entropy_weight": 0.1}),
    "actor-critic": ("actor-critic", "CartPole-v1", TINY | {"optimizer": "rmsprop", "scale_rewards": True}),
    "a2c": ("a2c", "Pendulum-v1", TINY | HELD | ROLLOUT),
    "a2c, noise by features": (
        "a2c",
        "Pendulum-v1",
        TINY | ROLLOUT | {"hold": 5, "network": {"hidden": [8], "deviation": {"kind": "noise", "initial": 0.5}}},
    ),
    "a2c, encoder": (
        "a2c",
        "MountainCarContinuous-v0",
        TINY | ROLLOUT | {"network": {"scale": HILL, "features": {"kind": "autoencoder", "count": 6}, "hidden": []}},
    ),
    "ppo": ("ppo", "CartPole-v1", TINY | ROLLOUT | {"network": {"hidden": [8], "scale": {"kind": "running"}}}),
    "trpo": ("trpo", "Pendulum-v1", TINY | ROLLOUT | {"epochs": 3}),
    "trpo, numbered": ("trpo", "CartPole-v1", TINY | ROLLOUT | {"epochs": 2, "minibatches": 1, "kl_limit": 1e-3}),
    "ppo, pictures": (
        "ppo",
        "sim_suite/BreakoutDeterministic-v0",
        PICTURES | {"epochs": 2, "minibatches": 2, "clip": 0.1, "anneal_clip": True},
    ),
    "a2c, pictures": ("a2c", "sim_suite/BreakoutDeterministic-v0", PICTURES),
    "ppo, driving": (
        "ppo",
        "sim_suite/Driving-v0",
        TINY | ROLLOUT | {"steps": 600, "report_every": 150, "precision": "bfloat16", "scale_rewards": True},
    ),
    "ppo, limits": ("ppo", "Pendulum-v1", TINY | ROLLOUT | {"value_clip": 0.2, "kl_limit": 1e-4, "hold": 2}),
}


KWARGS: dict[str, dict] = {
    "ppo, driving": {"map": ["crossroads", "curves"], "actors": 4, "reward": "carl", "limit_ticks": 60},
}


def start(name: str, seed: int = 3, **changes) -> PolicyLearner:
    method, env_id, settings = RUNS[name]
    config = build_config(METHODS[method].config, settings | changes, name)
    return METHODS[method].start(task_of(env_id, KWARGS.get(name, {})), config, seed, "cpu")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    files = check_that_it_goes_on(lambda: start(name), 1, tmp_path)
    assert {Path(file).suffix for file in files} == {".json", ".safetensors"}


def test_a_run_folder_that_was_stopped_and_resumed_holds_the_same_bytes(tmp_path: Path) -> None:
    recipe = Recipe("ppo", "CartPole-v1", seed=1, config=TINY | ROLLOUT)

    go(begin(recipe, tmp_path / "whole"))
    lines: list[dict] = []
    go(begin(recipe, tmp_path / "broken"), enough=lambda metrics: lines.append(metrics) or len(lines) == 2)
    go(resume(tmp_path / "broken"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")
    assert isinstance(build(find(str(tmp_path / "whole")), "CartPole-v1", {}, 0), PolicyAgent)


@pytest.mark.parametrize("method", METHODS)
def test_methods_take_the_settings_that_are_known_to_be_good(method: str) -> None:
    for env_id, name in entry(method).recipes:
        recipe = recipes.suited(method, env_id)
        assert (recipe.agent, recipe.env, recipe.name) == (method, env_id, name)


def test_what_is_kept_for_judging_drivers_is_not_learned_on() -> None:
    told = recipes.load("driving-ppo").env_kwargs
    assert set(told["map"]) <= set(MAPS)
    assert not set(told["map"]) & set(KEPT)
    assert told["reward"] == "carl"
    DrivingOptions(**told)


def test_the_same_seed_gives_the_same_run_and_leaves_its_surroundings_alone(tmp_path: Path) -> None:
    one, same, other = start("ppo"), start("ppo"), start("ppo", seed=4)
    surroundings = torch.get_rng_state(), torch.get_num_threads()
    assert list(one.run()) == list(same.run()) != list(other.run())
    assert everything(one, tmp_path / "a") == everything(same, tmp_path / "b")
    assert torch.equal(surroundings[0], torch.get_rng_state())
    assert surroundings[1] == torch.get_num_threads()


@pytest.mark.parametrize(
    ("name", "steps", "updates"),
    # Three environments: 67 vector steps of one update; 9 rollouts of 8 steps; the same with 10 epochs of 4 minibatches.
    [("actor-critic", 201, 67), ("a2c", 216, 9), ("ppo", 216, 9 * 10 * 4), ("trpo", 216, 9 * 3 * 4)],
)
def test_updates_come_as_often_as_asked(name: str, steps: int, updates: int) -> None:
    run = start(name)
    rows = list(run.run())
    assert (run.done_steps, rows[-1]["updates"]) == (steps, updates)


def test_clip_and_step_size_fall_to_nothing_where_they_are_annealed() -> None:
    """At the end of a run a clip of 0 leaves no gradient to the policy beyond the first minibatch, whose ratios are 1."""
    moved = {}
    for annealed in (False, True):
        run = start("ppo", anneal=False, anneal_clip=annealed)
        run._begin()
        run._done = run.total_steps - 1
        moved[annealed] = float(run._learn()["kl"])
    assert moved[True] < 0.3 * moved[False]
    run = start("ppo")
    run._begin()
    run._done = run.total_steps
    before = run._ascent.flat.vector.detach().clone()
    run._learn()
    assert torch.equal(run._ascent.flat.vector, before)


def test_an_epoch_that_moves_too_far_is_the_last_of_its_round() -> None:
    run = start("ppo, limits")
    run._begin()
    rounds = []
    for _ in range(9):
        before = run._ascent.updates
        moved = float(run._learn()["kl"])
        rounds.append((run._ascent.updates - before, moved > 1e-4))
    assert all(too_far == (updates < 40) for updates, too_far in rounds if updates < 40 or not too_far)
    assert min(rounds)[0] < 40


@pytest.mark.parametrize("name", ["trpo", "trpo, numbered"])
def test_no_step_of_trpo_goes_beyond_its_limit(name: str) -> None:
    run = start(name)
    run._begin()
    told = [run._learn() for _ in range(9)]
    assert max(float(one["kl"]) for one in told) <= run._config.kl_limit
    assert max(float(one["kl"]) for one in told) > 0.1 * run._config.kl_limit  # and does not stand still
    assert max(float(one["step"]) for one in told) == 1.0


def test_episodes_of_reinforce_begin_together_and_count_to_their_end() -> None:
    run = start("reinforce")
    run._begin()
    for _ in range(2):
        rollout = run._player.episodes(run._acting)
        lengths = rollout.learned.sum(axis=0)
        assert rollout.learned.shape == (lengths.max(), 3)
        for index, length in enumerate(lengths):
            assert rollout.ended[:length, index].tolist() == [False] * (length - 1) + [True]
            assert rollout.learned[:, index].tolist() == [True] * length + [False] * (lengths.max() - length)
            assert np.abs(rollout.observations[0, index]).max() <= 0.05  # as CartPole begins


def test_the_first_update_of_a2c_by_hand() -> None:
    """Two actions, one state, nothing but biases learned: the gradient of the policy is that of the textbook."""
    run = start("baseline", standardise=False, entropy_weight=0.0, value_weight=1e-9, envs=1, max_gradient=1e6)
    network, config = run._ascent.network, run._config
    run._begin()
    rollout = run._player.episodes(run._acting)
    values = np.concatenate([_values(run, rollout.observations[:, 0]), _values(run, rollout.after)])
    returns = np.zeros(len(rollout.rewards))
    for t in reversed(range(len(returns))):
        returns[t] = rollout.rewards[t, 0] + (config.discount * returns[t + 1] if t + 1 < len(returns) else 0)
    chances = run.agent.probabilities(rollout.observations[:, 0])
    chosen = np.eye(4)[rollout.actions[:, 0]]
    advantages = returns - values[: len(returns)]
    expected = -((chosen - chances) * advantages[:, None]).mean(axis=0)
    single_step(run._ascent, run._ascent.material(rollout, rollout.rewards), 0.0, run._mixing)
    assert not rollout.ended[-1, 0] or rollout.terminated[-1, 0]
    assert network.policy[-1].bias.grad.numpy() == pytest.approx(expected, abs=1e-6)


def _values(run: PolicyLearner, observations: np.ndarray) -> np.ndarray:
    network = run._ascent.network
    with torch.no_grad():
        return network.value(network.encode(run._spec.prepare(torch.from_numpy(observations)))).numpy()


def test_actions_are_clipped_before_the_environment_charges_for_them() -> None:
    """MountainCarContinuous-v0 charges 0.1 a^2 for any a: clipped ones cost 0.1 at most."""
    run = start("a2c, encoder", network={"deviation": {"initial": 5.0}})
    run._begin()
    rollout = run._player.steps(30, run._acting)
    assert np.abs(rollout.actions).max() > 2
    assert rollout.rewards.min() == pytest.approx(-0.1)
    assert rollout.rewards == pytest.approx(-0.1 * np.clip(rollout.actions[..., 0], -1, 1) ** 2, abs=1e-6)


class Corridor(gym.Env):
    """Five places, from the middle; 1 goes right and earns 1 at the end, 0 goes left and earns nothing there."""

    observation_space = gym.spaces.Discrete(5)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 2
        return 2, {}

    def step(self, action):
        self.place += 1 if action == 1 else -1
        return self.place, float(self.place == 4), self.place in (0, 4), False, {}


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("reinforce", {"envs": 8, "steps": 4000, "learning_rate": 0.05}),
        ("reinforce-baseline", {"envs": 8, "steps": 4000, "learning_rate": 0.05}),
        ("actor-critic", {"steps": 3000, "learning_rate": 0.02}),
        ("a2c", {"steps": 6000, "learning_rate": 0.05, "rollout": 5}),
        ("ppo", {"steps": 2000, "learning_rate": 0.02, "rollout": 16, "epochs": 4, "minibatches": 2}),
        (
            "trpo",
            {"steps": 3000, "rollout": 16, "kl_limit": 0.05, "learning_rate": 0.02, "epochs": 3, "minibatches": 1},
        ),
    ],
)
def test_the_way_through_a_corridor_is_learned(method: str, settings: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("observing", "batched"):
        monkeypatch.setattr(f"agents.learning.{module}.make", lambda *_, **__: gym.wrappers.TimeLimit(Corridor(), 20))
    config = build_config(METHODS[method].config, settings | {"discount": 0.9, "network": {"hidden": []}}, method)
    run = METHODS[method].start(task_of("FrozenLake-v1", {}), config, 0, "cpu")
    list(run.run())
    chances = run.agent.probabilities(np.arange(1, 4))
    assert chances[:, 1].min() > 0.8
    if method in ("a2c", "ppo"):  # what a state is worth: the discounted reward of going right, nearly
        assert _values(run, np.arange(2, 4)) == pytest.approx([0.9, 1.0], abs=0.15)


def test_driving_on_an_empty_road_is_learned_in_seconds() -> None:
    """At first the car stands, and what is drawn at random leaves the road before the route's end."""
    kwargs = {"map": "loop_straight", "actors": 1, "reward": "carl", "route_m": [60, 80], "limit_ticks": 400}
    settings = {
        "steps": 100_000, "envs": 128, "rollout": 32, "epochs": 4, "learning_rate": 2e-3, "scale_rewards": True,
        "report_every": 20_000, "discount": 0.98, "network": {"hidden": [32], "deviation": {"initial": 0.5}},
    }  # fmt: skip
    task = task_of("sim_suite/Driving-v0", kwargs)
    run = METHODS["ppo"].start(task, build_config(METHODS["ppo"].config, settings, "x"), 0, "cpu")
    assert drives_on(run, task) == 0.0
    rows = list(run.run())
    assert drives_on(run, task) == 1.0
    assert rows[-1]["route_completion"] > 90.0


def drives_on(run: PolicyLearner, task) -> float:
    """Share of eight unseen routes that the likeliest actions drive to their end."""
    env, ended = gym.make_vec(task.env_id, num_envs=8, **task.kwargs), np.zeros(8, np.bool_)
    done, (seen, _) = np.zeros(8, np.bool_), env.reset(seed=5000)
    for _ in range(200):
        seen, _, terminated, truncated, infos = env.step(run.agent.predict(seen, deterministic=True)[0])
        over = (terminated | truncated) & ~ended
        if over.any():
            done[over] = infos["final_info"]["metrics"]["route_done"][over] > 0
        ended |= over
    return float(done.mean())


def test_a_lake_without_slipping_is_crossed() -> None:
    task = task_of("FrozenLake-v1", {"is_slippery": False})
    settings = {
        "steps": 8000,
        "rollout": 32,
        "learning_rate": 0.03,
        "epochs": 5,
        "network": {"hidden": []},
        "entropy_weight": 0.01,
    }
    run = METHODS["ppo"].start(task, build_config(METHODS["ppo"].config, settings, "x"), 0, "cpu")
    list(run.run())
    table = read_table(gym.make("FrozenLake-v1", is_slippery=False))
    assert expected_return(table, greedy_policy(run.agent.probabilities(np.arange(16)))) == 1.0


@pytest.mark.parametrize(
    ("name", "changes", "error", "message"),
    [
        ("a2c", {"steps": 0}, SuiteError, "steps must be at least 1, not 0"),
        ("a2c", {"optimizer": "adamw"}, SuiteError, "must be 'adam' or 'rmsprop'"),
        ("a2c", {"view": {"kind": "state"}}, SuiteError, "look at 'vector' or 'pixels', not at 'state'"),
        ("trpo", {"view": {"kind": "pixels"}}, SuiteError, "trpo looks at 'vector'"),
        ("a2c", {"decay": 1.5}, SuiteError, "decay must lie in 0.0 to 1.0, not be 1.5"),
        ("a2c", {"rollout": 0}, SuiteError, "rollout must be at least 1"),
        ("a2c", {"value_weight": 0.0}, SuiteError, "value_weight must lie in"),
        ("ppo", {"clip": 0.0}, SuiteError, "clip must lie in"),
        (
            "ppo",
            {"precision": "float16"},
            SuiteError,
            "precision must be 'auto' or 'float32' or 'bfloat16', not 'float16'",
        ),
        ("trpo", {"kl_limit": 0.0}, SuiteError, "kl_limit must lie in"),
        ("trpo", {"minibatches": 25}, SuiteError, "does not fill 25 minibatches"),
        ("ppo", {"minibatches": 25}, SuiteError, "a rollout of 8 steps of 3 environments does not fill 25 minibatches"),
        ("ppo", {"hold": 4}, SuiteError, "CartPole-v1 has numbered ones: leave it out"),
        ("baseline", {"rollout": 4}, UnknownNameError, "rollout"),
    ],
)
def test_what_does_not_go_together_is_refused(name: str, changes: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        start(name, **changes)


def test_an_autoencoder_of_states_without_bounds_is_refused() -> None:
    features = {"kind": "autoencoder", "count": 4}
    with pytest.raises(SuiteError, match=r"learns from states between bounds, and Box.* has none"):
        start("ppo", network={"features": features})


def test_a_state_of_another_run_is_refused(tmp_path: Path) -> None:
    run = start("a2c")
    next(run.run())
    everything(run, tmp_path / "state")
    with pytest.raises(SuiteError, match="is not a state of ppo"):
        start("ppo").load_state(tmp_path / "state")
    with pytest.raises(DamagedFileError, match="does not fit this run"):
        start("a2c", network={"hidden": [9]}).load_state(tmp_path / "state")


def test_environments_that_changed_since_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start("a2c")
    next(run.run())
    everything(run, tmp_path / "state")
    monkeypatch.setattr("agents.learning.episode_seeds.FIRST_TRAINING_SEED", 2_000_000)
    resumed = start("a2c")
    resumed.load_state(tmp_path / "state")
    assert resumed.done_steps == run.done_steps
    assert resumed._player.begun.all()
    assert len(list(resumed.run())) > 1


def test_the_faster_arithmetic_is_measured_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def faster(network, forward, device):
        forward(network).backward()
        asked.append(device.type)
        return "bfloat16"

    monkeypatch.setattr("agents.policy_gradient.ascent.faster_precision", faster)
    run = start("ppo", precision="auto")
    list(run.run())
    assert (asked, run._ascent.precision) == (["cpu"], "bfloat16")
    everything(run, tmp_path / "state")
    resumed = start("ppo", precision="auto")
    resumed.load_state(tmp_path / "state")
    assert resumed._ascent.precision == "bfloat16"


def test_sums_in_bfloat16_are_those_of_float32_to_their_rounding() -> None:
    """Eight bits of mantissa: a share of 2^-8 of what is summed; not equal, else nothing was calculated in bfloat16."""
    run = start("ppo", network={"hidden": [64]})
    network, shown = run._ascent.network, torch.randn(256, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        exact, rough = network.value(shown), network.value(shown, "bfloat16")
        assert rough.dtype == torch.float32
        assert not torch.equal(exact, rough)
        assert torch.allclose(exact, rough, atol=0.03)
        logs = network.distribution(shown).logs, network.distribution(shown, "bfloat16").logs
        assert not torch.equal(*logs)
        assert torch.allclose(*logs, atol=0.03)


def test_settings_of_a_recipe_reach_the_run() -> None:
    plain = {"rollout": 5, "network": {"hidden": [], "scale": HILL, "features": {"kind": "radial", "grid": 4}}}
    config = build_config(METHODS["a2c"].config, plain, "x")
    assert config.rollout == 5
    assert config.network.features.grid == 4
    assert replace(config, decay=0.5).look_ahead == 0.5
    assert METHODS["actor-critic"].config().look_ahead == 0.0
