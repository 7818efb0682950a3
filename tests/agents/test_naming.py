"""Naming agents: every way a person may name one, and what is said when nothing goes by that name."""

from __future__ import annotations

import json

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents import checkpoint
from agents.checkpoint import Description
from agents.interface import Interface
from agents.naming import build, find, refuse_mismatch, task_of
from agents.registry import entries
from agents.tabular.agent import TabularAgent
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import DamagedFileError, SuiteError

LAKE_SPACES = ("Discrete(16)", "Discrete(4)")


@pytest.fixture
def saved(tmp_path):
    """A checkpoint of a table that prefers action 2 everywhere."""
    values = np.zeros((16, 4))
    values[:, 2] = 1
    folder = tmp_path / "run" / "checkpoint"
    description = Description(
        "q-learning",
        "FrozenLake-v1",
        {},
        Interface(VECTOR, "discrete"),
        {"gamma": 0.9},
        LAKE_SPACES,
        {"steps": 5, "seed": 1},
    )
    checkpoint.save(folder, TabularAgent(values), description)
    return folder


def test_what_learned_from_rasters_that_are_drawn_otherwise_now_is_refused():
    plain = Interface(View("raster", raster="small"), "continuous").to_dict()
    assert Interface.from_dict(plain).observation.raster == "small"
    for earlier in ({**plain, "drawing": plain["drawing"] - 1}, {k: v for k, v in plain.items() if k != "drawing"}):
        with pytest.raises(SuiteError, match=r"this version draws number \d.*Train it anew"):
            Interface.from_dict(earlier)
    assert "drawing" not in Interface(VECTOR, "discrete").to_dict()


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.name)
def test_every_registered_target_exists_and_acts_or_trains(entry):
    cls = entry.load_agent_class()
    assert callable(cls.predict)
    if entry.method is None:
        board = getattr(cls, "interface", None) == Interface(View("board"), "discrete")
        env_id = entry.envs[0] if entry.envs else "sim_suite/TicTacToe-v0" if board else "CartPole-v1"
        agent = build(find(entry.name), env_id, {}, seed=0)
        assert isinstance(agent.interface, Interface)
        assert agent.interface.privileged == entry.privileged
        refuse_mismatch(find(entry.name), agent, env_id, {})
    else:
        assert callable(entry.load_method().learner)
        assert callable(cls.load)
        with pytest.raises(SuiteError, match=f"has to be trained first: `sim-suite train {entry.name} --env ENV`"):
            find(entry.name)


def test_an_untrained_agent_has_no_method():
    with pytest.raises(SuiteError, match="'random' is not trained: it acts as it is"):
        entries()["random"].load_method()


def test_a_checkpoint_is_found_by_its_folder_and_by_its_run(saved):
    for name in (saved, saved.parent):
        found = find(str(name))
        assert found.training == {"steps": 5, "seed": 1}
        actions, _ = build(found, "FrozenLake-v1", {}, 0).predict(np.array([3, 15]))
        assert actions.tolist() == [2, 2]
        refuse_mismatch(found, build(found, "FrozenLake-v1", {}, 0), "FrozenLake-v1", {})


def test_a_checkpoint_on_another_world_is_refused_in_one_line(saved):
    found = find(str(saved))
    with pytest.raises(
        SuiteError, match=r"on FrozenLake-v1 with Discrete\(16\) -> Discrete\(4\); FrozenLake8x8-v1 has"
    ) as info:
        refuse_mismatch(found, build(found, "FrozenLake-v1", {}, 0), "FrozenLake8x8-v1", {})
    assert "\n" not in str(info.value)


@given(
    place=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
    name=st.sampled_from(["model.safetensors", "agent.json"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_flipped_bit_anywhere_in_a_checkpoint_is_found(saved, place, bit, name):
    whole = (saved / name).read_bytes()
    raw = bytearray(whole)
    raw[int(place * len(raw))] ^= 1 << bit
    try:
        (saved / name).write_bytes(bytes(raw))
        with pytest.raises(SuiteError, match=name.replace(".", r"\.")) as info:
            find(str(saved))
        assert "\n" not in str(info.value)
    finally:
        (saved / name).write_bytes(whole)


def test_a_missing_file_of_a_checkpoint_is_named(saved):
    (saved / "model.safetensors").unlink()
    with pytest.raises(DamagedFileError, match=r"model\.safetensors is missing"):
        find(str(saved))


def test_a_checkpoint_of_a_newer_format_is_refused(saved):
    data = json.loads((saved / "agent.json").read_text())
    (saved / "agent.json").write_text(json.dumps({**data, "format": 99}))
    with pytest.raises(SuiteError, match="has format 99; this version reads format 1"):
        find(str(saved))


def test_a_kill_between_the_two_renames_loses_nothing(saved):
    saved.rename(saved.with_name(".checkpoint.old"))
    assert find(str(saved.parent)).folder == saved


def test_saving_again_replaces_and_leaves_no_litter(saved):
    description = checkpoint.describe(saved)
    checkpoint.save(saved, TabularAgent(np.ones((16, 4))), description)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["checkpoint"]
    assert sorted(path.name for path in saved.iterdir()) == ["agent.json", "model.safetensors"]


def test_a_class_in_a_file_of_ones_own(clumsy):
    found = find(f"{clumsy}:Steady")
    agent = build(found, "CartPole-v1", {}, 0)
    actions, _ = agent.predict(np.array([[0, 0, 0.1, 0]]))
    assert actions.tolist() == [1]
    assert len(found.fingerprint) == 64


def test_a_class_of_a_module():
    agent = build(find("agents.simple:RandomAgent"), "CartPole-v1", {}, 0)
    assert agent.predict(np.zeros((3, 4)))[0].shape == (3,)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("randm", "unknown agent 'randm'. Did you mean 'random'?"),
        ("sb3:none.zip", "none.zip does not exist"),
        ("nowhere.py:Class", "nowhere.py does not exist"),
        ("no.such.module:Class", "could not import 'no.such.module'"),
        ("agents.simple:RandomAgnt", "Did you mean 'RandomAgent'"),
        ("zoo:nobody", "unknown zoo agent 'nobody'"),
    ],
)
def test_names_that_are_none(name, message):
    with pytest.raises(SuiteError) as info:
        find(name)
    assert message in str(info.value)
    assert "\n" not in str(info.value)


def test_a_folder_that_is_no_checkpoint(tmp_path):
    with pytest.raises(SuiteError, match=r"is not a checkpoint: it has no agent\.json"):
        find(str(tmp_path))


def test_sb3_files_need_trust(tmp_path):
    (tmp_path / "m.zip").write_bytes(b"PK")
    with pytest.raises(SuiteError, match=r"runs code of its maker\. Add --trust"):
        find(f"sb3:{tmp_path / 'm.zip'}")


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        ("Undeclared", "declares no interface"),
        ("Mute", "has no method predict"),
        ("NeedsArguments", "could not be built: TypeError"),
    ],
)
def test_a_class_that_lacks_something_is_told_what(clumsy, cls, message):
    with pytest.raises(SuiteError, match=message):
        build(find(f"{clumsy}:{cls}"), "CartPole-v1", {}, 0)


def test_a_file_that_does_not_import_is_told_why(tmp_path):
    (tmp_path / "broken.py").write_text("x = 1 / 0\n")
    with pytest.raises(SuiteError, match="could not be imported: ZeroDivisionError"):
        find(f"{tmp_path / 'broken.py'}:Any")


def test_a_view_that_is_not_offered_is_refused(clumsy):
    found = find(f"{clumsy}:Sees")
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views vector, but the agent looks at 'pixels'"):
        refuse_mismatch(found, build(found, "CartPole-v1", {}, 0), "CartPole-v1", {})


def test_discrete_agents_do_not_enter_continuous_worlds(clumsy):
    found = find(f"{clumsy}:Anywhere")
    with pytest.raises(SuiteError, match="acts discrete, but Pendulum-v1 has the action space Box"):
        refuse_mismatch(found, build(found, "Pendulum-v1", {}, 0), "Pendulum-v1", {})


def test_a_task_tells_spaces():
    task = task_of("FrozenLake-v1", {"is_slippery": False})
    assert task.observation_space == gym.spaces.Discrete(16)
    assert task.kwargs == {"is_slippery": False}
