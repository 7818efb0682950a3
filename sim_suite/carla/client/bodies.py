"""Which blueprints stand for the kinds of actors of the driving world, those of its own measures first. Source: ours; names are CARLA's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sim_suite.driving.world.kinds import ActorKind

_CAR: Final = (
    "vehicle.sim_suite.car", "vehicle.seat.leon", "vehicle.toyota.prius", "vehicle.tesla.model3", "vehicle.lincoln.mkz_2020",
)  # fmt: skip
"""A saloon of 4.5 m: the embedded server has it as it is, CARLA's library the next ones."""
BLUEPRINTS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType({
    ActorKind.CAR: _CAR,
    ActorKind.TRUCK: ("vehicle.carlamotors.carlacola", "vehicle.carlamotors.firetruck", *_CAR),
    ActorKind.BUS: ("vehicle.mitsubishi.fusorosa", "vehicle.carlamotors.carlacola", *_CAR),
    ActorKind.BICYCLE: ("vehicle.bh.crossbike", "vehicle.gazelle.omafiets", "vehicle.diamondback.century"),
    ActorKind.PEDESTRIAN: ("walker.pedestrian.0015", "walker.pedestrian.0001"),
    ActorKind.PARKED: _CAR,
    ActorKind.OBSTACLE: ("static.prop.warningconstruction", "static.prop.streetbarrier", "static.prop.box01"),
})  # fmt: skip
"""By ActorKind; the first that a server has is taken."""
EGO: Final = _CAR
