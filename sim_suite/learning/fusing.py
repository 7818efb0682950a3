"""Convolutions that add and rectify in the same pass, with weights laid out once, to ask a network rather than to train it.

Source: oneDNN's post-ops, by the operators to which torch.compile turns convolutions on processors. They are called by name, since
compiling needs a C++ compiler and tens of seconds, and are private to torch: where they are missing networks stay as they are.
A bfloat16 tower of 64 channels x 4 blocks on boards of 6 x 7 took 1.9 ms in place of 2.8 for 64 positions, and 6.5 in place of 14 for 256
(one core of an Intel Xeon with AMX, 2026-11-30).
"""

from __future__ import annotations

import copy
from typing import Final, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

Network = TypeVar("Network", bound=nn.Module)

_DTYPES: Final = (torch.float32, torch.bfloat16)
_NO_RELU, _RELU = "none", "relu"


class FusedConvolution(nn.Module):
    """Says what a convolution says, and the ReLU after it."""

    def __init__(self, convolution: nn.Conv2d, relu: bool) -> None:
        """convolution: on the processor, in float32 or bfloat16, padded by zeros; its numbers are copied."""
        super().__init__()
        self.weight = convolution.weight.detach()
        self._bias = None if convolution.bias is None else convolution.bias.detach()
        self._where = convolution.padding, convolution.stride, convolution.dilation, convolution.groups
        self._after = _RELU if relu else _NO_RELU
        self._laid: Tensor | None = None
        self._laid_for: torch.Size | None = None

    def forward(self, seen: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, maps, h, w]."""
        said: Tensor = torch.ops.mkldnn._convolution_pointwise(
            seen, self._weights(seen), self._bias, *self._where, self._after, [], ""
        )
        return said

    def onto(self, seen: Tensor, summand: Tensor) -> Tensor:
        """ReLU of what it says without one plus a summand [B, maps, h, w], which is overwritten by that."""
        said: Tensor = torch.ops.mkldnn._convolution_pointwise_(
            summand, seen, self._weights(seen), self._bias, *self._where, "add", 1.0, _RELU, [], ""
        )
        return said

    def _weights(self, seen: Tensor) -> Tensor:
        """As they lie best for inputs of this shape; they serve for others as well."""
        if self._laid is None or self._laid_for != seen.shape:
            padding, stride, dilation, groups = self._where
            self._laid = torch.ops.mkldnn._reorder_convolution_weight(
                self.weight, padding, stride, dilation, groups, list(seen.shape)
            )
            self._laid_for = seen.shape
        return self._laid


def fusible(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether convolutions can be fused there and in that arithmetic, by this torch."""
    if device.type != "cpu" or dtype not in _DTYPES or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    if dtype == torch.bfloat16 and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    needed = ("_convolution_pointwise", "_convolution_pointwise_", "_reorder_convolution_weight")
    return all(hasattr(torch.ops.mkldnn, name) for name in needed)


def fused(network: Network) -> Network:
    """A copy, not for training, in which convolutions in a `Sequential` have what follows them: a ReLU, if there is one.

    network: as `folding.folded` gives it. What cannot be fused stays as it is.
    """
    copied = copy.deepcopy(network)
    for sequence in [one for one in copied.modules() if isinstance(one, nn.Sequential)]:
        _fuse(sequence)
    return copied


def joined(layer: nn.Module, seen: Tensor, summand: Tensor) -> Tensor:
    """ReLU of what a layer says plus a summand of that shape, which is overwritten where nobody learns from it."""
    last = _only(layer)
    if isinstance(last, FusedConvolution):
        return last.onto(seen, summand)
    said: Tensor = layer(seen)
    return functional.relu_(said.add_(summand))


def _fuse(sequence: nn.Sequential) -> None:
    layers = [(name, layer) for name, layer in sequence._modules.items() if not isinstance(layer, nn.Identity)]
    for (name, layer), (after, following) in zip(layers, [*layers[1:], ("", None)], strict=True):
        if _can_be_fused(layer):
            relu = isinstance(following, nn.ReLU)
            sequence._modules[name] = FusedConvolution(layer, relu)  # type: ignore[arg-type]  # a convolution, as asked
            if relu:
                sequence._modules[after] = nn.Identity()


def _can_be_fused(layer: nn.Module | None) -> bool:
    if not isinstance(layer, nn.Conv2d) or layer.padding_mode != "zeros" or isinstance(layer.padding, str):
        return False
    return fusible(layer.weight.device, layer.weight.dtype)


def _only(layer: nn.Module) -> nn.Module:
    """The one layer of a sequence that does anything, or the layer itself."""
    if not isinstance(layer, nn.Sequential):
        return layer
    acting = [one for one in layer if not isinstance(one, nn.Identity)]
    return acting[0] if len(acting) == 1 else layer
