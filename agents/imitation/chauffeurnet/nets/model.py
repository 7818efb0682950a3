"""ChauffeurNet: all its nets together. Source: Bansal et al. 2018, figure 2."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.nets.agent_rnn import AgentRNN
from agents.imitation.chauffeurnet.nets.features import FeatureNet, scaled
from agents.imitation.chauffeurnet.nets.perception_rnn import PerceptionRNN
from agents.imitation.chauffeurnet.nets.prediction import Prediction, cells_of
from agents.imitation.chauffeurnet.nets.road_mask import RoadMaskNet
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec


class ChauffeurNet(nn.Module):
    """FeatureNet and AgentRNN drive; road mask and PerceptionRNN are there to learn better features."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        """Weights come from torch's global generator. Raises `SuiteError` where spec and sizes do not go together."""
        super().__init__()
        self.spec, self.sizes = spec, sizes
        self.features = FeatureNet(spec, sizes)
        self.agent = AgentRNN(spec, sizes)
        self.road = RoadMaskNet(spec, sizes)
        self.perception = PerceptionRNN(spec, sizes)
        self.leave_out(False, False)

    def leave_out(self, road: bool, perception: bool) -> None:
        """Neither predict nor learn the road, or others: where their losses count nothing."""
        self.says_road, self.says_objects = not road, not perception
        self.road.requires_grad_(self.says_road)
        self.perception.requires_grad_(self.says_objects)

    def forward(self, raster: Tensor, batch: Batch | None = None, dice: torch.Generator | None = None) -> Prediction:
        """What the ego does next, seen from rasters uint8 [B, C, H, W].

        batch: also predict road and objects, to learn from it; the raster is `batch.raster`. dice: draw places by their chances.
        """
        features = self.features(raster)
        drive: Prediction = self.agent(
            features, ego_box(raster, self.spec), dice, self._driven(batch), self.sizes.memory == "driven"
        )
        if batch is None:
            return drive
        return drive._replace(
            road_logits=self.road(features) if self.says_road else None,
            object_logits=self.perception(features, batch.others[:, 0]) if self.says_objects else None,
        )

    def _driven(self, batch: Batch | None) -> tuple[Tensor, Tensor] | None:
        """Cells of the waypoints, in training. Examples that are not imitated go their own way."""
        if batch is None or not self.training:
            return None
        cells = cells_of(batch.waypoints, self.spec.stride, self.spec.grid)
        return cells, batch.known & (batch.is_imitated > 0)[:, None]


def ego_box(raster: Tensor, spec: ChauffeurSpec) -> Tensor:
    """B_0 [B, h, w] float32: the channel `ego`, the mean of each cell's pixels; empty where the raster has none."""
    if "ego" not in spec.raster.channels:
        return torch.zeros(len(raster), *spec.grid, device=raster.device)
    plane = scaled(raster[:, [spec.raster.channels.index("ego")]]).float()
    return torch.nn.functional.avg_pool2d(plane, spec.stride)[:, 0]
