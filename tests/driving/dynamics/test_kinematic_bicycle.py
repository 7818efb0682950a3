"""The kinematic bicycle: by hand where it is a circle or a line, and against CommonRoad's where it is neither."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from sim_suite.driving.dynamics.kinematic import bicycle_step
from tests.driving.dynamics.dynamics_by_hand import DT, REAR, WHEELBASE, car_rolls, in_float64, turn_between

STILL = (0.0,) * 7


def rolled(ticks, pose, wheel_target, accel, **options):
    for _ in range(ticks):
        pose = car_rolls(bicycle_step, pose, wheel_target, accel, **options)
    return pose


def test_twenty_metres_a_second_for_two_seconds_are_forty_metres():
    x, y, yaw, speed, slip, yaw_rate, steer = rolled(40, (0, 0, 0, 20, 0, 0, 0), 0.0, 0.0)
    assert x == pytest.approx(40.0, abs=1e-4)
    assert (y, yaw, speed, slip, yaw_rate, steer) == (0, 0, 20, 0, 0, 0)


def test_constant_acceleration_covers_half_a_t_squared():
    x, _, _, speed, *_ = rolled(60, STILL, 0.0, 2.0)
    assert x == pytest.approx(0.5 * 2 * 9, rel=1e-5)
    assert speed == pytest.approx(6, rel=1e-6)


@pytest.mark.parametrize("speed", [8.0, -3.0])
@pytest.mark.parametrize("wheel", [0.3, -0.5])
@pytest.mark.parametrize("dt", [0.05, 0.5])
def test_still_wheels_draw_a_circle_at_any_step(speed, wheel, dt):
    """The rear axle's centre circles at wheelbase / tan(wheel)."""
    slip = math.atan(REAR * math.tan(wheel) / WHEELBASE)
    pose = (0, 0, 0, speed, slip, 0, wheel)
    radius = WHEELBASE / math.tan(wheel)
    centre = np.array([-REAR, radius])
    for _ in range(20):
        pose = car_rolls(bicycle_step, pose, wheel, 0.0, dt=dt)
        at = np.array([pose[0], pose[1]]) - centre
        assert np.hypot(*at) == pytest.approx(math.hypot(radius, REAR), rel=3e-4 if dt > 0.1 else 2e-6)
    assert pose[4] == pytest.approx(slip, rel=1e-5)
    assert pose[5] == pytest.approx(speed * math.cos(slip) / radius, rel=1e-5)


def test_a_brake_stops_where_v_squared_over_two_a_says_and_does_not_reverse():
    x, _, _, speed, *_ = rolled(1, (0, 0, 0, 0.3, 0, 0, 0), 0.0, -8.0)
    assert speed == 0.0
    assert x == pytest.approx(0.3**2 / 16, rel=1e-5)
    x, _, _, speed, *_ = rolled(1, (0, 0, 0, -0.3, 0, 0, 0), 0.0, 8.0)
    assert speed == 0.0
    assert x == pytest.approx(-(0.3**2) / 16, rel=1e-5)


def test_what_stands_sets_off_where_accel_points():
    assert rolled(1, STILL, 0.0, -2.0)[3] == pytest.approx(-0.1)
    assert rolled(1, STILL, 0.0, 2.0)[3] == pytest.approx(0.1)


def test_wheels_turn_at_their_rate_and_no_further_than_they_can():
    pose = rolled(1, STILL, 2.0, 0.0, wheel_rate=0.8, max_wheel=0.61)
    assert pose[6] == pytest.approx(0.04)
    assert rolled(30, STILL, 2.0, 0.0, wheel_rate=0.8, max_wheel=0.61)[6] == pytest.approx(0.61)
    assert rolled(30, STILL, -2.0, 0.0, wheel_rate=0.8, max_wheel=0.61)[6] == pytest.approx(-0.61)


@pytest.mark.parametrize(
    ("speed", "accel", "rate"), [(10.0, 1.0, 0.2), (25.0, -3.0, 0.02), (3.0, 0.5, -0.3), (-4.0, 0.0, 0.2)]
)
def test_it_goes_where_commonroads_goes(speed, accel, rate):
    """vehicle_dynamics_ks_cog integrated to 1e-9: within 2 cm and 1 mrad after 2 s of steady turning of the wheel."""
    pytest.importorskip("vehiclemodels")
    from vehiclemodels.parameters_vehicle2 import parameters_vehicle2
    from vehiclemodels.utils.vehicle_dynamics_ks_cog import vehicle_dynamics_ks_cog

    parameters = parameters_vehicle2()
    exact = solve_ivp(
        lambda _, state: vehicle_dynamics_ks_cog(list(state), [rate, accel], parameters), (0, 2), [0, 0, 0, speed, 0],
        rtol=1e-9, atol=1e-9,
    ).y[:, -1]  # fmt: skip
    x, y, yaw, new_speed, _, _, steer = rolled(
        40, (0, 0, 0, speed, 0, 0, 0), math.copysign(1.0, rate), accel, wheel_rate=abs(rate)
    )
    assert (steer, new_speed) == pytest.approx((exact[2], exact[3]), rel=1e-5)
    assert (x, y) == pytest.approx((exact[0], exact[1]), abs=0.02)
    assert turn_between(exact[4], yaw) == pytest.approx(0, abs=1e-3)


def test_the_error_falls_with_the_square_of_the_step():
    wide = in_float64().bicycle_step

    def end(steps):
        pose = (0, 0, 0, 10, 0, 0, 0)
        for _ in range(steps):
            x, y, yaw, speed, _, _, steer = pose
            pose = wide(x, y, yaw, speed, steer, 1.0, 1.0, 2.6, 1.4, 1.0, 0.2, 2 / steps)
        return np.array(pose[:2])

    exact = end(20_000)
    errors = [np.hypot(*(end(steps) - exact)) for steps in (20, 40)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


def test_float32_keeps_to_float64():
    """Within 1e-5 a step, relative to how far it went and to the float32 step of where it is."""
    wide, random = in_float64().bicycle_step, np.random.default_rng(0)
    for _ in range(300):
        pose = np.float32(random.uniform([-200, -200, -3, -10, 0, 0, -0.6], [200, 200, 3, 40, 0, 0, 0.6]))
        order = np.float32(random.uniform([-0.6, -9], [0.6, 5]))
        narrow = car_rolls(bicycle_step, pose, *order)
        x, y, yaw, speed, _, _, steer = (float(value) for value in pose)
        exact = wide(
            x, y, yaw, speed, steer, *(float(o) for o in order), float(WHEELBASE), float(REAR), 1.0, 100.0, float(np.float32(DT))
        )  # fmt: skip
        assert narrow[:2] == pytest.approx(exact[:2], abs=5e-5)  # two roundings at 200 m
        assert turn_between(exact[2], narrow[2]) == pytest.approx(0, abs=2e-6)
        assert narrow[3:] == pytest.approx(exact[3:], rel=1e-5, abs=1e-5)


@settings(max_examples=300, deadline=None)
@example((0, 0, 0, -(2.0**-144), 0, 0, 0), 0.0, 0.25)  # so slow that the product of two speeds is 0
@given(
    st.tuples(*(st.floats(-bound, bound, width=32) for bound in (2**13, 2**13, 4, 128, 2, 16, 1))),
    st.floats(-16, 16, width=32),
    st.floats(-1024, 1024, width=32),
)
def test_wild_inputs_come_out_finite_and_within_their_bounds(pose, wheel, accel):
    x, y, yaw, speed, slip, yaw_rate, steer = after = rolled(1, pose, wheel, accel)
    assert np.isfinite(after).all()
    assert -math.pi <= yaw <= math.pi
    assert abs(steer) <= 1.0
    assert abs(slip) < math.pi / 2
    assert pose[3] == 0 or speed * math.copysign(1, pose[3]) >= 0, "never through zero within a step"
    assert math.hypot(x - pose[0], y - pose[1]) <= max(abs(speed), abs(pose[3])) * DT + 2e-3
    assert abs(yaw_rate) <= abs(speed) / WHEELBASE * math.tan(1.0) + 1e-3
