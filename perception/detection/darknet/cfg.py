"""Reads and writes Darknet's network files (.cfg). Source: read_cfg of Darknet's src/parser.c and option_list.c.

    [net]
    width=416
    # a comment, as is a line that begins with ;
    [convolutional]
    filters=32

Sections in order, blanks anywhere mean nothing, nor does what follows a # behind a value. Options that a network's shape does not depend on
(learning rates, thresholds of training) are passed over. A section of another kind is refused, since the network would be another one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from perception.detection.darknet.layers import (
    KINDS,
    Convolutional,
    Layer,
    Maxpool,
    Net,
    Network,
    Route,
    Shortcut,
    Upsample,
    Yolo,
    name_of,
)
from sim_suite.errors import SuiteError

_NET: Final = ("net", "network")
_SHORT: Final = {"conv": "convolutional", "max": "maxpool"}
"""Other names that Darknet takes."""
Value = TypeVar("Value")


class _Section(NamedTuple):
    kind: str
    place: str
    """File and line, for messages."""
    options: dict[str, str]

    def get(self, name: str, read: Callable[[str], Value], default: Value) -> Value:
        """An option, read; the default where it is not given."""
        if name not in self.options:
            return default
        try:
            return read(self.options[name])
        except ValueError as error:
            raise SuiteError(f"{self.place}: {name}={self.options[name]} in [{self.kind}] is not a number.") from error

    def need(self, name: str, read: Callable[[str], Value]) -> Value:
        """An option that must be there."""
        if name not in self.options:
            raise SuiteError(f"{self.place}: [{self.kind}] has no {name}=; add it.")
        try:
            return read(self.options[name])
        except ValueError as error:
            raise SuiteError(f"{self.place}: {name}={self.options[name]} in [{self.kind}] is not a number.") from error


def read_cfg(path: Path) -> Network:
    """The network that a file describes. Raises SuiteError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SuiteError(f"{path} does not exist. Name a Darknet network file, such as yolov3.cfg.") from error
    except UnicodeDecodeError as error:
        raise SuiteError(f"{path} is not text. Name a Darknet network file, such as yolov3.cfg.") from error
    return parse_cfg(text, str(path))


def parse_cfg(text: str, name: str = "cfg") -> Network:
    """The network that a text describes. name: stands before line numbers in messages."""
    sections = _sections(text, name)
    if not sections or sections[0].kind not in _NET:
        seen = f"[{sections[0].kind}]" if sections else "no section at all"
        raise SuiteError(f"{name} begins with {seen}; a Darknet network file begins with [net].")
    first = sections[0]
    net = _told(first, lambda: Net(first.need("width", int), first.need("height", int), first.get("channels", int, 3)))
    layers = tuple(_told(section, lambda section=section: _layer(section)) for section in sections[1:])  # type: ignore[misc]
    if not any(isinstance(layer, Yolo) for layer in layers):
        raise SuiteError(f"{name} has no [yolo] layer, so that it detects nothing. Name the cfg of a detector.")
    return Network(net, layers)


def format_cfg(network: Network) -> str:
    """The text that `parse_cfg` reads as the same network."""
    lines = ["[net]", *(f"{name}={value}" for name, value in vars(network.net).items())]
    for layer in network.layers:
        lines += ["", f"[{name_of(layer)}]"]
        for name, value in vars(layer).items():
            if isinstance(value, bool):
                written = str(int(value))
            elif name == "anchors":
                written = ", ".join(f"{width!r},{height!r}" for width, height in value)
            elif isinstance(value, tuple):
                written = ",".join(map(str, value))
            else:
                written = str(value)
            lines.append(f"{'from' if name == 'source' else name}={written}")
    return "\n".join(lines) + "\n"


def _sections(text: str, name: str) -> list[_Section]:
    found: list[_Section] = []
    for number, whole in enumerate(text.splitlines(), start=1):
        line = "".join(whole.split())
        place = f"{name}:{number}"
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            if line[-1] != "]":
                raise SuiteError(f"{place}: {whole.strip()!r} is no section; it has no ] at its end.")
            kind = line[1:-1]
            found.append(_Section(_SHORT.get(kind, kind), place, {}))
            continue
        option, equals, value = line.partition("=")
        if not equals or not option:
            raise SuiteError(f"{place}: {whole.strip()!r} is neither a [section] nor an option=value.")
        if not found:
            raise SuiteError(f"{place}: {option}= stands before any section; a Darknet network file begins with [net].")
        found[-1].options[option] = value.partition("#")[0]
    return found


def _layer(section: _Section) -> Layer:
    read = _READERS.get(section.kind)
    if read is None:
        raise SuiteError(f"layers of kind [{section.kind}] are not known. Those that are: {', '.join(KINDS)}.")
    return read(section)


def _convolutional(section: _Section) -> Layer:
    size = section.get("size", int, 1)
    padding = size // 2 if section.get("pad", int, 0) else section.get("padding", int, 0)
    return Convolutional(
        section.get("filters", int, 1),
        size,
        section.get("stride", int, 1),
        padding,
        section.get("groups", int, 1),
        bool(section.get("batch_normalize", int, 0)),
        section.get("activation", str, "logistic"),
    )


def _shortcut(section: _Section) -> Layer:
    return Shortcut(section.need("from", int), section.get("activation", str, "linear"))


def _route(section: _Section) -> Layer:
    return Route(section.need("layers", _integers), section.get("groups", int, 1), section.get("group_id", int, 0))


def _upsample(section: _Section) -> Layer:
    return Upsample(section.get("stride", int, 2))


def _maxpool(section: _Section) -> Layer:
    stride = section.get("stride", int, 1)
    size = section.get("size", int, stride)
    return Maxpool(stride, size, section.get("padding", int, size - 1))


def _yolo(section: _Section) -> Layer:
    anchors = section.need("anchors", _anchors)
    mask = section.get("mask", _integers, tuple(range(len(anchors))))
    return Yolo(anchors, mask, section.get("classes", int, 20), section.get("scale_x_y", float, 1.0))


_READERS: Final[dict[str, Callable[[_Section], Layer]]] = {
    "convolutional": _convolutional,
    "shortcut": _shortcut,
    "route": _route,
    "upsample": _upsample,
    "maxpool": _maxpool,
    "yolo": _yolo,
}


def _told(section: _Section, build: Callable[[], Value]) -> Value:
    """What is built of a section, its place before what is wrong with it."""
    try:
        return build()
    except SuiteError as error:
        raise error if str(error).startswith(section.place) else SuiteError(f"{section.place}: {error}") from error


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(",") if word)


def _anchors(text: str) -> tuple[tuple[float, float], ...]:
    numbers = [float(word) for word in text.split(",") if word]
    if len(numbers) % 2:
        raise ValueError
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))
