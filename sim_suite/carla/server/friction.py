"""Triggers of friction (`static.trigger.friction`): boxes in which tyres grip otherwise. Source: ours; the attributes are CARLA 0.9.16's.

The embedded world grips alike everywhere: a box that holds the whole map sets its grip, any other changes nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Final

from sim_suite.carla import frames
from sim_suite.carla.server.actors import Actor
from sim_suite.carla.server.blueprints.others import FRICTION_TRIGGER
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.wire.values import Transform, Vector
from sim_suite.driving.world.terrain import DrivingMap

DRY: Final = 1.0
"""Of the world without a trigger, and the most that there is: OpenSCENARIO's frictionScaleFactor of 1."""
LEAST: Final = 0.05
"""Wet ice; nothing drives on less."""
_CENTIMETRE: Final = 0.01
"""In metres: the unit of extents."""


class Grip:
    """What the triggers of an episode make of the world's grip."""

    def __init__(self, driving: DrivingMap) -> None:
        """driving: whose lanes a box must hold."""
        points = driving.graph.points
        spans = [(float(axis.min()), float(axis.max())) for axis in (points.x, points.y, points.z)]
        self._corners = [frames.carla_vector(*corner) for corner in itertools.product(*spans)]

    def of(self, actors: Iterable[Actor]) -> float:
        """That of the trigger that came last among those that hold the map, within LEAST to DRY."""
        holding = [actor for actor in actors if actor.type_id == FRICTION_TRIGGER and self._is_held(actor)]
        last = max(holding, key=lambda actor: actor.number, default=None)
        return DRY if last is None else min(max(_number(last, "friction"), LEAST), DRY)

    def _is_held(self, trigger: Actor) -> bool:
        half = [_CENTIMETRE * _number(trigger, f"extent_{axis}") for axis in "xyz"]
        return all(
            abs(there) <= most
            for corner in self._corners
            for there, most in zip(_inside(trigger.pose, corner), half, strict=True)
        )


def refuse_unreadable(trigger: Actor) -> None:
    """Raise RefusedError for an attribute that is no number."""
    for name in ("friction", "extent_x", "extent_y", "extent_z"):
        _number(trigger, name)


def _inside(pose: Transform, place: Vector) -> Vector:
    return frames.seen_from(pose, Transform(place)).location


def _number(trigger: Actor, name: str) -> float:
    try:
        return float(trigger.values[name])
    except ValueError as error:
        raise RefusedError(f"{FRICTION_TRIGGER}: {name} is {trigger.values[name]!r}; give a number.") from error
