"""A style: what a labelled CarRacing frame is painted with. Source: ours.

Colours are [red, green, blue], 0 to 255; lengths are pixels of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perception.colours import Colour, refuse_colours
from sim_suite.refusals import refuse_outside

Pattern = Literal["flat", "clouds", "grain", "stripes", "checks"]


@dataclass(frozen=True)
class Surface:
    """What one class is painted with: two colours, mixed by a pattern."""

    first: Colour
    second: Colour
    pattern: Pattern = "clouds"
    """flat: the first alone; clouds: smooth patches; grain: pixel by pixel; stripes, checks: hard edges at a random angle and place."""
    period_px: float = 12.0
    """Size of patches, stripes and checks, 2 to 48."""

    def __post_init__(self) -> None:
        refuse_colours(self.first, self.second)
        refuse_outside(self, "period_px", 2.0, 48.0)


@dataclass(frozen=True)
class Style:
    """One look."""

    name: str
    grass: Surface
    road: Surface
    kerb: Surface
    """Its colours alternate as the kerb's own do; of the pattern nothing is taken."""
    car: Surface
    """First: the hull, second: the tyres."""
    bar: Surface
    """First: behind the indicators. These keep their colours."""
    spread: float = 12.0
    """Standard deviation by which each surface's colours differ from picture to picture, levels of 255, 0 to 60."""
    brightness: float = 1.0
    """Factor on all colours, 0.2 to 1.6."""
    gradient: float = 0.1
    """Light that falls from one side to the other by this share, in a random direction, 0 to 0.8."""
    shadows: int = 0
    """Shadows with straight edges, up to so many, 0 to 6."""
    shade: float = 0.4
    """Share of the light that a shadow takes, 0 to 0.8."""
    haze: float = 0.0
    """How much grey lies over the picture's top, falling to nothing at its bottom, 0 to 0.7."""
    noise: float = 4.0
    """Standard deviation of the camera's noise, levels of 255, 0 to 30."""
    blur_px: float = 0.0
    """Standard deviation of the camera's blur, 0 to 1.5."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("spread", 0.0, 60.0), ("brightness", 0.2, 1.6), ("gradient", 0.0, 0.8), ("shadows", 0, 6), ("shade", 0.0, 0.8),
            ("haze", 0.0, 0.7), ("noise", 0.0, 30.0), ("blur_px", 0.0, 1.5),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)
