"""Which arithmetic trains a network faster on this machine: a few passes of each are timed. Source: ours.

On processors with bfloat16 units it was several times as fast as float32, on others slower.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

PASSES = 2
"""That are timed, after one that is not; the faster one counts."""


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """Inside, the network calculates so."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")


def has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16 itself, by AVX-512 or AMX: others imitate it, slower than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def faster_precision(
    network: nn.Module,
    forward: Callable[[nn.Module], Tensor],
    device: torch.device,
    clock: Callable[[], float] = time.perf_counter,
) -> str:
    """Either "float32" or "bfloat16". The network is left as it is.

    forward: shows the network that it is given a batch, and sums what it says to one number, as a loss would.
    """
    tried = copy.deepcopy(network)
    seconds = {precision: pass_s(tried, forward, device, precision, clock) for precision in ("float32", "bfloat16")}
    return min(seconds, key=lambda name: seconds[name])


def pass_s(
    network: nn.Module,
    forward: Callable[[nn.Module], Tensor],
    device: torch.device,
    precision: str,
    clock: Callable[[], float],
) -> float:
    """Seconds of a forward and backward pass in this precision."""
    best = float("inf")
    for number in range(PASSES + 1):
        begin = clock()
        with autocast(device, precision):
            total = forward(network)
        total.backward()  # type: ignore[no-untyped-call]
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if number > 0:
            best = min(best, clock() - begin)
    return best
