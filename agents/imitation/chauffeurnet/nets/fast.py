"""chauffeurnet-fast: all waypoints at once, and the same losses. Source: the idea of arXiv:2103.01882; the layers are ours.

Instead of heatmaps and recurrence a dense layer names places, headings and speeds. The ego's box is drawn at each, with gradients
(vehicle_raster.py), so that collision, on-road and geometry losses apply as they are.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.nets.agent_rnn import SPEED_MPS
from agents.imitation.chauffeurnet.nets.features import Encoder
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.nets.vehicle_raster import draw_vehicles
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.errors import SuiteError

REACH_M: Final = 10.0
"""Places are learned in units of this, so that all outputs are about 1."""


class FastChauffeurNet(nn.Module):
    """The way down of FeatureNet and two dense layers."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        """Weights come from torch's global generator. Raises `SuiteError` where the raster does not divide into the levels."""
        super().__init__()
        self.spec, self.sizes = spec, sizes
        cell = 2 ** len(sizes.maps)
        if any(side % cell for side in spec.raster.size):
            raise SuiteError(
                f"the raster's sides {spec.raster.size} must be multiples of {cell}, for {len(sizes.maps)} levels."
            )
        rows, columns = (side // cell for side in spec.raster.size)
        self.encoder = Encoder(len(spec.raster.channels), sizes)
        self.squeeze = nn.Conv2d(sizes.maps[-1], sizes.fast_maps, 1)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(sizes.fast_maps * rows * columns, sizes.fast_units),
            nn.ReLU(),
            nn.Linear(sizes.fast_units, spec.waypoints * 4),
        )
        self.register_buffer("_ego", torch.tensor(spec.raster.ego_row_col, dtype=torch.float32), persistent=False)
        self._ego: Tensor

    def forward(self, raster: Tensor, batch: Batch | None = None, dice: torch.Generator | None = None) -> Prediction:
        """What the ego does next, seen from rasters uint8 [B, C, H, W].

        Takes what `ChauffeurNet` takes: the batch adds nothing here, and dice are refused, for there are no chances to draw by.
        """
        if dice is not None:
            raise SuiteError(
                "chauffeurnet-fast names one place a waypoint and cannot draw; leave dice out, or use chauffeurnet."
            )
        seen = functional.relu(self.squeeze(self.encoder(raster)[-1]))
        said = self.dense(seen.contiguous().float()).float().view(len(raster), self.spec.waypoints, 4)
        waypoints = self._ego + said[..., :2] * (REACH_M / self.spec.raster.metres_per_pixel)
        headings, cell_m = said[..., 2], self.spec.metres_per_cell
        return Prediction(
            waypoints=waypoints,
            headings=headings,
            speeds=said[..., 3] * SPEED_MPS,
            boxes=draw_vehicles(
                waypoints / self.spec.stride,
                headings,
                self.sizes.length_m / cell_m,
                self.sizes.width_m / cell_m,
                self.spec.grid,
            ),
        )
