"""A picture as polygons, lines and words in pixels: what SVG and PNG are written from. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.drawing.styles import Theme, style_of


class Ink(NamedTuple):
    """A polygon or line. points: [N, 2] pixels from the top left, y down."""

    style: str
    points: Points
    closed: bool = False
    about: str = ""


class Word(NamedTuple):
    """A text; (x, y) is the middle of its height, and its left end, middle or right end by `anchor`."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    halo: str = ""
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "middle"


class Group(NamedTuple):
    """Items drawn in order, within a window (x, y, width, height) if there is one."""

    name: str
    items: tuple[Ink | Word, ...]
    window: tuple[float, float, float, float] | None = None


class Pen(NamedTuple):
    """A style at a picture's scale, in pixels."""

    width: float
    dash: tuple[float, ...]
    opacity: float


@dataclass(frozen=True)
class Picture:
    """A finished sheet."""

    width: int
    height: int
    title: str
    theme: Theme
    scale: float
    """Pixels a metre."""
    factor: float
    """How much larger than on a sheet of 1,200 pixels texts and least widths are."""
    groups: tuple[Group, ...]
    captions: dict[str, str]
    """`about` to the line that a tooltip shows."""

    def pen(self, name: str) -> Pen:
        """How lines of a style are drawn. Dashes too fine to see become a fainter solid line."""
        style = style_of(name)
        width = max(style.width_m * self.scale, style.width_px * self.factor)
        dash = tuple(part * self.scale for part in style.dash_m)
        if dash and sum(dash) < 4.0:
            return Pen(width, (), style.opacity * 0.6)
        return Pen(width, dash, style.opacity)
