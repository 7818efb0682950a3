"""Vehicles and people of other clients, as actors of the driving world: observed, yielded to, collided with. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.driving.world.kinds import BICYCLE, CAR, NO_CONTROL, PEDESTRIAN, SCRIPT, TRUCK
from sim_suite.driving.world.layout import BORN, CONTROL, LENGTH, NUM_ACTORS, SLIP, SPEED, WIDTH, YAW, X, Y
from sim_suite.driving.world.recycle import OUTSIDE_WORLD
from sim_suite.driving.world.spawn import begin_actor, clear_actor
from sim_suite.driving.world.world import World

TRUCK_M: Final = 6.0
"""Vehicles from this length on are taken for trucks: no saloon is so long."""
BICYCLE_M: Final = 0.9
"""Vehicles of less than this width are taken for bicycles: no car is so narrow."""


class Guests:
    """Those of one world, in slots that nobody else has."""

    def __init__(self, world: World) -> None:
        """world: of one world."""
        self._world = world
        self.slots: dict[int, int] = {}
        """Of each actor of the server."""
        self.unseen = 0
        """How many there was no slot for."""

    def put(self, rows: Sequence[Sequence[Any]]) -> None:
        """Where they are now. rows: actor, blueprint, length, width, x, y, yaw, velocity x and y, CARLA's frame."""
        state = self._world.state
        present = {int(row[0]) for row in rows}
        for actor in [actor for actor in self.slots if actor not in present]:
            slot = self.slots.pop(actor)
            clear_actor(state.body[0, slot], state.mind[0, slot], state.path[0, slot], state.span[0, slot])
        self.unseen = 0
        for actor, blueprint, length, width, *motion in rows:
            if actor not in self.slots:
                free = self._free_slots()
                if not len(free):
                    self.unseen += 1
                    continue
                slot = self.slots[actor] = int(free[-1])
                begin_actor(state, 0, slot, kind_of(blueprint, length, width), SCRIPT)
                state.body[0, slot, [LENGTH, WIDTH]] = length, width
            self._move(self.slots[actor], *motion)

    def _free_slots(self) -> NDArray[np.int64]:
        """Those that are empty and that no road user waits to come back into."""
        mind = self._world.state.mind[0]
        count = int(self._world.state.world[0, NUM_ACTORS])
        return np.flatnonzero((mind[:count, CONTROL] == NO_CONTROL) & (mind[:count, BORN] != OUTSIDE_WORLD))

    def _move(self, slot: int, x: float, y: float, yaw_deg: float, vx: float, vy: float) -> None:
        terrain, body = self._world.ground.terrain, self._world.state.body[0, slot]
        place, velocity = frames.carla_vector(x, y, 0.0), frames.carla_vector(vx, vy, 0.0)
        yaw = frames.world_yaw(yaw_deg)
        cos, sin = math.cos(yaw), math.sin(yaw)
        ahead, aside = velocity.x * cos + velocity.y * sin, velocity.y * cos - velocity.x * sin
        sign = -1.0 if ahead < 0.0 else 1.0
        body[X], body[Y], body[YAW] = place.x - terrain.origin_x, place.y - terrain.origin_y, yaw
        body[SPEED], body[SLIP] = sign * math.hypot(ahead, aside), math.atan2(sign * aside, abs(ahead))


def kind_of(blueprint: str, length_m: float, width_m: float) -> int:
    """ActorKind of a blueprint of CARLA's."""
    if blueprint.startswith("walker."):
        return PEDESTRIAN
    if width_m < BICYCLE_M:
        return BICYCLE
    return TRUCK if length_m >= TRUCK_M else CAR
