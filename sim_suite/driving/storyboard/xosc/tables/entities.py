"""Entities as tables: vehicles, pedestrians, objects. Source: OpenSCENARIO XML 1.3, class reference `ScenarioObject`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.storyboard.xosc.forms import Attribute, Child, Element, Many, Value
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT, WordKind
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import REFERENCE, Referring
from sim_suite.errors import SuiteError

PREFIX: Final = "sim_suite."
"""How properties begin in which the suite keeps what OpenSCENARIO has no place for."""
VEHICLES: Final = (
    "bicycle", "bus", "car", "motorbike", "semitrailer", "trailer", "train", "tram", "truck", "van",
)  # fmt: skip
PEDESTRIANS: Final = ("animal", "pedestrian", "wheelchair")
OBJECTS: Final = (
    "barrier", "building", "crosswalk", "gantry", "none", "obstacle", "parkingSpace", "patch", "pole", "railing", "roadMark",
    "soundBarrier", "streetLamp", "trafficIsland", "tree", "vegetation", "wind",
)  # fmt: skip
"""Categories of OpenSCENARIO XML 1.3."""
KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Vehicle": ("vehicleCategory", VEHICLES),
    "Pedestrian": ("pedestrianCategory", PEDESTRIANS),
    "MiscObject": ("miscObjectCategory", OBJECTS),
}
"""Elements of entities, and the attribute that says what they are."""
USUAL_HEIGHT_M: Final = 1.5
"""Heights mean nothing to the driving world, and OpenSCENARIO demands one. Ours: a car's."""
USUAL_MASS_KG: Final = {"Vehicle": 1500.0, "Pedestrian": 80.0, "MiscObject": 100.0}
"""Likewise."""

_UNUSED: Final = ("name", "mass", "model", "model3d", "role")
_CENTER: Final = Element(lambda x: x, x=Attribute("x", NUMBER, 0.0), unused=("y", "z"))
_DIMENSIONS: Final = Element(
    lambda **fields: fields,
    length=Attribute("length", NUMBER),
    width=Attribute("width", NUMBER),
    unused=("height",),
)
_BOX: Final = Element(
    lambda center, dimensions: {"ahead": center, **dimensions},
    center=Child("Center", _CENTER, 0.0),
    dimensions=Child("Dimensions", _DIMENSIONS),
)
_PROPERTY: Final = Element(lambda name, value: (name, value), name=Attribute("name", TEXT), value=Attribute("value", TEXT))  # fmt: skip
PROPERTIES: Final = Element(
    lambda properties: dict(properties), properties=Many("Property", _PROPERTY), unused=("File", "CustomContent")
)
"""Properties as a mapping; files and foreign content are left out."""


class EntityForm:
    """The inner element of a ScenarioObject: a vehicle, a pedestrian or an object, without its name."""

    def __init__(self, tag: str) -> None:
        """tag: one of `KINDS`."""
        attribute, categories = KINDS[tag]
        more = ("Performance", "Axles", "TrailerHitch", "TrailerCoupler", "Trailer") if tag == "Vehicle" else ()
        self._element = Element(
            lambda **fields: fields,
            category=Attribute(
                attribute,
                WordKind(categories),
                "car" if tag == "Vehicle" else "pedestrian" if tag == "Pedestrian" else "none",
            ),  # fmt: skip
            box=Child("BoundingBox", _BOX, None),
            properties=Child("Properties", PROPERTIES, MappingProxyType({})),
            unused=(*_UNUSED, *more),
            declares=True,
        )

    def read(self, node: Node, context: Context) -> dict[str, Any]:  # fields of an entity
        """See `Form`."""
        fields: dict[str, Any] = self._element.read(node, context)
        trailer = node.first("Trailer")
        if trailer is not None and trailer.first("Trailer") is not None:
            context.note("trailers are left out")
        return {"category": fields["category"], "properties": fields["properties"], **(fields["box"] or {})}

    def write(self, value: Value, tag: str) -> Node:
        """Not how entities are written: see `entity_node`."""
        raise SuiteError(f"<{tag}> is written with its entity.")


class _ExternalForm:
    """ExternalObjectReference."""

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        raise context.refuse(node, "not supported: objects of the map are there already.")


REFERRING: Final = {tag: Referring(tag, EntityForm(tag)) for tag in KINDS}
"""By element, also for entries of catalogs."""
ENTITY_ROWS: Final = {
    **dict.fromkeys(KINDS, ("read", "")),
    "CatalogReference": ("read", "of vehicles, pedestrians and objects"),
    "ExternalObjectReference": ("refused", "objects of the map are there already"),
    "EntitySelection": ("read", "as its members"),
    "ObjectController": ("recorded", "the ego has its agent, others follow the storyboard"),
}
"""What is made of each element of <Entities>; for the table of coverage."""


def read_entity(node: Node, context: Context) -> tuple[Entity, dict[str, str]]:
    """A ScenarioObject, and the properties of its controllers, which say who the ego is."""
    name = Attribute("name", TEXT).read(node, context)
    fields: dict[str, Any] | None = None
    controls: dict[str, str] = {}
    for child in node.children:
        made = ENTITY_ROWS.get(child.tag, ("refused", "not known"))
        if made[0] == "refused":
            raise context.refuse(child, f"not supported: {made[1]}.")
        if child.tag == "ObjectController":
            controls.update(_controller_properties(child, context))
        elif child.tag == REFERENCE:
            fields = _referred(child, context)
        elif child.tag in KINDS:
            fields = REFERRING[child.tag].form.read(child, context)
    if fields is None:
        raise context.refuse(node, f"it needs a {', '.join(KINDS)} or {REFERENCE}.")
    properties = fields.pop("properties")
    return Entity(name, properties=MappingProxyType(dict(properties)), **fields), controls


def _referred(node: Node, context: Context) -> dict[str, Any]:
    if context.catalogs is None:
        raise context.refuse(node, "there are no catalogs here.")
    entry, around = context.catalogs.entry(node, tuple(KINDS), context)
    fields: dict[str, Any] = REFERRING[entry.tag].form.read(entry, around)
    return fields


def _controller_properties(node: Node, context: Context) -> dict[str, str]:
    context.note("<ObjectController> does nothing: the ego has its agent, others follow the storyboard")
    controller, around = node.first("Controller"), context
    reference = node.first(REFERENCE)
    if controller is None and reference is not None and context.catalogs is not None:
        controller, around = context.catalogs.entry(reference, "Controller", context)
    if controller is None:
        return {}
    form = Element(lambda properties: properties, properties=Child("Properties", PROPERTIES, {}), unused=("name", "controllerType"), declares=True)  # fmt: skip
    found: dict[str, str] = form.read(controller, around)
    return found


def entity_node(entity: Entity, usual: tuple[float, float], properties: Mapping[str, str]) -> Node:
    """The ScenarioObject of an entity. usual: length and width, m, of its kind; properties: what else it is to carry."""
    tag = next((tag for tag, (_, categories) in KINDS.items() if entity.category in categories), "Vehicle")
    attribute, categories = KINDS[tag]
    inner = Node(tag, {"name": TEXT.write(entity.name)}, 0)
    inner.attributes[attribute] = entity.category if entity.category in categories else "car"
    if tag != "Vehicle":
        inner.attributes["mass"] = NUMBER.write(USUAL_MASS_KG[tag])
    box = Node("BoundingBox", {}, 0)
    half = NUMBER.write(USUAL_HEIGHT_M / 2)
    sizes: list[Number] = [usual[k] if one is None else one for k, one in enumerate((entity.length, entity.width))]
    box.children = [
        Node("Center", {"x": NUMBER.write(entity.ahead), "y": "0.0", "z": half}, 0),
        Node(
            "Dimensions",
            {"height": NUMBER.write(USUAL_HEIGHT_M), "length": NUMBER.write(sizes[0]), "width": NUMBER.write(sizes[1])},
            0,
        ),  # fmt: skip
    ]
    inner.children.append(box)
    if tag == "Vehicle":
        inner.children += _mechanics()
    block = Node("Properties", {}, 0)
    for name, value in properties.items():
        block.children.append(Node("Property", {"name": TEXT.write(name), "value": TEXT.write(value)}, 0))
    inner.children += [block] if block.children else []
    node = Node("ScenarioObject", {"name": TEXT.write(entity.name)}, 0)
    node.children.append(inner)
    return node


def _mechanics() -> list[Node]:
    """Performance and axles, which OpenSCENARIO demands of vehicles: those of a usual car, and not read."""
    performance = Node("Performance", {"maxSpeed": "70.0", "maxAcceleration": "10.0", "maxDeceleration": "10.0"}, 0)
    axles = Node("Axles", {}, 0)
    wheel = {"maxSteering": "0.6", "positionZ": "0.3", "trackWidth": "1.6", "wheelDiameter": "0.6"}
    axles.children = [
        Node("FrontAxle", {**wheel, "positionX": "2.8"}, 0),
        Node("RearAxle", {**wheel, "maxSteering": "0.0", "positionX": "0.0"}, 0),
    ]
    return [performance, axles]
