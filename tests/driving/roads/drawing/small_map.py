"""A road of 100 m along x that has one of everything a drawing shows, and how to make maps and scenes from documents."""

from __future__ import annotations

from functools import cache

from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject, Signal
from sim_suite.driving.roads.opendrive.model import (
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    Line,
    OpenDrive,
    Road,
    RoadMark,
)

WIDTH = 3.5


def lane(id_, kind="driving", width=WIDTH, marks=()):
    return Lane(id_, kind, widths=(Cubic(0.0, width),), road_marks=tuple(marks))


def straight(
    id_="1", lanes=None, *, x=0.0, y=0.0, heading=0.0, length=100.0, height=0.0, signals=(), objects=(), rule="RHT"
):
    """A straight road; lanes from left to right, lane 0 among them."""
    chosen = lanes or (lane(1), Lane(0, "none"), lane(-1))
    return Road(
        id_,
        length,
        (Geometry(0.0, x, y, heading, length, Line()),),
        (LaneSection(0.0, tuple(chosen)),),
        rule=rule,
        elevations=(Cubic(0.0, height),),
        signals=tuple(signals),
        objects=tuple(objects),
    )


def document(*roads):
    return OpenDrive(Header(name="small"), tuple(roads))


@cache
def small_document():
    """Lane 1 (driving), -1 (driving), -2 (parking), -3 (sidewalk); signs, a crosswalk, a building, a pole."""
    corners = tuple(Corner(False, s, t) for s, t in ((60.0, -3.5), (64.0, -3.5), (64.0, 3.5), (60.0, 3.5)))
    signals = (
        Signal("11", 50.0, -7.0, "206", orientation="+", country="OpenDRIVE"),
        Signal("12", 20.0, -7.0, "274", value=30.0, unit="km/h", orientation="+", country="OpenDRIVE"),
        Signal("13", 50.0, 7.0, "1000001", dynamic=True, orientation="-", country="OpenDRIVE"),
        Signal("14", 80.0, 7.0, "205", orientation="-", country="OpenDRIVE"),
    )
    objects = (
        RoadObject("21", 62.0, 0.0, "crosswalk", length=4.0, width=7.0, outlines=(Outline(corners),)),
        RoadObject("22", 30.0, 20.0, "building", length=12.0, width=8.0, height=6.0),
        RoadObject("23", 40.0, -9.0, "pole", radius=0.1, height=5.0),
    )
    lanes = (
        lane(1, marks=[RoadMark(0.0, "solid")]),
        Lane(0, "none", road_marks=(RoadMark(0.0, "solid broken", color="yellow"),)),
        lane(-1, marks=[RoadMark(0.0, "solid"), RoadMark(50.0, "broken", weight="bold")]),
        lane(-2, "parking", 2.0, [RoadMark(0.0, "curb")]),
        lane(-3, "sidewalk", 2.0, [RoadMark(0.0, "none")]),
    )
    return document(straight(lanes=lanes, signals=signals, objects=objects))


@cache
def small_graph():
    return build_graph(small_document()).graph


@cache
def small_scene():
    return make_scene(small_document(), small_graph(), "small")


def graph_of(*roads):
    return build_graph(document(*roads)).graph


def shapes(scene, style):
    return [shape for layer in scene.layers for shape in layer.shapes if shape.style == style]


def markers(scene, symbol):
    return [marker for layer in scene.layers for marker in layer.markers if marker.symbol == symbol]
