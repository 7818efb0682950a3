"""Recurrent PPO as a run: it learns what no policy without a memory can, a stopped run goes on to the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from agents import recipe as recipes
from agents.naming import build, find, task_of
from agents.policy_gradient.methods import METHODS
from agents.policy_gradient.recurrent.agent import RecurrentAgent
from agents.policy_gradient.recurrent.learner import RecurrentLearner
from agents.recipe import Recipe
from agents.training import begin, go
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.settings import build_config
from tests.agents.policy_gradient import recalling
from tests.agents.policy_gradient.recalling import CORRIDOR, JUNCTION
from tests.agents.stopping import check_that_it_goes_on, everything

TINY = {"steps": 200, "envs": 3, "report_every": 60, "rollout": 8, "epochs": 2, "minibatches": 2}
TINY |= {"network": {"hidden": [8]}, "memory": {"units": 6}}
HELD = {"hold": 5, "scale_rewards": True, "network": {"hidden": [], "scale": {"kind": "running"}}}
NOISE = {"hidden": [], "deviation": {"kind": "noise", "initial": 0.3}}
SMALL = {"kind": "pixels", "size": [36, 36], "grey": True}
RUNS: dict[str, tuple[str, dict]] = {
    "numbered": ("CartPole-v1", TINY),
    "short sequences": ("CartPole-v1", TINY | {"sequence": 4, "minibatches": 3, "kl_limit": 1e-4, "value_clip": 0.2}),
    "held noise": ("Pendulum-v1", TINY | HELD | {"memory": {"units": 6, "critic": "shared"}}),
    "noise by what is remembered": ("Pendulum-v1", TINY | {"network": NOISE, "hold": 3}),
    "states": ("FrozenLake-v1", TINY | {"entropy_weight": 0.1, "memory": {"units": 6, "critic": "none"}}),
    "pictures": (
        "sim_suite/BreakoutDeterministic-v0",
        TINY | {"steps": 60, "envs": 2, "report_every": 16, "view": SMALL},
    ),
}


def start(name: str, seed: int = 3, **changes) -> RecurrentLearner:
    env_id, settings = RUNS[name]
    config = build_config(METHODS["recurrent-ppo"].config, settings | changes, name)
    return METHODS["recurrent-ppo"].start(task_of(env_id, {}), config, seed, "cpu")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    files = check_that_it_goes_on(lambda: start(name), 1, tmp_path)
    assert {Path(file).suffix for file in files} == {".json", ".safetensors"}


def test_the_same_seed_gives_the_same_run_and_leaves_its_surroundings_alone(tmp_path: Path) -> None:
    one, same, other = start("numbered"), start("numbered"), start("numbered", seed=4)
    surroundings = torch.get_rng_state(), torch.get_num_threads()
    assert list(one.run()) == list(same.run()) != list(other.run())
    assert everything(one, tmp_path / "a") == everything(same, tmp_path / "b")
    assert torch.equal(surroundings[0], torch.get_rng_state())
    assert surroundings[1] == torch.get_num_threads()


@pytest.mark.parametrize(("sequence", "minibatches"), [(0, 3), (4, 6), (1, 24)])
def test_updates_come_as_often_as_asked(sequence: int, minibatches: int) -> None:
    """Nine rollouts of 8 steps in three environments pass 200 steps."""
    run = start("numbered", sequence=sequence, minibatches=minibatches)
    rows = list(run.run())
    assert (run.done_steps, rows[-1]["updates"]) == (216, 9 * 2 * minibatches)


def test_what_is_remembered_goes_from_rollout_to_rollout_and_not_into_the_next_episode() -> None:
    """The actions are those of an agent that is shown the same, one step after the other."""
    run = start("noise by what is remembered", hold=1)
    run._begin()
    agent, state = run.agent, None
    run._actor.noise.draw = lambda *_: np.zeros((3, 6), np.float32)  # the likeliest action
    for _ in range(60):  # three episodes of 200 steps
        rollout = run._player.steps(8, run._acting)
        for shown, actions, begun in zip(rollout.observations, rollout.actions, rollout.begun, strict=True):
            expected, state = agent.predict(shown, state, begun, deterministic=True)
            assert agent.spec.bounded(actions) == pytest.approx(expected, abs=1e-5)
    assert rollout.begun.sum() == 0
    assert len(run._worlds.latest) == 6
    wrong, _ = agent.predict(shown, None, deterministic=True)
    assert np.abs(wrong - expected).max() > 1e-4  # and a memory it is


def test_environments_that_changed_since_begin_anew_without_a_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start("numbered")
    next(run.run())
    everything(run, tmp_path / "state")
    monkeypatch.setattr("agents.learning.episode_seeds.FIRST_TRAINING_SEED", 2_000_000)
    resumed = start("numbered")
    resumed.load_state(tmp_path / "state")
    assert np.abs(resumed._actor.memory).max() > 0
    rollout = resumed._player.steps(1, resumed._acting)
    assert rollout.begun.all()
    blank = resumed._ascent.network.blank(3)[:, 0]
    shown = resumed._spec.prepare(torch.from_numpy(rollout.observations[0]))
    with torch.no_grad():
        _, expected = resumed._ascent.network.policy_memory.step(resumed._ascent.network.encode(shown), blank)
    assert resumed._actor.memory[:, 0] == pytest.approx(expected.numpy(), abs=1e-6)


def test_a_trained_one_is_kept_and_found_as_what_it_is(tmp_path: Path) -> None:
    go(begin(Recipe("recurrent-ppo", "CartPole-v1", config=TINY), tmp_path / "run"))
    agent = build(find(str(tmp_path / "run")), "CartPole-v1", {}, 0)
    assert isinstance(agent, RecurrentAgent)
    assert agent.spec.memory.units == 6


RECALL = {"steps": 4000, "envs": 16, "rollout": 16, "epochs": 4, "learning_rate": 1e-2, "report_every": 1000}
RECALL |= {"network": {"hidden": []}, "discount": 0.95}


def chances_at_the_junction(agent, sign: int, corridor: int) -> float:
    """How likely it goes where the sign said, after so many steps of corridor."""
    shown = [sign, *[CORRIDOR] * corridor, JUNCTION]
    state = None
    for seen in shown[:-1]:
        _, state = agent.predict(np.array([seen]), state)
    said, _ = agent._said(np.array([JUNCTION]), state, None)
    return float(said.logs.exp()[0, sign])


@pytest.mark.parametrize("critic", ["own", "shared"])
def test_a_sign_is_remembered_to_the_junction(critic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a memory the junction is alike for both signs, so that the chances of going as they said sum to 1: a half on average."""
    run = recalling.start(
        monkeypatch, "recurrent-ppo", 3, 20, **RECALL, memory={"units": 16, "critic": critic}, sequence=8
    )
    rows = list(run.run())
    assert rows[-1]["episode_return"] > 0.9
    cases = [(sign, corridor) for sign in (0, 1) for corridor in (1, 2, 3)]
    assert min(chances_at_the_junction(run.agent, *case) for case in cases) > 0.9
    plain = recalling.start(monkeypatch, "ppo", 3, 20, **RECALL)
    rows = list(plain.run())
    assert np.mean([chances_at_the_junction(plain.agent, *case) for case in cases]) == pytest.approx(0.5)
    earned = np.mean([row["episode_return"] for row in rows])  # of 400 episodes: a deviation of 0.025
    assert earned == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"sequence": 3}, SuiteError, "sequences of 3 steps do not fill a rollout of 8. Set sequence to one of its"),
        ({"sequence": -1}, SuiteError, "sequence must be at least 0, not -1"),
        ({"minibatches": 4}, SuiteError, "is 3 sequences of 8, which do not fill 4 minibatches"),
        ({"sequence": 4, "minibatches": 7}, SuiteError, "is 6 sequences of 4, which do not fill 7 minibatches"),
        ({"memory": {"units": 0}}, SuiteError, "units must be at least 1, not 0"),
        ({"memory": {"unit": 8}}, UnknownNameError, "units"),
        ({"memory": {"critic": "mine"}}, SuiteError, "critic must be 'own' or 'shared' or 'none', not 'mine'"),
        ({"precision": "bfloat16"}, SuiteError, "learns in float32, not in bfloat16"),
        ({"hold": 4}, SuiteError, "CartPole-v1 has numbered ones: leave it out"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        start("numbered", **changes)


@pytest.mark.parametrize("name", ["car-racing-ppo", "car-racing-recurrent-ppo"])
def test_racing_is_learned_by_the_zoos_minibatches_of_128_steps(name: str) -> None:
    recipe = recipes.load(name)
    method = METHODS[recipe.agent]
    config = build_config(method.config, recipe.config, name)
    assert config.envs * config.rollout / config.minibatches == 128
    small = {"steps": 32, "envs": 2, "rollout": 16, "minibatches": 4, "epochs": 1, "report_every": 32}
    small |= {"sequence": 8} if recipe.agent == "recurrent-ppo" else {}
    run = method.start(task_of(recipe.env, {}), build_config(method.config, recipe.config | small, name), 0, "cpu")
    (row,) = run.run()
    assert row["updates"] == 4
    assert 0.1 < row["deviation"] < 1.0  # of half an action's range, as the recipe says: about 0.4 at the beginning
    run._worlds._envs.close()


def test_methods_without_a_memory_take_no_settings_of_one() -> None:
    with pytest.raises(UnknownNameError, match="memory"):
        build_config(METHODS["ppo"].config, {"memory": {"units": 8}}, "settings of ppo")
