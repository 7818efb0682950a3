"""A YOLO v1 for small pictures: convolutions, two dense layers, S x S cells with P boxes. Source: Redmon et al. 2016 (arXiv:1506.02640),
section 2.1 and figure 3; fewer and narrower convolutions (ours), whose last map has a place for each cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from perception.detection.losses.yolo_v1 import BOX, CONFIDENCE, LossWeights, boxes_of, yolo_v1_loss
from perception.detection.networks.blocks import LEAK, convolution
from perception.detection.networks.yolo_network import YoloNetwork
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class V1Sizes:
    """Cells, boxes and layers."""

    cells: int = 8
    """S. The paper's 7 are what six halvings leave of 448 pixels, these what four leave of 128."""
    boxes: int = 2
    """P, the paper's B."""
    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Channels of convolutions of stride 2, one behind the other."""
    squeezed: int = 32
    """Channels that the dense layers see."""
    units: int = 512
    """Of the first dense layer; the paper has 4096."""
    dropout: float = 0.5
    """After it, section 2.2."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if not self.widths or min(self.widths) < 1:
            raise SuiteError(f"widths must be numbers above 0, not {self.widths}.")
        for name in ("cells", "boxes", "squeezed", "units"):
            if getattr(self, name) < 1:
                raise SuiteError(f"{name} must be 1 or more, not {getattr(self, name)}.")
        if not 0 <= self.dropout < 1:
            raise SuiteError(f"dropout must lie in 0..1, 1 excluded, not be {self.dropout}.")


class YoloV1(YoloNetwork):
    """All cells are told from the whole picture."""

    def __init__(self, num_classes: int, sizes: V1Sizes | None = None, weights: LossWeights | None = None) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.sizes = sizes or V1Sizes()
        self.weights = weights or LossWeights()
        self.side = self.sizes.cells * 2 ** len(self.sizes.widths)
        cells, widths = self.sizes.cells, (3, *self.sizes.widths)
        self.convolutions = nn.Sequential(
            *(convolution(before, after, stride=2) for before, after in pairwise(widths)),
            convolution(widths[-1], self.sizes.squeezed, 1),
        )
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(self.sizes.squeezed * cells**2, self.sizes.units),
            nn.LeakyReLU(LEAK),
            nn.Dropout(self.sizes.dropout),
            nn.Linear(self.sizes.units, cells**2 * (BOX * self.sizes.boxes + num_classes)),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """[B, 3, side, side] -> [B, S, S, 5 P + K], see `losses.yolo_v1`. Raises SuiteError for pictures of another size."""
        self.refuse_size((pictures.shape[2], pictures.shape[3]))
        said: Tensor = self.dense(self.convolutions(pictures))
        return said.view(len(pictures), self.sizes.cells, self.sizes.cells, -1)

    def refuse_size(self, size: tuple[int, int]) -> None:
        """See `YoloNetwork`."""
        if size != (self.side, self.side):
            raise SuiteError(
                f"this YOLO v1 looks at pictures of {self.side} x {self.side}, not at {size[0]} x {size[1]}."
            )

    def decoded(self, pictures: Tensor) -> Tensor:
        """See `YoloNetwork`. A box's classes are its cell's; what lies outside 0..1 is cut."""
        said = self(pictures).float()
        boxes = self.sizes.boxes
        height, width = pictures.shape[2:]
        places = boxes_of(said, boxes) * torch.tensor(
            [width, height, width, height], dtype=said.dtype, device=said.device
        )
        confidence = said[..., : BOX * boxes].reshape(*said.shape[:-1], boxes, BOX)[..., CONFIDENCE:]
        classes = said[..., None, BOX * boxes :].expand(*said.shape[:-1], boxes, self.num_classes)
        return torch.cat([places, torch.cat([confidence, classes], dim=-1).clamp(0, 1)], dim=-1).flatten(1, 3)

    def loss(self, pictures: Tensor, targets: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """See `YoloNetwork`."""
        return yolo_v1_loss(self(pictures).float(), targets, self.sizes.boxes, self.weights)
