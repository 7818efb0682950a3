"""Batch norms folded into the convolutions before them. Source: `torch.nn.utils.fusion`.

In `eval` mode a norm is a factor and a summand for each channel, which the convolution can have as its own.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import TypeVar

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Network = TypeVar("Network", bound=nn.Module)


def folded(network: Network) -> Network:
    """A copy that says what the network says in `eval` mode, not for training: in each `Sequential` norms that follow a convolution are
    part of it."""
    copied = copy.deepcopy(network).eval().requires_grad_(False)
    for sequence in copied.modules():
        if isinstance(sequence, nn.Sequential):
            _fold(sequence)
    return copied


def _fold(sequence: nn.Sequential) -> None:
    for before, after in pairwise(list(sequence._modules)):
        convolution, norm = sequence._modules[before], sequence._modules[after]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence._modules[before] = fuse_conv_bn_eval(convolution, norm)
            sequence._modules[after] = nn.Identity()
