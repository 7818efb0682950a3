"""A scene on a sheet: title, map, scale bar, north and a legend of what occurs. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing.glyphs import dots, symbol
from sim_suite.driving.roads.drawing.legend import legend
from sim_suite.driving.roads.drawing.panels import Bed, Panel, lay_out, sheet_width
from sim_suite.driving.roads.drawing.picture import Group, Ink, Picture, Word
from sim_suite.driving.roads.drawing.placing import Placed, place_all, symbol_px
from sim_suite.driving.roads.drawing.scene import Marker, Scene, Shape
from sim_suite.driving.roads.drawing.styles import Theme
from sim_suite.driving.roads.drawing.symbols import TEXTS, text_size

DEFAULT_SIZE: Final = 1600
"""Pixels of the longer side, where nobody asks for another."""
_BASE_PX: Final = 1200.0
"""Width of a sheet whose texts have their nominal sizes."""
_FACTORS: Final = (0.8, 3.0)
_MARGIN: Final = 16.0
_TITLE: Final = 19.0
_TEXT: Final = 12.0
_CORNER: Final = 230.0
"""Room for scale bar and north beside the title."""
_ROUND: Final = (1, 2, 5)
"""Leading digits of a scale bar's length."""


def make_picture(scene: Scene, size: int | tuple[int, int] = DEFAULT_SIZE, theme: Theme = "light") -> Picture:
    """Lay a scene on a sheet. size: (width, height) in pixels, or about how many the longer side has."""
    seen = np.concatenate([shape.points for layer in scene.layers for shape in layer.shapes])
    width, height = size if isinstance(size, tuple) else (sheet_width(scene.bounds, seen, size), None)
    factor = min(max((max(size) if isinstance(size, tuple) else size) / _BASE_PX, _FACTORS[0]), _FACTORS[1])
    margin, inner = _MARGIN * factor, width - 2 * _MARGIN * factor
    facts = _wrapped(scene.facts, inner - _CORNER * factor, _TEXT * factor)
    top = margin + (_TITLE * 1.35 + len(facts) * _TEXT * 1.4 + 8) * factor
    bottom, free, bed = 0.0, None, None
    # The legend's height follows from what is drawn. Where the sheet's height is given, what is drawn follows from the legend's.
    for _ in range(1 if height is None else 2):
        free = None if height is None else max(height - top - bottom - margin, 40.0)
        bed = lay_out(scene.bounds, seen, inner, free, 14 * factor)
        bed = Bed(tuple(p._replace(x=p.x + margin, y=p.y + top) for p in bed.panels), bed.height)
        groups, used = _map(scene, bed, factor)
        notes, tall = legend(used, margin, top + bed.height + 12 * factor, inner, factor)
        bottom = tall + 12 * factor
    assert bed is not None
    title = shortened(scene.title, inner - _CORNER * factor, _TITLE * factor)
    head = [Word(title, margin, margin + _TITLE * factor / 2, _TITLE * factor, "ink", bold=True, anchor="start")]
    for number, line in enumerate(facts):
        down = margin + (_TITLE * 1.35 + (number + 0.6) * _TEXT * 1.4) * factor
        head.append(Word(line, margin, down, _TEXT * factor, "soft", anchor="start"))
    frame = Group("sheet", (*head, *_scale_bar(bed.panels[0], width - margin, margin, factor), *notes))
    tall_px = height if height is not None else round(top + bed.height + bottom + margin)
    return Picture(width, tall_px, scene.title, theme, bed.panels[0].scale, factor, (*groups, frame), scene.captions)


def shortened(text: str, width: float, size: float) -> str:
    """A title that is too wide loses its middle: both ends of a file's name tell something."""
    most = int(width / (1.1 * text_size("m", size)[0]))
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}\u2026{text[-half:]}"


def _wrapped(facts: tuple[str, ...], width: float, size: float) -> list[str]:
    lines = [""]
    for fact in facts:
        longer = f"{lines[-1]} \u00b7 {fact}" if lines[-1] else fact
        if text_size(longer, size)[0] > width and lines[-1]:
            lines.append(fact)
        else:
            lines[-1] = longer
    return lines


def _map(scene: Scene, bed: Bed, factor: float) -> tuple[list[Group], set[str]]:
    """The panels' groups, and the names of styles, symbols and texts in them."""
    groups: list[Group] = []
    used: set[str] = set()
    for number, panel in enumerate(bed.panels):
        window = (panel.x, panel.y, panel.width, panel.height)
        corners = np.array(
            [(panel.x, panel.y), (panel.x + panel.width, panel.y), (panel.x + panel.width, panel.y + panel.height),
             (panel.x, panel.y + panel.height)]
        )  # fmt: skip
        groups.append(Group("land", (Ink("land", corners, True),)))
        for layer in scene.layers:
            if panel.scale >= layer.min_scale:
                inks = tuple(_inks(layer.shapes, panel))
                used.update(ink.style for ink in inks)
                groups.append(Group(layer.name, inks, window))
        placed = _place(scene, panel, factor)
        used.update(one.marker.symbol for one in placed)
        items = tuple(item for one in reversed(placed) for item in _marker(one, panel, factor))
        groups.append(Group("markers", items, window))
        groups.append(Group("frame", (Ink("frame", corners, True), *_part_number(number, bed, panel, factor))))
    return groups, used


def _inks(shapes: Iterable[Shape], panel: Panel) -> Iterable[Ink]:
    for shape in shapes:
        points = panel.project(shape.points)
        low, high = points.min(axis=0), points.max(axis=0)
        outside = (
            low[0] > panel.x + panel.width or high[0] < panel.x or low[1] > panel.y + panel.height or high[1] < panel.y
        )
        if not outside:
            yield Ink(shape.style, points, shape.closed, shape.about)


def _place(scene: Scene, panel: Panel, factor: float) -> list[Placed]:
    markers = [
        _turned(marker, panel) for layer in scene.layers if panel.scale >= layer.min_scale for marker in layer.markers
    ]

    def project(_scale: float) -> Callable[[float, float], tuple[float, float] | None]:
        return lambda x, y: panel.place(x, y, 9.0 * factor)

    return place_all(markers, [panel.scale], project, factor)


def _marker(placed: Placed, panel: Panel, factor: float) -> Iterable[Ink | Word]:
    marker = placed.marker
    x, y = panel.project(np.array([(placed.x, placed.y)]))[0].tolist()
    if marker.symbol in TEXTS:
        look = TEXTS[marker.symbol]
        size = look.size_px * factor
        if look.dot:
            yield Ink("spot", dots(x, y, 0.22 * size), True)
            yield Word(marker.text, x + 0.45 * size, y, size, look.colour, look.halo, look.bold, "start")
        else:
            yield Word(marker.text, x, y, size, look.colour, look.halo, look.bold)
        return
    yield from symbol(
        marker.symbol, x, y, symbol_px(marker, panel.scale, factor), marker.text, marker.heading, marker.about
    )


def _turned(marker: Marker, panel: Panel) -> Marker:
    """The marker with its heading as it is seen on paper."""
    return marker if marker.heading is None else marker._replace(heading=marker.heading - panel.angle)


def _part_number(number: int, bed: Bed, panel: Panel, factor: float) -> Iterable[Word]:
    if len(bed.panels) > 1:
        text = f"part {number + 1} of {len(bed.panels)}" + (", continues below" if number + 1 < len(bed.panels) else "")
        yield Word(text, panel.x + 8 * factor, panel.y + 11 * factor, 11 * factor, "soft", "land", anchor="start")


def _scale_bar(panel: Panel, right: float, top: float, factor: float) -> Iterable[Ink | Word]:
    """A bar of a round length and an arrow to the north, at the right of the title."""
    length = round_length(120 * factor / panel.scale)
    wide = length * panel.scale
    centre = np.array((right - 30 * factor, top + 24 * factor))
    up = np.pi / 2 - panel.angle
    ahead, side = np.array((np.cos(up), -np.sin(up))), np.array((np.sin(up), np.cos(up)))
    r = 12 * factor
    needle = np.array(
        [
            centre + r * ahead,
            centre - 0.7 * r * ahead + 0.55 * r * side,
            centre - 0.35 * r * ahead,
            centre - 0.7 * r * ahead - 0.55 * r * side,
        ]
    )
    yield Ink("north", needle, True)
    n = centre + 1.75 * r * ahead
    yield Word("N", float(n[0]), float(n[1]), 11 * factor, "ink", bold=True)
    end, base = right - 74 * factor, top + 28 * factor
    ticks = np.array([(end - wide, base - 5 * factor), (end - wide, base), (end, base), (end, base - 5 * factor)])
    yield Ink("scale", ticks)
    text = f"{length:g} m" if length < 1000 else f"{length / 1000:g} km"
    yield Word(text, end - wide / 2, base - 10 * factor, _TEXT * factor, "ink")


def round_length(most: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... metres that is at most `most`."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(digit * power for digit in _ROUND if digit * power <= most * (1 + 1e-9)))
