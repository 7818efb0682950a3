"""Pictures for people: the right size, and each thing in its colour."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.sensors.raster import paint
from sim_suite.driving.sensors.raster.paint import picture
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.errors import SuiteError

SPEC = RasterSpec(("road", "marks", "lights_0", "ego", "actors_0", "actors_2"), (8, 10), 0.5, (4, 5))


def colours(**planes):
    raster = np.zeros(SPEC.shape, np.uint8)
    for name, value in planes.items():
        raster[SPEC.channels.index(name), 3, 4] = value
    return tuple(picture(raster, SPEC)[3, 4].tolist())


def test_things_have_their_colours_and_lie_one_on_the_other():
    assert colours() == paint.GRASS
    assert colours(road=255) == paint.ASPHALT
    assert colours(road=170) == paint.HARD_GROUND
    assert colours(road=85) == paint.PAVEMENT
    assert colours(road=255, marks=255) == paint.PAINT
    assert colours(road=255, marks=128) == paint.KERB
    assert colours(road=255, lights_0=255) == paint.LIGHTS[255]
    assert colours(road=255, lights_0=255, ego=255) == paint.EGO
    assert colours(ego=255, actors_0=150) == paint.VEHICLE
    assert colours(actors_0=255) == paint.PEDESTRIAN
    assert colours(actors_0=200) == paint.BICYCLE
    assert colours(actors_0=100) == paint.OBSTACLE
    assert paint.VEHICLE != colours(actors_2=150) != paint.GRASS


@pytest.mark.parametrize("value", [192, 255])
def test_a_sign_shows_on_the_centre_lines_that_it_holds_and_its_line_is_paint(value):
    spec = RasterSpec(("road", "crosswalks_stops", "speed_limit"), (8, 10), 0.5, (4, 5))
    raster = np.zeros(spec.shape, np.uint8)
    raster[:, 3, 4] = 255, value, 90
    raster[:2, 5, 4] = 255, value
    painted = picture(raster, spec)
    assert tuple(painted[3, 4].tolist()) == paint.SIGNS[value]
    assert tuple(painted[5, 4].tolist()) == paint.PAINT


def test_size_and_zoom():
    spec = preset("small")
    assert picture(np.zeros(spec.shape, np.uint8), spec, zoom=3).shape == (384, 384, 3)
    with pytest.raises(SuiteError, match=r"shape \(3, 8, 8\)"):
        picture(np.zeros((3, 8, 8), np.uint8), spec)
