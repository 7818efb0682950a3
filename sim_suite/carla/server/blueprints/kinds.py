"""What a blueprint is: a name, tags, attributes with their kinds, and a shape where it has a body. Source: ours, as the wire has it."""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.carla.wire.layout import AttributeType
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import Attribute
from sim_suite.driving.world.kinds import ActorKind


@dataclass(frozen=True)
class Setting:
    """An attribute that a blueprint has."""

    name: str
    kind: AttributeType
    value: str
    """Unless the script sets another."""
    recommended: tuple[str, ...] = ()
    modifiable: bool = True

    def row(self) -> list[Wire]:
        """As it goes over the wire; never restricted to what is recommended."""
        return [self.name, int(self.kind), self.value, list(self.recommended), self.modifiable, False]


@dataclass(frozen=True)
class Shape:
    """A body in the world."""

    kind: ActorKind
    length_m: float
    width_m: float
    height_m: float
    wheelbase_m: float = 0.0


@dataclass(frozen=True)
class Blueprint:
    """One thing that can be spawned."""

    type_id: str
    settings: tuple[Setting, ...] = ()
    shape: Shape | None = None
    tags: tuple[int, ...] = ()
    """Of semantic segmentation (CARLA's CityObjectLabel)."""

    def row(self, uid: int) -> list[Wire]:
        """As `get_actor_definitions` answers it."""
        return [uid, self.type_id, ",".join(self.type_id.split(".")), [setting.row() for setting in self.settings]]

    def attributes(self, given: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
        """All attributes with their values: those that a script has given, else the blueprint's."""
        values = {one.name: one.value for one in given}
        return tuple(Attribute(one.name, int(one.kind), values.get(one.name, one.value)) for one in self.settings)
