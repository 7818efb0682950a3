"""SVG and PNG: well-formed, self-contained, repeatable, and true in colour where one knows what lies."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from small_map import small_scene

from sim_suite.driving.roads.drawing.picture import Ink
from sim_suite.driving.roads.drawing.png import to_png
from sim_suite.driving.roads.drawing.sheet import make_picture
from sim_suite.driving.roads.drawing.styles import PALETTES, STYLES
from sim_suite.driving.roads.drawing.svg import path_data, to_svg
from sim_suite.driving.roads.drawing.symbols import SYMBOLS, TEXTS

HOSTILE = "<script>alert(1)</script>\"&'"


def rgb(name, theme="light"):
    return [int(PALETTES[theme][name][place : place + 2], 16) for place in (1, 3, 5)]


def decode(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def test_every_colour_that_is_named_exists_in_both_themes():
    named = {colour for style in STYLES.values() for colour in (style.fill, style.stroke) if colour}
    named |= {look.colour for look in TEXTS.values()} | {look.halo for look in TEXTS.values()}
    for part in (part for symbol in SYMBOLS.values() for part in symbol.parts):
        named.add(part.style) if part.text_height else named.update(filter(None, STYLES[part.style][:2]))
    assert named <= set(PALETTES["light"])
    assert set(PALETTES["light"]) == set(PALETTES["dark"])


SIGHT = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
"""Linear RGB as it is seen, Machado, Oliveira and Fernandes 2009, table 1, severity 1."""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_surfaces_are_told_apart_by_colour_blind_people(theme, sight):
    names = ("asphalt", "shoulder", "parking", "biking", "sidewalk", "green", "bus", "land", "border")
    value = np.array([rgb(name, theme) for name in names]) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(SIGHT[sight]).T, 0, 1)
    seen = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    lab = cv2.cvtColor(seen.astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0]
    apart = np.hypot.reduce(lab[:, None] - lab[None], axis=2) + 1e3 * np.eye(len(names))
    assert apart.min() > 7, "CIELAB units; 2.3 is just noticeable side by side"


def test_path_data_by_hand():
    points = np.array([(1.0, 2.0), (4.0, 1.0), (4.2, 1.1), (0.0, 6.0)])
    assert path_data(points, True) == "M1 2l3-1-4 5z"
    assert path_data(points * 10, False, 10) == "M1 2l3-1 0.2 0.1-4.2 4.9"
    assert path_data(points[:1], False) == "M1 2h0"


def test_svg_is_well_formed_and_stands_alone():
    text = to_svg(make_picture(replace(small_scene(), title=HOSTILE), 1000))
    root = ElementTree.fromstring(text)
    assert root.attrib["viewBox"].startswith("0 0 1000 ")
    assert HOSTILE not in text
    assert HOSTILE in [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert re.findall(r"(?:href|src)=|@import|url\((?!#)", text) == []
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("lane 1/0/-1: driving, 3.50 m wide" in str(title) for title in titles)


def test_svg_uses_only_classes_that_it_defines():
    text = to_svg(make_picture(small_scene(), 1000))
    used = set(re.findall(r'<path class="([\w-]+)"', text))
    assert used <= set(re.findall(r"^\.([\w-]+) \{", text, re.MULTILINE))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_png_shows_lanes_in_their_colours(theme):
    picture = make_picture(small_scene(), (1200, 600), theme)
    image = decode(to_png(picture))
    assert image.shape == (600, 1200, 3)
    np.testing.assert_array_equal(image[2, 2], rgb("paper", theme))
    for style, colour in (("lane-parking", "parking"), ("lane-sidewalk", "sidewalk")):
        lanes = [
            item.points
            for group in picture.groups
            for item in group.items
            if isinstance(item, Ink) and item.style == style
        ]
        (low_x, low_y), (high_x, high_y) = lanes[0].min(axis=0), lanes[0].max(axis=0)
        row = image[round((low_y + high_y) / 2), round(low_x) + 4 : round(high_x) - 4]
        assert np.mean(np.all(row == rgb(colour, theme), axis=1)) > 0.5


def test_equal_pictures_give_equal_bytes():
    picture = make_picture(small_scene(), 700)
    assert to_png(picture) == to_png(make_picture(small_scene(), 700))
    assert to_svg(picture) == to_svg(make_picture(small_scene(), 700))


def test_fine_dashes_become_a_faint_line():
    small, large = make_picture(small_scene(), (240, 240)), make_picture(small_scene(), 3000)
    assert small.pen("yield-line").dash == ()
    assert small.pen("yield-line").opacity < 1
    assert large.pen("yield-line").dash == pytest.approx((0.5 * large.scale, 0.35 * large.scale))
