"""Specs: what is refused, what is kept, and how much past a raster needs."""

from __future__ import annotations

import json

import pytest

from sim_suite.driving.sensors.raster.raster_spec import PRESETS, RasterSpec, preset, split_channel, trail_length
from sim_suite.errors import SuiteError, UnknownNameError

GOOD = {"channels": ("road", "actors_2"), "size": (64, 64), "metres_per_pixel": 0.5, "ego_row_col": (48, 32)}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json(name):
    spec = preset(name)
    assert RasterSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_presets_have_the_shapes_that_the_design_names():
    assert preset("chauffeurnet").shape == (17, 400, 400)
    assert preset("small").shape == (12, 128, 128)
    assert preset("bench").shape == (17, 192, 192)
    assert preset("chauffeurnet").ego_row_col == (320, 200)


def test_reach_is_to_the_farthest_corner():
    assert RasterSpec(("road",), (300, 200), 0.1, (260, 50)).reach_m == pytest.approx(0.1 * (260**2 + 150**2) ** 0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"channels": ()}, "channels is empty"),
        ({"channels": ("road", "road")}, "'road' is listed more than once"),
        ({"channels": ("raod",)}, "Did you mean 'road'"),
        ({"channels": ("actors_51",)}, "unknown channel 'actors_51'"),
        ({"channels": ("lights",)}, "unknown channel 'lights'"),
        ({"channels": ("lights_01",)}, "unknown channel 'lights_01'"),
        ({"size": (64, 2000)}, "is 2000; give 8 to 1024"),
        ({"size": (64, 64, 3), "ego_row_col": (1, 1)}, "size is"),
        ({"metres_per_pixel": 0.01}, "metres_per_pixel is 0.01"),
        ({"metres_per_pixel": float("nan")}, "metres_per_pixel is nan"),
        ({"ego_row_col": (65, 0)}, "is 65; give 0 to 64"),
        ({"history_ticks": 6}, "history_ticks is 6; give a multiple of 4"),
        ({"history_ticks": 0}, "history_ticks is 0"),
        ({"past_points": 0}, "past_points is 0"),
    ],
)
def test_what_is_wrong_is_said(change, message):
    with pytest.raises(SuiteError, match=message):
        RasterSpec(**(GOOD | change))


def test_unknown_and_missing_keys():
    with pytest.raises(UnknownNameError, match="Did you mean 'size'"):
        RasterSpec.from_dict(GOOD | {"sise": 3})
    with pytest.raises(SuiteError, match="lacks 'metres_per_pixel'"):
        RasterSpec.from_dict({"channels": ["road"], "size": [64, 64]})


def test_channels_have_a_kind_and_a_frame():
    assert split_channel("road") == ("road", 0)
    assert split_channel("lights_12") == ("lights", 12)


@pytest.mark.parametrize(
    ("channels", "history_ticks", "length"),
    [
        (("road", "lights_4", "actors_0", "ego"), 4, 0),
        (("actors_3",), 4, 4),
        (("actors_3",), 12, 10),
        (("past_poses",), 4, 40),
        (("past_poses", "actors_4"), 8, 79),
    ],
)
def test_how_much_past_is_needed(channels, history_ticks, length):
    assert trail_length(RasterSpec(channels, (64, 64), 0.5, (48, 32), history_ticks)) == length
