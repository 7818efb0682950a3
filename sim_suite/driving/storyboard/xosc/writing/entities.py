"""Entities out, with what OpenSCENARIO demands of them and the driving world has no use for. Source: OpenSCENARIO XML 1.3, `Entities`."""

from __future__ import annotations

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.xosc.properties import scenario_properties
from sim_suite.driving.storyboard.xosc.tables.entities import KINDS, PREFIX, entity_node
from sim_suite.errors import SuiteError


def entities_node(scenario: Scenario) -> Node:
    """Entities; the ego carries what OpenSCENARIO has no place for."""
    node = Node("Entities", {}, 0)
    for one in scenario.entities:
        more = scenario_properties(scenario) if one.name == scenario.ego else {}
        row = PARAMETERS[one.kind]
        usual = (round(float(row[LENGTH_M]), 3), round(float(row[WIDTH_M]), 3))
        node.children.append(entity_node(one, usual, {**_own(one), **_marks(one), **more}))
    return node


def _own(entity: Entity) -> dict[str, str]:
    taken = [key for key in entity.properties if key.startswith(PREFIX)]
    if taken:
        raise SuiteError(f"the property {taken[0]!r} of {entity.name} has a name that is the suite's own. Rename it.")
    return dict(entity.properties)


def _marks(entity: Entity) -> dict[str, str]:
    """What of an entity its element cannot say: other categories, and sizes that are its kind's."""
    known = {category for _, categories in KINDS.values() for category in categories}
    usual = " ".join(name for name in ("length", "width") if getattr(entity, name) is None)
    marks = {"category": "" if entity.category in known else entity.category, "usual": usual}
    return {PREFIX + name: value for name, value in marks.items() if value}
