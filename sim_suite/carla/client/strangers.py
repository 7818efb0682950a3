"""Vehicles and people that other clients have put into the world. Source: ours."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Final

_LIVING: Final = ("vehicle.", "walker.")


class Strangers:
    """Who they are is asked when somebody has come or gone; where they are is in each state of the world."""

    def __init__(self) -> None:
        self._looks: dict[int, list[Any]] = {}
        self._known: set[int] = set()
        self._count = 0

    def seen(self, world: Any, snapshot: Any, ours: Set[int]) -> list[list[Any]]:  # CARLA's objects have no types
        """[actor, its blueprint, length, width, x, y, yaw, velocity x and y] of each, CARLA's frame, in the order of their numbers."""
        states = {number: snapshot.find(number) for number in self._looks}
        if len(snapshot) != self._count or any(state is None for state in states.values()):
            self._look_round(world, snapshot, ours)
            states = {number: snapshot.find(number) for number in self._looks}
        return [self._row(number, state) for number, state in sorted(states.items())]

    def _look_round(self, world: Any, snapshot: Any, ours: Set[int]) -> None:
        present = {int(one.id) for one in snapshot}
        self._count = len(snapshot)
        self._looks = {number: looks for number, looks in self._looks.items() if number in present}
        new = sorted(present - self._known - ours)
        self._known = present
        for actor in world.get_actors(new) if new else ():
            if actor.type_id.startswith(_LIVING):
                extent = actor.bounding_box.extent
                self._looks[int(actor.id)] = [str(actor.type_id), 2.0 * extent.x, 2.0 * extent.y]

    def _row(self, number: int, state: Any) -> list[Any]:
        pose, velocity = state.get_transform(), state.get_velocity()
        return [
            number, *self._looks[number], pose.location.x, pose.location.y, pose.rotation.yaw, velocity.x, velocity.y,
        ]  # fmt: skip
