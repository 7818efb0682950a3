"""The agent plays the best action of its table, is saved whole, and explains what it cannot read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.tabular.agent import TabularAgent
from sim_suite.errors import DamagedFileError, SuiteError

VALUES = np.array([[0.0, 2.0, 1.0], [3.0, 3.0, 0.0], [0.0, 0.0, 0.0]])


@pytest.mark.parametrize("deterministic", [True, False])
def test_greedy_with_the_lowest_of_equals(deterministic: bool) -> None:
    agent = TabularAgent(VALUES)
    actions, state = agent.predict(np.array([2, 0, 1, 0]), deterministic=deterministic)
    assert actions.tolist() == [0, 1, 0, 1]
    assert state is None
    assert agent.predict(np.array([[1]]))[0].shape == (1,)


def test_the_agent_keeps_its_own_values() -> None:
    values = VALUES.copy()
    agent = TabularAgent(values)
    values[0] = [9.0, 0.0, 0.0]
    assert agent.predict(np.array([0]))[0].tolist() == [1]
    np.testing.assert_array_equal(agent.values, VALUES)


@pytest.mark.parametrize("states", [np.array([3]), np.array([-1]), np.array([0.0])])
def test_unknown_states_are_refused(states: np.ndarray) -> None:
    with pytest.raises(SuiteError, match="knows the states 0 to 2"):
        TabularAgent(VALUES).predict(states)


def test_round_trip(tmp_path: Path) -> None:
    TabularAgent(VALUES).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
    np.testing.assert_array_equal(TabularAgent.load(tmp_path).values, VALUES)


def test_damage_is_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match=r"model\.safetensors"):
        TabularAgent.load(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 7)
    with pytest.raises(DamagedFileError, match=r"model\.safetensors"):
        TabularAgent.load(tmp_path)


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 0)), np.array([[np.nan]])])
def test_only_tables_of_finite_values(values: np.ndarray) -> None:
    with pytest.raises(SuiteError, match="finite"):
        TabularAgent(values)
