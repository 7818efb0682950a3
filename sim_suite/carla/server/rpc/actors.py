"""Calls about actors as such: spawning, destroying, places, velocities and forces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim_suite.carla import frames
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.rpc.table import Result, accepts, answers, refuses
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import (
    Description,
    Transform,
    Vector,
    anything,
    description,
    flag,
    many,
    transform,
    vector,
    whole,
)

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

TOPIC = "Actors"
MOTION = "Motion"


@answers(
    "spawn_actor", TOPIC, description, transform,
    remark="a `static.trigger.friction` that holds the whole map sets its grip, up to that of a dry road; any other changes nothing",
)  # fmt: skip
def spawn_actor(service: Service, wanted: Description, pose: Transform) -> Wire:
    """The new actor."""
    episode = service.simulator.episode
    return episode.actor_row(episode.spawn(wanted, pose))


@answers(
    "spawn_actor_with_parent", TOPIC, description, transform, whole, anything, anything,
    remark="every kind of attachment is rigid; bones are not looked at; what has a body cannot be attached",
)  # fmt: skip
def spawn_actor_with_parent(
    service: Service, wanted: Description, pose: Transform, parent: int, attachment: Wire, bone: Wire
) -> Wire:
    """The new actor, mounted on another."""
    episode = service.simulator.episode
    if parent == 0:
        raise RefusedError("the parent is actor 0, which is none. Name an actor that lives.")
    return episode.actor_row(episode.spawn(wanted, pose, parent))


@answers("destroy_actor", TOPIC, whole)
def destroy_actor(service: Service, number: int) -> bool:
    """Whether it was there and could be destroyed; lights, signs and the spectator cannot."""
    return service.simulator.episode.destroy(number)


@answers("get_actors_by_id", TOPIC, many(whole))
def get_actors_by_id(service: Service, numbers: list[int]) -> Wire:
    """Those that are there."""
    episode = service.simulator.episode
    return [episode.actor_row(episode.actors[number]) for number in numbers if number in episode.actors]


@answers("get_spectator", TOPIC)
def get_spectator(service: Service) -> Wire:
    """The actor that stands for the eye."""
    episode = service.simulator.episode
    return episode.actor_row(episode.spectator)


@answers("get_actor_bounding_box", TOPIC, whole)
def get_actor_bounding_box(service: Service, number: int) -> Wire:
    """In the actor's own frame; known for a while after it is gone."""
    episode = service.simulator.episode
    kept = None if number in episode.actors else episode.gone.recall("get_actor_bounding_box", number)
    return kept or episode.find(number).box.row(number)


@answers("set_actor_location", MOTION, whole, vector, result=Result.VOID)
def set_actor_location(service: Service, number: int, location: Vector) -> None:
    """Put an actor somewhere, turned as it is."""
    episode = service.simulator.episode
    actor = episode.find(number)
    episode.place(actor, episode.pose_of(actor)._replace(location=location))


@answers(
    "set_actor_transform", MOTION, whole, transform, result=Result.VOID, remark="bodies stay level and on the ground"
)
def set_actor_transform(service: Service, number: int, pose: Transform) -> None:
    """Put an actor somewhere."""
    episode = service.simulator.episode
    episode.place(episode.find(number), pose)


@answers("set_actor_target_velocity", MOTION, whole, vector, result=Result.VOID)
def set_actor_target_velocity(service: Service, number: int, velocity: Vector) -> None:
    """Its velocity from now on, m/s, until its wheels change it."""
    own = frames.carla_vector(*velocity)
    service.simulator.episode.bodies.set_velocity(service.simulator.episode.find_body(number).slot, own.x, own.y)


@answers("set_actor_target_angular_velocity", MOTION, whole, vector, result=Result.VOID)
def set_actor_target_angular_velocity(service: Service, number: int, velocity: Vector) -> None:
    """Its yaw rate from now on, degrees/s, until its wheels change it."""
    slot = service.simulator.episode.find_body(number).slot
    service.simulator.episode.bodies.set_yaw_rate(slot, frames.world_rate(velocity.z))


@answers("enable_actor_constant_velocity", MOTION, whole, vector, result=Result.VOID)
def enable_actor_constant_velocity(service: Service, number: int, velocity: Vector) -> None:
    """Keep a velocity in the vehicle's own frame, m/s, whatever its pedals say."""
    own = frames.carla_vector(*velocity)
    actor = service.simulator.episode.find_vehicle(number)
    service.simulator.episode.bodies.keep_velocity(actor.slot, (own.x, own.y))


@answers("disable_actor_constant_velocity", MOTION, whole, result=Result.VOID)
def disable_actor_constant_velocity(service: Service, number: int) -> None:
    """Let it drive again."""
    actor = service.simulator.episode.find_vehicle(number)
    service.simulator.episode.bodies.keep_velocity(actor.slot, None)


@answers("add_actor_impulse", MOTION, whole, vector, result=Result.VOID)
def add_actor_impulse(service: Service, number: int, impulse: Vector) -> None:
    """N s at the centre."""
    service.push(number, impulse)


@answers("add_actor_impulse_at_location", MOTION, whole, vector, vector, result=Result.VOID)
def add_actor_impulse_at_location(service: Service, number: int, impulse: Vector, location: Vector) -> None:
    """N s at a place of the world; it turns the body too."""
    service.push(number, impulse, location)


@answers("add_actor_force", MOTION, whole, vector, result=Result.VOID)
def add_actor_force(service: Service, number: int, force: Vector) -> None:
    """N at the centre, for the next tick."""
    service.push(number, force, lasting=True)


@answers("add_actor_force_at_location", MOTION, whole, vector, vector, result=Result.VOID)
def add_actor_force_at_location(service: Service, number: int, force: Vector, location: Vector) -> None:
    """N at a place of the world, for the next tick."""
    service.push(number, force, location, lasting=True)


@answers("add_actor_angular_impulse", MOTION, whole, vector, result=Result.VOID, remark="about the upright axis alone")
def add_actor_angular_impulse(service: Service, number: int, impulse: Vector) -> None:
    """N m s."""
    slot = service.simulator.episode.find_body(number).slot
    service.simulator.episode.bodies.push(slot, (0.0, 0.0), frames.world_twist(impulse.z))


@answers("add_actor_torque", MOTION, whole, vector, result=Result.VOID, remark="about the upright axis alone")
def add_actor_torque(service: Service, number: int, torque: Vector) -> None:
    """N m, for the next tick."""
    slot = service.simulator.episode.find_body(number).slot
    service.simulator.episode.bodies.press(slot, (0.0, 0.0), frames.world_twist(torque.z))


@answers("set_actor_simulate_physics", MOTION, whole, flag, result=Result.VOID)
def set_actor_simulate_physics(service: Service, number: int, on: bool) -> None:
    """Whether a vehicle moves by itself; without, only the client moves it."""
    episode = service.simulator.episode
    episode.bodies.set_physics(episode.find_body(number).slot, on)


@answers(
    "set_actor_collisions", MOTION, whole, flag, result=Result.VOID,
    remark="bodies always collide: off is taken for people on foot, whose AI controllers ask for it, and refused for others",
)  # fmt: skip
def set_actor_collisions(service: Service, number: int, on: bool) -> None:
    """On, as it always is."""
    actor = service.simulator.episode.find(number)
    if not on and not actor.type_id.startswith("walker."):
        raise RefusedError(f"actor {number}, a {actor.type_id}, cannot be kept from colliding; bodies always do here.")


accepts("set_actor_enable_gravity", MOTION, "nothing falls: bodies stay on the ground")
accepts("set_actor_dead", MOTION, "nobody dies")
accepts(
    "set_actor_autopilot",
    MOTION,
    "the client's own traffic manager drives, and says what to do by the calls for vehicles",
)

_BONES = "bodies are boxes: they have no bones, sockets or components."
for _name in (
    "get_bones_transform", "get_pose_from_animation", "get_actor_component_world_transform", "get_actor_component_relative_transform",
    "get_actor_bone_world_transforms", "get_actor_bone_relative_transforms", "get_actor_component_names", "get_actor_bone_names",
    "get_actor_socket_world_transforms", "get_actor_socket_relative_transforms", "get_actor_socket_names",
    "get_vehicle_bone_world_transforms",
):  # fmt: skip
    refuses(_name, "Bones and components", _BONES)
for _name in ("set_bones_transform", "blend_pose"):
    refuses(_name, "Bones and components", _BONES, Result.VOID)
