"""Entities as tables: vehicles, pedestrians, objects. Source: OpenSCENARIO XML 1.3, class reference `ScenarioObject`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.xosc.forms import Attribute, Child, Element, Many
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT, WordKind
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import REFERENCE

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
KINDS: Final[Mapping[str, tuple[str, tuple[str, ...], str]]] = MappingProxyType({
    "Vehicle": ("vehicleCategory", VEHICLES, "car"),
    "Pedestrian": ("pedestrianCategory", PEDESTRIANS, "pedestrian"),
    "MiscObject": ("miscObjectCategory", OBJECTS, "none"),
})  # fmt: skip
"""Elements of entities, the attribute that says what they are, its words, and the word where it is missing."""

_MECHANICS: Final = ("Performance", "Axles", "TrailerHitch", "TrailerCoupler", "Trailer")
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
_PROPERTY: Final = Element(
    lambda name, value: (name, value), name=Attribute("name", TEXT), value=Attribute("value", TEXT)
)
PROPERTIES: Final = Element(
    lambda properties: dict(properties), properties=Many("Property", _PROPERTY), unused=("File", "CustomContent")
)
"""Properties as a mapping; files and foreign content are left out."""
_CONTROLLER: Final = Element(
    lambda properties: properties,
    properties=Child("Properties", PROPERTIES, MappingProxyType({})),
    unused=("name", "controllerType"),
    declares=True,
)


def _fields(tag: str) -> Element:
    """The inner element of a ScenarioObject as fields of an entity, without its name."""
    attribute, categories, usual = KINDS[tag]
    return Element(
        lambda category, box, properties: {"category": category, "properties": properties, **box},
        category=Attribute(attribute, WordKind(categories), usual),
        box=Child("BoundingBox", _BOX, MappingProxyType({})),
        properties=Child("Properties", PROPERTIES, MappingProxyType({})),
        unused=("name", "mass", "model", "model3d", "role", *(_MECHANICS if tag == "Vehicle" else ())),
        declares=True,
    )


_FORMS: Final = {tag: _fields(tag) for tag in KINDS}
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
            fields = _read_fields(child, context)
    if fields is None:
        raise context.refuse(node, f"it needs a {', '.join(KINDS)} or {REFERENCE}.")
    properties = fields.pop("properties")
    return Entity(name, properties=MappingProxyType(dict(properties)), **fields), controls


def _referred(node: Node, context: Context) -> dict[str, Any]:
    if context.catalogs is None:
        raise context.refuse(node, "there are no catalogs here.")
    entry, around = context.catalogs.entry(node, tuple(KINDS), context)
    return _read_fields(entry, around)


def _read_fields(node: Node, context: Context) -> dict[str, Any]:
    trailer = node.first("Trailer")
    if trailer is not None and trailer.first("Trailer") is not None:
        context.note("trailers are left out")
    fields: dict[str, Any] = _FORMS[node.tag].read(node, context)
    return fields


def _controller_properties(node: Node, context: Context) -> dict[str, str]:
    context.note("<ObjectController> does nothing: the ego has its agent, others follow the storyboard")
    controller, around = node.first("Controller"), context
    reference = node.first(REFERENCE)
    if controller is None and reference is not None and context.catalogs is not None:
        controller, around = context.catalogs.entry(reference, "Controller", context)
    if controller is None:
        return {}
    found: dict[str, str] = _CONTROLLER.read(controller, around)
    return found
