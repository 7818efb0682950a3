"""An LSTM over sequences in which episodes begin and end: where one begins, nothing of the one before is remembered.

Sources: Hochreiter and Schmidhuber 1997 (Neural Computation 9) for the cell; Gers, Schmidhuber and Cummins 2000 (Neural Computation 12) for
its forget gate, whose bias begins at 1 (Jozefowicz, Zaremba and Sutskever 2015, ICML), so that a run begins by remembering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

_FORGET_BIAS: Final = 1.0
States = Mapping[int, Tensor]


class Memory(nn.Module):
    """One layer. Its state is [B, 2, H] float32: what it says and the cell of each unit; zeros where nothing is remembered."""

    def __init__(self, width: int, units: int) -> None:
        """width: M, features; units: H. Weights are orthogonal, from torch's global generator, biases 0 but for the forget gate's."""
        super().__init__()
        self.lstm = nn.LSTM(width, units)
        for name, parameter in self.lstm.named_parameters():
            if parameter.dim() == 2:
                nn.init.orthogonal_(parameter)
            else:
                nn.init.zeros_(parameter)
                if name == "bias_ih_l0":  # the other is added to it
                    nn.init.constant_(
                        parameter[units : 2 * units], _FORGET_BIAS
                    )  # torch's order: input, forget, cell, output

    def step(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One step: features [B, M], state [B, 2, H] -> what it says [B, H], and its state."""
        said, found = self._run(features[None], state)
        return said[0], found

    def forward(
        self, features: Tensor, begun: NDArray[np.bool_], state: Tensor, stops: Iterable[int] = ()
    ) -> tuple[Tensor, States]:
        """T steps of B sequences: features [T, B, M] -> what it says [T, B, H], and its states by step.

        begun: [T, B] bool, where a step is an episode's first; state: [B, 2, H] before the first step. States are told as they are
        before the steps 0, T, `stops` and those at which some episode begins, in which case that is not wiped yet. Between two of
        these the LSTM runs without a break.
        """
        end = len(features)
        cuts = sorted({0, end, *stops, *np.flatnonzero(begun.any(axis=1)).tolist()})
        parts, states = [], {0: state}
        for first, last in pairwise(cuts):
            said, states[last] = self._run(features[first:last], wiped(states[first], begun[first]))
            parts.append(said)
        return torch.cat(parts), states

    def _run(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """[T, B, M] within one episode each."""
        hidden, cell = state.unbind(1)
        said, (hidden, cell) = self.lstm(features, (hidden[None].contiguous(), cell[None].contiguous()))
        return said, torch.stack([hidden[0], cell[0]], dim=1)


def wiped(state: Tensor, begun: NDArray[np.bool_]) -> Tensor:
    """State [B, ...] with zeros where an episode begins, [B] bool. Zeros, whatever stood there."""
    if not begun.any():
        return state
    forgotten = torch.from_numpy(begun).to(state.device).reshape(-1, *[1] * (state.dim() - 1))
    return state.masked_fill(forgotten, 0.0)
