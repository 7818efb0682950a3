"""How a picture of the suite lies in memory when a convolution looks at it: channels first, frames as channels.

A pixels view is [H, W] (grey) or [H, W, 3], behind a frame axis where it is stacked; NatureCNN (Mnih et al. 2015) wants
[C, H, W]. Other views pass unchanged. One function serves arrays and tensors, so that training, acting and the exported
graph agree. Source: ours.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from sim_suite.envs.views import View


def channels_first(batch: NDArray[Any], view: View) -> NDArray[Any]:
    """[B, ...] in the view -> [B, C, H, W] for pixels, with C = frames * colours, newest frame last; others unchanged."""
    if view.kind != "pixels":
        return batch
    return np.ascontiguousarray(channels_first_tensor(torch.as_tensor(batch), view).numpy())


def channels_first_tensor(batch: Tensor, view: View) -> Tensor:
    """`channels_first` for tensors, made of operations that ONNX has."""
    if view.kind != "pixels":
        return batch
    if view.stack == 1:
        batch = batch.unsqueeze(1)
    if view.grey:
        return batch
    return batch.permute(0, 1, 4, 2, 3).flatten(1, 2)


def view_of_image(space: spaces.Box) -> View:
    """The view whose `channels_first` layout is the space [C, H, W]: grey frames, unless C is 3 (one frame in colour)."""
    channels, height, width = space.shape
    return View("pixels", (height, width), grey=channels != 3, stack=1 if channels == 3 else channels)


class ChannelsFirst(gym.ObservationWrapper[Any, Any, Any]):
    """Shows one environment's pictures as [C, H, W] uint8."""

    def __init__(self, env: gym.Env[Any, Any], view: View) -> None:
        """`env` already shows `view`, which is of kind pixels."""
        super().__init__(env)
        self._view = view
        shape = channels_first(np.zeros((1, *(env.observation_space.shape or ())), np.uint8), view).shape[1:]
        self.observation_space = spaces.Box(0, 255, shape, np.uint8)

    def observation(self, observation: NDArray[Any]) -> NDArray[Any]:
        """[C, H, W] uint8."""
        picture: NDArray[Any] = channels_first(observation[None], self._view)[0]
        return picture
