"""A picture as an SVG file that stands alone: shapes, styles and tooltips in it, nothing to fetch. Source: W3C SVG 1.1."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

import numpy as np

from sim_suite.driving.roads.drawing.picture import Group, Ink, Picture, Word
from sim_suite.driving.roads.drawing.scene import Points
from sim_suite.driving.roads.drawing.styles import PALETTES, style_of

FONT: Final = "'DejaVu Sans', Verdana, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"
_BASELINE: Final = 0.36
"""From a text's middle down to its baseline, in ems: half the height of a digit."""
_HALO: Final = 0.26
"""Width of a text's halo in ems."""


def to_svg(picture: Picture) -> str:
    """The file's text. Equal pictures give equal text."""
    colours = PALETTES[picture.theme]
    names = {item.style for group in picture.groups for item in group.items if isinstance(item, Ink)}
    width, height = picture.width, picture.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(picture.title)}</title>",
        "<style>",
        f"text {{ font-family: {FONT} }}",
        "path { stroke-linejoin: round; fill: none }",
        *(_rule(picture, name) for name in sorted(names)),
        "</style>",
        f'<rect width="{width}" height="{height}" fill="{colours["paper"]}"/>',
    ]
    for number, group in enumerate(picture.groups):
        parts += _group(picture, number, group)
    return "\n".join([*parts, "</svg>", ""])


def _rule(picture: Picture, name: str) -> str:
    style, pen, colours = style_of(name), picture.pen(name), PALETTES[picture.theme]
    rules = [f"fill: {colours[style.fill]}"] if style.fill else []
    if style.stroke:
        rules += [f"stroke: {colours[style.stroke]}", f"stroke-width: {pen.width:.2f}"]
        if pen.dash:
            rules.append("stroke-dasharray: " + " ".join(f"{part:.2f}" for part in pen.dash))
    if pen.opacity < 1:
        rules.append(f"opacity: {pen.opacity:.2f}")
    return f".{name} {{ {'; '.join(rules)} }}"


def _group(picture: Picture, number: int, group: Group) -> Iterable[str]:
    if group.window is not None:
        x, y, width, height = group.window
        box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        yield f'<clipPath id="w{number}"><rect {box}/></clipPath><g class="{group.name}" clip-path="url(#w{number})">'
    else:
        yield f'<g class="{group.name}">'
    yield from _items(picture, group.items)
    yield "</g>"


def _items(picture: Picture, items: Iterable[Ink | Word]) -> Iterable[str]:
    """Neighbouring shapes of one style that show nothing by themselves share a path, unless they are see-through."""
    run: list[str] = []
    style = ""
    for item in items:
        plain = isinstance(item, Ink) and not item.about and picture.pen(item.style).opacity == 1
        if run and not (plain and isinstance(item, Ink) and item.style == style):
            yield f'<path class="{style}" d="{"".join(run)}"/>'
            run = []
        if isinstance(item, Word):
            yield word(picture, item)
        elif plain:
            style = item.style
            run.append(path_data(item.points * 10, item.closed, 10))
        else:
            caption = picture.captions.get(item.about, "")
            title = f"><title>{escape(caption)}</title></path>" if caption else "/>"
            yield f'<path class="{item.style}" d="{path_data(item.points * 10, item.closed, 10)}"{title}'
    if run:
        yield f'<path class="{style}" d="{"".join(run)}"/>'


def path_data(points: Points, closed: bool, divisor: int = 1) -> str:
    """SVG path data of points rounded to whole units, then divided by `divisor`: "M1 2l3 4z"."""
    whole = np.round(points).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if divisor == 1:
        numbers = [str(value) for value in steps.ravel().tolist()]
        start = f"M{whole[0, 0]} {whole[0, 1]}"
    else:
        numbers = [f"{value / divisor:g}" for value in steps.ravel().tolist()]
        start = f"M{whole[0, 0] / divisor:g} {whole[0, 1] / divisor:g}"
    rest = "".join(number if number[0] == "-" or not place else f" {number}" for place, number in enumerate(numbers))
    return start + (f"l{rest}" if rest else "h0") + ("z" if closed else "")


def word(picture: Picture, item: Word) -> str:
    """A text element."""
    colours = PALETTES[picture.theme]
    extra = "" if item.anchor == "start" else f' text-anchor="{item.anchor}"'
    extra += ' font-weight="bold"' if item.bold else ""
    if item.halo:
        extra += f' stroke="{colours[item.halo]}" stroke-width="{_HALO * item.size:.1f}" stroke-linejoin="round" paint-order="stroke"'
    at = f'x="{item.x:.1f}" y="{item.y + _BASELINE * item.size:.1f}" font-size="{item.size:.1f}"'
    return f'<text {at} fill="{colours[item.colour]}"{extra}>{escape(item.text)}</text>'
