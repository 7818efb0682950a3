"""Small OpenDRIVE documents that tests share: a straight road, and a crossing with lights, crosswalk and parking."""

from __future__ import annotations

from math import pi

from sim_suite.driving.roads.opendrive.furniture import (
    Controller,
    Corner,
    Outline,
    Repeat,
    RoadObject,
    Signal,
    Validity,
)
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, JunctionController, LaneLink
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    LaneSpeed,
    Line,
    OpenDrive,
    ParamPoly3,
    Poly3,
    Road,
    RoadLink,
    RoadMark,
    RoadType,
    Speed,
    Spiral,
)

ARM_M = 40.0
HALF_M = 10.0
"""From the middle of the crossing to its arms."""


def lanes(left: int, right: int, width: float = 3.5, linked: bool = True) -> tuple[Lane, ...]:
    """Driving lanes from left to right, linked to their own numbers on both sides."""

    def lane(number: int) -> Lane:
        ids = (number,) if linked else ()
        mark = (RoadMark(0.0, "broken", width=0.12, lane_change="both"),)
        return Lane(number, "driving", (Cubic(0.0, width),), (), ids, ids, mark)

    centre = Lane(0, "none", road_marks=(RoadMark(0.0, "solid"),))
    return (*(lane(i) for i in range(left, 0, -1)), centre, *(lane(-i) for i in range(1, right + 1)))


def straight(length: float = 100.0, width: float = 3.5) -> OpenDrive:
    """One road along x with a lane each way, and nothing else."""
    section = LaneSection(0.0, lanes(1, 1, width, linked=False))
    road = Road("1", length, (Geometry(0.0, 0.0, 0.0, 0.0, length, Line()),), (section,))
    return OpenDrive(Header(), (road,))


def crossing() -> OpenDrive:
    """Two arms, west ("1") and east ("2"), joined by a connecting road ("10") through junction "5", with furniture."""
    limit = LaneSpeed(0.0, Speed(50.0, "km/h"))
    west_lanes = tuple(Lane(one.id, one.type, one.widths, road_marks=one.road_marks, speeds=(limit,) if one.id else ())
                       for one in lanes(1, 1))  # fmt: skip
    corners = tuple(Corner(False, s, t, 0.0, 0.1) for s, t in ((30.0, -4.0), (34.0, -4.0), (34.0, 4.0), (30.0, 4.0)))
    west = Road(
        "1", ARM_M, (Geometry(0.0, -ARM_M - HALF_M, 0.0, 0.0, ARM_M, Line()),), (LaneSection(0.0, west_lanes),),
        name="West", successor=RoadLink("junction", "5"), types=(RoadType(0.0, "town", speed=Speed(13.9, "m/s")),),
        elevations=(Cubic(0.0, 1.0, 0.01),), lane_offsets=(Cubic(0.0, 0.0),),
        signals=(
            Signal("100", 38.0, -5.0, "1000001", "-1", dynamic=True, orientation="+", validities=(Validity(-1, -1),)),
            Signal("101", 20.0, -5.0, "274", "50", "OpenDRIVE", orientation="+", value=50.0, unit="km/h"),
        ),
        objects=(
            RoadObject("200", 32.0, 0.0, "crosswalk", outlines=(Outline(corners),)),
            RoadObject("201", 5.0, 6.0, "pole", repeats=(Repeat(5.0, 20.0, 5.0, 6.0, 6.0),), radius=0.1, height=4.0),
            RoadObject("202", 15.0, -6.0, "parkingSpace", length=5.0, width=2.5, parking_access="all"),
        ),
    )  # fmt: skip
    middle = Road(
        "10", 2 * HALF_M, (Geometry(0.0, -HALF_M, 0.0, 0.0, 2 * HALF_M, Line()),), (LaneSection(0.0, lanes(0, 1)),),
        junction="5", predecessor=RoadLink("road", "1", "end"), successor=RoadLink("road", "2", "start"),
    )  # fmt: skip
    east = Road(
        "2", ARM_M,
        (
            Geometry(0.0, HALF_M, 0.0, 0.0, 10.0, Spiral(0.0, 0.02)),
            Geometry(10.0, HALF_M + 9.98, 0.333, 0.1, 10.0, Arc(0.02)),
            Geometry(20.0, HALF_M + 19.8, 2.3, 0.3, 10.0, ParamPoly3(0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0, True)),
            Geometry(30.0, HALF_M + 29.3, 5.3, 0.3, 10.0, Poly3(0.0, 0.0, 1e-3, 0.0)),
        ),
        (LaneSection(0.0, lanes(1, 1)), LaneSection(20.0, lanes(1, 1))),
        name="East", predecessor=RoadLink("junction", "5"), superelevations=(Cubic(0.0, pi / 60),),
    )  # fmt: skip
    junction = Junction(
        "5", connections=(Connection("0", "1", "10", "start", (LaneLink(-1, -1),)),),
        controllers=(JunctionController("300", "traffic light", 0),),
    )  # fmt: skip
    return OpenDrive(
        Header(geo_reference="+proj=tmerc +lat_0=0 +lon_0=0"),
        (west, middle, east),
        (junction,),
        (Controller("300", ("100",)),),
    )
