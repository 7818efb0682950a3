"""What the picture looks like: natural colours over those of the maps' drawings. Source: ours.

Where a colour has a meaning, shape, place or lightness has it too: lights are told by the place of the lamp, brake lights
and indicators by their place on the car. Amber and cyan stand in for pairs of red and green.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sim_suite.driving.roads.drawing.styles import PALETTES
from sim_suite.driving.world.kinds import GREEN, OFF, RED, YELLOW
from sim_suite.envs.driving.picture.brush import Colour

GROUND: Final[dict[str, str]] = {
    **PALETTES["light"],
    "land": "#7f9b62", "asphalt": "#555a60", "ramp": "#5a5f65", "bus": "#4f5d73", "shoulder": "#686c70", "border": "#8c9a70",
    "none": "#8c9a70", "parking": "#5d6672", "biking": "#8f5648", "sidewalk": "#b9b1a4", "green": "#87a566", "curb": "#d0cabd",
    "white": "#e8e8e4", "yellow": "#e8c34a", "grass": "#87a566", "special": "#8a7a94", "rail": "#766d68",
    "building": "#b59f8c", "building-edge": "#6f6153", "tree": "#5d8648", "pole": "#3c4247", "barrier": "#8d9196",
    "junction": "#555a60", "thing": "#8d9196",
}  # fmt: skip
"""Colour names of the maps' styles to sRGB."""

_PAINTS: Final[tuple[Colour, ...]] = (
    (232, 233, 230), (197, 201, 205), (70, 75, 82), (142, 148, 153), (58, 82, 122), (139, 58, 54),
    (94, 111, 86), (201, 183, 150), (44, 49, 56), (116, 132, 150), (168, 106, 72), (222, 222, 214),
)  # fmt: skip
"""Cars as one sees them in traffic: mostly white, grey and black, some muted colours."""


@dataclass(frozen=True)
class PictureStyle:
    """Colours (RGB, 0 to 255) and sizes of a picture."""

    ground: dict[str, str] = field(default_factory=lambda: dict(GROUND))
    """Colours of the map, see GROUND."""
    paints: tuple[Colour, ...] = _PAINTS
    """Of traffic, chosen by the actor's ID."""
    ego: Colour = (24, 160, 232)
    """Of the agent that one follows."""
    agent: Colour = (150, 110, 214)
    """Of other agents."""
    route: Colour = (70, 205, 235)
    goal: Colour = (250, 250, 250)
    plan: Colour = (255, 214, 74)
    """Of a planned trajectory."""
    route_opacity: float = 0.42
    """0 to 1."""
    greenery: bool = True
    """Whether trees are strewn over land without roads and buildings; they stand on no map and are only to be looked at."""
    cache_bytes: int = 48_000_000
    """What drawn ground may take in memory."""


LIGHT_COLOURS: Final[dict[int, Colour]] = {
    OFF: (120, 120, 120), GREEN: (24, 200, 118), YELLOW: (255, 190, 40), RED: (255, 62, 48),
}  # fmt: skip
"""A bluish green, amber, and an orange red: apart for those who see red and green alike."""
BRAKE: Final[Colour] = (255, 40, 28)
TAIL: Final[Colour] = (112, 22, 24)
AMBER: Final[Colour] = (255, 178, 24)
HEADLIGHT: Final[Colour] = (255, 246, 214)
GLASS: Final[Colour] = (38, 48, 60)
DARK: Final[Colour] = (26, 28, 32)
