"""Which markers a picture has room for: the important ones first, and none over another. Source: ours.

A page is drawn at many scales. Whatever finds room at a small scale keeps it at the larger ones (things move apart as one
comes closer), so one pass from the smallest scale to the largest gives each marker the scale from which it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from sim_suite.driving.roads.drawing.scene import Marker
from sim_suite.driving.roads.drawing.symbols import SYMBOLS, TEXTS, text_size

_CELL_PX: Final = 48.0
"""Cell of the grid in which occupied boxes are found again; the size of a usual label."""
_GAP_PX: Final = 1.0
_LETTER_GAP_PX: Final = 6.0
"""Beside texts, or two ids would read as one."""
_SLIM: Final = 0.75
"""Symbols may touch: their box is this much of their size."""
_ARROW_WIDE: Final = 0.38
"""Width of an arrow over its length."""
_ARROW_SLIM: Final = 0.27
"""Among arrows: those of two narrow lanes stand side by side, or a two-way road would look like a one-way road."""


class Placed(NamedTuple):
    """A marker, where it stands and since which of the scales."""

    marker: Marker
    x: float
    y: float
    level: int


Place = Callable[[float, float], tuple[float, float] | None]
"""World metres to pixels; None where that lies outside of the picture."""


def extent_px(marker: Marker, scale: float, text_factor: float = 1.0) -> tuple[float, float]:
    """(width, height) in pixels of a marker at `scale` pixels a metre."""
    if marker.symbol in TEXTS:
        look = TEXTS[marker.symbol]
        width, height = text_size(marker.text, look.size_px * text_factor)
        return (2 * width + 6.0 if look.dot else width + _LETTER_GAP_PX), height
    size = symbol_px(marker, scale, text_factor)
    if _is_arrow(marker) and marker.heading is not None:  # the box around a turned arrow
        along, across = abs(math.cos(marker.heading)), abs(math.sin(marker.heading))
        return size * (along + _ARROW_WIDE * across), size * (across + _ARROW_WIDE * along)
    return _SLIM * size, _SLIM * size


def _is_arrow(marker: Marker) -> bool:
    return marker.symbol in ("arrow", "link-arrow")


def symbol_px(marker: Marker, scale: float, text_factor: float = 1.0) -> float:
    """Size of a symbol in pixels."""
    return max(SYMBOLS[marker.symbol].size_px * text_factor, marker.size_m * scale)


def place_all(
    markers: Iterable[Marker], scales: Sequence[float], project: Callable[[float], Place], text_factor: float = 1.0
) -> list[Placed]:
    """The markers that have room at one of `scales` (pixels a metre, rising), in the order of their rank.

    project: gives for a scale the mapping from world to pixels.
    """
    waiting = sorted(markers, key=lambda marker: marker.rank)
    done: list[Placed] = []
    for level, scale in enumerate(scales):
        place, room = project(scale), _Room()
        for old in done:
            spot = place(old.x, old.y)
            if spot is not None:
                room.take(old.marker, spot, extent_px(old.marker, scale, text_factor))
        left = []
        for marker in waiting:
            found = _fit(marker, scale, place, room, text_factor) if scale >= marker.min_scale * text_factor else None
            if found is None:
                left.append(marker)
            else:
                done.append(Placed(marker, *found, level))
        waiting = left
    return done


def _fit(marker: Marker, scale: float, place: Place, room: _Room, text_factor: float) -> tuple[float, float] | None:
    box = extent_px(marker, scale, text_factor)
    for x, y in ((marker.x, marker.y), *marker.elsewhere):
        spot = place(x, y)
        if spot is not None and room.free(marker, spot, box):
            room.take(marker, spot, box)
            return x, y
    return None


class _Room:
    """Boxes that are taken, in a grid; those of arrows apart."""

    def __init__(self) -> None:
        self._others: _Grid = {}
        self._arrows: _Grid = {}
        self._among: _Grid = {}
        """Those of arrows again, slim: what other arrows keep away from."""

    def free(self, marker: Marker, centre: tuple[float, float], size: tuple[float, float]) -> bool:
        if not _free(self._others, _box(centre, size)):
            return False
        return (
            _free(self._among, _box(centre, _slim(size)))
            if _is_arrow(marker)
            else _free(self._arrows, _box(centre, size))
        )

    def take(self, marker: Marker, centre: tuple[float, float], size: tuple[float, float]) -> None:
        if _is_arrow(marker):
            _take(self._arrows, _box(centre, size))
            _take(self._among, _box(centre, _slim(size)))
        else:
            _take(self._others, _box(centre, size))


_Rectangle = tuple[float, float, float, float]
_Grid = dict[tuple[int, int], list[_Rectangle]]


def _free(grid: _Grid, box: _Rectangle) -> bool:
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for cell in _cells(box)
        for other in grid.get(cell, ())
    )


def _take(grid: _Grid, box: _Rectangle) -> None:
    for cell in _cells(box):
        grid.setdefault(cell, []).append(box)


def _slim(size: tuple[float, float]) -> tuple[float, float]:
    side = _ARROW_SLIM * max(size)
    return side, side


def _box(centre: tuple[float, float], size: tuple[float, float]) -> tuple[float, float, float, float]:
    half_width, half_height = size[0] / 2 + _GAP_PX, size[1] / 2 + _GAP_PX
    return centre[0] - half_width, centre[1] - half_height, centre[0] + half_width, centre[1] + half_height


def _cells(box: tuple[float, float, float, float]) -> list[tuple[int, int]]:
    low, top, high, bottom = (int(value // _CELL_PX) for value in box)
    return [(column, row) for column in range(low, high + 1) for row in range(top, bottom + 1)]
