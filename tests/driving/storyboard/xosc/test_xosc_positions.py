"""Each position and shape as it stands in a file."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION, SHAPE
from tests.driving.storyboard.xosc.samples import LANE, context, node

PLACE = p.LanePosition("1", -1.0, 5.0)
ROUTE_REF = f"""<RouteRef><Route name="r" closed="false"><Waypoint routeStrategy="shortest">{LANE}</Waypoint>
<Waypoint routeStrategy="shortest">{LANE}</Waypoint></Route></RouteRef>"""
ROUTE = p.Route("r", (p.Waypoint(PLACE), p.Waypoint(PLACE)))
POSITIONS = [
    ('<WorldPosition x="1" y="$v" z="3" h="0.5" p="1" r="2"/>', p.WorldPosition(1.0, P.v, 0.5)),
    ('<RoadPosition roadId="$word" s="1" t="-2"/>', p.RoadPosition("hero", 1.0, -2.0)),
    (
        '<LanePosition roadId="1" laneId="-2" offset="0.5" s="7"><Orientation type="relative" h="1" p="0" r="0"/></LanePosition>',
        p.LanePosition("1", -2.0, 7.0, 0.5, p.Orientation(1.0)),
    ),
    (
        '<LanePosition roadId="1" laneId="$v" s="7"><Orientation h="1"/></LanePosition>',
        p.LanePosition("1", P.v, 7.0, 0.0, p.Orientation(1.0, "absolute")),
    ),
    ('<RelativeWorldPosition entityRef="b" dx="1" dy="2" dz="3"/>', p.RelativeWorldPosition("b", 1.0, 2.0)),
    ('<RelativeObjectPosition entityRef="b" dx="1" dy="2"/>', p.RelativeObjectPosition("b", 1.0, 2.0)),
    ('<RelativeRoadPosition entityRef="b" ds="1" dt="2"/>', p.RelativeRoadPosition("b", 1.0, 2.0)),
    (
        '<RelativeLanePosition entityRef="b" dLane="-1" ds="2" offset="3"/>',
        p.RelativeLanePosition("b", -1.0, 2.0, 3.0),
    ),
    (
        f'<RoutePosition>{ROUTE_REF}<InRoutePosition><FromLaneCoordinates pathS="3" laneId="-1"/></InRoutePosition></RoutePosition>',
        p.RoutePosition(ROUTE, 3.0, -1.0),
    ),
    (
        f'<RoutePosition>{ROUTE_REF}<InRoutePosition><FromRoadCoordinates pathS="3" t="1"/></InRoutePosition></RoutePosition>',
        p.RoutePosition(ROUTE, 3.0, None, 1.0),
    ),
    (
        f"""<TrajectoryPosition s="2"><TrajectoryRef><Trajectory name="t" closed="true"><Shape>
        <Clothoid curvature="1" curvatureDot="2" length="3">{LANE}</Clothoid></Shape></Trajectory></TrajectoryRef></TrajectoryPosition>""",
        p.TrajectoryPosition(p.Trajectory("t", p.Clothoid(PLACE, 1.0, 2.0, 3.0), True), 2.0),
    ),
]
SHAPES = [
    (
        f'<Polyline><Vertex time="1">{LANE}</Vertex><Vertex>{LANE}</Vertex></Polyline>',
        p.Polyline((p.Vertex(PLACE, 1.0), p.Vertex(PLACE))),
    ),
    (
        f'<Clothoid curvature="1" curvaturePrime="2" length="3" startTime="4" stopTime="5">{LANE}</Clothoid>',
        p.Clothoid(PLACE, 1.0, 2.0, 3.0, 4.0, 5.0),
    ),
    (
        """<ClothoidSpline timeEnd="9"><ClothoidSplineSegment curvatureStart="0" curvatureEnd="1" length="2" hOffset="0.5" timeStart="1">
        <PositionStart><LanePosition roadId="1" laneId="-1" s="5"/></PositionStart></ClothoidSplineSegment></ClothoidSpline>""",
        p.ClothoidSpline((p.ClothoidSegment(0.0, 1.0, 2.0, 0.5, PLACE, 1.0),), 9.0),
    ),
    (
        f"""<Nurbs order="2"><ControlPoint weight="3" time="1">{LANE}</ControlPoint><ControlPoint>{LANE}</ControlPoint>
        <Knot value="0"/><Knot value="1"/></Nurbs>""",
        p.Nurbs(2, (p.ControlPoint(PLACE, 3.0, 1.0), p.ControlPoint(PLACE)), (0.0, 1.0)),
    ),
]


@pytest.mark.parametrize(
    ("choice", "xml", "value"), [(POSITION, *one) for one in POSITIONS] + [(SHAPE, *one) for one in SHAPES]
)
def test_each_place_and_shape_is_read_and_written(choice, xml, value):
    assert choice.read(node(f"<X>{xml}</X>"), context()) == value
    assert choice.read(choice.write(value, "X"), context()) == value


def test_all_positions_and_shapes_stand_here():
    assert {type(value) for _, value in POSITIONS} == {kind for kind, _ in POSITION.forms.values()}
    assert {type(value) for _, value in SHAPES} == {kind for kind, _ in SHAPE.forms.values()}


def test_a_distance_along_the_lane_counts_along_the_road_and_that_is_said():
    around = context()
    xml = '<X><RelativeLanePosition entityRef="b" dLane="1" dsLane="4"/></X>'
    assert POSITION.read(node(xml), around) == p.RelativeLanePosition("b", 1.0, 4.0)
    assert list(around.notes) == ["dsLane of <RelativeLanePosition> counts along the road, not along the lane"]


@pytest.mark.parametrize(
    ("choice", "xml", "message"),
    [
        (POSITION, '<GeoPosition latitude="1" longitude="2"/>', "<GeoPosition>: not supported: places by latitude"),
        (POSITION, '<LanePosition roadId="1" laneId="-1.5" s="1"/>', "laneId is -1.5, and lanes have whole numbers"),
        (POSITION, '<RelativeLanePosition entityRef="b" dLane="1"/>', "ds is missing"),
        (POSITION, f"<RoutePosition>{ROUTE_REF}<InRoutePosition/></RoutePosition>", "only FromLaneCoordinates"),
        (SHAPE, f"<Polyline><Vertex>{LANE}</Vertex></Polyline>", "needs 2 or more <Vertex>, and has 1"),
        (SHAPE, '<Nurbs order="-1"/>', "order = '-1' is not a whole number from 0"),
    ],
)
def test_what_is_wrong_is_named(choice, xml, message):
    with pytest.raises(ScenarioFileError, match=message):
        choice.read(node(f"<X>{xml}</X>"), context())
