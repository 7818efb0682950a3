"""What a drawing of a map consists of: named layers of shapes in world metres, and markers that keep their size on paper. Source: ours.

A scene knows nothing of files, pixels or colours: styles are names (`styles.py`), symbols are names (`symbols.py`). The
backends (`svg.py`, `png.py`, `page.py`) turn the same scene into a picture or a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""[N, 2] (x_m, y_m) in the world frame, or (x, y) in pixels from the top left where a docstring says so."""


class Shape(NamedTuple):
    """A filled polygon (`closed`) or a line."""

    style: str
    points: Points
    closed: bool = False
    about: str = ""
    """What it shows, e.g. "lane:12" (index into the graph), for tooltips; shapes that show nothing by themselves have none."""


class Marker(NamedTuple):
    """A symbol or a text that stands at a place and may be left out where there is no room."""

    symbol: str
    """A name of `symbols.SYMBOLS`, or of `symbols.TEXTS` where only the text is drawn."""
    x: float
    y: float
    text: str = ""
    heading: float | None = None
    """World angle that the symbol's own x axis points along; None for upright."""
    size_m: float = 0.0
    """At least as large as this in the world, and at least as large as the symbol's own size in pixels."""
    rank: int = 50
    """Smaller ranks are placed first."""
    min_scale: float = 0.0
    """Pixels a metre from which there is room for it."""
    about: str = ""
    elsewhere: tuple[tuple[float, float], ...] = ()
    """Other places that serve as well, in order of preference."""


@dataclass(frozen=True)
class Layer:
    """Shapes and markers that are switched on and off together. Layers are drawn in order."""

    name: str
    title: str
    """For people: what the switch says."""
    shapes: tuple[Shape, ...] = ()
    markers: tuple[Marker, ...] = ()
    min_scale: float = 0.0
    """Pixels a metre below which its shapes would be a blur and are left out."""


@dataclass(frozen=True)
class Scene:
    """A whole drawing."""

    title: str
    facts: tuple[str, ...]
    """Short statements for the line under the title."""
    bounds: tuple[float, float, float, float]
    """(x_min, y_min, x_max, y_max) of what is drawn, metres."""
    layers: tuple[Layer, ...]
    captions: dict[str, str] = field(default_factory=dict)
    """A line for each thing that shapes and markers are about: `about` to text."""

    @property
    def size_m(self) -> tuple[float, float]:
        """Width and height."""
        return self.bounds[2] - self.bounds[0], self.bounds[3] - self.bounds[1]
