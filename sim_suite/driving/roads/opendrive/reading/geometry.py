"""Plan view, elevation and lateral profile. Source: ASAM OpenDRIVE 1.8, clause 9."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Crossfall,
    Cubic,
    Geometry,
    Line,
    ParamPoly3,
    Poly3,
    Shape,
    ShapeRecord,
    Spiral,
)
from sim_suite.driving.roads.opendrive.reading.notes import Notes
from sim_suite.driving.roads.opendrive.reading.values import cubic, cubics, needed, number, readable, word

_SIDES: Final = frozenset({"left", "right", "both"})
_RANGES: Final = frozenset({"arcLength", "normalized"})


def read_plan_view(node: Node, notes: Notes) -> tuple[Geometry, ...]:
    """The <geometry> elements of a <planView>. Raises `RoadError` where one has no place, length or shape."""
    found: list[Geometry] = []
    s = 0.0
    for one in node.all("geometry"):
        geometry = Geometry(
            s=needed(one, "s", notes, s),
            x=number(one, "x", notes),
            y=number(one, "y", notes),
            heading=number(one, "hdg", notes),
            length=number(one, "length", notes),
            shape=_read_shape(one, notes),
            line=one.line,
        )
        found.append(geometry)
        s = geometry.s + geometry.length
    return tuple(found)


def read_cubics(parent: Node | None, tag: str, notes: Notes) -> tuple[Cubic, ...]:
    """The records named `tag` below `parent`, in the file's order."""
    return () if parent is None else cubics(parent.all(tag), "s", notes)


def read_heights(parent: Node | None, tag: str, notes: Notes) -> tuple[Cubic, ...]:
    """Like `read_cubics`, without records that are not numbers: heights are no reason to refuse a map, and files hold NaN."""
    if parent is None:
        return ()
    return readable(parent.all(tag), lambda one, notes: cubic(one, "s", notes), notes)


def read_crossfalls(parent: Node | None, notes: Notes) -> tuple[Crossfall, ...]:
    """The <crossfall> records of a <lateralProfile>."""
    if parent is None:
        return ()
    return readable(parent.all("crossfall"), _read_crossfall, notes)


def read_shapes(parent: Node | None, notes: Notes) -> tuple[ShapeRecord, ...]:
    """The <shape> records of a <lateralProfile>."""
    if parent is None:
        return ()
    return readable(parent.all("shape"), _read_lateral_shape, notes)


def _read_crossfall(node: Node, notes: Notes) -> Crossfall:
    return Crossfall(word(node, "side", _SIDES, "both", notes), cubic(node, "s", notes))


def _read_lateral_shape(node: Node, notes: Notes) -> ShapeRecord:
    return ShapeRecord(*(needed(node, name, notes, 0.0) for name in ("s", "t", "a", "b", "c", "d")))


def _read_shape(geometry: Node, notes: Notes) -> Shape:
    shapes = geometry.children
    if not shapes:
        raise notes.refusal(
            "geometry", geometry.line, "it has no shape (line, arc, spiral, poly3, paramPoly3). State one of them."
        )
    if len(shapes) > 1:
        kinds = ", ".join(one.tag for one in shapes)
        raise notes.refusal("geometry", geometry.line, "it has several shapes ({}). Keep one of them.", kinds)
    read = _SHAPES.get(shapes[0].tag)
    if read is None:
        raise notes.refusal(
            "geometry", geometry.line, "<{}> is no shape of a reference line. Correct it.", shapes[0].tag
        )
    return read(shapes[0], notes)


def _read_line(_node: Node, _notes: Notes) -> Shape:
    return Line()


def _read_arc(node: Node, notes: Notes) -> Shape:
    return Arc(number(node, "curvature", notes))


def _read_spiral(node: Node, notes: Notes) -> Shape:
    return Spiral(_read_curvature(node, "curvStart", notes), _read_curvature(node, "curvEnd", notes))


def _read_curvature(node: Node, name: str, notes: Notes) -> float:
    """An end of a spiral; one that is not stated is straight, unless it stands under the name that some exporters use."""
    other = name.replace("curv", "curvature")
    if name not in node.attributes and other in node.attributes:
        notes.repaired("spiral", node.line, "{} is written {}; read as such", name, other)
        name = other
    return needed(node, name, notes, 0.0)


def _read_poly3(node: Node, notes: Notes) -> Shape:
    return Poly3(*(needed(node, name, notes, 0.0) for name in "abcd"))


def _read_param_poly3(node: Node, notes: Notes) -> Shape:
    a_u, b_u, c_u, d_u, a_v, b_v, c_v, d_v = (
        needed(node, name, notes, 0.0) for name in ("aU", "bU", "cU", "dU", "aV", "bV", "cV", "dV")
    )
    normalized = word(node, "pRange", _RANGES, "normalized", notes) == "normalized"  # unstated in 1.4: normalized
    return ParamPoly3(a_u, b_u, c_u, d_u, a_v, b_v, c_v, d_v, normalized)


_SHAPES: Final[dict[str, Callable[[Node, Notes], Shape]]] = {
    "line": _read_line,
    "arc": _read_arc,
    "spiral": _read_spiral,
    "poly3": _read_poly3,
    "paramPoly3": _read_param_poly3,
}
