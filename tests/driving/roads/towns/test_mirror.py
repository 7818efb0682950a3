"""The mirror image of a document."""

from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject, Signal, Validity
from sim_suite.driving.roads.opendrive.model import Arc, Cubic, RoadMark, Spiral
from sim_suite.driving.roads.towns.lessons_junctions import crossroads
from sim_suite.driving.roads.towns.lessons_streets import curves
from sim_suite.driving.roads.towns.mirror import _object, _shape, _signal, mirrored


def test_twice_mirrored_is_the_same():
    for document in (crossroads(), curves()):
        assert mirrored(mirrored(document, 12.5), 12.5) == document


def test_what_was_right_is_left():
    document, image = crossroads(), mirrored(crossroads(), 10.0)
    road, other = document.roads[0], image.roads[0]
    assert other.rule == "LHT"
    assert other.plan_view[0].y == 20.0 - road.plan_view[0].y
    assert [lane.id for lane in other.sections[0].lanes] == [2, 1, 0, -1, -2]
    driving = next(lane for lane in road.sections[0].lanes if lane.id == -1)
    swapped = next(lane for lane in other.sections[0].lanes if lane.id == 1)
    assert swapped.successors == tuple(-lane for lane in driving.successors)
    assert swapped.widths == driving.widths
    assert image.header.north == 20.0 - document.header.south


def test_shapes_signals_and_outlines_turn_over():
    assert _shape(Spiral(0.0, 0.1)) == Spiral(0.0, -0.1)
    assert _shape(Arc(-0.2)) == Arc(0.2)
    signal = _signal(Signal("1", 5.0, -4.0, "206", orientation="+", validities=(Validity(-2, -1),)))
    assert (signal.t, signal.orientation, signal.validities) == (4.0, "+", (Validity(1, 2),))
    corners = tuple(Corner(True, u, v) for u, v in ((0.0, 0.0), (1.0, 0.0), (1.0, 2.0)))
    item = _object(RoadObject("1", 5.0, 3.0, heading=0.5, outlines=(Outline(corners),)))
    assert (item.t, item.heading) == (-3.0, -0.5)
    assert [(c.first, c.second) for c in item.outlines[0].corners] == [(1.0, -2.0), (1.0, 0.0), (0.0, 0.0)]


def test_broken_beside_solid_is_seen_from_the_other_side():
    document = crossroads()
    assert RoadMark(0.0, "broken", width=0.12, lane_change="both") in document.roads[0].sections[0].lanes[2].road_marks
    banked = mirrored(curves()).roads[0].superelevations
    assert [cubic.a for cubic in banked] == [0.0 - cubic.a for cubic in curves().roads[0].superelevations]
    assert Cubic(0.0) == banked[0]
