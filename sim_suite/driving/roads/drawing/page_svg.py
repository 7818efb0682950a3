"""The drawing inside a page: world coordinates in centimetres, and sizes that follow the reader's zoom. Source: ours.

One number of the style sheet, `--u` (centimetres a pixel), is what the page's script changes when one comes closer: least
widths of lines, texts and symbols are written in it. Markers stand in groups by the scale from which there is room for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any, Final, NamedTuple

import numpy as np

from sim_suite.driving.roads.drawing.legend import entries, sample
from sim_suite.driving.roads.drawing.picture import Ink, Word
from sim_suite.driving.roads.drawing.placing import Placed, place_all
from sim_suite.driving.roads.drawing.scene import Layer, Points, Scene, Shape
from sim_suite.driving.roads.drawing.signs import SIZE_M
from sim_suite.driving.roads.drawing.styles import PALETTES, STYLES, style_of
from sim_suite.driving.roads.drawing.svg import path_data
from sim_suite.driving.roads.drawing.symbols import SYMBOLS, TEXTS
from sim_suite.driving.roads.drawing.traffic import ARROW_M, LINK_ARROW_M

CM: Final = 100.0
"""User units a metre."""
_WINDOW_PX: Final = 700.0
"""A small window; in larger ones there is more room than was counted on."""
_CLOSEST: Final = 48.0
"""Pixels a metre beyond which nothing more appears."""
_PAD_SHARE: Final = 0.06
_PAD_M: Final = 8.0
_UNIT: Final = 100.0
"""Units of a symbol's own drawing: browsers draw texts below one unit badly."""
_IDS: Final = {"lane": "l", "road": "r", "junction": "j", "signal": "s", "crosswalk": "c", "prop": "p"}
"""First letters of element ids, which the script reads."""


class World(NamedTuple):
    """A drawing and what the page must know of it."""

    markup: str
    box: tuple[int, int, int, int]
    """The whole map as an SVG viewBox, centimetres."""
    origin: tuple[float, float]
    """World point of the drawing's (0, 0), metres; the drawing's y points down."""
    scales: list[float]
    """Pixels a metre from which markers of each level are shown."""
    unit: float
    """A first guess of `--u`."""
    layers: list[tuple[str, str]]
    """(name, title) of what can be switched."""


def draw_world(scene: Scene) -> World:
    """The scene as SVG elements."""
    low_x, low_y, high_x, high_y = scene.bounds
    pad = max(_PAD_SHARE * max(scene.size_m), _PAD_M)
    origin = (round((low_x + high_x) / 2), round((low_y + high_y) / 2))
    box = (
        round((low_x - pad - origin[0]) * CM), round((origin[1] - high_y - pad) * CM),
        round((high_x - low_x + 2 * pad) * CM), round((high_y - low_y + 2 * pad) * CM),
    )  # fmt: skip
    start = _WINDOW_PX / (max(box[2], box[3]) / CM)
    scales = [round(start * 2**level, 4) for level in range(max(int(np.ceil(np.log2(_CLOSEST / start))), 0) + 1)]
    placed = _placed(scene, scales)
    centre = np.array(origin, dtype=np.float64)
    parts = [
        "<defs>",
        *(_definition(name) for name in sorted({one.marker.symbol for one in placed if one.marker.symbol in SYMBOLS})),
    ]
    parts.append("</defs>")
    for layer in scene.layers:
        if layer.shapes:
            parts.append(f'<g class="L-{layer.name}" data-from="{layer.min_scale:g}">')
            parts += _shapes(layer.shapes, centre)
            parts.append("</g>")
    for layer in scene.layers:
        parts += _markers(layer, placed, centre)
    layers = list(dict.fromkeys((layer.name, layer.title) for layer in scene.layers))
    return World("\n".join(parts), box, origin, scales, max(box[2], box[3]) / 1000, layers)


def _placed(scene: Scene, scales: list[float]) -> list[Placed]:
    markers = [
        marker._replace(min_scale=max(marker.min_scale, layer.min_scale))
        for layer in scene.layers
        for marker in layer.markers
    ]
    placed = place_all(markers, scales, lambda scale: lambda x, y: (x * scale, -y * scale))
    shown = {(one.marker.symbol, one.marker.x, one.marker.y) for one in placed}
    rest = [
        marker
        for marker in markers
        if marker.about.startswith("signal") and (marker.symbol, marker.x, marker.y) not in shown
    ]
    return [*placed, *(Placed(marker, marker.x, marker.y, len(scales) - 1) for marker in rest)]


def _cm(points: Points, origin: Points) -> Points:
    turned: Points = (points - origin) * np.array((CM, -CM))
    return turned


def _shapes(shapes: Iterable[Shape], origin: Points) -> Iterable[str]:
    """Neighbouring shapes of one style that show nothing by themselves share a path."""
    run: list[str] = []
    style = ""
    for shape in shapes:
        data = path_data(_cm(shape.points, origin), shape.closed)
        if run and (shape.about or shape.style != style):
            yield f'<path class="{style}" d="{"".join(run)}"/>'
            run = []
        if shape.about:
            yield f'<path id="{_element_id(shape.about)}" class="{shape.style}" d="{data}"/>'
        else:
            style = shape.style
            run.append(data)
    if run:
        yield f'<path class="{style}" d="{"".join(run)}"/>'


def _element_id(about: str) -> str:
    kind, _, index = about.partition(":")
    return f"{_IDS[kind]}{index}"


def _markers(layer: Layer, placed: list[Placed], origin: Points) -> Iterable[str]:
    keys = {(marker.symbol, marker.x, marker.y, marker.text) for marker in layer.markers}
    chosen = [one for one in placed if (one.marker.symbol, one.marker.x, one.marker.y, one.marker.text) in keys]
    for level in sorted({one.level for one in chosen}):
        yield f'<g class="L-{layer.name} m" data-level="{level}">'
        for one in chosen:
            if one.level == level:
                yield _marker(one, origin)
        yield "</g>"


def _marker(one: Placed, origin: Points) -> str:
    marker = one.marker
    x, y = np.round(_cm(np.array([(one.x, one.y)]), origin))[0].astype(int).tolist()
    if marker.symbol in TEXTS:
        if TEXTS[marker.symbol].dot:
            return f'<text class="t-{marker.symbol}" x="{x}" y="{y}"><tspan class="dot">\u25cf</tspan> {escape(marker.text)}</text>'
        return f'<text class="t-{marker.symbol}" x="{x}" y="{y}">{escape(marker.text)}</text>'
    turn = "" if marker.heading is None else f" rotate({-np.degrees(marker.heading) % 360:.0f})"
    named = f' id="{_element_id(marker.about)}"' if marker.about else ""
    inner = f'<use href="#{marker.symbol}"/>'
    if marker.text:
        height = 42 if len(marker.text) < 3 else 34
        inner += f'<text class="plate" y="{0.36 * height:.0f}" font-size="{height}">{escape(marker.text)}</text>'
    return f'<g{named} transform="translate({x} {y}){turn}"><g class="s-{marker.symbol}">{inner}</g></g>'


def _definition(name: str) -> str:
    """A symbol as a group of its own units, y down."""
    inside = []
    for part in SYMBOLS[name].parts:
        points = part.points * np.array((_UNIT, -_UNIT))
        if part.text_height:
            if part.text is not None:
                size = part.text_height * _UNIT
                inside.append(
                    f'<text class="fixed" y="{0.36 * size:.0f}" font-size="{size:.0f}">{escape(part.text)}</text>'
                )
        else:
            inside.append(f'<path class="{part.style} part" d="{path_data(points, True)}"/>')
    return f'<g id="{name}">{"".join(inside)}</g>'


def style_sheet(used: Iterable[str] = ()) -> str:
    """Rules of all styles, those `used` that are no fixed ones too, of symbols and texts, and the colours of both themes."""
    rules = [_theme("light", ":root"), _theme("dark", ':root[data-theme="dark"]')]
    rules.append("@media (prefers-color-scheme: dark) { " + _theme("dark", ":root:not([data-theme])") + " }")
    for name in [*STYLES, *sorted(set(used) - STYLES.keys())]:
        style = style_of(name)
        rule = f"fill: var(--c-{style.fill})" if style.fill else "fill: none"
        if style.stroke:
            least = f"calc({style.width_px:g}px * var(--u))"
            width = f"max({style.width_m * CM:g}px, {least})" if style.width_m else least
            rule += f"; stroke: var(--c-{style.stroke}); stroke-width: {width}"
        if style.dash_m:
            rule += "; stroke-dasharray: " + " ".join(f"{part * CM:g}" for part in style.dash_m)
        if style.opacity < 1:
            rule += f"; opacity: {style.opacity:g}"
        rules.append(f".{name} {{ {rule} }}")
    rules.append("path.part { stroke-width: 6px; stroke-linejoin: round }")
    for name, symbol in SYMBOLS.items():
        world = _symbol_size_m(name) * CM / _UNIT
        rules.append(f".s-{name} {{ transform: scale(max({world:g}, calc({symbol.size_px / _UNIT:g} * var(--u)))) }}")
    for name, look in TEXTS.items():
        weight = "; font-weight: 700" if look.bold else ""
        anchor = "; text-anchor: start" if look.dot else ""
        rule = f"font-size: calc({look.size_px:g}px * var(--u)); fill: var(--c-{look.colour}); stroke: var(--c-{look.halo})"
        rules.append(f".t-{name} {{ {rule}{weight}{anchor} }}")
    return "\n".join(rules)


def _symbol_size_m(name: str) -> float:
    """Least size in the world, as the makers of markers have it."""
    return {"arrow": ARROW_M, "link-arrow": LINK_ARROW_M}.get(name, SIZE_M)


def _theme(theme: Any, selector: str) -> str:
    colours = "; ".join(f"--c-{name}: {value}" for name, value in PALETTES[theme].items())
    return f"{selector} {{ {colours} }}"


def legend_samples(scene: Scene) -> list[tuple[str, str]]:
    """(SVG, meaning) of everything that the scene may show."""
    used = {shape.style for layer in scene.layers for shape in layer.shapes}
    used |= {marker.symbol for layer in scene.layers for marker in layer.markers}
    found = []
    for name, meaning in entries(used):
        parts = "".join(_sample_part(item) for item in sample(name, 1.0, 1.0, 1.0))
        found.append((f'<svg width="28" height="17" viewBox="0 -1 28 17" aria-hidden="true">{parts}</svg>', meaning))
    return found


def _sample_part(item: Ink | Word) -> str:
    if isinstance(item, Word):
        at = f'x="{item.x:.1f}" y="{item.y + 0.36 * item.size:.1f}" text-anchor="{item.anchor}"'
        weight = ' font-weight="700"' if item.bold else ""
        return (
            f'<text {at} font-size="{item.size:.1f}" fill="var(--c-{item.colour})"{weight}>{escape(item.text)}</text>'
        )
    style = style_of(item.style)
    fill = f"var(--c-{style.fill})" if style.fill else "none"
    stroke = (
        f' stroke="var(--c-{style.stroke})" stroke-width="{max(style.width_px, 1.2 if not style.fill else 0.8):g}"'
        if style.stroke
        else ""
    )
    return f'<path d="{path_data(item.points * 10, item.closed, 10)}" fill="{fill}"{stroke}/>'
