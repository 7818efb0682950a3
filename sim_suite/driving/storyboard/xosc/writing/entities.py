"""Entities out, with what OpenSCENARIO demands of them and the driving world has no use for. Source: OpenSCENARIO XML 1.3, `Entities`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.dynamics.vehicles import LENGTH_M, MASS_KG, PARAMETERS, WIDTH_M
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT
from sim_suite.driving.storyboard.xosc.properties import scenario_properties
from sim_suite.driving.storyboard.xosc.tables.entities import KINDS, PREFIX
from sim_suite.errors import SuiteError

HEIGHT_M: Final = 1.5
"""Heights mean nothing to the driving world. Ours: a car's."""
PERFORMANCE: Final = {"maxSpeed": "70.0", "maxAcceleration": "10.0", "maxDeceleration": "10.0"}
"""The driving world has its own limits, of each kind. Ours: beyond what any vehicle of the world does."""
WHEEL: Final = {"maxSteering": "0.6", "positionZ": "0.3", "trackWidth": "1.6", "wheelDiameter": "0.6"}
"""Of a usual car. Ours."""
FRONT_AXLE_M: Final = "2.8"
"""Before the rear axle. Ours: a usual car's."""


def entities_node(scenario: Scenario) -> Node:
    """Entities; the ego carries what OpenSCENARIO has no place for."""
    node = Node("Entities", {}, 0)
    for one in scenario.entities:
        more = scenario_properties(scenario) if one.name == scenario.ego else {}
        node.children.append(_object(one, {**_own(one), **_marks(one), **more}))
    return node


def _own(entity: Entity) -> dict[str, str]:
    taken = [key for key in entity.properties if key.startswith(PREFIX)]
    if taken:
        raise SuiteError(f"the property {taken[0]!r} of {entity.name} has a name that is the suite's own. Rename it.")
    return dict(entity.properties)


def _marks(entity: Entity) -> dict[str, str]:
    """What of an entity its element cannot say: other categories, and sizes that are its kind's."""
    known = {category for _, categories, _ in KINDS.values() for category in categories}
    usual = " ".join(name for name in ("length", "width") if getattr(entity, name) is None)
    marks = {"category": "" if entity.category in known else entity.category, "usual": usual}
    return {PREFIX + name: value for name, value in marks.items() if value}


def _object(entity: Entity, properties: Mapping[str, str]) -> Node:
    """A ScenarioObject. Categories that OpenSCENARIO does not know are written as cars."""
    tag = next((tag for tag, (_, categories, _) in KINDS.items() if entity.category in categories), "Vehicle")
    attribute, categories, usual = KINDS[tag]
    inner = Node(tag, {"name": TEXT.write(entity.name)}, 0)
    inner.attributes[attribute] = entity.category if entity.category in categories else usual
    if tag != "Vehicle":
        inner.attributes["mass"] = repr(round(float(PARAMETERS[entity.kind, MASS_KG]), 1))
    inner.children = [_box(entity), *(_mechanics() if tag == "Vehicle" else [])]
    block = Node("Properties", {}, 0)
    for name, value in properties.items():
        block.children.append(Node("Property", {"name": TEXT.write(name), "value": TEXT.write(value)}, 0))
    inner.children += [block] if block.children else []
    node = Node("ScenarioObject", {"name": TEXT.write(entity.name)}, 0)
    node.children.append(inner)
    return node


def _box(entity: Entity) -> Node:
    """The BoundingBox, with the measures of the entity's kind where it has none of its own."""
    size = {"height": repr(HEIGHT_M)}
    for name, own, column in (("length", entity.length, LENGTH_M), ("width", entity.width, WIDTH_M)):
        size[name] = NUMBER.write(round(float(PARAMETERS[entity.kind, column]), 3) if own is None else own)
    box = Node("BoundingBox", {}, 0)
    center = {"x": NUMBER.write(entity.ahead), "y": "0.0", "z": repr(HEIGHT_M / 2)}
    box.children = [Node("Center", center, 0), Node("Dimensions", size, 0)]
    return box


def _mechanics() -> list[Node]:
    """Performance and axles, which are demanded of vehicles."""
    axles = Node("Axles", {}, 0)
    axles.children = [
        Node("FrontAxle", {**WHEEL, "positionX": FRONT_AXLE_M}, 0),
        Node("RearAxle", {**WHEEL, "maxSteering": "0.0", "positionX": "0.0"}, 0),
    ]
    return [Node("Performance", PERFORMANCE, 0), axles]
