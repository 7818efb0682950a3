"""How the boards look: colours (RGB), lines, and where dots are. Source: ours, after the boards that people play on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]
Dots = Callable[[tuple[int, int]], list[tuple[float, float]]]

MARGIN: Final = 0.55
"""Of the frame with the coordinates, in cells."""


def _no_dots(_: tuple[int, int]) -> list[tuple[float, float]]:
    return []


def star_points(shape: tuple[int, int]) -> list[tuple[float, float]]:
    """The dots of a Go board, as rows and columns: on the third lines of small boards, the fourth of larger ones."""
    side = shape[0]
    if side < 7:
        return [(side // 2, side // 2)] if side % 2 else []
    inset = 2 if side < 13 else 3
    corners = [(float(row), float(column)) for row in (inset, side - 1 - inset) for column in (inset, side - 1 - inset)]
    return [*corners, (side // 2, side // 2)] if side % 2 else corners


def quarter_points(shape: tuple[int, int]) -> list[tuple[float, float]]:
    """The four dots of an Othello board, on the crossings of its lines two cells from the edges."""
    side = shape[0]
    return [(row, column) for row in (2, side - 2) for column in (2, side - 2)]


@dataclass(frozen=True)
class Style:
    """One way in which boards look."""

    name: str
    """holes, cells, crossings or paper: what the stones lie in and look like."""
    frame: Colour
    ground: Colour
    line: Colour
    label: Colour
    marks: tuple[Colour, Colour]
    """Of the last move, on a stone of the first player and of the second."""
    thick: float = 0.02
    """Of lines, as a share of a cell."""
    outline: bool = True
    """Whether there are lines around the board too."""
    hole: Colour = (0, 0, 0)
    dots: Dots = _no_dots


_HOLES: Final = Style(
    "holes",
    frame=(24, 62, 138),
    ground=(33, 84, 182),
    line=(22, 58, 130),
    label=(206, 220, 246),
    marks=((255, 226, 220), (110, 78, 8)),
    hole=(226, 233, 244),
)
_CELLS: Final = Style(
    "cells",
    frame=(48, 42, 38),
    ground=(32, 118, 74),
    line=(14, 66, 40),
    label=(222, 214, 200),
    marks=((214, 84, 60), (214, 84, 60)),
    dots=quarter_points,
)
_CROSSINGS: Final = Style(
    "crossings",
    frame=(222, 178, 108),
    ground=(222, 178, 108),
    line=(74, 52, 26),
    label=(92, 66, 34),
    marks=((240, 240, 236), (40, 40, 44)),
    dots=star_points,
)
_PAPER: Final = Style(
    "paper",
    frame=(246, 244, 238),
    ground=(246, 244, 238),
    line=(96, 100, 108),
    label=(120, 124, 130),
    marks=((240, 196, 84), (240, 196, 84)),
    thick=0.035,
    outline=False,
)
_STYLES: Final = {"connect_four": _HOLES, "othello": _CELLS, "gomoku": _CROSSINGS, "go": _CROSSINGS}


def style_of(game: str) -> Style:
    """The style of a game by its name; one of no known family is drawn as on paper."""
    return next((style for family, style in _STYLES.items() if game == family or game.startswith(f"{family}_")), _PAPER)
