"""The car of Gymnasium's CarRacing-v3 as numbers: what it weighs, how its tyres hold, what its engine gives.

Source: gymnasium/envs/box2d/car_dynamics.py (version 1.x, whose physics has not changed since 0.9) and the masses that
Box2D computes from its shapes. A driver needs them to turn a wanted force into pedals and a steering angle.
"""

from __future__ import annotations

import math

TICK_S = 0.02
"""One step of the physics: FPS = 50."""
FRONT_AXLE_M = 1.68
"""Centre of mass to front axle: wheel positions +80 and the hull's centre of mass at -0.0825, in units of SIZE = 0.02."""
REAR_AXLE_M = 1.56
"""Centre of mass to rear axle: wheel positions -82, the same centre of mass."""
MASS_KG = 7.302
"""Hull 7.060 and four wheels of 0.0605 (b2Body.mass)."""
YAW_INERTIA_KGM2 = 19.18
"""Hull 18.26 (b2Body.inertia) and four wheels 3.8 m2 from the centre."""
WHEEL_RADIUS_M = 0.54
WHEEL_INERTIA_KGM2 = 1.6
GRIP_N = 400.0
"""The greatest force of one tyre on the road, FRICTION_LIMIT."""
SLIP_STIFFNESS_NSPM = 82.0
"""Force per m/s of slip of one tyre below that limit: 205000 * SIZE**2."""
ENGINE_W = 40_000.0
"""ENGINE_POWER: each rear wheel gains ENGINE_W * gas / (WHEEL_INERTIA_KGM2 * (omega + 5)) rad/s2."""
ENGINE_OMEGA_OFFSET_RPS = 5.0
BRAKE_RPS = 15.0
"""What a full brake below the locking point takes off a wheel's speed in one tick."""
BRAKE_LOCK = 0.9
"""A brake of this much or more stops the wheels at once, and with them all steering."""
MAX_STEER_RAD = 0.4
"""The steering joint's limit."""
TOP_SPEED_MPS = 100.0
"""Box2D moves no body farther than b2_maxTranslation = 2 m in one step."""

ROLLING_KG = WHEEL_INERTIA_KGM2 / WHEEL_RADIUS_M**2
"""What a turning wheel adds to the mass that a force along the road has to accelerate."""
DRIVEN_MASS_KG = MASS_KG + 2 * ROLLING_KG
"""What the tyres of the driven wheels accelerate: the car and its two rolling front wheels."""
GRIP_MPS2 = 4 * GRIP_N / MASS_KG
"""Acceleration with all four tyres at their limit: cornering, or braking, where the brakes stop the wheels themselves."""
TRACTION_MPS2 = 2 * GRIP_N / DRIVEN_MASS_KG
"""Acceleration with both rear tyres at their limit."""
POWER_M2PS3 = 2 * ENGINE_W / (MASS_KG + 4 * ROLLING_KG)
"""Full gas, where the engine is the limit, accelerates by POWER_M2PS3 / (speed + POWER_OFFSET_MPS)."""
POWER_OFFSET_MPS = ENGINE_OMEGA_OFFSET_RPS * WHEEL_RADIUS_M


def gas_for(omega_rps: float, wanted_rps: float) -> float:
    """The gas pedal in [0, 1] that brings a rear wheel from `omega_rps` to `wanted_rps` within this tick."""
    per_gas = TICK_S * ENGINE_W / (WHEEL_INERTIA_KGM2 * (abs(omega_rps) + ENGINE_OMEGA_OFFSET_RPS))
    return min(max((wanted_rps - omega_rps) / per_gas, 0.0), 1.0)


def brake_for(omega_rps: float, wanted_rps: float) -> float:
    """The brake pedal, below the locking point, that brings a wheel from `omega_rps` to `wanted_rps` within this tick."""
    return min(max((omega_rps - wanted_rps) / BRAKE_RPS, 0.0), math.nextafter(BRAKE_LOCK, 0.0) - 1e-6)
