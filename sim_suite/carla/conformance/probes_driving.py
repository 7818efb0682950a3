"""Probes of time and of how vehicles and people move."""

from __future__ import annotations

import math
import time
from typing import Any

import carla

from sim_suite.carla.conformance.probe import Measure, Measured, probe
from sim_suite.carla.conformance.stage import STEP_S, Stage, angle, speed_of

TIME, DRIVING, BODIES = "Time", "Driving", "Bodies"


@probe(TIME, Measure("version"))
def version(stage: Stage) -> Measured:
    """Which release answers."""
    return {"version": stage.client.get_server_version()}


@probe(TIME, Measure("frames"), Measure("elapsed", "s", within=1e-4), Measure("delta", "s", within=1e-6))
def ticks(stage: Stage) -> Measured:
    """Ten ticks are ten frames and half a second."""
    before = stage.world.get_snapshot()
    stage.steps(10)
    after = stage.world.get_snapshot()
    elapsed = after.timestamp.elapsed_seconds - before.timestamp.elapsed_seconds
    return {"frames": float(after.frame - before.frame), "elapsed": elapsed, "delta": after.timestamp.delta_seconds}


@probe(TIME, Measure("delta", "s", within=1e-6))
def longer_steps(stage: Stage) -> Measured:
    """A step of a fifth of a second."""
    stage.settings(0.2)
    stage.world.tick()
    stage.world.tick()
    return {"delta": stage.world.get_snapshot().timestamp.delta_seconds}


@probe(TIME, Measure("ticks", "1/s", judged=False))
def pace(stage: Stage) -> Measured:
    """Steps a second with one car and no sensor."""
    stage.car()
    started = time.perf_counter()
    stage.steps(200)
    return {"ticks": 200 / (time.perf_counter() - started)}


@probe(DRIVING, Measure("to_10_mps", "s", share=0.3), Measure("speed_after_5s", "m/s", share=0.25))
def acceleration(stage: Stage) -> Measured:
    """Full throttle from rest."""
    car = stage.car()
    seconds = stage.until(lambda: speed_of(car) >= 10.0, car, throttle=1.0)
    stage.steps(max(round((5.0 - seconds) / STEP_S), 0), car, throttle=1.0)
    return {"to_10_mps": seconds, "speed_after_5s": speed_of(car)}


@probe(DRIVING, Measure("speed_after_3s", "m/s", within=1.5))
def coasting(stage: Stage) -> Measured:
    """No pedal from 15 m/s."""
    car = stage.car(speed_mps=15.0)
    stage.steps(60, car)
    return {"speed_after_3s": speed_of(car)}


@probe(DRIVING, Measure("distance", "m", share=0.3), Measure("time", "s", share=0.3))
def braking(stage: Stage) -> Measured:
    """Full brake from 15 m/s."""
    return _stopping(stage, 15.0, brake=1.0)


@probe(DRIVING, Measure("distance", "m", share=0.5), Measure("time", "s", share=0.5))
def hand_brake(stage: Stage) -> Measured:
    """The hand brake from 10 m/s."""
    return _stopping(stage, 10.0, hand_brake=True)


def _stopping(stage: Stage, speed: float, **control: Any) -> Measured:
    car = stage.car(speed_mps=speed)
    begins = car.get_location()
    seconds = stage.until(lambda: speed_of(car) < 0.1, car, **control)
    return {"distance": begins.distance(car.get_location()), "time": seconds}


@probe(DRIVING, Measure("speed", "m/s", share=0.4), Measure("gear"))
def reverse(stage: Stage) -> Measured:
    """Three seconds of half throttle backwards."""
    car = stage.car(at_m=60.0)
    stage.steps(60, car, throttle=0.5, reverse=True)
    return {"speed": speed_of(car), "gear": float(car.get_control().gear)}


@probe(DRIVING, Measure("radius", "m", share=0.25), Measure("to_the_right"))
def steering(stage: Stage) -> Measured:
    """The circle at half steering and some 5 m/s."""
    car = stage.car(at_m=40.0, speed_mps=5.0)
    stage.steps(20, car, throttle=0.25, steer=0.5)
    before, travelled, turned = car.get_transform(), 0.0, 0.0
    for _ in range(20):
        stage.steps(1, car, throttle=0.25, steer=0.5)
        after = car.get_transform()
        travelled += before.location.distance(after.location)
        turned += angle(after.rotation.yaw - before.rotation.yaw)
        before = after
    return {"radius": travelled / max(math.radians(abs(turned)), 1e-6), "to_the_right": turned > 0.0}


@probe(DRIVING, Measure("wheel", "deg", share=0.2), Measure("settles_in", "s", within=0.5))
def wheel_angle(stage: Stage) -> Measured:
    """How far the front wheels go at full steering at rest."""
    car = stage.car()
    wheel = carla.VehicleWheelLocation.FL_Wheel
    seconds, last = 0.0, -1.0
    for step in range(40):
        stage.steps(1, car, steer=1.0, brake=1.0)
        now = abs(car.get_wheel_steer_angle(wheel))
        if abs(now - last) < 0.05:
            seconds = step * STEP_S
            break
        last = now
    return {"wheel": abs(car.get_wheel_steer_angle(wheel)), "settles_in": seconds}


@probe(DRIVING, Measure("speed", "m/s", within=0.6), Measure("steer_sign"))
def ackermann(stage: Stage) -> Measured:
    """The Ackermann controller holds 8 m/s and turns right for a positive angle."""
    car = stage.car()
    before = car.get_transform().rotation.yaw
    for _ in range(120):
        car.apply_ackermann_control(carla.VehicleAckermannControl(steer=0.0, speed=8.0, acceleration=3.0))
        stage.world.tick()
    reached = speed_of(car)
    for _ in range(10):
        car.apply_ackermann_control(carla.VehicleAckermannControl(steer=0.1, speed=8.0, acceleration=3.0))
        stage.world.tick()
    turned = angle(car.get_transform().rotation.yaw - before)
    return {"speed": reached, "steer_sign": turned > 0.0}


@probe(
    BODIES,
    Measure("mass", "kg", share=0.25),
    Measure("wheel_radius", "cm", share=0.25),
    Measure("max_steer", "deg", share=0.25),
)
def physics(stage: Stage) -> Measured:
    """What the car says of its physics."""
    control = stage.car().get_physics_control()
    wheel = control.wheels[0]
    return {"mass": control.mass, "wheel_radius": wheel.radius, "max_steer": wheel.max_steer_angle}


@probe(
    BODIES, Measure("length", "m", within=0.2), Measure("width", "m", within=0.4), Measure("height", "m", within=0.2)
)
def box(stage: Stage) -> Measured:
    """The bounding box of the car."""
    extent = stage.car().bounding_box.extent
    return {"length": 2 * extent.x, "width": 2 * extent.y, "height": 2 * extent.z}


@probe(BODIES, Measure("off", "m", within=0.05), Measure("height", "m", within=0.1))
def at_rest(stage: Stage) -> Measured:
    """A spawned car comes to rest where it was put, on the road."""
    car = stage.car()
    place, wished = car.get_location(), stage.along(10.0, up=0.0).location
    return {"off": math.hypot(place.x - wished.x, place.y - wished.y), "height": place.z - wished.z}


@probe(BODIES, Measure("gap", "m/s", within=0.1))
def velocity(stage: Stage) -> Measured:
    """The velocity is what the place changes by."""
    car = stage.car(speed_mps=10.0)
    stage.steps(5, car, throttle=0.5)
    before = car.get_location()
    stage.steps(1, car, throttle=0.5)
    return {"gap": car.get_location().distance(before) / STEP_S - car.get_velocity().length()}


@probe(BODIES, Measure("off", "m", within=0.3), Measure("yaw", "deg", within=2.0))
def teleport(stage: Stage) -> Measured:
    """A transform that is set holds after the next step."""
    car = stage.car()
    wished = stage.along(50.0, up=0.1, turned_deg=40.0)
    car.set_transform(wished)
    stage.world.tick()
    there = car.get_transform()
    off = math.hypot(there.location.x - wished.location.x, there.location.y - wished.location.y)
    return {"off": off, "yaw": angle(there.rotation.yaw - wished.rotation.yaw)}


@probe(BODIES, Measure("speed", "m/s", within=0.6))
def target_velocity(stage: Stage) -> Measured:
    """A velocity that is set is there after the next step."""
    return {"speed": speed_of(stage.car(speed_mps=10.0))}


@probe(BODIES, Measure("speed", "m/s", within=0.2), Measure("after", "m/s", within=1.5))
def constant_velocity(stage: Stage) -> Measured:
    """A constant velocity holds against the brake, and ends."""
    car = stage.car()
    car.enable_constant_velocity(carla.Vector3D(8.0, 0.0, 0.0))
    stage.steps(20, car, brake=1.0)
    held = speed_of(car)
    car.disable_constant_velocity()
    stage.steps(40, car, brake=1.0)
    return {"speed": held, "after": speed_of(car)}


@probe(BODIES, Measure("gain", "m/s", within=0.5))
def impulse(stage: Stage) -> Measured:
    """Twice the mass as an impulse ahead is 2 m/s more."""
    car = stage.car(speed_mps=5.0)
    before, mass, ahead = speed_of(car), car.get_physics_control().mass, car.get_transform().get_forward_vector()
    car.add_impulse(carla.Vector3D(2.0 * mass * ahead.x, 2.0 * mass * ahead.y, 0.0))
    stage.steps(1, car)
    return {"gain": speed_of(car) - before}


@probe(BODIES, Measure("lamps"))
def lamps(stage: Stage) -> Measured:
    """Lamps that are switched on are told back."""
    car = stage.car()
    car.set_light_state(carla.VehicleLightState(carla.VehicleLightState.Brake | carla.VehicleLightState.LeftBlinker))
    stage.steps(2)
    return {"lamps": float(int(car.get_light_state()))}


@probe(BODIES, Measure("refused"), Measure("gone"))
def spawning(stage: Stage) -> Measured:
    """Where a car stands no other can be spawned, until it is destroyed."""
    car = stage.car()
    refused = stage.world.try_spawn_actor(stage.library.find("vehicle.audi.tt"), car.get_transform()) is None
    other = stage.spawn(at_m=40.0)
    stage.world.tick()
    gone = bool(other.destroy())
    stage.world.tick()
    return {"refused": refused, "gone": gone and stage.world.get_actor(other.id) is None}


@probe(BODIES, Measure("distance", "m", within=0.4), Measure("speed", "m/s", within=0.2))
def walking(stage: Stage) -> Measured:
    """Somebody on foot goes 1.4 m/s for three seconds."""
    walker = stage.spawn("walker.pedestrian.0005", aside=-6.0)
    stage.steps(10)
    begins = walker.get_location()
    way = stage.start.transform.get_forward_vector()
    for _ in range(60):
        walker.apply_control(carla.WalkerControl(carla.Vector3D(way.x, way.y, 0.0), 1.4))
        stage.world.tick()
    return {"distance": begins.distance(walker.get_location()), "speed": walker.get_velocity().length()}
