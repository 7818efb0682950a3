"""A scenario: a map, an ego with a start and a goal, others, what happens, what the ego is judged by, and what varies. Source: ours,
around OpenSCENARIO's storyboard.

Scripts say it in the short form of `sim_suite.driving.storyboard.script`; files of OpenSCENARIO are read into the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from sim_suite.driving.storyboard.criteria import Criterion
from sim_suite.driving.storyboard.elements.conditions import Condition, EntityCondition, Trigger
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.elements.signals import SignalController
from sim_suite.driving.storyboard.elements.story import Storyboard
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import Expression, Number
from sim_suite.driving.storyboard.parameters import Constraint, Parameter
from sim_suite.errors import SuiteError, UnknownNameError


@dataclass(frozen=True)
class Hazard:
    """What makes a scenario dangerous: since when a driver can know, and what one who does nothing breaks."""

    begins: Trigger
    criterion: str
    """Name of the criterion that says whether the hazard was mastered."""
    avoidable: Literal["simulated", "un_r157_cut_in"] = "simulated"
    """How it is told whether anybody could have mastered it: by a grid of manoeuvres in simulation, or by the rule of UN
    Regulation 157 for a vehicle that cuts in."""
    actor: str = ""
    """Who it comes from."""
    offsets_m: tuple[float, ...] = (-1.5, 0.0, 1.5)
    """Of the grid of manoeuvres: where beside the lane's middle they drive, m, left positive."""


@dataclass(frozen=True)
class Scenario:
    """All of it. Checked when built: names refer to something, and numbers to parameters that there are."""

    name: str
    map: str
    """By name or path, as `sim-suite maps list` has it."""
    entities: tuple[Entity, ...]
    """The ego is one of them."""
    storyboard: Storyboard
    criteria: tuple[Criterion, ...]
    ego: str = "ego"
    goal: Position | None = None
    """None: straight on along the road."""
    set_speed: Number | None = None
    """What the ego is told to drive at most, m/s; None: only the road's limit holds."""
    parameters: tuple[Parameter, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    signal_controllers: tuple[SignalController, ...] = ()
    """Lights that do not follow the map's programmes."""
    variables: tuple[Variable, ...] = ()
    """What actions of the storyboard change and conditions ask for."""
    limit_s: Number = 60.0
    """Seconds after which a variation is over."""
    hazard: Hazard | None = None
    family: str = ""
    summary: str = ""
    source: str = ""
    model: Literal["kinematic", "single_track"] = "kinematic"
    """How the ego moves."""
    notes: tuple[str, ...] = ()
    """What the report of a run says of how a file was read."""

    def __post_init__(self) -> None:
        names = [entity.name for entity in self.entities]
        for what, ones in (("entities", names), ("parameters", [one.name for one in self.parameters])):
            twice = [name for name, count in Counter(ones).items() if count > 1]
            if twice:
                raise SuiteError(
                    f"scenario {self.name!r} has two {what} named {twice[0]!r}. Give each a name of its own."
                )
        if self.ego not in names:
            raise UnknownNameError(f"entity of scenario {self.name!r}", self.ego, names, "The ego must be one of them.")
        known = {one.name for one in self.parameters}
        for name in {name for part in _parts(self) for name in part.names()}:
            if name not in known:
                raise UnknownNameError(f"parameter of scenario {self.name!r}", name, known)
        for name in _entity_names(self.storyboard, self.goal, self.hazard):
            if name not in names:
                raise UnknownNameError(f"entity of scenario {self.name!r}", name, names)
        for part in parts_of((self.storyboard, self.hazard)):
            if isinstance(part, Condition) and isinstance(part.of, EntityCondition) and not part.entities:
                raise SuiteError(
                    f"scenario {self.name!r}: condition {part.name!r} ({type(part.of).__name__}) is asked of nobody. Name entities."
                )
        if self.hazard is not None and self.hazard.criterion not in {one.name for one in self.criteria}:
            raise UnknownNameError(
                f"criterion of scenario {self.name!r}", self.hazard.criterion, [one.name for one in self.criteria]
            )

    def parameter(self, name: str) -> Parameter:
        """A parameter by name. Raises `UnknownNameError`."""
        for one in self.parameters:
            if one.name == name:
                return one
        raise UnknownNameError(f"parameter of scenario {self.name!r}", name, [one.name for one in self.parameters])


def parts_of(value: Any) -> Iterator[Any]:
    """A value and everything in it: fields of dataclasses and members of tuples, from the outside in."""
    yield value
    if is_dataclass(value):
        for item in fields(value):
            yield from parts_of(getattr(value, item.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from parts_of(one)


def _parts(value: Any) -> Iterator[Expression]:
    return (part for part in parts_of(value) if isinstance(part, Expression))


_ENTITY_FIELDS = ("entity", "entities", "actors", "actor", "master", "target")


def _entity_names(*values: Any) -> Iterator[str]:
    """Names that elements refer to entities by; "" and None refer to nobody."""
    for value in values:
        for part in parts_of(value):
            for name in _ENTITY_FIELDS if is_dataclass(part) else ():
                found = getattr(part, name, None)
                yield from (found,) if isinstance(found, str) and found else found if isinstance(found, tuple) else ()
