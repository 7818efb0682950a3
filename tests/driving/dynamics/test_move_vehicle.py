"""Rows of the state: the right model, the right columns, and controls as an agent gives them."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.dynamics import vehicles as v
from sim_suite.driving.dynamics.angles import within_a_turn
from sim_suite.driving.dynamics.kinematic import bicycle_step
from sim_suite.driving.dynamics.move import controls_of, move_vehicle
from sim_suite.driving.dynamics.single_track import single_track_step
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import (
    AGENT,
    BUS,
    CAR,
    KINEMATIC,
    NUM_KINDS,
    SINGLE_TRACK,
    STILL,
    TICK_S,
    TRAFFIC,
    ActorKind,
)
from tests.driving.dynamics.dynamics_by_hand import CAR_ROW, car_rolls, car_slides

WRITTEN = [layout.X, layout.Y, layout.YAW, layout.SPEED, layout.SLIP, layout.YAW_RATE, layout.STEER]
POSE = (3.0, -2.0, 0.4, 12.0, 0.01, 0.1, 0.05)
LIMITS = {"max_wheel": CAR_ROW[v.MAX_WHEEL_RAD], "wheel_rate": CAR_ROW[v.WHEEL_RATE]}


def rows(pose=POSE, kind=CAR, control=AGENT, model=KINEMATIC):
    body, mind = np.full(layout.BODY, 77.0, np.float32), np.full(layout.MIND, -7, np.int32)
    body[WRITTEN] = pose
    body[layout.WHEELBASE] = v.PARAMETERS[kind, v.WHEELBASE_M]
    mind[[layout.KIND, layout.CONTROL, layout.MODEL]] = kind, control, model
    return body, mind


def moved(body, mind, wheel=0.1, accel=1.5, friction=0.8):
    move_vehicle(body, mind, np.float32(wheel), np.float32(accel), np.float32(friction))
    return body


def test_the_model_is_the_mind_s():
    rolled = moved(*rows())
    assert tuple(rolled[WRITTEN]) == pytest.approx(car_rolls(bicycle_step, POSE, 0.1, 1.5, **LIMITS), rel=1e-6)
    slid = moved(*rows(model=SINGLE_TRACK))
    expected = car_slides(single_track_step, POSE, 0.1, 1.5, friction=0.8, **LIMITS)
    assert tuple(slid[WRITTEN]) == pytest.approx(expected, rel=1e-5)
    assert slid[layout.Y] != rolled[layout.Y]


def test_no_other_column_is_touched():
    body, mind = rows()
    before = mind.copy()
    moved(body, mind)
    others = [column for column in range(layout.BODY) if column not in (*WRITTEN, layout.ACCEL, layout.WHEELBASE)]
    assert (body[others] == 77.0).all()
    assert (mind == before).all()


@pytest.mark.parametrize("model", [KINEMATIC, SINGLE_TRACK])
def test_accel_is_what_the_speed_changed_by(model):
    body = moved(*rows(pose=(0, 0, 0, 12, 0, 0, 0), model=model), wheel=0.0, accel=-3.0, friction=1.0)
    assert body[layout.ACCEL] == pytest.approx(-3.0, rel=1e-4)
    stopping = moved(*rows(pose=(0, 0, 0, 0.1, 0, 0, 0), model=model), wheel=0.0, accel=-6.0, friction=1.0)
    assert stopping[layout.SPEED] == 0
    assert stopping[layout.ACCEL] == pytest.approx(-0.1 / TICK_S, rel=1e-4)


def test_a_spin_past_a_right_angle_is_no_change_of_speed():
    """The sign of the speed turns over there, its size hardly changes."""
    body, mind = rows(pose=(0, 0, 0, 10, -1.5, 4.0, 0), model=SINGLE_TRACK)
    moved(body, mind, wheel=0.0, accel=0.0)
    turned = body[layout.SPEED]
    assert turned < -9
    assert abs(body[layout.ACCEL]) < 0.8 * 9.81 + 0.1


@pytest.mark.parametrize("model", [KINEMATIC, SINGLE_TRACK])
@pytest.mark.parametrize(("control", "speed"), [(TRAFFIC, 0.0), (STILL, 0.0), (AGENT, -0.1)])
def test_only_agents_go_into_reverse(model, control, speed):
    body = moved(*rows(pose=(0, 0, 0, 0, 0, 0, 0), control=control, model=model), wheel=0.0, accel=-2.0, friction=1.0)
    assert body[layout.SPEED] == pytest.approx(speed, rel=1e-5)


def test_axles_move_with_the_wheelbase():
    """A car stretched by a half is a car half as long again."""
    body, mind = rows()
    body[layout.WHEELBASE] *= 1.5
    moved(body, mind)
    x, y, yaw, speed, _, _, steer = (np.float32(value) for value in POSE)
    longer = tuple(np.float32(1.5) * CAR_ROW[column] for column in (v.WHEELBASE_M, v.REAR_M))
    rest = tuple(np.float32(value) for value in (*LIMITS.values(), TICK_S))
    expected = bicycle_step(x, y, yaw, speed, steer, np.float32(0.1), np.float32(1.5), *longer, *rest)
    assert tuple(body[WRITTEN]) == pytest.approx(expected, rel=1e-5)


def test_controls_by_hand():
    """Half a turn of the wheel and full throttle in a car at 10 m/s; a bus at half brake."""
    body, mind = rows(pose=(0, 0, 0, 10, 0, 0, 0))
    wheel, accel = controls_of(body, mind, *(np.float32(value) for value in (-0.5, 1.0, 0.0, 1.0)))
    assert wheel == pytest.approx(-0.5 * 0.61)
    assert accel == pytest.approx(5.0 - 0.012 * 9.81 - 0.365 / 1093.2952 * 100, rel=1e-5)
    body, mind = rows(pose=(0, 0, 0, 10, 0, 0, 0), kind=BUS)
    _, accel = controls_of(body, mind, *(np.float32(value) for value in (0.0, 0.0, 0.5, 1.0)))
    bus = v.PARAMETERS[BUS]
    drag = bus[v.DRAG_KG_PER_M] / bus[v.MASS_KG] * 100
    assert accel == pytest.approx(-0.5 * bus[v.MAX_BRAKE] - bus[v.ROLLING] * 9.81 - drag, rel=1e-5)


@pytest.mark.parametrize("model", [KINEMATIC, SINGLE_TRACK])
@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind <= ActorKind.BICYCLE])
def test_each_kind_sets_off_turns_and_stops(kind, model):
    """Full throttle for 5 s, a circle, full brake: it moves at its own limits and stands in the end."""
    body, mind = rows(pose=(0,) * 7, kind=kind, model=model)
    top = 0.0
    for tick in range(300):
        given = (0.3 if 100 < tick < 150 else 0.0, float(tick < 100), float(tick > 150), 1.0)
        wheel, accel = controls_of(body, mind, *(np.float32(value) for value in given))
        moved(body, mind, wheel, accel, 1.0)
        top = max(top, float(body[layout.SPEED]))
        assert np.isfinite(body[WRITTEN]).all()
    assert 0.5 * 5 * v.PARAMETERS[kind, v.MAX_DRIVE] < top <= 5 * v.PARAMETERS[kind, v.MAX_DRIVE]
    assert body[layout.SPEED] == 0


def test_the_table_is_whole():
    """Axles add up to the wheelbase and lie within the length; nothing a division needs is zero; nobody can write to it."""
    table = v.PARAMETERS
    assert table.shape == (NUM_KINDS, v.NUM_PARAMETERS)
    assert table.dtype == np.float32
    assert np.allclose(table[:, v.FRONT_M] + table[:, v.REAR_M], table[:, v.WHEELBASE_M], rtol=1e-5)
    moving = table[: ActorKind.PARKED]
    assert (moving[:, v.FRONT_M] < moving[:, v.LENGTH_M] / 2).all()
    assert (moving[:, v.REAR_M] < moving[:, v.LENGTH_M] / 2).all()
    assert (np.delete(table, [v.MAX_DRIVE, v.ROLLING], 1) > 0).all()
    assert not table.flags.writeable


@pytest.mark.parametrize(
    ("angle", "expected"), [(0.5, 0.5), (4.0, 4 - 2 * np.pi), (-7.0, 2 * np.pi - 7), (-np.pi, -np.pi)]
)
def test_angles_stay_within_a_turn(angle, expected):
    assert within_a_turn(np.float32(angle)) == pytest.approx(expected, abs=1e-6)
