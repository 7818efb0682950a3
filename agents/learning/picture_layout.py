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

from sim_suite.compiling import compiled
from sim_suite.envs.views import View

_BITS = {torch.float32: torch.int32, torch.bfloat16: torch.int16}
"""Numbers of networks, and what holds their bits in numpy, which knows no bfloat16."""


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


def shares(pictures: Tensor, dtype: torch.dtype) -> Tensor:
    """Bytes [B, C, H, W] -> the same in 0..1, channels last: the byte by 255, rounded to float32 or bfloat16.

    On a processor each byte is looked up in a table and put in its place, in one pass: 0.9 ms for 128 of Atari's on one core of an
    Intel Xeon. Laying them out as bytes, casting and dividing took 3.2 ms in bfloat16, 2.7 ms in float32.
    """
    if pictures.device.type != "cpu" or pictures.dtype != torch.uint8 or _is_exported():
        laid = torch.stack(pictures.unbind(1), dim=-1)
        return laid.to(dtype).div_(255).permute(0, 3, 1, 2)
    count, channels, height, width = pictures.shape
    table = (torch.arange(256, dtype=torch.float32) / 255).to(dtype)
    numbers = torch.empty((count, height, width, channels), dtype=dtype)
    bits = _BITS[dtype]
    _look_up(
        pictures.contiguous().view(count, channels, height * width).numpy(),
        table.view(bits).numpy(),
        numbers.view(count, height * width, channels).view(bits).numpy(),
    )
    return numbers.permute(0, 3, 1, 2)


def _is_exported() -> bool:
    """Whether a graph is being made of what is done: a table in numpy would not be in it."""
    return bool(torch.jit.is_tracing())  # type: ignore[attr-defined,no-untyped-call]  # torch's stubs lack it


@compiled
def _look_up(pictures: NDArray[np.uint8], table: NDArray[Any], numbers: NDArray[Any]) -> None:
    """numbers [B, P, C] = table [256] at pictures [B, C, P]; four frames at a time in a loop whose length the compiler knows."""
    channels = numbers.shape[2]
    in_fours = channels - channels % 4
    for picture in range(numbers.shape[0]):
        for first in range(0, in_fours, 4):
            for place in range(numbers.shape[1]):
                for more in range(4):
                    numbers[picture, place, first + more] = table[pictures[picture, first + more, place]]
        for channel in range(in_fours, channels):
            for place in range(numbers.shape[1]):
                numbers[picture, place, channel] = table[pictures[picture, channel, place]]


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
