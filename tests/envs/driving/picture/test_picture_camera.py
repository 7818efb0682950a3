"""The camera's map from metres to pixels, by hand, and that the follower is calm."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.envs.driving.picture.camera import AHEAD, STANDING_M, TURN_S, WIDEST_M, Camera, Follower
from sim_suite.errors import SuiteError


def test_north_up_by_hand():
    camera = Camera(10.0, 20.0, scale=4.0, width=200, height=100)
    # The middle of a picture with an even number of pixels lies between two of them.
    np.testing.assert_allclose(camera.to_pixels(np.array((10.0, 20.0))), (99.5, 49.5), atol=1e-9)
    np.testing.assert_allclose(camera.to_pixels(np.array((12.0, 23.0))), (107.5, 37.5), atol=1e-9)


def test_the_heading_points_up():
    camera = Camera(0.0, 0.0, up=0.0, scale=2.0, width=100, height=100, down=0.75)  # east is up
    np.testing.assert_allclose(camera.to_pixels(np.array((0.0, 0.0))), (49.5, 74.5), atol=1e-9)
    np.testing.assert_allclose(camera.to_pixels(np.array((10.0, 0.0))), (49.5, 54.5), atol=1e-9)
    np.testing.assert_allclose(camera.to_pixels(np.array((0.0, 10.0))), (29.5, 74.5), atol=1e-9)  # north is left


def test_pixels_lead_back_to_metres():
    camera = Camera(-3.0, 7.0, up=2.1, scale=7.3, across=0.4, down=0.7)
    points = np.array([(1.0, 2.0), (-30.0, 4.0), (8.0, -9.0)])
    np.testing.assert_allclose(camera.to_world(camera.to_pixels(points)), points, atol=1e-9)


def test_the_box_holds_all_that_is_seen():
    camera = Camera(5.0, 5.0, scale=10.0, width=200, height=100)
    np.testing.assert_allclose(camera.box(), (-5.0, 0.0, 15.0, 10.0), atol=1e-9)
    turned = Camera(0.0, 0.0, up=math.pi / 4, scale=1.0, width=100, height=100)
    np.testing.assert_allclose(turned.box(), np.array((-1, -1, 1, 1)) * 50 * math.sqrt(2), atol=1e-9)


@pytest.mark.parametrize("wrong", [{"x": math.nan}, {"scale": 0.0}, {"width": 8}, {"up": math.inf}])
def test_a_camera_that_sees_nothing_is_an_error(wrong):
    with pytest.raises(SuiteError, match="a camera needs"):
        Camera(**{"x": 0.0, "y": 0.0, **wrong})


def test_the_first_view_is_straight_behind_the_car():
    view = Follower(640, 480).view(3.0, 4.0, 0.7, 0.0, 0.05)
    assert (view.x, view.y, view.up) == (3.0, 4.0, pytest.approx(0.7))
    assert view.scale == pytest.approx(640 / STANDING_M)
    np.testing.assert_allclose(view.to_pixels(np.array((3.0, 4.0))), (319.5, AHEAD * 480 - 0.5), atol=1e-9)


def test_the_picture_turns_with_a_lag_over_the_shorter_way():
    follower = Follower()
    follower.view(0.0, 0.0, 3.0, 0.0, 0.05)
    view = follower.view(0.0, 0.0, -3.0, 0.0, 0.05)  # 0.283 rad on, through pi
    turned = math.remainder(view.up - 3.0, 2 * math.pi)
    assert turned == pytest.approx((2 * math.pi - 6.0) * (1 - math.exp(-0.05 / TURN_S)))
    for _ in range(200):
        view = follower.view(0.0, 0.0, -3.0, 0.0, 0.05)
    assert math.remainder(view.up + 3.0, 2 * math.pi) == pytest.approx(0.0, abs=1e-6)


def test_speed_widens_the_view_slowly_and_to_a_limit():
    follower = Follower()
    before = follower.view(0.0, 0.0, 0.0, 0.0, 0.05).scale
    after = follower.view(0.0, 0.0, 0.0, 100.0, 0.05).scale
    assert 0.96 * before < after < before
    for _ in range(600):
        after = follower.view(0.0, 0.0, 0.0, 100.0, 0.05).scale
    assert after == pytest.approx(640 / WIDEST_M)


def test_reset_begins_anew_and_north_up_never_turns():
    follower = Follower()
    follower.view(0.0, 0.0, 0.0, 0.0, 0.05)
    follower.reset()
    assert follower.view(0.0, 0.0, 2.0, 0.0, 0.05).up == pytest.approx(2.0)
    fixed = Follower(north_up=True)
    assert {fixed.view(0.0, 0.0, yaw, 0.0, 0.05).up for yaw in (0.0, 1.0, -2.0)} == {math.pi / 2}
