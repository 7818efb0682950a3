"""C: 867 numbers, each in its place, squashed into what CarRacing takes."""

from __future__ import annotations

import math

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.interface import Task
from agents.world_models.controller import act, parameters_of, refuse_other_actions, squashed
from sim_suite.errors import SuiteError


def test_it_has_the_papers_parameters():
    assert parameters_of(latents=32, units=256) == 867


def test_its_numbers_by_hand():
    """Weights row by row over latents, then memory; biases last."""
    numbers = [1.0, 0.0, 2.0, 0.0, 0.5, 0.0, 0.0, 0.0, -1.0, 0.1, 0.2, 0.3]
    found = act(torch.tensor([numbers]), torch.tensor([[0.4, 0.6]]), torch.tensor([[-0.2]]))
    said = (0.4 - 0.4 + 0.1, 0.3 + 0.2, 0.2 + 0.3)
    assert found[0].tolist() == pytest.approx(
        [math.tanh(said[0]), (math.tanh(said[1]) + 1) / 2, math.tanh(said[2])], abs=1e-6
    )


def test_zeros_roll_straight_ahead():
    found = act(torch.zeros(2, 867), torch.randn(2, 32), torch.randn(2, 256))
    assert found.tolist() == [[0.0, 0.5, 0.0]] * 2


def test_actions_lie_in_carracings_space():
    space = gym.spaces.Box(np.array([-1, 0, 0], np.float32), np.ones(3, np.float32))
    said = torch.randn(200, 3, generator=torch.Generator().manual_seed(0)) * 5
    assert all(space.contains(action) for action in squashed(said).numpy())
    assert squashed(torch.tensor([-9.0, -9.0, -9.0])).tolist() == pytest.approx([-1.0, 0.0, 0.0], abs=1e-6)


def test_many_controllers_act_as_each_alone():
    generator = torch.Generator().manual_seed(3)
    numbers, seen, kept = (torch.randn(7, n, generator=generator) for n in (867, 32, 256))
    together = act(numbers, seen, kept)
    alone = torch.cat([act(numbers[[k]], seen[[k]], kept[[k]]) for k in range(7)])
    assert torch.allclose(together, alone, atol=1e-5)


def test_other_actions_are_refused():
    space = gym.spaces.Box(-1.0, 1.0, (3,), np.float32)
    with pytest.raises(SuiteError, match=r"steering -1\.\.1, gas 0\.\.1 and brake 0\.\.1; Mine-v0 has Box"):
        refuse_other_actions(Task("Mine-v0", space, space, {}))
    with pytest.raises(SuiteError, match="has Discrete"):
        refuse_other_actions(Task("Mine-v0", space, gym.spaces.Discrete(5), {}))
