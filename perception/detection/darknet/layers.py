"""Layers of Darknet's network files that detectors of YOLO v3 are made of, as data. Source: Darknet's src/parser.c, with its defaults.

What a layer is called in a file is the key of KINDS; fields are named as options are, `from` excepted, which Python keeps for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim_suite.errors import SuiteError, UnknownNameError

ACTIVATIONS: Final = ("linear", "leaky", "relu", "logistic", "mish", "swish")


@dataclass(frozen=True)
class Net:
    """The first section: what goes in. Options of training and augmentation are passed over."""

    width: int
    height: int
    channels: int = 3

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "width", "height", "channels")


@dataclass(frozen=True)
class Convolutional:
    """A convolution, batch norm if asked for, and a nonlinearity."""

    filters: int = 1
    size: int = 1
    stride: int = 1
    padding: int = 0
    """Pixels at each border; `pad=1` in a file stands for size // 2."""
    groups: int = 1
    batch_normalize: bool = False
    activation: str = "logistic"

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "filters", "size", "stride", "groups")
        _refuse_below(self, 0, "padding")
        _refuse_activation(self.activation)
        if self.filters % self.groups:
            raise SuiteError(f"{self.filters} filters are not {self.groups} equal groups; make filters a multiple.")


@dataclass(frozen=True)
class Shortcut:
    """The sum of the layer before and an earlier one of its shape."""

    source: int
    """`from`: below 0 counted back from this layer, else a layer's number."""
    activation: str = "linear"

    def __post_init__(self) -> None:
        _refuse_activation(self.activation)


@dataclass(frozen=True)
class Route:
    """Earlier layers' channels one behind the other; or one part of them."""

    layers: tuple[int, ...]
    """Numbers as in `Shortcut.source`."""
    groups: int = 1
    """Into how many equal parts each one's channels are cut."""
    group_id: int = 0
    """Which of them is taken."""

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "groups")
        if not self.layers:
            raise SuiteError("a route needs layers: layers=-1,61 for instance.")
        if not 0 <= self.group_id < self.groups:
            raise SuiteError(f"group_id {self.group_id} of {self.groups} groups; give 0 to {self.groups - 1}.")


@dataclass(frozen=True)
class Upsample:
    """Each pixel `stride` x `stride` times."""

    stride: int = 2

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "stride")


@dataclass(frozen=True)
class Maxpool:
    """The largest value of `size` x `size` pixels."""

    stride: int = 1
    size: int = 1
    padding: int = 0
    """Of both borders together, the smaller half in front; size - 1 where a file does not say."""

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "stride", "size")
        _refuse_below(self, 0, "padding")


@dataclass(frozen=True)
class Yolo:
    """Where predictions of one scale come out."""

    anchors: tuple[tuple[float, float], ...]
    """(width, height) in pixels of the input, those of all scales."""
    mask: tuple[int, ...]
    """Numbers of those that belong to this scale; all where a file does not say."""
    classes: int = 20
    scale_x_y: float = 1.0
    """See `decoding.Scale`."""

    def __post_init__(self) -> None:
        _refuse_below(self, 1, "classes")
        if not self.mask or not all(0 <= number < len(self.anchors) for number in self.mask):
            raise SuiteError(f"mask {self.mask} names other anchors than the {len(self.anchors)} that there are.")


Layer = Convolutional | Shortcut | Route | Upsample | Maxpool | Yolo
KINDS: Final[dict[str, type[Layer]]] = {
    "convolutional": Convolutional,
    "shortcut": Shortcut,
    "route": Route,
    "upsample": Upsample,
    "maxpool": Maxpool,
    "yolo": Yolo,
}


@dataclass(frozen=True)
class Network:
    """A whole file."""

    net: Net
    layers: tuple[Layer, ...]


def name_of(layer: Layer) -> str:
    """As a file calls it."""
    return next(name for name, kind in KINDS.items() if isinstance(layer, kind))


def _refuse_below(layer: object, least: int, *names: str) -> None:
    for name in names:
        if getattr(layer, name) < least:
            raise SuiteError(f"{name} must be {least} or more, not {getattr(layer, name)}.")


def _refuse_activation(name: str) -> None:
    if name not in ACTIVATIONS:
        raise UnknownNameError("activation", name, ACTIVATIONS)
