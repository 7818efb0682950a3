"""C: one linear layer from what is seen and remembered to steering, gas and brake; 867 numbers for 32 latents and 256 units.

Source: Ha and Schmidhuber 2018 (arXiv:1803.10122), section 2.3 eq. 1 and appendix A.3; squashed as in their published code: tanh for the
wheel, (tanh + 1) / 2 for gas, tanh cut off below zero for the brake, so that a controller of zeros rolls straight ahead.
"""

from __future__ import annotations

from typing import Final

import gymnasium as gym
import numpy as np
import torch
from torch import Tensor

from agents.interface import Task
from sim_suite.errors import SuiteError

ACTIONS: Final = 3
"""Steering, gas, brake."""
_LOW, _HIGH = (-1.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def parameters_of(latents: int, units: int) -> int:
    """How many numbers a controller is."""
    return ACTIONS * (latents + units + 1)


def act(parameters: Tensor, latents: Tensor, hidden: Tensor) -> Tensor:
    """Actions [B, 3] float32 of B controllers at once: parameters [B, P], latents [B, N], hidden [B, H].

    A controller's numbers are its weights [3, N + H] row by row, then its biases [3].
    """
    seen = torch.cat([latents, hidden], dim=-1)
    weights = parameters[:, :-ACTIONS].reshape(len(parameters), ACTIONS, -1)
    return squashed(torch.baddbmm(parameters[:, -ACTIONS:, None], weights, seen[..., None])[..., 0])


def squashed(said: Tensor) -> Tensor:
    """Any numbers [..., 3] as steering in -1..1, gas and brake in 0..1."""
    steer, gas, brake = said.tanh().unbind(-1)
    return torch.stack([steer, (gas + 1) / 2, brake.clamp(min=0)], dim=-1)


def refuse_other_actions(task: Task) -> None:
    """Raise `SuiteError` unless a task is driven by steering, gas and brake as CarRacing is."""
    space = task.action_space
    known = isinstance(space, gym.spaces.Box) and np.array_equal([space.low, space.high], [_LOW, _HIGH])
    if not known:
        raise SuiteError(
            f"world-models drives by steering -1..1, gas 0..1 and brake 0..1; {task.env_id} has {space}. Train it on "
            f"sim_suite/CarRacing-v0."
        )
