"""The segmentation networks by name. Source: ours."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from perception.segmentation.nets.fcn import STAGES, Fcn
from perception.segmentation.nets.unet import UNet
from sim_suite.errors import SuiteError

NetworkName = Literal["unet", "fcn32s", "fcn16s", "fcn8s"]


def build(name: NetworkName, classes: int, width: int, levels: int) -> nn.Module:
    """A fresh network. levels: of the U-Net."""
    if name == "unet":
        return UNet(classes, width, levels)
    return Fcn(classes, width, stride=int(name.removeprefix("fcn").removesuffix("s")))


def refuse_size(name: NetworkName, levels: int, rows: int, columns: int) -> None:
    """Raise `SuiteError` for pictures that cannot be halved as often as the network does."""
    multiple = 2 ** (levels - 1) if name == "unet" else 2 ** len(STAGES)
    if rows % multiple or columns % multiple:
        raise SuiteError(
            f"{name} needs rows and columns in multiples of {multiple}, not {rows} x {columns}. Choose fewer levels or other pictures."
        )


def prepared(pictures: Tensor) -> Tensor:
    """[B, H, W, 3] uint8 -> [B, 3, H, W] float32 in -1..1, as the networks take them; channels last in memory."""
    return pictures.permute(0, 3, 1, 2).to(torch.float32).div(127.5).sub(1.0)
