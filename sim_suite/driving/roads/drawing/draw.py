"""A map as a file's contents: PNG, SVG or one HTML page. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.page import to_page
from sim_suite.driving.roads.drawing.png import to_png
from sim_suite.driving.roads.drawing.sheet import DEFAULT_SIZE, make_picture
from sim_suite.driving.roads.drawing.styles import Theme
from sim_suite.driving.roads.drawing.svg import to_svg
from sim_suite.driving.roads.maps import RoadMap

FORMS: Final = (".png", ".svg", ".html")
"""Endings of the files that can be written."""


def draw(
    map_: RoadMap, form: str = ".png", size: int | tuple[int, int] = DEFAULT_SIZE, theme: Theme = "light"
) -> bytes:
    """The bytes of a file of one of FORMS. size and theme: of pictures, see `make_picture`; a page has both in the browser.

    Equal maps give equal bytes (of PNG: under one version of matplotlib).
    """
    scene = make_scene(map_.document, map_.graph, map_.name)
    if form == ".html":
        return to_page(scene, map_.document, map_.graph).encode()
    picture = make_picture(scene, size, theme)
    return to_png(picture) if form == ".png" else to_svg(picture).encode()


__all__ = ["DEFAULT_SIZE", "FORMS", "draw"]
