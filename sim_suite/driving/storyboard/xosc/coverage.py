"""What of OpenSCENARIO XML 1.3 is read, recorded or refused: from the tables by which files are read. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from sim_suite.driving.storyboard.xosc.forms import Choice
from sim_suite.driving.storyboard.xosc.reading import distributions
from sim_suite.driving.storyboard.xosc.reading.catalogs import LOCATIONS
from sim_suite.driving.storyboard.xosc.tables import dispatch
from sim_suite.driving.storyboard.xosc.tables.conditions import BY_ENTITY, BY_VALUE, TRIGGER
from sim_suite.driving.storyboard.xosc.tables.entities import ENTITY_ROWS
from sim_suite.driving.storyboard.xosc.tables.global_actions import GLOBAL
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION, SHAPE
from sim_suite.driving.storyboard.xosc.tables.story import STORYBOARD

What = Literal["read", "recorded", "refused"]


class Row(NamedTuple):
    """One element of the standard."""

    element: str
    what: What
    """recorded: it does nothing, and the notes of a reading name it."""
    note: str
    group: str
    """actions, conditions, ..."""


_NOTES: Final = {
    "EnvironmentAction": "friction and sight; the rest of the weather means nothing to the driving world",
    "RoutePosition": "not FromCurrentEntity",
    "RelativeLanePosition": "dsLane counts along the road",
    "AngleCondition": "heading only",
    "RelativeAngleCondition": "heading only",
    "ParameterAction": "of versions before 1.2",
    "FollowTrajectoryAction": "of 1.0 too",
    "VariableAction": "of numbers and flags",
    "LogNormalDistribution": "expectedValue and variance are the logarithm's",
}
"""What a row says beyond its one word."""


def coverage() -> list[Row]:
    """All actions, conditions, triggers, positions, shapes, entities, distributions and catalogs, by group and name."""
    rows = [*_actions(), *_choice(BY_ENTITY, "conditions"), *_choice(BY_VALUE, "conditions")]
    rows += [*_choice(POSITION, "positions"), *_choice(SHAPE, "shapes"), *_triggers()]
    rows += [_row(name, what, why, "entities") for name, (what, why) in ENTITY_ROWS.items()]
    read = [*distributions.SINGLE, *distributions.STOCHASTIC]
    rows += [_row(name, "read", "", "distributions") for name in read]
    rows += [_row(name, "refused", why, "distributions") for name, why in distributions.REFUSED.items()]
    rows += [_row(name, "read", "", "catalogs") for name in LOCATIONS]
    return sorted(rows, key=lambda row: (row.group, row.element))


def _actions() -> Iterable[Row]:
    for path in dispatch.READ:
        kinds = GLOBAL[path[1:]][0] if path[0] == "GlobalAction" else ()
        names = [kind.__name__ for kind in kinds] if len(kinds) > 1 else [path[-1]]
        yield from (_row(name, "read", "", "actions") for name in names)
    for table, what in ((dispatch.RECORDED, "recorded"), (dispatch.REFUSED, "refused")):
        yield from (_row(path[-1], what, why, "actions") for path, why in table.items())


def _choice(choice: Choice, group: str) -> Iterable[Row]:
    yield from (_row(name, "read", "", group) for name in choice.forms)
    yield from (_row(name, "refused", why, group) for name, why in choice.refused.items())


def _triggers() -> Iterable[Row]:
    parts = [*STORYBOARD.parts.values(), *TRIGGER.parts.values()]
    names = ["StartTrigger", *(child for part in parts for child in part.children)]
    yield from (_row(name, "read", "", "triggers") for name in names if name.endswith(("Trigger", "Group")))


def _row(name: str, what: str, why: str, group: str) -> Row:
    note = "; ".join(one for one in (why, _NOTES.get(name, "")) if one)
    return Row(name, what, note, group)  # type: ignore[arg-type]
