"""A style: how signs of one country are painted, what is behind them, and how light, weather and camera treat them. Source: ours.

Colours are [red, green, blue], 0 to 255; lengths are pixels of the crop unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.colours import Colour, refuse_colours
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

Pattern = Literal["sky", "foliage", "bricks", "windows", "street"]


@dataclass(frozen=True)
class Paint:
    """What faces are drawn with. Lengths are shares of half a face's side."""

    red: Colour = (190, 24, 34)
    blue: Colour = (22, 78, 162)
    yellow: Colour = (248, 190, 24)
    ground: Colour = (244, 244, 240)
    """Inside red borders."""
    housing: Colour = (28, 30, 30)
    """Of lights."""
    board: bool = False
    """A white edge about lights."""
    border: float = 0.18
    """Width of red borders, 0.1 to 0.26."""
    stroke: float = 0.14
    """Width of lines that figures are made of, 0.08 to 0.2."""

    def __post_init__(self) -> None:
        refuse_colours(self.red, self.blue, self.yellow, self.ground, self.housing)
        refuse_outside(self, "border", 0.1, 0.26)
        refuse_outside(self, "stroke", 0.08, 0.2)


@dataclass(frozen=True)
class Backdrop:
    """What is behind a sign: two colours, mixed by a pattern."""

    first: Colour
    second: Colour
    pattern: Pattern = "foliage"
    """sky: from the first above to the second below; foliage: patches; bricks, windows: of a wall; street: the second below a horizon."""
    period_px: float = 8.0
    """Size of patches, bricks and windows, 3 to 32."""

    def __post_init__(self) -> None:
        refuse_colours(self.first, self.second)
        refuse_outside(self, "period_px", 3.0, 32.0)


@dataclass(frozen=True)
class Style:
    """One look."""

    name: str
    backdrop: Backdrop
    paint: Paint = field(default_factory=Paint)
    spread: float = 14.0
    """Standard deviation by which the backdrop's colours differ from picture to picture, levels of 255, 0 to 60."""
    size: tuple[float, float] = (0.45, 0.98)
    """Least and greatest side of a sign as a share of the crop's, 0.3 to 1.2."""
    swing_deg: float = 40.0
    """A sign is turned away by up to so much, about the vertical and half as much about the horizontal, 0 to 60."""
    roll_deg: float = 10.0
    """It is turned in the picture by up to so much, 0 to 20."""
    fade: float = 0.0
    """Share by which the sun has bleached it towards grey, 0 to 0.6."""
    dirt: int = 0
    """Stains or stickers on it, up to so many, 0 to 5."""
    brightness: tuple[float, float] = (0.8, 1.15)
    """Least and greatest factor on all colours but those of lit lenses, 0.15 to 1.6."""
    gradient: float = 0.15
    """Light that falls from one side to the other by this share, in a random direction, 0 to 0.8."""
    shade: float = 0.0
    """Share of the light that a shadow with a straight edge takes; 0 casts none, to 0.8."""
    hidden: float = 0.0
    """Share of the crop's width that a post or branch before the sign covers, up to so much, 0 to 0.5."""
    glow: float = 0.3
    """How bright the halo about a lit lens is, 0 to 1."""
    haze: float = 0.0
    """Share of grey over all, up to so much, 0 to 0.8."""
    rain: int = 0
    """Streaks, up to so many, 0 to 40."""
    blur_px: float = 0.4
    """Standard deviation of the camera's blur, up to so much, 0 to 1.5."""
    motion_px: float = 0.0
    """Length of the streak that motion makes of a point, in a random direction, up to so much, 0 to 6."""
    noise: float = 6.0
    """Standard deviation of the camera's noise, levels of 255, 0 to 30."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("spread", 0.0, 60.0), ("swing_deg", 0.0, 60.0), ("roll_deg", 0.0, 20.0), ("fade", 0.0, 0.6), ("dirt", 0, 5),
            ("gradient", 0.0, 0.8), ("shade", 0.0, 0.8), ("glow", 0.0, 1.0), ("haze", 0.0, 0.8), ("rain", 0, 40),
            ("blur_px", 0.0, 1.5), ("noise", 0.0, 30.0), ("hidden", 0.0, 0.5), ("motion_px", 0.0, 6.0),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)
        for name, low, high in (("size", 0.3, 1.2), ("brightness", 0.15, 1.6)):
            least, greatest = getattr(self, name)
            if not low <= least <= greatest <= high:
                raise SuiteError(f"{name} must be two rising numbers in {low} to {high}, not {[least, greatest]}.")
