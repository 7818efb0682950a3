"""M: an LSTM that remembers what was seen and done, and a mixture density for what is seen next.

Source: Ha and Schmidhuber 2018 (arXiv:1803.10122), section 2.2; 422,368 parameters for 32 latents, 3 actions, 256 units and 5 Gaussians
(appendix A.2), which counts one bias for each gate.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from agents.world_models.mixture import PARTS, Mixture, mixture_of

_FORGET_BIAS: Final = 1.0
"""Of the forget gate at first, so that a run begins by remembering (Jozefowicz, Zaremba and Sutskever 2015)."""


class MdnRnn(nn.Module):
    """Its state is [B, 2, H] float32, what it says and the cell of each unit; zeros where nothing has been seen."""

    def __init__(self, latents: int, actions: int, units: int, gaussians: int) -> None:
        """latents: N; actions: A; units: H; gaussians: K of each latent. Weights are torch's own, from its global generator."""
        super().__init__()
        self.latents, self.units = latents, units
        self.lstm = nn.LSTM(latents + actions, units)
        self.head = nn.Linear(units, latents * gaussians * PARTS)
        # torch adds two biases where the paper has one: the second stays at zero and is not learned.
        bias, second = self.lstm.get_parameter("bias_ih_l0"), self.lstm.get_parameter("bias_hh_l0")
        nn.init.zeros_(second).requires_grad_(False)
        nn.init.constant_(bias[units : 2 * units], _FORGET_BIAS)  # torch's order: input, forget, cell, output

    def blank(self, count: int) -> Tensor:
        """The state [count, 2, H] of memories that have seen nothing."""
        return torch.zeros(count, 2, self.units, device=self.head.weight.device)

    def forward(self, latents: Tensor, actions: Tensor, state: Tensor | None = None) -> tuple[Mixture, Tensor]:
        """Latents [T, B, N] and the actions [T, B, A] taken then -> what is foretold of the latents one later, and the last state.

        state: [B, 2, H] before the first, None for zeros.
        """
        said, kept = self._run(latents, actions, self.blank(latents.shape[1]) if state is None else state)
        return mixture_of(self.head(said), self.latents), kept

    def step(self, latents: Tensor, actions: Tensor, state: Tensor) -> Tensor:
        """The state [B, 2, H] after latents [B, N] were seen and actions [B, A] taken."""
        return self._run(latents[None], actions[None], state)[1]

    def foretold(self, state: Tensor) -> Mixture:
        """What a state [B, 2, H] foretells of the next latents, [B, N, K]."""
        return mixture_of(self.head(state[:, 0]), self.latents)

    def _run(self, latents: Tensor, actions: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        hidden, cell = state.unbind(1)
        said, (hidden, cell) = self.lstm(
            torch.cat([latents, actions], dim=-1), (hidden[None].contiguous(), cell[None].contiguous())
        )
        return said, torch.stack([hidden[0], cell[0]], dim=1)
