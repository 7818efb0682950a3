"""Comfort: smoothing against closed forms, and each bound from both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from trips_by_hand import straight

from sim_suite.driving.metrics.comfort import motion, smooth


def speeding_up(acceleration, step=0.1, seconds=8.0, start=5.0):
    trip = straight(seconds=seconds, step=step)
    return replace(trip, speed_mps=start + acceleration * trip.time_s)


def turning(speed, yaw_rate, step=0.1):
    trip = straight(speed=speed, step=step)
    pose = trip.pose.copy()
    pose[:, 2] = yaw_rate * trip.time_s
    return replace(trip, pose=pose)


@pytest.mark.parametrize("step", [0.05, 0.1])
def test_a_square_passes_the_filter_unchanged(step):
    """A parabola is what it fits, at the ends of a trip too."""
    time = step * np.arange(40)
    assert smooth(time**2, step, 0.8) == pytest.approx(time**2)
    assert smooth(time**2, step, 1.5, derivative=1) == pytest.approx(2 * time)
    assert smooth(time**3, step, 0.5, derivative=2, order=3) == pytest.approx(6 * time)


@pytest.mark.parametrize(("window_s", "samples"), [(0.5, 5), (0.8, 9), (1.5, 15)])
def test_windows_are_odd(window_s, samples):
    """A single 1 spreads over the window."""
    values = (np.arange(41) == 20).astype(float)
    assert np.flatnonzero(np.abs(smooth(values, 0.1, window_s)) > 1e-12).tolist() == list(
        range(20 - samples // 2, 21 + samples // 2)
    )


def test_five_samples_by_hand():
    """Savitzky & Golay's quadratic over five samples weighs (-3, 12, 17, 12, -3) / 35."""
    values = (np.arange(11) == 5).astype(float)
    assert smooth(values, 0.1, 0.5)[3:8] == pytest.approx(np.array([-3, 12, 17, 12, -3]) / 35)


@pytest.mark.parametrize("step", [0.05, 0.1])
@pytest.mark.parametrize(("acceleration", "comfort"), [(2.39, 1), (2.41, 0), (-4.04, 1), (-4.06, 0), (0.0, 1)])
def test_longitudinal_acceleration(acceleration, comfort, step):
    moved = motion(speeding_up(acceleration, step, start=40))
    assert moved.longitudinal_mps2 == pytest.approx(np.full(len(moved.longitudinal_mps2), acceleration))
    assert moved.longitudinal_jerk_mps3 == pytest.approx(np.zeros(len(moved.longitudinal_mps2)), abs=1e-8)
    assert moved.comfort == comfort


@pytest.mark.parametrize(
    ("speed", "yaw_rate", "comfort"), [(10, 0.48, 1), (10, 0.5, 0), (2, 0.94, 1), (2, 0.96, 0), (2, -0.96, 0)]
)
def test_lateral_acceleration_and_yaw_rate(speed, yaw_rate, comfort):
    moved = motion(turning(speed, yaw_rate))
    inside = slice(5, -5)
    assert moved.lateral_mps2[inside] == pytest.approx(speed * np.sin(0.1 * yaw_rate) / 0.1)
    assert moved.yaw_rate_radps == pytest.approx(np.full(101, yaw_rate))
    assert moved.comfort == comfort


@pytest.mark.parametrize(("jerk", "comfort"), [(4.12, 1), (4.14, 0), (-4.12, 1), (-4.14, 0)])
def test_longitudinal_jerk(jerk, comfort):
    """From -3.9 to 2.3 m/s^2 within 1.5 s, or the other way: only the jerk can be out of bounds."""
    trip = straight(seconds=1.5)
    speed = 40 - 0.8 * trip.time_s + jerk * (trip.time_s - 0.75) ** 2 / 2
    moved = motion(replace(trip, speed_mps=speed))
    assert moved.longitudinal_jerk_mps3 == pytest.approx(np.full(16, jerk))
    assert moved.longitudinal_mps2[[0, -1]] == pytest.approx([-0.8 - 0.75 * jerk, -0.8 + 0.75 * jerk], abs=0.3)
    assert moved.comfort == comfort


def test_yaw_acceleration():
    for rate, comfort in ((1.9, 1), (1.95, 0)):
        trip = straight(speed=1.0, seconds=0.9)
        pose = trip.pose.copy()
        pose[:, 2] = rate * (trip.time_s - 0.45) ** 2 / 2
        moved = motion(replace(trip, pose=pose))
        assert moved.yaw_acceleration_radps2 == pytest.approx(np.full(10, rate))
        assert moved.comfort == comfort


def test_headings_beyond_pi_do_not_jump():
    trip = turning(2, 0.5)
    wrapped = trip.pose.copy()
    wrapped[:, 2] = (wrapped[:, 2] + 3.0 + np.pi) % (2 * np.pi) - np.pi
    assert motion(replace(trip, pose=wrapped)).yaw_rate_radps == pytest.approx(np.full(101, 0.5))


def test_raw_jerk_would_say_nothing():
    """Noise of 2 cm/s on the speed alone gives jerks of several m/s^3 by differences, and none of note after smoothing."""
    trip = straight()
    noisy = 10 + np.random.default_rng(0).normal(0, 0.02, 101)
    assert np.abs(np.diff(noisy, 2)).max() / 0.01 > 8
    assert np.abs(motion(replace(trip, speed_mps=noisy)).longitudinal_jerk_mps3).max() < 1


def test_three_samples_are_too_few():
    assert motion(straight(seconds=0.2)) is None
    assert motion(straight(seconds=0.3)).comfort == 1
