"""VGG: very deep networks of 3 x 3 convolutions. Source: Simonyan and Zisserman 2015 (arXiv:1409.1556), table 1. Batch norm: an option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from torch import nn

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.layers import he_normal, normed
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside

STAGES: Final[dict[str, tuple[tuple[int, ...], ...]]] = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3),) * 5,
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
"""Kernels of each stage's convolutions: 11, 13, 16, 16 and 19 layers with weights."""
WIDENED: Final = (1, 2, 4, 8, 8)
"""Maps of the stages, in multiples of the first's."""


@dataclass(frozen=True)
class VggSizes:
    """Defaults: for crops of 32 pixels; the paper's are width 64 and hidden 4096."""

    configuration: Literal["A", "B", "C", "D", "E"] = "A"
    width: int = 16
    """Maps of the first stage."""
    hidden: int = 128
    """Of the two dense layers."""
    batch_norm: bool = True
    dropout: float = 0.5
    """Of the dense layers, 0 to 0.9."""

    def __post_init__(self) -> None:
        refuse_less(self, {"width": 1, "hidden": 1})
        refuse_outside(self, "dropout", 0.0, 0.9)


def vgg(pictures: Pictures, sizes: VggSizes) -> ClassifierNetwork:
    """A block for each stage, and one for the dense layers. Raises `SuiteError` for pictures that cannot be halved five times."""
    fine = 2 ** len(WIDENED)
    if pictures.rows % fine or pictures.columns % fine:
        raise SuiteError(
            f"vgg needs rows and columns in multiples of {fine}, not {pictures.rows} x {pictures.columns}. Choose another network."
        )
    blocks: list[nn.Module] = []
    before = pictures.channels
    for kernels, multiple in zip(STAGES[sizes.configuration], WIDENED, strict=True):
        maps = multiple * sizes.width
        layers: list[nn.Module] = []
        for kernel in kernels:
            layers += _convolution(before, maps, kernel, sizes.batch_norm)
            before = maps
        blocks.append(nn.Sequential(*layers, nn.MaxPool2d(2)))
    flat = before * (pictures.rows // fine) * (pictures.columns // fine)
    dense: list[nn.Module] = [nn.Flatten()]
    for features in (flat, sizes.hidden):
        dense += [nn.Linear(features, sizes.hidden), nn.ReLU(inplace=True), nn.Dropout(sizes.dropout)]
    network = ClassifierNetwork([*blocks, nn.Sequential(*dense)], sizes.hidden, pictures.classes)
    he_normal(network)
    return network


def _convolution(maps_in: int, maps: int, kernel: int, batch_norm: bool) -> list[nn.Module]:
    if batch_norm:
        return normed(maps_in, maps, kernel, act=nn.ReLU(inplace=True))
    return [nn.Conv2d(maps_in, maps, kernel, padding=kernel // 2), nn.ReLU(inplace=True)]
