"""Drives a vehicle that another script has spawned, found by its role name: what ScenarioRunner leaves to `manual_control.py`.

Source: ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.behavior_agent import CHARACTERS, BehaviorAgent
from agents.navigation.options import STANDING_HIGH
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside, refuse_unknown

if TYPE_CHECKING:
    import carla

BASIC: Final = "basic"
KINDS: Final = (BASIC, *CHARACTERS)
LOOK_S: Final = 0.2
"""Between two looks for the vehicle."""
STEP_S: Final = 1.0
"""A world that nobody steps for so long is looked at again: the vehicle may be gone with its world."""


@dataclass(frozen=True)
class RoleDriverOptions:
    """Which vehicle, and who drives it."""

    role: str = "hero"
    """The vehicle's `role_name`."""
    agent: str = BASIC
    """basic, cautious, normal or aggressive."""
    speed_kmh: float = 30.0
    """Of the basic agent; the others drive by the limits."""
    seed: int = 0
    """Of the ways that are chosen at junctions."""
    wait_s: float = 60.0
    """Seconds to wait for a vehicle, and for the next."""

    def __post_init__(self) -> None:
        refuse_unknown("agent", (self.agent,), KINDS)
        refuse_outside(self, "speed_kmh", 0.0, STANDING_HIGH, open_below=True)
        refuse_outside(self, "wait_s", 0.0, STANDING_HIGH)


@dataclass(frozen=True)
class Drive:
    """What was driven."""

    vehicle: str
    """Its blueprint."""
    seconds: float
    """Of the world's time."""
    metres: float
    steps: int
    """Of the world in which a control was given."""
    missed: int
    """Steps that went by meanwhile."""


def drive_role(client: carla.Client, options: RoleDriverOptions, tell: Callable[[str], None]) -> Iterator[Drive]:
    """Drive each vehicle of the role that comes until it or its world is gone, until none comes for `wait_s`.

    The world is stepped by another client or by itself: a control is there for the next step that comes. tell: lines for people.
    Raises SuiteError where none comes at all.
    """
    vehicle = _awaited(client, options)
    if vehicle is None:
        raise SuiteError(
            f"no vehicle with the role {options.role!r} came within {options.wait_s:g} s. Start the script that spawns it, or "
            f"name another role."
        )
    while vehicle is not None:
        tell(f"driving {vehicle.type_id}, number {vehicle.id}, as {options.agent}.")
        yield _drive(client, vehicle, options)
        vehicle = _awaited(client, options)


def _drive(client: carla.Client, vehicle: carla.Vehicle, options: RoleDriverOptions) -> Drive:
    world, agent = vehicle.get_world(), driver_of(vehicle, options)
    metres, steps, missed = 0.0, 0, 0
    first = last = world.get_snapshot()
    while True:
        try:
            now = world.wait_for_tick(STEP_S)
        except RuntimeError:  # nobody steps
            if not _is_there(client, vehicle):
                break
            continue
        body = now.find(vehicle.id)
        if body is None:
            break
        metres += body.get_velocity().length() * (now.timestamp.elapsed_seconds - last.timestamp.elapsed_seconds)
        steps, missed, last = steps + 1, missed + max(now.frame - last.frame - 1, 0), now
        vehicle.apply_control(agent.run_step())
    seconds = last.timestamp.elapsed_seconds - first.timestamp.elapsed_seconds
    return Drive(vehicle.type_id, seconds, metres, steps, missed)


def _awaited(client: carla.Client, options: RoleDriverOptions) -> carla.Vehicle | None:
    """The newest of the role, as one that a script has left behind is older."""
    until = time.monotonic() + options.wait_s
    while time.monotonic() < until:
        world = client.get_world()
        seen = world.get_snapshot()
        found = [
            actor
            for actor in world.get_actors().filter("vehicle.*")
            if actor.attributes.get("role_name") == options.role and seen.find(actor.id) is not None
        ]
        if found:
            return max(found, key=lambda actor: actor.id)
        time.sleep(LOOK_S)
    return None


def _is_there(client: carla.Client, vehicle: carla.Vehicle) -> bool:
    return client.get_world().get_snapshot().find(vehicle.id) is not None and bool(vehicle.is_alive)


def driver_of(vehicle: carla.Vehicle, options: RoleDriverOptions) -> BasicAgent:
    """Who drives a vehicle, roaming until a destination is set."""
    told = {"seed": options.seed}
    if options.agent == BASIC:
        return BasicAgent(vehicle, options.speed_kmh, told)
    return BehaviorAgent(vehicle, options.agent, told)
