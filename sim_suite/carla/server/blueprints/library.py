"""The library: every blueprint by name and by number. Source: ours; names as scripts for CARLA ask for them."""

from __future__ import annotations

from functools import cache

from sim_suite.carla.server.blueprints.kinds import Blueprint
from sim_suite.carla.server.blueprints.others import bodiless, props, walkers
from sim_suite.carla.server.blueprints.vehicles import vehicles
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.sensors.registry import sensor_blueprints
from sim_suite.carla.wire.rpc import Wire
from sim_suite.errors import UnknownNameError


@cache
def library() -> dict[str, Blueprint]:
    """All blueprints, sorted by name; the number of each on the wire is its place, from 1."""
    found = (*vehicles(), *walkers(), *props(), *bodiless(), *sensor_blueprints())
    return {one.type_id: one for one in sorted(found, key=lambda one: one.type_id)}


def find_blueprint(type_id: str) -> Blueprint:
    """By name. Raises RefusedError with the nearest names."""
    found = library().get(type_id)
    if found is None:
        raise RefusedError(str(UnknownNameError("blueprint", type_id, library())))
    return found


def uid_of(type_id: str) -> int:
    """The number of a blueprint on the wire."""
    return list(library()).index(type_id) + 1


@cache
def definitions() -> list[Wire]:
    """As `get_actor_definitions` answers."""
    return [blueprint.row(number) for number, blueprint in enumerate(library().values(), 1)]
