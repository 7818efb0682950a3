"""How a network calculates: in which precision, with pictures laid how; where that is left open, what is faster. Source: ours."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from perception.training.options import TrainingOptions
from sim_suite.learning.probing import pass_s

PRECISIONS: Final = ("float32", "bfloat16")
LAYOUTS: Final = ("channels_first", "channels_last")


@dataclass(frozen=True)
class Arithmetic:
    """What a run calculates with."""

    precision: str
    layout: str

    def lay(self, network: nn.Module) -> nn.Module:
        """The network with its convolutions' weights in this layout, in place; pictures follow them."""
        last = self.layout == "channels_last"
        form = torch.channels_last if last else torch.contiguous_format
        return network.to(memory_format=form)  # type: ignore[call-overload, no-any-return]  # torch's stubs lack it


def choose(
    options: TrainingOptions,
    network: nn.Module,
    loss: Callable[[nn.Module], Tensor],
    device: torch.device,
    clock: Callable[[], float] = time.perf_counter,
) -> Arithmetic:
    """What the options name, and of what they leave open the fastest. The network is left as it is.

    loss: shows the network that it is given a batch.
    """
    candidates = [
        Arithmetic(precision, layout)
        for precision, layout in itertools.product(PRECISIONS, LAYOUTS)
        if options.precision in ("auto", precision) and options.layout in ("auto", layout)
    ]
    if len(candidates) == 1:
        return candidates[0]
    tried = copy.deepcopy(network)
    seconds = [pass_s(one.lay(tried), loss, device, one.precision, clock) for one in candidates]
    return candidates[seconds.index(min(seconds))]
