"""Pictures as if the car stood elsewhere: in a mirror, moved aside, turned; with the wheel corrected to lead it back. Or as another
camera, weather or network would have them, with the car where it is.

"We augment the data by adding artificial shifts and rotations to teach the network how to recover from a poor position or
orientation" (Bojarski et al. 2016, arXiv:1604.07316, section 5.2). CarRacing is seen from above, so here a shift and a turn of the
picture are what the car would have seen, not the approximation that they are for a camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from perception.augmentation.augmenter import Augmenter


@dataclass(frozen=True)
class Ground:
    """How a picture from above lies on the road. Rows count down, columns to the right; ahead is up."""

    column_pixels_a_metre: float
    row_pixels_a_metre: float
    car_column: float
    car_row: float
    """Where the car stands, in pixels from the upper left corner."""


CAR_RACING: Final = Ground(16.2 * 96 / 1000, 16.2 * 96 / 800, 48.0, 72.0)
"""A window of 1000 x 800, 2.7 x 6 pixels a metre, the car a quarter from below, made 96 x 96: Gymnasium's car_racing.py."""


_BAR_ROWS, _BAR_COLUMNS = slice(84, 96), slice(12, 14)
_BAR_ROWS_A_MPS: Final = 0.02 * 20 * 96 / 800
_BAR_AT_REST_MPS: Final = 3.5
"""The bar's edge: what is read of a car that stands."""
_LOWEST_MPS: Final = 5.0
_RETURN_RPS: Final = 5.0
"""Natural frequency of the critically damped way back; `agents.experts.car_racing.DriverSettings.return_rps`."""


def mirrored(pictures: Tensor, actions: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """Turn left into right where `which` [B] bool says so: pictures [B, C, H, W], and the wheel, column 0 of actions [B, A]."""
    turned = actions.clone()
    turned[:, 0] = torch.where(which, -actions[:, 0], actions[:, 0])
    return torch.where(which[:, None, None, None], pictures.flip(3), pictures), turned


def speed_mps(pictures: Tensor) -> Tensor:
    """The car's speed [B] float32, read from the white bar of CarRacing's instruments in the newest of pictures [B, C, 96, 96] uint8."""
    bar = pictures[:, -1, _BAR_ROWS, _BAR_COLUMNS].float().mean(dim=2).sum(dim=1) / 255
    return (bar / _BAR_ROWS_A_MPS - _BAR_AT_REST_MPS).clamp(min=0)


def correction(left_m: Tensor, left_rad: Tensor, speed: Tensor, gain: float = 1.0) -> Tensor:
    """What is added to the wheel (+1 is right) of a car `left_m` metres left of its line, turned `left_rad` to the left; all [B].

    The law by which the expert returns to its line, a critically damped return; its gains at a speed, and the angle at which the front
    tyres slide, were tabulated from `agents.experts.car_racing.drive` on a straight line at 20 to 100 m/s. gain: so many times as much.
    """
    speed = speed.clamp(min=_LOWEST_MPS)
    wanted = gain * (30.0 / speed).clamp(max=0.63) * (left_rad + _RETURN_RPS / 2 * left_m / speed)
    most = 4.9 / speed
    return torch.minimum(torch.maximum(wanted, -most), most)


def displaced(
    pictures: Tensor, actions: Tensor, left_m: Tensor, left_rad: Tensor, ground: Ground, wheel: Tensor
) -> tuple[Tensor, Tensor]:
    """What is seen by a car `left_m` [B] metres further left, turned `left_rad` [B] to the left, and what it does about it.

    pictures: [B, C, H, W] float32, the edge repeated where there is nothing; actions: [B, A]; wheel: [B], added to column 0, which
    stays within -1..1.
    """
    height, width = pictures.shape[2:]
    right = (torch.arange(width) + 0.5 - ground.car_column) / ground.column_pixels_a_metre
    ahead = (ground.car_row - torch.arange(height) - 0.5) / ground.row_pixels_a_metre
    right, ahead = right[None, None, :], ahead[None, :, None]
    cos, sin = left_rad.cos()[:, None, None], left_rad.sin()[:, None, None]
    column = (cos * right - sin * ahead - left_m[:, None, None]) * ground.column_pixels_a_metre + ground.car_column
    row = ground.car_row - (sin * right + cos * ahead) * ground.row_pixels_a_metre
    places = torch.stack([column / width * 2 - 1, row / height * 2 - 1], dim=-1)
    seen = functional.grid_sample(pictures, places, mode="bilinear", padding_mode="border", align_corners=False)
    corrected = actions.clone()
    corrected[:, 0] = (actions[:, 0] + wheel).clamp(-1, 1)
    return seen, corrected


def shown_otherwise(pictures: Tensor, colours: int, augmenter: Augmenter, share: float, seed: Sequence[int]) -> Tensor:
    """Pictures [B, C, H, W] uint8, C frames of 1 (grey) or 3 `colours` each, of which a share is shown otherwise.

    All frames of a stack are shown in the same way, as the numbers drawn from the seed have it.
    """
    chosen = np.flatnonzero(np.random.default_rng([*seed, 0]).random(len(pictures)) < share)
    if not len(chosen):
        return pictures
    shown = pictures.clone()
    for first in range(0, pictures.shape[1], colours):
        frames = pictures[chosen, first : first + colours].permute(0, 2, 3, 1).numpy()
        varied = augmenter.vary(
            np.ascontiguousarray(np.broadcast_to(frames, (*frames.shape[:3], 3))), np.random.default_rng([*seed, 1])
        )
        if colours == 1:
            varied = np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in varied])[..., None]
        shown[chosen, first : first + colours] = torch.from_numpy(varied).permute(0, 3, 1, 2)
    return shown
