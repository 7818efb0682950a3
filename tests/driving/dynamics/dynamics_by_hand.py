"""The models with a car's parameters filled in, as tests drive them, and the same sources run in float64."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from sim_suite.driving.dynamics import angles, kinematic, longitudinal, single_track, walking
from sim_suite.driving.dynamics import vehicles as v
from sim_suite.driving.world.kinds import CAR

CAR_ROW = v.PARAMETERS[CAR]
FRONT, REAR, WHEELBASE = CAR_ROW[v.FRONT_M], CAR_ROW[v.REAR_M], CAR_ROW[v.WHEELBASE_M]
DT = 0.05


def in_float64() -> SimpleNamespace:
    """All models as plain Python whose float32 are float64: what rounding does to the compiled ones shows against them."""
    names: dict[str, object] = {"borrowing": lambda function: function, "called": lambda function: function}
    for module in (angles, longitudinal, kinematic, single_track, walking):
        source = Path(module.__file__).read_text(encoding="utf-8").replace("np.float32", "np.float64")
        lines = [line for line in source.splitlines() if not line.startswith("from sim_suite")]
        exec(compile("\n".join(lines), module.__file__, "exec"), names)
    return SimpleNamespace(**names)


def car_rolls(step, pose, wheel_target, accel, dt=DT, max_wheel=1.0, wheel_rate=100.0):
    """bicycle_step of a car; pose: (x, y, yaw, speed, slip, yaw rate, steer)."""
    x, y, yaw, speed, _, _, steer = (np.float32(value) for value in pose)
    rest = (wheel_target, accel, WHEELBASE, REAR, max_wheel, wheel_rate, dt)
    return step(x, y, yaw, speed, steer, *(np.float32(value) for value in rest))


def car_slides(step, pose, wheel_target, accel, friction=1.0, dt=DT, max_wheel=1.0, wheel_rate=100.0, row=CAR_ROW):
    """single_track_step of a car; pose: (x, y, yaw, speed, slip, yaw rate, steer)."""
    inertia = row[v.INERTIA_KGM2] / row[v.MASS_KG]
    tyres = row[v.FRONT_STIFFNESS], row[v.REAR_STIFFNESS], row[v.CG_HEIGHT_M]
    rest = (wheel_target, accel, row[v.FRONT_M], row[v.REAR_M], inertia, *tyres, friction, max_wheel, wheel_rate, dt)
    return step(*(np.float32(value) for value in (*pose, *rest)))


def turn_between(before: float, after: float) -> float:
    """By how much a yaw has changed, within half a turn."""
    return (after - before + np.pi) % (2 * np.pi) - np.pi
