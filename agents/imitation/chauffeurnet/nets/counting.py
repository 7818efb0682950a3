"""How large a network is and how much it computes: parameters and multiply-adds of each part. Source: ours."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.spec import ChauffeurSpec


class Part(NamedTuple):
    """Of a network."""

    parameters: int
    multiply_adds: int
    """Of convolutions and dense layers, in one forward pass of one example with all its N waypoints."""


def count(network: nn.Module, spec: ChauffeurSpec) -> dict[str, Part]:
    """Each part of a `ChauffeurNet` or `FastChauffeurNet`, by its name; driving needs neither `road` nor `perception`.

    A network built under `torch.device("meta")` is counted without being computed.
    """
    training = network.training
    with torch.no_grad(), torch.device(next(network.parameters()).device), FlopCounterMode(display=False) as counter:
        batch = _nothing(spec)
        network.eval()(batch.raster, batch)
    network.train(training)
    flops = counter.get_flop_counts()
    name = type(network).__name__
    return {
        part: Part(sum(p.numel() for p in module.parameters()), sum(flops[f"{name}.{part}"].values()) // 2)
        for part, module in network.named_children()
    }


def _nothing(spec: ChauffeurSpec) -> Batch:
    """One empty example."""
    steps, (h, w) = spec.waypoints, spec.grid
    return Batch(
        torch.zeros(1, *spec.raster.shape, dtype=torch.uint8), torch.zeros(1, steps, 2), torch.zeros(1, steps),
        torch.zeros(1, steps), torch.ones(1, steps, dtype=torch.bool), torch.zeros(1, steps, h, w),
        torch.zeros(1, steps + 1, h, w), torch.zeros(1, h, w), torch.zeros(1, h, w), torch.ones(1), torch.ones(1),
    )  # fmt: skip
