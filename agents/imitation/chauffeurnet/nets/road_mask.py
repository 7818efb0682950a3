"""Road mask net: where the features say that there is road. Co-trained, not needed to drive. Source: Bansal et al. 2018, section 4.3."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec


class RoadMaskNet(nn.Module):
    """Two convolutions."""

    def __init__(self, spec: ChauffeurSpec, sizes: Sizes) -> None:
        super().__init__()
        self.fold = sizes.fold
        self.hidden = nn.Conv2d(sizes.maps[sizes.feature_level(spec)], sizes.co_hidden, 3, padding=1)
        self.out = nn.Conv2d(sizes.co_hidden, sizes.fold**2, 1)

    def forward(self, features: Tensor) -> Tensor:
        """F -> logits of Road, float32 [B, h, w]."""
        cells = functional.pixel_shuffle(self.out(functional.relu(self.hidden(features))), self.fold)
        return cells[:, 0].float()
