"""What every network of YOLO answers, whatever its version. Source: ours."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from perception.detection.decoding import Scale, decode
from perception.detection.losses.yolo_v3 import LossOptions, yolo_v3_loss
from sim_suite.errors import SuiteError


class YoloNetwork(nn.Module):
    """From pictures to predictions, and to the loss that it learns from."""

    num_classes: int

    @abstractmethod
    def refuse_size(self, size: tuple[int, int]) -> None:
        """Raise SuiteError for pictures that it cannot look at. size: (height, width)."""

    @abstractmethod
    def decoded(self, pictures: Tensor) -> Tensor:
        """float [B, 3, H, W] 0..1, red, green, blue -> [B, N, 5 + K], columns as in `decoding`, places in pixels of [H, W]."""

    @abstractmethod
    def loss(self, pictures: Tensor, targets: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """pictures as above, targets [M, TARGET] as in `losses.targets` -> (scalar, terms by name, without gradient), float32."""


class ScaledNetwork(YoloNetwork):
    """One of YOLO v3: maps of several scales come out."""

    scales: tuple[Scale, ...]
    loss_options: LossOptions
    coarsest_stride: int
    """Pixels of a cell of the coarsest map."""

    def refuse_size(self, size: tuple[int, int]) -> None:
        """See `YoloNetwork`: maps are joined, so that sides must be multiples of the coarsest one's stride."""
        if min(size) < 1 or any(side % self.coarsest_stride for side in size):
            raise SuiteError(
                f"this network looks at pictures whose sides are multiples of {self.coarsest_stride}, not at {size[0]} x {size[1]}."
            )

    @abstractmethod
    def forward(self, pictures: Tensor) -> Sequence[Tensor]:
        """[B, 3, H, W] -> a map [B, A (5 + K), h, w] of logits for each scale."""

    def decoded(self, pictures: Tensor) -> Tensor:
        """See `YoloNetwork`."""
        return decode([raw.float() for raw in self(pictures)], self.scales, (pictures.shape[2], pictures.shape[3]))

    def loss(self, pictures: Tensor, targets: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """See `YoloNetwork`. The loss is taken in float32, whatever the network calculates in."""
        maps = [raw.float() for raw in self(pictures)]
        return yolo_v3_loss(maps, targets, self.scales, (pictures.shape[2], pictures.shape[3]), self.loss_options)
