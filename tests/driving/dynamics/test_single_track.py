"""The single-track model: CommonRoad's in the linear regime, the kinematic one at walking pace, friction at the limit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from sim_suite.driving.dynamics import vehicles as v
from sim_suite.driving.dynamics.kinematic import bicycle_step
from sim_suite.driving.dynamics.single_track import MOST_ALONG, side_force, side_peak, single_track_step
from sim_suite.driving.world.kinds import BICYCLE, BUS, TRUCK
from tests.driving.dynamics.dynamics_by_hand import (
    CAR_ROW,
    DT,
    WHEELBASE,
    car_rolls,
    car_slides,
    in_float64,
    turn_between,
)

STILL = (0.0,) * 7
GRAVITY = 9.81
TYRE = 1.0489
"""Friction of CommonRoad's tyre."""


def slid(ticks, pose, wheel_target, accel, **options):
    for _ in range(ticks):
        pose = car_slides(single_track_step, pose, wheel_target, accel, **options)
    return pose


def velocity(pose):
    return pose[3] * np.array([math.cos(pose[2] + pose[4]), math.sin(pose[2] + pose[4])])


def energy(pose):
    """Over half the mass, m^2/s^2."""
    return pose[3] ** 2 + CAR_ROW[v.INERTIA_KGM2] / CAR_ROW[v.MASS_KG] * pose[5] ** 2


def test_straight_on_it_is_a_point_mass():
    assert slid(40, (0, 0, 0, 20, 0, 0, 0), 0.0, 0.0) == pytest.approx((40, 0, 0, 20, 0, 0, 0), abs=1e-4)
    x, _, _, speed, *_ = slid(60, STILL, 0.0, 2.0)
    assert (x, speed) == pytest.approx((9.0, 6.0), rel=1e-5)


@pytest.mark.parametrize(("speed", "accel"), [(10.0, 0.0), (15.0, 0.0), (30.0, 0.0), (20.0, 2.0), (20.0, -3.0)])
def test_in_the_linear_regime_it_is_commonroads(speed, accel):
    """vehicle_dynamics_st integrated to 1e-9, the wheel at 1 mrad, 1.5 s: within 1 %; 2 % where the front wheel's own braking
    force, which points to where it steers, counts beside its side force: there it is left out."""
    pytest.importorskip("vehiclemodels")
    from vehiclemodels.parameters_vehicle2 import parameters_vehicle2
    from vehiclemodels.vehicle_dynamics_st import vehicle_dynamics_st

    parameters, wheel = parameters_vehicle2(), 1e-3
    exact = solve_ivp(
        lambda _, state: vehicle_dynamics_st(list(state), [0.0, accel], parameters), (0, 1.5),
        [0, 0, wheel, speed, 0, 0, 0], rtol=1e-9, atol=1e-12,
    ).y[:, -1]  # fmt: skip
    x, y, yaw, new_speed, slip, yaw_rate, _ = slid(30, (0, 0, 0, speed, 0, 0, wheel), wheel, accel, friction=TYRE)
    assert (x, new_speed) == pytest.approx((exact[0], exact[3]), rel=1e-3)
    near = 0.01 if accel >= 0 else 0.02
    assert (y, yaw, yaw_rate) == pytest.approx((exact[1], exact[4], exact[5]), rel=near)
    assert slip == pytest.approx(exact[6], rel=near, abs=2e-5)


@pytest.mark.parametrize(("front", "rear"), [(15.0, 21.0), (21.0, 21.0), (21.0, 18.0)])
def test_steady_turning_follows_the_understeer_gradient(front, rear):
    """Yaw rate = v * wheel / (L + K v^2) with K = (1/front - 1/rear) / (friction * g): under, neutral and oversteer."""
    row, speed, wheel, friction = CAR_ROW.copy(), 20.0, 1e-3, 1.0
    row[v.FRONT_STIFFNESS], row[v.REAR_STIFFNESS] = front, rear
    gradient = (1 / front - 1 / rear) / (friction * GRAVITY)
    pose = slid(100, (0, 0, 0, speed, 0, 0, wheel), wheel, 0.0, row=row)
    assert pose[5] == pytest.approx(speed * wheel / (WHEELBASE + gradient * speed**2), rel=0.01)


def test_braking_turns_in_and_driving_turns_out():
    """Load moves to the front axle when braking, and with it the force that turns."""
    start = slid(60, (0, 0, 0, 20, 0, 0, 0.01), 0.01, 0.0)
    curvature = {accel: (pose := slid(10, start, 0.01, accel))[5] / pose[3] for accel in (-3.0, 0.0, 3.0)}
    assert curvature[-3.0] > 1.02 * curvature[0.0] > 1.02 * 1.02 * curvature[3.0]


@pytest.mark.parametrize("wheel", [0.0, 0.4, -0.6])
@pytest.mark.parametrize("speed", [1.2, -1.2])
def test_at_walking_pace_it_is_the_kinematic_bicycle(speed, wheel):
    pose = twin = slid(20, (0, 0, 0, speed, 0, 0, wheel), wheel, 0.0)
    for _ in range(40):
        pose = car_slides(single_track_step, pose, wheel, 0.0)
        twin = car_rolls(bicycle_step, twin, wheel, 0.0)
    assert pose[:2] == pytest.approx(twin[:2], abs=1e-3)
    assert turn_between(twin[2], pose[2]) == pytest.approx(0, abs=1e-3)
    assert pose[3:] == pytest.approx(twin[3:], abs=1e-4)


@pytest.mark.parametrize("friction", [1.0, 0.5, 0.2])
def test_braking_takes_v_squared_over_two_mu_g(friction):
    pose, grip = (0, 0, 0, 20, 0, 0, 0), MOST_ALONG * friction * GRAVITY
    while pose[3] > 0:
        pose = slid(1, pose, 0.0, -30.0, friction=friction)
    assert pose[0] == pytest.approx(20**2 / (2 * grip), rel=2e-3)
    assert slid(1, pose, 0.0, 0.0)[3] == 0.0


@pytest.mark.parametrize("friction", [1.0, 0.3])
@pytest.mark.parametrize("accel", [-20.0, -4.0, 0.0, 4.0])
@pytest.mark.parametrize("wheel", [0.02, 0.15, 0.6])
def test_the_circle_of_friction_is_never_left(friction, accel, wheel):
    """What changes the velocity stays below friction * g, in each tick, above walking pace."""
    pose = (0, 0, 0.5, 25, 0, 0, 0)
    for _ in range(100):
        before, pose = pose, slid(1, pose, wheel, accel, friction=friction, wheel_rate=0.8)
        if abs(pose[3]) < 3:
            break
        assert np.hypot(*(velocity(pose) - velocity(before))) / DT <= 1.005 * friction * GRAVITY + 1e-3


def test_on_ice_it_slides_wide():
    """At 15 m/s a wheel at 0.1 rad asks for 8.7 m/s^2: dry asphalt gives most of it, ice none that counts."""
    dry, ice = (slid(40, (0, 0, 0, 15, 0, 0, 0), 0.1, 0.0, friction=friction) for friction in (1.0, 0.1))
    assert dry[1] > 10
    assert ice[1] < 2.1, "half of mu g t^2"


@pytest.mark.parametrize("wheel", [0.0, 0.2, -0.5])
@pytest.mark.parametrize("friction", [1.0, 0.2])
def test_coasting_never_gains_energy(wheel, friction):
    random = np.random.default_rng(1)
    for _ in range(20):
        speed, slip, rate = random.uniform([5, -1.5, -3], [40, 1.5, 3])
        pose = (0, 0, 0, speed, slip, rate, wheel)
        for _ in range(60):
            before, pose = pose, slid(1, pose, wheel, 0.0, friction=friction)
            if abs(pose[3]) < 3:
                break
            assert energy(pose) <= energy(before) * (1 + 1e-4)


def test_a_spin_comes_to_rest():
    pose = (0, 0, 0, 15, 0.3, 4.0, 0)
    slips = []
    for _ in range(100):
        pose = slid(1, pose, 0.3, -6.0 * np.sign(pose[3]))
        slips.append(pose[4])
    assert max(np.abs(slips)) > 0.5
    assert pose[3] == pytest.approx(0, abs=1e-6)
    assert pose[5] == pytest.approx(0, abs=1e-3)


def test_side_force_by_hand():
    """Slope at the origin, 19/27 of the peak at a third of full slip, the peak from there on, always against the slip."""
    peak, slope = np.float32(5), np.float32(60)
    full = 3 * peak / slope
    along = np.float32(10)

    def force(slip):
        return side_force(along, np.float32(slip * along), slope, peak)

    assert force(1e-5) == pytest.approx(-60e-5, rel=1e-3)
    assert force(full / 3) == pytest.approx(-5 * 19 / 27, rel=1e-5)
    assert force(full) == pytest.approx(-5)
    assert force(-9) == pytest.approx(5)
    assert side_force(np.float32(0), np.float32(0), slope, peak) == 0
    assert side_force(-along, np.float32(0.01), slope, peak) == side_force(along, np.float32(0.01), slope, peak) < 0


def test_what_the_push_leaves_across():
    assert side_peak(np.float32(5), np.float32(3)) == pytest.approx(4)
    assert side_peak(np.float32(5), np.float32(-6)) == 0


def test_float32_keeps_to_float64():
    wide, random = in_float64().single_track_step, np.random.default_rng(0)
    inertia = float(CAR_ROW[v.INERTIA_KGM2] / CAR_ROW[v.MASS_KG])
    for _ in range(100):
        pose = np.float32(random.uniform([-50, -50, -3, 0, -0.3, -1, -0.6], [50, 50, 3, 40, 0.3, 1, 0.6]))
        order = np.float32(random.uniform([-0.6, -9], [0.6, 5]))
        narrow = car_slides(single_track_step, pose, *order)
        car = (
            [float(CAR_ROW[column]) for column in (v.FRONT_M, v.REAR_M)],
            [float(CAR_ROW[column]) for column in (v.FRONT_STIFFNESS, v.REAR_STIFFNESS, v.CG_HEIGHT_M)],
        )
        exact = wide(
            *map(float, pose), *map(float, order), *car[0], inertia, *car[1], 1.0, 1.0, 100.0, float(np.float32(DT))
        )
        assert narrow[:2] == pytest.approx(exact[:2], abs=3e-5)
        assert turn_between(exact[2], narrow[2]) == pytest.approx(0, abs=1e-5)
        assert narrow[3:] == pytest.approx(exact[3:], rel=1e-4, abs=1e-4)


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(*(st.floats(-bound, bound, width=32) for bound in (1024, 1024, 4, 64, 1.5, 16, 1))),
    st.floats(-16, 16, width=32),
    st.floats(-1024, 1024, width=32),
    st.floats(0, 2, width=32),
    st.sampled_from([TRUCK, BUS, BICYCLE, 0]),
)
def test_wild_inputs_come_out_finite_and_slower_than_friction_allows(pose, wheel, accel, friction, kind):
    row = v.PARAMETERS[kind]
    for _ in range(5):
        before, pose = pose, slid(1, pose, wheel, accel, friction=friction, row=row)
        assert np.isfinite(pose).all()
        assert abs(pose[3]) <= abs(before[3]) + 1.5 * friction * GRAVITY * DT + 0.5
        assert -math.pi <= pose[2] <= math.pi
        assert abs(pose[4]) <= math.pi / 2 + 1e-6
        assert abs(pose[6]) <= 1.0
