"""Agents are asked what their actions are worth: by q_values, or by a network whose outputs say so."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from agents.explaining import Explainable
from agents.tabular.agent import TabularAgent
from agents.valuing import ValuingAgent, valuer_of
from sim_suite.errors import SuiteError

TABLE = np.array([[1.0, 2.0], [4.0, 3.0]])


def opened(meaning):
    """An agent without q_values whose network doubles and mirrors what it sees."""
    network = nn.Linear(1, 2, bias=False)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[2.0], [-1.0]]))
    found = Explainable(network, lambda seen: torch.as_tensor(seen, dtype=torch.float32), network, ("a", "b"), meaning)
    return SimpleNamespace(explainable=lambda actions: found)


def test_a_table_answers_its_rows():
    agent = TabularAgent(TABLE)
    assert isinstance(agent, ValuingAgent)
    values = valuer_of(agent, "table", ("a", "b"))(np.array([1, 0, 1]))
    assert values.tolist() == [[4.0, 3.0], [1.0, 2.0], [4.0, 3.0]]
    with pytest.raises(SuiteError, match="knows the states 0 to 1"):
        agent.q_values([2])
    agent.q_values([0])[0, 0] = 9.0
    assert agent.values[0, 0] == 1.0, "what is given is a copy"


def test_a_network_of_action_values_answers_too():
    values = valuer_of(opened("action value"), "network", ("a", "b"))(np.array([[1.0], [3.0]]))
    assert values.tolist() == [[2.0, -1.0], [6.0, -3.0]]


@pytest.mark.parametrize("agent", [opened("logit"), SimpleNamespace()], ids=["logits", "nothing"])
def test_others_are_refused(agent):
    with pytest.raises(
        SuiteError, match="mine does not say what its actions are worth: SimpleNamespace has no q_values"
    ):
        valuer_of(agent, "mine", ("a", "b"))
