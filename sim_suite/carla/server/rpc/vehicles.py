"""Calls about vehicles and people on foot: controls, physics, telemetry, lamps, wheels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim_suite.carla import frames
from sim_suite.carla.server.drivetrain import ACKERMANN_DEFAULTS, difference, physics_control, telemetry
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.rpc.table import Result, accepts, answers, refuses
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import (
    AckermannControl,
    VehicleControl,
    WalkerControl,
    ackermann_control,
    anything,
    items,
    vehicle_control,
    walker_control,
    whole,
)
from sim_suite.driving.world.layout import STEER

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

TOPIC = "Vehicles and people"


@answers(
    "apply_control_to_vehicle", TOPIC, whole, vehicle_control, result=Result.VOID,
    remark="the hand brake is the whole brake; there is one gear each way, and in manual gear 0 the drive is cut",
)  # fmt: skip
def apply_control_to_vehicle(service: Service, number: int, control: VehicleControl) -> None:
    """Pedals and wheel."""
    episode = service.simulator.episode
    episode.bodies.drive(episode.find_vehicle(number).slot, control)


@answers(
    "apply_ackermann_control_to_vehicle", TOPIC, whole, ackermann_control, result=Result.VOID,
    remark="pedals come from the longitudinal model turned round, not from PID controllers; jerk is not limited",
)  # fmt: skip
def apply_ackermann_control_to_vehicle(service: Service, number: int, control: AckermannControl) -> None:
    """A wheel's angle and a speed to be reached."""
    episode = service.simulator.episode
    episode.bodies.ackermann[episode.find_vehicle(number).slot] = control


@answers(
    "get_ackermann_controller_settings", TOPIC, whole, remark="CARLA's defaults; nothing here is controlled by them"
)
def get_ackermann_controller_settings(service: Service, number: int) -> Wire:
    """Gains of controllers."""
    service.simulator.episode.find_vehicle(number)
    return list(ACKERMANN_DEFAULTS)


refuses(
    "apply_ackermann_controller_settings",
    TOPIC,
    "no PID controllers drive; speeds are reached by the model turned round.",
    Result.VOID,
)


@answers("apply_control_to_walker", TOPIC, whole, walker_control, result=Result.VOID, remark="nobody jumps")
def apply_control_to_walker(service: Service, number: int, control: WalkerControl) -> None:
    """Where to walk, and how fast."""
    episode = service.simulator.episode
    episode.bodies.walks[episode.find_walker(number).slot] = control


@answers(
    "get_physics_control",
    TOPIC,
    whole,
    remark="one gear each way; what the single-track model knows, the rest as CARLA's defaults",
)
def get_physics_control(service: Service, number: int) -> Wire:
    """Mass, drive, wheels; known for a while after the vehicle is gone."""
    episode = service.simulator.episode
    kept = None if number in episode.actors else episode.gone.recall("get_physics_control", number)
    return kept or physics_control(episode, episode.find_vehicle(number))


@answers(
    "apply_physics_control", TOPIC, whole, anything, result=Result.VOID,
    remark="kinds of vehicles have fixed dynamics: what equals them is taken, anything else refused by name",
)  # fmt: skip
def apply_physics_control(service: Service, number: int, wanted: Wire) -> None:
    """Accept what the dynamics have already."""
    episode = service.simulator.episode
    actor = episode.find_vehicle(number)
    changed = difference(physics_control(episode, actor), items(wanted, 1, "a physics control"))
    if changed:
        raise RefusedError(
            f"{actor.type_id}: {', '.join(changed)} cannot be changed; vehicles of a kind share their dynamics here."
        )


@answers(
    "get_telemetry_data",
    TOPIC,
    whole,
    remark="the two wheels of an axle share what the single-track model has for it; they roll without slip",
)
def get_telemetry_data(service: Service, number: int) -> Wire:
    """What the vehicle is doing."""
    episode = service.simulator.episode
    return telemetry(episode, episode.find_vehicle(number))


def _lamps(value: Wire) -> int:
    """[bits] in a call of its own, bits in a batch."""
    return whole(value[0] if isinstance(value, list) and value else value)


@answers("set_vehicle_light_state", TOPIC, whole, _lamps, result=Result.VOID)
def set_vehicle_light_state(service: Service, number: int, lamps: int) -> None:
    """Lamps, as bits of carla.VehicleLightState."""
    service.simulator.episode.find_vehicle(number).lights = lamps


@answers("get_vehicle_light_state", TOPIC, whole)
def get_vehicle_light_state(service: Service, number: int) -> Wire:
    """Lamps of one."""
    return [service.simulator.episode.find_vehicle(number).lights]


@answers("get_vehicle_light_states", TOPIC)
def get_vehicle_light_states(service: Service) -> Wire:
    """Lamps of all."""
    episode = service.simulator.episode
    return [[one.number, one.lights] for one in episode.actors.values() if episode.bodies.is_vehicle(one.slot)]


@answers("get_wheel_steer_angle", TOPIC, whole, whole, remark="both front wheels turn alike; rear wheels never")
def get_wheel_steer_angle(service: Service, number: int, wheel: int) -> float:
    """Degrees, right positive."""
    episode = service.simulator.episode
    slot = episode.find_vehicle(number).slot
    steer = frames.other_steer(float(episode.world.state.body[0, slot, STEER]))
    return math.degrees(steer) if wheel in (0, 1) else 0.0


accepts("set_wheel_steer_direction", TOPIC, "a picture of the wheel alone, and nothing here shows wheels")
accepts("set_wheel_pitch_angle", TOPIC, "a picture of the wheel alone, and nothing here shows wheels")
accepts("get_wheel_pitch_angle", TOPIC, "wheels are not pictured", Result.VALUE, 0.0)
accepts("open_vehicle_door", TOPIC, "vehicles are boxes without doors")
accepts("close_vehicle_door", TOPIC, "vehicles are boxes without doors")
accepts("show_vehicle_debug_telemetry", TOPIC, "there is no picture to show it in")
for _name in ("enable_carsim", "use_carsim_road", "enable_chrono_physics"):
    refuses(_name, TOPIC, "the embedded world has its own dynamics and no other engine.", Result.VOID)
accepts("restore_physx_physics", TOPIC, "no other engine was ever on")
