"""Observations as networks are shown them: numbers one-hot, pictures between 0 and 1 with frames as channels, arrays flat. Source: ours.

An observation is told by its view, its shape (() for a number) and `states`: how many numbers there are where it is one; 0 for arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from agents.interface import Batch, Task
from agents.learning.picture_layout import channels_first_tensor
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.learning.pictures import shares


class Seen(NamedTuple):
    """The spaces of a task in a view."""

    shape: tuple[int, ...]
    """Of one observation; () for a number."""
    states: int
    """How many numbers there are where it observes one, from 0; 0 for arrays."""
    observed: gym.Space[Any]
    acted: gym.Space[Any]


def seen_in(task: Task, view: View, who: str) -> Seen:
    """What a task shows in a view. Raises `SuiteError`, which speaks of `who`, for neither arrays nor numbers from 0."""
    with make(task.env_id, view, kwargs=task.kwargs) as env:
        observed, acted = env.observation_space, env.action_space
    if isinstance(observed, spaces.Discrete) and observed.start == 0:
        return Seen((), int(observed.n), observed, acted)
    if not isinstance(observed, spaces.Box):
        raise SuiteError(
            f"{who} look at arrays and at numbers from 0; {task.env_id} shows {observed}. Choose another view."
        )
    return Seen(observed.shape, 0, observed, acted)


def prepare(observations: Tensor, view: View, states: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """[B, *shape] as a network is shown them: numbers one-hot [B, states], pictures [B, C, H, W] in 0..1, arrays [B, N].

    Pictures lie channels last, their channels in the order of `picture_layout`.
    """
    if states:
        return functional.one_hot(observations.reshape(-1).long(), states).to(dtype)
    if view.kind == "pixels":
        return shares(channels_first_tensor(observations, view), dtype)
    return observations.to(dtype).flatten(1)


def example(view: View, shape: tuple[int, ...], states: int) -> Tensor:
    """One observation of zeros, with a batch of 1."""
    if states:
        return torch.zeros(1, dtype=torch.int64)
    return torch.zeros((1, *shape), dtype=torch.uint8 if view.kind == "pixels" else torch.float32)


def known(observations: Batch, shape: tuple[int, ...], states: int) -> NDArray[Any]:
    """Observations as an array [B, *shape]. Raises `SuiteError` for others than those of training."""
    batch = np.asarray(observations)
    if states:
        batch = batch.reshape(len(batch))
        if batch.dtype.kind not in "iu" or np.any((batch < 0) | (batch >= states)):
            raise SuiteError(f"this agent knows the numbers 0 to {states - 1}; seen: {batch.tolist()}.")
    elif batch.shape[1:] != shape:
        raise SuiteError(f"this agent was trained on observations of shape {shape}, not {batch.shape[1:]}.")
    return batch
