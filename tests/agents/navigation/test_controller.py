"""PID controllers by hand values."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from agents.navigation.controller import PIDLateralController, PIDLongitudinalController, VehiclePIDController
from sim_suite.errors import SuiteError


def pose(x=0.0, y=0.0, yaw=0.0):
    return SimpleNamespace(location=SimpleNamespace(x=x, y=y, z=0.0), rotation=SimpleNamespace(yaw=yaw))


def vehicle(speed_mps=0.0, yaw=0.0, steer=0.0):
    return SimpleNamespace(
        get_velocity=lambda: SimpleNamespace(x=speed_mps, y=0.0, z=0.0),
        get_transform=lambda: pose(yaw=yaw),
        get_world=lambda: None,
        get_control=lambda: SimpleNamespace(steer=steer),
    )


def waypoint(x, y, yaw=0.0):
    return SimpleNamespace(transform=pose(x, y, yaw))


def test_throttle_is_the_error_in_km_h_times_its_gain():
    controller = PIDLongitudinalController(vehicle(10.0), K_P=0.1)
    assert controller.run_step(40.0) == pytest.approx(0.4)  # 10 m/s are 36 km/h
    assert controller.run_step(33.0) == pytest.approx(-0.3)
    assert controller.run_step(90.0) == 1.0
    assert controller.run_step(0.0) == -1.0


def test_the_sum_runs_over_ten_errors_and_the_change_over_one_step():
    controller = PIDLongitudinalController(vehicle(10.0), K_P=0.0, K_I=0.1, dt=0.5)
    for step in range(1, 15):
        assert controller.run_step(37.0) == pytest.approx(0.1 * 0.5 * min(step, 10))
    controller = PIDLongitudinalController(vehicle(10.0), K_P=0.0, K_D=0.1, dt=0.5)
    assert controller.run_step(37.0) == 0.0  # nothing to compare with
    assert controller.run_step(39.0) == pytest.approx(0.1 * 2.0 / 0.5)


def test_gains_change_and_errors_stay():
    controller = PIDLongitudinalController(vehicle(10.0), K_P=0.0, K_I=0.1, dt=0.5)
    controller.run_step(37.0)
    controller.change_parameters(K_P=0.0, K_I=0.2, K_D=0.0, dt=0.5)
    assert controller.run_step(37.0) == pytest.approx(0.2 * 0.5 * 2.0)


@pytest.mark.parametrize(
    ("yaw", "x", "y", "angle_deg"),
    [(0.0, 10.0, 0.0, 0.0), (0.0, 10.0, 10.0, 45.0), (0.0, 10.0, -10.0, -45.0), (90.0, 0.0, 5.0, 0.0), (90.0, -5.0, 0.0, 90.0),
     (180.0, 10.0, 10.0, -135.0), (0.0, 0.0, 0.0, 0.0)],
)  # fmt: skip
def test_the_wheel_is_the_angle_to_the_waypoint_times_its_gain(yaw, x, y, angle_deg):
    controller = PIDLateralController(vehicle(yaw=yaw), K_P=0.2)
    assert controller.run_step(waypoint(x, y)) == pytest.approx(0.2 * math.radians(angle_deg), abs=1e-12)


def test_an_offset_is_to_the_right_of_the_waypoint():
    controller = PIDLateralController(vehicle(), offset=10.0, K_P=1.0)
    assert controller.run_step(waypoint(10.0, 0.0)) == pytest.approx(math.radians(45.0))
    controller.set_offset(-10.0)
    assert controller.run_step(waypoint(10.0, 0.0)) == pytest.approx(math.radians(-45.0))
    assert controller.run_step(waypoint(10.0, -10.0, yaw=180.0)) == pytest.approx(0.0)


def test_pedals_and_wheel_are_bounded_and_the_wheel_turns_slowly():
    pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    gains = {"K_P": 1.0, "K_I": 0.0, "K_D": 0.0, "dt": 0.05}
    controller = VehiclePIDController(vehicle(10.0, steer=0.05), gains, gains)
    first = controller.run_step(90.0, waypoint(0.0, 5.0))
    assert (first.throttle, first.brake) == (pytest.approx(0.75), 0.0)
    assert first.steer == pytest.approx(0.15)
    for _ in range(20):
        last = controller.run_step(0.0, waypoint(0.0, 5.0))
    assert (last.throttle, last.brake) == (0.0, pytest.approx(0.3))
    assert last.steer == pytest.approx(0.8)
    controller.change_longitudinal_PID({"K_P": 0.1, "K_I": 0.0, "K_D": 0.0, "dt": 0.05})
    assert controller.run_step(40.0, waypoint(0.0, 5.0)).throttle == pytest.approx(0.4)
    controller.change_lateral_PID({"K_P": 0.0, "K_I": 0.0, "K_D": 0.0, "dt": 0.05})
    assert controller.run_step(40.0, waypoint(0.0, 5.0)).steer == pytest.approx(0.7)


def test_wrong_gains_are_refused_in_one_line():
    with pytest.raises(SuiteError, match=r"no 'kp'\. Give K_P"):
        VehiclePIDController(vehicle(), {"kp": 1.0}, {})
    with pytest.raises(SuiteError, match=r"dt must lie in 0\.0"):
        PIDLongitudinalController(vehicle(), dt=0.0)
