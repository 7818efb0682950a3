"""The layers of a network, as they work one after another, and how one is put out of action. Source: ours; ablation after Meyes et al.
2019 (arXiv:1901.08644).

A layer is a module with a matrix of weights, with what follows it and keeps its shape (normalisation, nonlinearity, dropout) up to the
next: what is replaced is what the next layer is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import torch
from torch import Tensor, nn

from agents.explaining import Explainable

AT_ONCE: Final = 64
"""Rows in a batch while activations are averaged."""
_KINDS: Final = {nn.Conv2d: "convolution", nn.Linear: "dense"}


@dataclass(frozen=True)
class Layer:
    """One layer."""

    name: str
    """Its kind and number, as it works: `convolution 1`."""
    path: str
    """Of its weights, inside the network."""
    ends_in: nn.Module
    """Whose output the next layer is told."""
    shape: tuple[int, ...]
    """Of that output for one row: units, or maps with their height and width."""

    @property
    def channels(self) -> int:
        """Units or maps."""
        return self.shape[0]


def layers_of(opened: Explainable, shown: Tensor) -> tuple[Layer, ...]:
    """The layers that the outputs depend on, in order, but for the last, which gives them. shown: [B, ...], any input.

    A layer that works twice in a call is left out.
    """
    worked: list[tuple[str, nn.Module, tuple[int, ...]]] = []
    with ExitStack() as stack, torch.inference_mode():
        for path, module in opened.network.named_modules():
            if not list(module.children()):
                stack.callback(module.register_forward_hook(_noting(path, worked)).remove)
        opened.forward(shown)
    modules = [module for _, module, _ in worked]
    blocks: list[list[tuple[str, nn.Module, tuple[int, ...]]]] = []
    for one in worked:
        _, module, shape = one
        if any(parameter.ndim > 1 for parameter in module.parameters(recurse=False)):
            blocks.append([one])
        elif blocks and shape == blocks[-1][-1][2]:
            blocks[-1].append(one)
    found: list[Layer] = []
    for block in blocks[:-1]:
        path, module, shape = block[0]
        if all(modules.count(part) == 1 for _, part, _ in block):
            kind = _KINDS.get(type(module), type(module).__name__)
            number = 1 + sum(layer.name.rpartition(" ")[0] == kind for layer in found)
            found.append(Layer(f"{kind} {number}", path, block[-1][1], shape))
    return tuple(found)


def mean_activations(opened: Explainable, layers: Sequence[Layer], shown: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """Mean of each layer's output over all rows of the batches `shown`, each of the layer's shape."""
    sums = [torch.zeros(layer.shape, dtype=torch.float64) for layer in layers]

    def adding(place: int) -> Any:
        def add(module: nn.Module, inputs: Any, output: Tensor) -> None:
            sums[place].add_(output.double().sum(dim=0).cpu())

        return add

    with ExitStack() as stack, torch.inference_mode():
        for place, layer in enumerate(layers):
            stack.callback(layer.ends_in.register_forward_hook(adding(place)).remove)
        rows = 0
        for some in shown:
            opened.forward(some)
            rows += len(some)
    return tuple((one / rows).float() for one in sums)


def parts(channels: int, groups: int) -> list[range]:
    """Channels cut into so many runs of nearly equal length, or as many as there are channels."""
    count = min(groups, channels)
    ends = [round(k * channels / count) for k in range(count + 1)]
    return [range(a, b) for a, b in pairwise(ends)]


@contextmanager
def put_out(layer: Layer, channels: range, instead: Tensor) -> Iterator[None]:
    """Inside, these channels of the layer say `instead` [*layer.shape] whatever they are told."""

    def replace(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        said = output.clone()
        said[:, channels.start : channels.stop] = instead[channels.start : channels.stop].to(output)
        return said

    handle = layer.ends_in.register_forward_hook(replace)
    try:
        yield
    finally:
        handle.remove()


def _noting(path: str, worked: list[tuple[str, nn.Module, tuple[int, ...]]]) -> Any:
    def note(module: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(output, Tensor):
            worked.append((path, module, tuple(output.shape[1:])))

    return note
