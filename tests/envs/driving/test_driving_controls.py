"""Actions become steer, throttle and brake; waypoints are followed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.dynamics import vehicles
from sim_suite.driving.dynamics.longitudinal import drive_accel
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import BUS, CAR
from sim_suite.envs.driving import controls, tracker

CAR_BASE = vehicles.PARAMETERS[CAR, vehicles.WHEELBASE_M]


def told(way, action):
    state = col.new_state(1, 1, 1, 0, max_legs=2)
    controls.write_controls(state, 0, way, np.array([action], np.float32))
    return state.controls[0, 0].tolist()


def test_drive_is_throttle_or_brake():
    assert told(controls.CONTINUOUS, [0.5, 0.75]) == [0.5, 0.75, 0.0]
    assert told(controls.CONTINUOUS, [-0.5, -0.25]) == [-0.5, 0.0, 0.25]
    assert told(controls.CONTINUOUS, [2.0, -3.0]) == [1.0, 0.0, 1.0]


def test_the_grid_is_row_by_row_and_nothing_rolls():
    assert controls.NUM_ACTIONS == 35
    assert told(controls.DISCRETE, [controls.NOTHING]) == [0.0, 0.0, 0.0]
    seen = {tuple(told(controls.DISCRETE, [k])) for k in range(controls.NUM_ACTIONS)}
    assert len(seen) == 35
    assert told(controls.DISCRETE, [0]) == pytest.approx([0.6, 0.0, 1.0])
    assert told(controls.DISCRETE, [34]) == pytest.approx([-0.6, 0.8, 0.0])


@settings(deadline=None)  # the first call compiles
@given(st.sampled_from([CAR, BUS]), st.floats(0.5, 20.0, width=32), st.floats(-6.0, 1.0, width=32))
def test_pedals_undo_the_longitudinal_model(kind, speed, accel):
    row = vehicles.PARAMETERS[kind]
    throttle, brake = tracker.pedals(kind, np.float32(speed), np.float32(accel))
    assert throttle == 0.0 or brake == 0.0
    mass = row[vehicles.MASS_KG]
    got = drive_accel(
        np.float32(throttle), np.float32(brake), np.float32(speed), np.float32(1.0), row[vehicles.POWER_W] / mass,
        row[vehicles.MAX_DRIVE], row[vehicles.MAX_BRAKE], row[vehicles.DRAG_KG_PER_M] / mass, row[vehicles.ROLLING],
        row[vehicles.TOP_SPEED], row[vehicles.REVERSE_TOP_SPEED],
    )  # fmt: skip
    if throttle < 1.0 and brake < 1.0:
        assert got == pytest.approx(accel, abs=1e-3)
    else:
        assert got < accel if throttle == 1.0 else got > accel


def test_pursuit_steers_along_the_arc_through_the_point():
    rear = CAR_BASE * vehicles.PARAMETERS[CAR, vehicles.REAR_M] / vehicles.PARAMETERS[CAR, vehicles.WHEELBASE_M]
    radius, angle = 20.0, 0.4  # a point on a circle to the left, seen from the rear axle
    x, y = radius * math.sin(angle), radius * (1.0 - math.cos(angle))
    steer = tracker.pursue(CAR, CAR_BASE, np.float32(x - rear), np.float32(y))
    wheel = steer * vehicles.PARAMETERS[CAR, vehicles.MAX_WHEEL_RAD]
    assert wheel == pytest.approx(math.atan(CAR_BASE / radius), rel=1e-4)
    assert tracker.pursue(CAR, CAR_BASE, np.float32(x - rear), np.float32(-y)) == -steer


def follow(points, speed):
    action = (np.array(points, np.float32) / tracker.WAYPOINT_SCALE_M).reshape(-1)
    control = np.full(3, np.nan, np.float32)
    tracker.follow_waypoints(action, CAR, CAR_BASE, np.float32(speed), control)
    return control.tolist()


def test_waypoints_ahead_hold_the_speed_that_they_are_spaced_by():
    ahead = [(5.0 * k, 0.0) for k in range(1, 5)]  # 10 m/s
    steer, throttle, brake = follow(ahead, 10.0)
    assert steer == 0.0
    assert 0.0 < throttle < 0.1  # air and rolling resistance alone
    assert brake == 0.0
    assert follow(ahead, 14.0)[2] > 0.3
    assert follow(ahead, 6.0)[1] == 1.0


def test_waypoints_to_the_left_turn_left_and_none_stop():
    assert follow([(4.0, 0.5), (8.0, 2.0), (11.0, 4.0), (14.0, 7.0)], 8.0)[0] > 0.1
    assert follow([(0.0, 0.0)] * 4, 0.0) == [0.0, 0.0, 1.0]
    assert follow([(0.0, 0.0)] * 4, 10.0)[2] == 1.0
