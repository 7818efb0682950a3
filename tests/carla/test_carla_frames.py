"""Frames: by hand, and there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla import frames
from sim_suite.carla.wire.values import Transform, Vector

ANGLES = st.floats(-1000.0, 1000.0)


def test_north_is_minus_y_and_minus_ninety_degrees():
    pose = frames.carla_transform(3.0, 4.0, 1.0, math.pi / 2)
    assert pose == Transform(Vector(3.0, -4.0, 1.0), yaw=-90.0)
    assert frames.world_yaw(-90.0) == pytest.approx(math.pi / 2)
    assert float(frames.carla_degrees(np.float32(math.pi / 4))) == pytest.approx(-45.0)
    assert float(frames.carla_rate(np.float32(4 * math.pi))) == pytest.approx(-720.0, rel=1e-6)
    assert frames.world_rate(180.0) == pytest.approx(-math.pi)


@given(ANGLES)
def test_yaws_come_back_within_a_turn(degrees):
    yaw = frames.world_yaw(degrees)
    assert -math.pi <= yaw <= math.pi
    back = frames.carla_transform(0.0, 0.0, 0.0, yaw).yaw
    assert math.remainder(back - degrees, 360.0) == pytest.approx(0.0, abs=1e-9)


def test_a_mount_turns_with_its_parent():
    parent = Transform(Vector(10.0, 20.0, 1.0), yaw=90.0)  # heads south
    mounted = frames.attached_to(parent, Transform(Vector(2.0, 1.0, 0.5), pitch=-15.0, yaw=100.0))
    # Ahead is +y, right is -x.
    assert mounted.location == pytest.approx((9.0, 22.0, 1.5))
    assert (mounted.pitch, mounted.yaw, mounted.roll) == pytest.approx((-15.0, -170.0, 0.0))


POSES = st.builds(Transform, st.builds(Vector, ANGLES, ANGLES, ANGLES), ANGLES, ANGLES, ANGLES)


@given(POSES, POSES)
def test_what_is_mounted_where_it_is_seen_is_there(parent, pose):
    found = frames.attached_to(parent, frames.seen_from(parent, pose))
    assert found.location == pytest.approx(pose.location, abs=1e-9)
    assert (found.pitch, found.roll) == pytest.approx((pose.pitch, pose.roll), abs=1e-9)
    assert math.remainder(found.yaw - pose.yaw, 360.0) == pytest.approx(0.0, abs=1e-9)
