"""What cameras and styles can be: saved and read back, refused where out of range, listed and hashed."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from sim_suite.driving.sensors.camera.camera_spec import CameraSpec, Mount
from sim_suite.driving.sensors.camera.styles import (
    HELD_OUT,
    STYLE,
    STYLES,
    TRAINING,
    Style,
    list_hash,
    pack_style,
    style,
)
from sim_suite.errors import SuiteError, UnknownNameError

LIST_HASH = "623b447857f9482d9a4f372c0d32529df9b48a6a37e5dd8ad4f4d7baea37f890"


def test_a_spec_is_read_back_as_it_was_saved() -> None:
    spec = CameraSpec((60, 80), 75.0, (Mount(), Mount(-1.0, 0.2, 2.0, 1.0, 2.0, 180.0)), ("rgb", "depth"), 0.05, True)
    assert CameraSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    with pytest.raises(UnknownNameError, match="fov_deg"):
        CameraSpec.from_dict({"fov": 90.0})
    with pytest.raises(UnknownNameError, match="yaw_deg"):
        CameraSpec.from_dict({"mounts": [{"yaw": 1.0}]})


@pytest.mark.parametrize(
    ("made", "fields", "words"),
    [
        (CameraSpec, {"size": (4, 128)}, "8 to 4096"),
        (CameraSpec, {"fov_deg": 180.0}, "1 to 170"),
        (CameraSpec, {"mounts": ()}, "at least one Mount"),
        (CameraSpec, {"outputs": ()}, "at least one of"),
        (CameraSpec, {"metres_per_texel": 0.01}, "0.05"),
        (Mount, {"z_m": 0.0}, "0.1 to 1000"),
        (Mount, {"x_m": math.nan}, "finite"),
        (Style, {"clouds": 1.5}, "0 to 1"),
        (Style, {"sun_height_deg": math.nan}, "-90 to 90"),
        (Style, {"balance": (1.0, 1.0)}, "three numbers"),
    ],
)
def test_what_is_out_of_range_is_refused(made: Any, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(SuiteError, match=words):
        made(**fields)


def test_unknown_names_suggest_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="'depth'"):
        CameraSpec(outputs=("dept",))
    with pytest.raises(UnknownNameError, match="'noon'"):
        style("non")
    with pytest.raises(UnknownNameError, match="'red'"):
        Style(surfaces="reed")


def test_a_pinhole_has_the_focal_length_of_its_angle() -> None:
    assert CameraSpec((60, 80), 90.0).focal_pixels == pytest.approx(40.0)
    assert CameraSpec((60, 80), 90.0).intrinsic().tolist() == [
        [pytest.approx(40.0), 0, 40],
        [0, pytest.approx(40.0), 30],
        [0, 0, 1],
    ]


def test_mounts_turn_as_iso_8855_has_it() -> None:
    ahead, left, up = np.eye(3)
    np.testing.assert_allclose(Mount(yaw_deg=90.0).rotation() @ ahead, left, atol=1e-12)
    np.testing.assert_allclose(Mount(pitch_deg=90.0).rotation() @ ahead, -up, atol=1e-12)
    np.testing.assert_allclose(Mount(roll_deg=90.0).rotation() @ left, up, atol=1e-12)


def test_styles_are_listed_and_hashed() -> None:
    """Who changes a style changes what was trained and tested on: the hash in reports and here must change with it."""
    assert list_hash() == LIST_HASH
    assert not set(TRAINING) & set(HELD_OUT)
    assert all(one not in TRAINING.values() for one in HELD_OUT.values())


def test_styles_pack_into_finite_rows() -> None:
    for one in (*STYLES.values(), Style(sun_height_deg=90.0), Style(sun_height_deg=-90.0), Style(clouds=1.0, rain=1.0)):
        row = pack_style(one)
        assert row.shape == (STYLE,)
        assert np.isfinite(row).all()
        assert (row[3:15] >= 0.0).all()  # no light is negative
    assert not np.array_equal(pack_style(Style()), pack_style(dataclasses.replace(Style(), exposure=2.0)))
