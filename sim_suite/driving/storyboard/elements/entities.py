"""Who takes part. Source: OpenSCENARIO XML 1.3, `ScenarioObject`, `Vehicle`, `Pedestrian`, `MiscObject`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.world.kinds import ActorKind

KINDS: Final[Mapping[str, ActorKind]] = MappingProxyType({
    "car": ActorKind.CAR, "van": ActorKind.CAR, "motorbike": ActorKind.CAR, "truck": ActorKind.TRUCK,
    "semitrailer": ActorKind.TRUCK, "trailer": ActorKind.TRUCK, "train": ActorKind.BUS, "tram": ActorKind.BUS,
    "bus": ActorKind.BUS, "bicycle": ActorKind.BICYCLE, "microscopic": ActorKind.BICYCLE,
    "pedestrian": ActorKind.PEDESTRIAN, "wheelchair": ActorKind.PEDESTRIAN, "animal": ActorKind.PEDESTRIAN,
    "parked": ActorKind.PARKED, "obstacle": ActorKind.OBSTACLE,
})  # fmt: skip
"""What a category of OpenSCENARIO is in the driving world; all of its other categories are obstacles."""


@dataclass(frozen=True)
class Entity:
    """A road user or an object. It is there once it has a place."""

    name: str
    category: str = "car"
    """As in OpenSCENARIO: car, van, truck, bus, motorbike, bicycle, pedestrian, animal, ... or obstacle; "parked" for a car that
    stands for the whole scenario and may be driven round."""
    length: Number | None = None
    """Of its box, metres; None: what its kind usually measures."""
    width: Number | None = None
    ahead: Number = 0.0
    """How far the box's centre lies ahead of the point that positions are meant for, metres (`BoundingBox/Center/@x`)."""
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What a file says beyond that, kept and not used."""

    @property
    def kind(self) -> ActorKind:
        """What it is in the driving world."""
        return KINDS.get(self.category, ActorKind.OBSTACLE)
