"""The pinhole: places by hand, and the ground and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.surroundings.pinhole import in_picture, on_ground
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec, Mount

AHEAD = CameraSpec(
    size=(100, 100), fov_deg=90.0, mounts=(Mount(x_m=0.5, z_m=2.0), Mount(x_m=0.5, z_m=2.0, yaw_deg=90.0))
)
"""A focal length of 50 pixels, 2 m above the ground."""


def test_places_by_hand():
    # 10 rows below the middle: 2 m down at 50 / 10 * 2 = 10 m; 5 columns to the left of it: 1 m.
    found = on_ground(AHEAD, 0, np.array([[60.0, 50.0], [60.0, 45.0], [50.0, 50.0], [40.0, 50.0]]))
    assert found[0] == pytest.approx([10.5, 0.0])
    assert found[1] == pytest.approx([10.5, 1.0])
    assert np.isinf(found[2:]).all()  # the horizon, and above
    assert on_ground(AHEAD, 1, np.array([[60.0, 45.0]]))[0] == pytest.approx([0.5 - 1.0, 10.0])  # to the left


def test_points_by_hand():
    places, depth = in_picture(AHEAD, 0, np.array([[10.5, 1.0, 0.0], [10.5, 0.0, 3.0], [-3.0, 0.0, 0.0]]))
    assert places[0] == pytest.approx([60.0, 45.0])
    assert places[1] == pytest.approx([45.0, 50.0])
    assert depth == pytest.approx([10.0, 10.0, -3.5])


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1.0, 80.0), st.floats(-1.0, 1.0), st.floats(-180.0, 180.0), st.floats(-10.0, 20.0), st.floats(-5.0, 5.0),
    st.floats(0.5, 3.0), st.floats(20.0, 120.0),
)  # fmt: skip
def test_the_ground_that_is_seen_at_a_place_is_seen_at_that_place(far, aside, yaw, pitch, roll, height, fov):
    camera = CameraSpec(size=(80, 120), fov_deg=fov, mounts=(Mount(0.3, -0.4, height, roll, pitch, yaw),))
    turn = math.radians(yaw)
    point = np.array([[0.3, -0.4, 0.0]]) + far * np.array([[math.cos(turn), math.sin(turn), 0.0]])
    point += far * aside * 0.3 * np.array([[-math.sin(turn), math.cos(turn), 0.0]])
    place, depth = in_picture(camera, 0, point)
    if depth[0] > 0.5:
        back = on_ground(camera, 0, place)
        if np.isfinite(back).all():
            assert back[0] == pytest.approx(point[0, :2], rel=1e-6, abs=1e-5)
        else:  # it lies at or above the horizon of a camera that looks up
            assert pitch < 0.0
