"""Several processes that train one network: how they meet, and means over all. Source: PyTorch's
DistributedDataParallel (Li et al. 2020, arXiv:2006.15704).

Batches are shared by number: of n processes, process r draws every n-th from r on. So n processes learn what one learns that accumulates
n batches.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, distributed, nn

from agents.learning.crew import Crew


def own_device(device: str) -> torch.device:
    """The device of this process: with "auto" its own GPU, where there is one."""
    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % max(torch.cuda.device_count(), 1))


@contextmanager
def joined(own: Crew, device: torch.device) -> Iterator[None]:
    """Inside, the processes know each other."""
    if own.size == 1 or distributed.is_initialized():
        yield
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        distributed.destroy_process_group()


def shared_gradients(network: nn.Module, own: Crew, device: torch.device) -> nn.Module:
    """The network so wrapped that a backward pass leaves the mean gradient of all processes."""
    if own.size == 1:
        return network
    # Statistics of batches are averaged by `average_statistics`: a broadcast would lose those of all processes but one.
    return nn.parallel.DistributedDataParallel(
        network, device_ids=[device] if device.type == "cuda" else None, broadcast_buffers=False
    )


def average_statistics(network: nn.Module, own: Crew) -> None:
    """Give all processes the mean of their running means and variances."""
    if own.size == 1:
        return
    buffers = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
    if buffers:
        flat = torch.cat([buffer.flatten() for buffer in buffers])
        distributed.all_reduce(flat)
        means = torch.split(flat / own.size, [buffer.numel() for buffer in buffers])
        for buffer, mean in zip(buffers, means, strict=True):
            buffer.copy_(mean.view_as(buffer))


def agreed(choice: int, own: Crew, device: torch.device) -> int:
    """What the first process chose."""
    if own.size == 1:
        return choice
    told = torch.tensor(choice, device=device)
    distributed.broadcast(told, 0)
    return int(told)


def mean_of(values: Tensor, own: Crew) -> Tensor:
    """[n] The mean over all processes."""
    if own.size > 1:
        distributed.all_reduce(values)
    return values / own.size
