"""The legend: a sample and a word for each thing that a picture shows, and nothing else. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing.glyphs import dots, symbol
from sim_suite.driving.roads.drawing.picture import Ink, Word
from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.drawing.styles import STYLES, legend_style
from sim_suite.driving.roads.drawing.symbols import SYMBOLS, TEXTS, text_size

_ROW: Final = 21.0
_SAMPLE: Final = (26.0, 13.0)
_TEXT: Final = 11.5
_ON_ASPHALT: Final = ("mark-", "stop-line", "yield-line", "stripe", "bay", "paint", "link")
"""Things that are seen on a road have a piece of road under their sample."""


def entries(used: Iterable[str]) -> list[tuple[str, str]]:
    """(style, symbol or text; what it means) of the things used, each meaning once, surfaces first, then lines, symbols, texts."""
    names = set(map(legend_style, used))
    found: dict[str, str] = {}
    for table in (STYLES, SYMBOLS, TEXTS):
        for name, look in table.items():
            if name in names and look.legend:
                found.setdefault(look.legend, name)
    return [(name, meaning) for meaning, name in found.items()]


def legend(used: Iterable[str], left: float, top: float, width: float, factor: float) -> tuple[list[Ink | Word], float]:
    """Samples and words in rows from (left, top), at most `width` pixels wide; and the height that they take."""
    items: list[Ink | Word] = []
    x, y = left, top
    column = 0.0
    rows = entries(used)
    for _, meaning in rows:
        column = max(column, (_SAMPLE[0] + 26) * factor + text_size(meaning, _TEXT * factor * 0.9)[0])
    columns = max(int(width / column), 1) if rows else 1
    for number, (name, meaning) in enumerate(rows):
        x = left + (number % columns) * (width / columns)
        y = top + (number // columns) * _ROW * factor
        items += sample(name, x, y, factor)
        items.append(
            Word(
                meaning,
                x + (_SAMPLE[0] + 8) * factor,
                y + _SAMPLE[1] * factor / 2,
                _TEXT * factor,
                "ink",
                anchor="start",
            )
        )
    return items, (-(-len(rows) // columns)) * _ROW * factor


def sample(name: str, x: float, y: float, factor: float) -> Iterable[Ink | Word]:
    wide, high = _SAMPLE[0] * factor, _SAMPLE[1] * factor
    box = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    middle = (x + wide / 2, y + high / 2)
    if name in SYMBOLS:
        if name == "arrow":
            yield Ink("swatch-asphalt", box, True)
        angle = 0.0 if name == "arrow" else None
        yield from symbol(name, *middle, high * 1.25, "50" if name == "speed" else "", angle)
        return
    if name in TEXTS:
        look = TEXTS[name]
        if look.dot:
            yield Ink("spot", dots(x + 5 * factor, middle[1], 2.2 * factor), True)
        text = {"lane": "\u22121", "height": "7 m"}.get(name, "12")
        if name == "lane":
            yield Ink("swatch-asphalt", box, True)
        at = x + 9 * factor if look.dot else middle[0]
        yield Word(
            text, at, middle[1], 11 * factor, look.colour, look.halo, look.bold, "start" if look.dot else "middle"
        )
        return
    if name.startswith(_ON_ASPHALT):
        yield Ink("swatch-asphalt", box, True)
    style = STYLES[name]
    if name == "stripe":
        for share in (0.12, 0.36, 0.6, 0.84):
            bar = np.array([(0.0, 0.12), (0.1, 0.12), (0.1, 0.88), (0.0, 0.88)]) + np.array((share - 0.02, 0.0))
            yield Ink(name, box[0] + bar * (wide, high), True)
    elif style.fill:
        yield Ink(name, box, True)
        if not style.stroke or style.stroke == style.fill:
            yield Ink("frame", box, True)
    else:
        yield from _line_sample(name, np.array([(x, middle[1]), (x + wide, middle[1])]), factor)


def _line_sample(name: str, line: Points, factor: float) -> Iterable[Ink]:
    """A line; dashes are drawn as pieces, since those of the map may be longer than the sample."""
    dash = STYLES[name].dash_m
    if not dash:
        yield Ink(name, line)
        return
    solid = (
        name.replace("-long-", "-solid-")
        .replace("-broken-", "-solid-")
        .replace("-dots-", "-solid-")
        .replace("yield", "stop")
    )
    period = (4.0 if dash[0] < 1 else 12.0) * factor
    start = float(line[0, 0])
    while start < line[1, 0]:
        end = min(start + period * (dash[0] / sum(dash) if dash[0] >= 1 else 0.5), float(line[1, 0]))
        yield Ink(solid, np.array([(start, line[0, 1]), (end, line[0, 1])]))
        start += period
