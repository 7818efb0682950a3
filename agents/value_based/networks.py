"""Networks from observations to action values, [B, A].

Convolutions: Mnih et al. 2015 (Nature 518), methods. Two streams: Wang et al. 2016 (arXiv:1511.06581). Layer norm before each
nonlinearity, of convolutions over channels and places: Gallici et al. 2024 (arXiv:2407.04811), as CleanRL's pqn_atari_envpool has it.
"""

from __future__ import annotations

from torch import Tensor, nn

from agents.learning.convolutions import convolutions


class QNetwork(nn.Module):
    """Convolutions where there are pictures, dense layers, and one value for each action."""

    def __init__(
        self, shape: tuple[int, ...], actions: int, hidden: tuple[int, ...], layer_norm: bool, dueling: bool
    ) -> None:
        """shape: [C, H, W] of a picture, or [N]; hidden: widths of dense layers, one at least where there are two streams.

        Weights come from torch's global generator. Raises `SuiteError` for pictures below 36 x 36.
        """
        super().__init__()
        body, width = convolutions(shape, layer_norm) if len(shape) == 3 else ([], shape[0])
        for units in hidden[:-1] if dueling else hidden:
            body += _dense(width, units, layer_norm)
            width = units
        self.body = nn.Sequential(*body)
        self.values = DuelingHead(width, actions, hidden[-1], layer_norm) if dueling else nn.Linear(width, actions)

    def forward(self, observations: Tensor) -> Tensor:
        """[B, C, H, W] or [B, N] float32 -> [B, A]."""
        values: Tensor = self.values(self.body(observations))
        return values


class DuelingHead(nn.Module):
    """Worth of the state plus advantage of each action, less the mean advantage: Wang et al. 2016, eq. 9."""

    def __init__(self, width: int, actions: int, hidden: int, layer_norm: bool) -> None:
        """hidden: units of each stream."""
        super().__init__()
        self.state = nn.Sequential(*_dense(width, hidden, layer_norm), nn.Linear(hidden, 1))
        self.advantage = nn.Sequential(*_dense(width, hidden, layer_norm), nn.Linear(hidden, actions))

    def forward(self, features: Tensor) -> Tensor:
        """[B, width] -> [B, A]."""
        advantage: Tensor = self.advantage(features)
        values: Tensor = self.state(features) + advantage - advantage.mean(dim=1, keepdim=True)
        return values


def _dense(width: int, units: int, layer_norm: bool) -> list[nn.Module]:
    return [nn.Linear(width, units), *([nn.LayerNorm(units)] if layer_norm else []), nn.ReLU()]
