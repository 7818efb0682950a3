"""A torch network as a Darknet network file describes it. Source: Darknet's convolutional, shortcut, route, upsample and maxpool layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from perception.detection.darknet.layers import (
    Convolutional,
    Maxpool,
    Network,
    Route,
    Shortcut,
    Upsample,
    Yolo,
    name_of,
)
from perception.detection.decoding import Scale
from perception.detection.losses.yolo_v3 import LossOptions
from perception.detection.networks.yolo_network import ScaledNetwork
from sim_suite.errors import SuiteError

_EPSILON: Final = 1e-5  # beside the variance, normalize_kernel of Darknet's blas_kernels.cu
_ACTIVATE: Final[dict[str, Callable[[Tensor], Tensor]]] = {
    "linear": lambda seen: seen,
    "leaky": lambda seen: functional.leaky_relu(seen, 0.1),
    "relu": functional.relu,
    "logistic": torch.sigmoid,
    "mish": functional.mish,
    "swish": functional.silu,
}


class ConvolutionalLayer(nn.Module):
    """One [convolutional] section."""

    def __init__(self, channels: int, layer: Convolutional) -> None:
        """channels: that come in."""
        super().__init__()
        self.layer = layer
        self.convolution = nn.Conv2d(
            channels,
            layer.filters,
            layer.size,
            layer.stride,
            layer.padding,
            groups=layer.groups,
            bias=not layer.batch_normalize,
        )
        self.norm = nn.BatchNorm2d(layer.filters, eps=_EPSILON) if layer.batch_normalize else None

    def forward(self, seen: Tensor) -> Tensor:
        """[B, channels, H, W] -> [B, filters, ..]."""
        seen = self.convolution(seen)
        if self.norm is not None:
            seen = self.norm(seen)
        return _ACTIVATE[self.layer.activation](seen)


class DarknetNetwork(ScaledNetwork):
    """From pictures to the maps of all [yolo] layers."""

    def __init__(self, network: Network, loss_options: LossOptions | None = None) -> None:
        """Raises SuiteError where layers do not fit onto each other, with the layer's number."""
        super().__init__()
        self.network = network
        self.loss_options = loss_options or LossOptions()
        self.modules_of = nn.ModuleDict()
        self._sources: list[tuple[int, ...]] = []
        self._shapes: list[tuple[int, int, int]] = []
        for number in range(len(network.layers)):
            try:
                self._add(number)
            except SuiteError as error:
                name = name_of(network.layers[number])
                raise SuiteError(f"layer {number} [{name}] of the network file: {error}") from error
        self._needed = {source for sources in self._sources for source in sources}
        yolos = [layer for layer in network.layers if isinstance(layer, Yolo)]
        if len({layer.classes for layer in yolos}) != 1:
            counts = ", ".join(str(layer.classes) for layer in yolos)
            raise SuiteError(f"the [yolo] layers have {counts} classes; all scales of a detector tell the same ones.")
        self.num_classes = yolos[0].classes
        coarsest = min(
            shape[1] for shape, layer in zip(self._shapes, network.layers, strict=True) if isinstance(layer, Yolo)
        )
        self.coarsest_stride = network.net.height // coarsest
        self.scales = tuple(Scale(tuple(layer.anchors[i] for i in layer.mask), layer.scale_x_y) for layer in yolos)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the pictures that the file is made for."""
        return self.network.net.height, self.network.net.width

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """float [B, C, H, W] 0..1, channels red, green, blue -> the map of each [yolo] layer, [B, A (5 + K), h, w] logits."""
        seen, kept, maps = pictures, dict[int, Tensor](), []
        for number, layer in enumerate(self.network.layers):
            sources = [kept[source] for source in self._sources[number]]
            if isinstance(layer, Convolutional):
                seen = self.modules_of[str(number)](seen)
            elif isinstance(layer, Shortcut):
                seen = _ACTIVATE[layer.activation](seen + sources[0])
            elif isinstance(layer, Route):
                parts = [source.chunk(layer.groups, dim=1)[layer.group_id] for source in sources]
                seen = parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)
            elif isinstance(layer, Upsample):
                seen = functional.interpolate(seen, scale_factor=float(layer.stride), mode="nearest")
            elif isinstance(layer, Maxpool):
                seen = _maxpool(seen, layer)
            else:
                maps.append(seen)
            if number in self._needed:
                kept[number] = seen
        return tuple(maps)

    def _add(self, number: int) -> None:
        """Note a layer's shape (channels, rows, columns) for pictures of the file's size and whom it reads."""
        layer, net = self.network.layers[number], self.network.net
        channels, rows, columns = self._shapes[-1] if self._shapes else (net.channels, net.height, net.width)
        sources: tuple[int, ...] = ()
        if isinstance(layer, Convolutional):
            if channels % layer.groups:
                raise SuiteError(f"{channels} channels are not {layer.groups} equal groups.")
            self.modules_of[str(number)] = ConvolutionalLayer(channels, layer)
            channels = layer.filters
            rows, columns = ((side + 2 * layer.padding - layer.size) // layer.stride + 1 for side in (rows, columns))
        elif isinstance(layer, Shortcut):
            sources = (self._earlier(number, layer.source),)
            if self._shapes[sources[0]] != self._shapes[-1]:
                raise SuiteError(f"{_text(self._shapes[-1])} and {_text(self._shapes[sources[0]])} cannot be added.")
        elif isinstance(layer, Route):
            sources = tuple(self._earlier(number, source) for source in layer.layers)
            read = [self._shapes[source] for source in sources]
            if len({shape[1:] for shape in read}) != 1:
                raise SuiteError(f"{' and '.join(map(_text, read))} cannot be laid behind each other.")
            if any(shape[0] % layer.groups for shape in read):
                raise SuiteError(f"{read[0][0]} channels are not {layer.groups} equal groups.")
            channels, rows, columns = sum(shape[0] // layer.groups for shape in read), *read[0][1:]
        elif isinstance(layer, Upsample):
            rows, columns = rows * layer.stride, columns * layer.stride
        elif isinstance(layer, Maxpool):
            rows, columns = ((side + layer.padding - layer.size) // layer.stride + 1 for side in (rows, columns))
        elif channels != len(layer.mask) * (5 + layer.classes):
            raise SuiteError(
                f"it gets {channels} channels; {len(layer.mask)} anchors of {layer.classes} classes need "
                f"{len(layer.mask) * (5 + layer.classes)}. Set filters= of the layer before."
            )
        if min(rows, columns) < 1:
            raise SuiteError(
                f"nothing is left of a picture of {net.width} x {net.height}; set a larger width= and height=."
            )
        self._shapes.append((channels, rows, columns))
        self._sources.append(sources)

    def _earlier(self, number: int, source: int) -> int:
        found = number + source if source < 0 else source
        if not 0 <= found < number:
            raise SuiteError(f"it reads layer {found}; only 0 to {number - 1} are before it.")
        return found


def _maxpool(seen: Tensor, layer: Maxpool) -> Tensor:
    before = layer.padding // 2
    after = layer.padding - before
    if layer.padding:
        seen = functional.pad(seen, (before, after, before, after), value=torch.finfo(seen.dtype).min)
    return functional.max_pool2d(seen, layer.size, layer.stride)


def _text(shape: tuple[int, int, int]) -> str:
    return " x ".join(map(str, shape))
