"""Many commands in one call. Source: the order of carla.command's classes in the `carla` 0.9.16 client, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.rpc.table import CALLS, Result, answers
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import Wire, failure, success
from sim_suite.carla.wire.values import (
    Transform,
    anything,
    description,
    flag,
    items,
    number,
    optional,
    transform,
    whole,
)

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

SPAWN: Final = 0
DESTROY: Final = 1
WALKER_STATE: Final = 7
CALL_OF: Final = {
    2: "apply_control_to_vehicle", 3: "apply_ackermann_control_to_vehicle", 4: "apply_control_to_walker",
    5: "apply_physics_control", 6: "set_actor_transform", 8: "set_actor_target_velocity",
    9: "set_actor_target_angular_velocity", 10: "add_actor_impulse", 11: "add_actor_force", 12: "add_actor_angular_impulse",
    13: "add_actor_torque", 14: "set_actor_simulate_physics", 15: "set_actor_enable_gravity", 16: "set_actor_autopilot",
    17: "show_vehicle_debug_telemetry", 18: "set_vehicle_light_state", 19: "set_actor_location",
}  # fmt: skip
"""Commands that are a call with the same arguments."""
FUTURE: Final = 0
"""The actor of a command that follows a spawn: the new one."""


@answers(
    "apply_batch",
    "Batches",
    anything,
    flag,
    result=Result.BARE,
    remark="commands 20 and 21 (console, traffic lights) are refused",
)
def apply_batch(service: Service, commands: Wire, do_tick: bool) -> Wire:
    """The results of commands, in their order; one that fails does not stop the others."""
    results = [_result(service, one) for one in items(commands, 0, "a batch")]
    if do_tick and service.simulator.settings.synchronous:
        service.step()
    return results


def _result(service: Service, command: Wire) -> Wire:
    """A `Response` with the actor's number."""
    try:
        index, body = items(items(command, 1, "a command")[0], 2, "a command")[:2]
        return success(run_command(service, whole(index), items(body, 1, "a command's arguments")))
    except WireError as error:
        # CARLA's traffic manager sends pedals that are no numbers now and then; an error of the whole call would end its client.
        service.simulator.note(f"apply_batch: {error}")
        return failure(str(error))
    except RefusedError as error:
        return failure(str(error))


def run_command(service: Service, index: int, body: list[Wire]) -> int:
    """One command; the number of its actor. Raises RefusedError, WireError."""
    if index == SPAWN:
        return _spawn(service, body)
    actor = whole(body[0])
    episode = service.simulator.episode
    if index == DESTROY:
        if not episode.destroy(actor):
            raise RefusedError(f"there is no actor {actor} that could be destroyed.")
    elif index == WALKER_STATE:
        _move_walker(service, actor, transform(items(body, 3, "a walker's state")[1]), number(body[2]))
    elif index in CALL_OF:
        call = CALLS[CALL_OF[index]]
        if len(body) < len(call.readers):
            raise WireError(f"command {index} has {len(body)} arguments; it takes {len(call.readers)}.")
        call.answer(service, *[read(one) for read, one in zip(call.readers, body, strict=False)])
    else:
        raise RefusedError(f"command {index} of a batch is not served; 0 to 19 are.")
    return actor


def _spawn(service: Service, body: list[Wire]) -> int:
    row = items(body, 6, "the arguments of a spawn")
    parent = optional(row[2], whole)
    episode = service.simulator.episode
    actor = episode.spawn(description(row[0]), transform(row[1]), parent or 0)
    for command in items(row[5], 0, "what follows a spawn"):
        index, rest = items(items(command, 1, "a command")[0], 2, "a command")[:2]
        rest = list(items(rest, 1, "a command's arguments"))
        if whole(rest[0]) == FUTURE:
            rest[0] = actor.number
        run_command(service, whole(index), rest)
    return actor.number


def _move_walker(service: Service, walker: int, pose: Transform, speed: float) -> None:
    """A walker's place and speed, which it keeps in the direction that it looks."""
    episode = service.simulator.episode
    actor = episode.find_walker(walker)
    episode.place(actor, pose)
    episode.bodies.set_walking_speed(actor.slot, speed)
