"""What is said of odd shapes, and that nothing is said of sound ones."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.opendrive.model import Arc, Cubic, Geometry, Lane, LaneSection, Line, Spiral
from tests.driving.roads.geometry.one_road import chain, lanes, one_road


def messages(document):
    found = build_graph(document).findings
    assert all(finding.kind == "noted" and finding.road == "1" for finding in found)
    return [finding.message for finding in found]


def test_nothing_is_said_of_a_sound_road():
    assert messages(one_road(*chain([(Line(), 10.0), (Spiral(0.0, 0.05), 30.0), (Arc(0.05), 70.0)]))) == []


@pytest.mark.parametrize(
    ("x", "heading", "expected"),
    [
        (10.5, 0.0, ["the reference line jumps by 0.5 m at s = 10"]),
        (10.0, 0.1, ["the reference line turns on the spot by 0.1 rad at s = 10"]),
        (10.01, 2.0 * np.pi, []),
    ],
)
def test_gaps_and_kinks_between_geometries(x, heading, expected):
    geometries = Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line()), Geometry(10.0, x, 0.0, heading, 10.0, Line())
    assert messages(one_road(*geometries)) == expected


def test_lanes_past_the_centre_of_the_bend():
    (message,) = messages(
        one_road(Geometry(0.0, 0.0, 0.0, 0.0, 3.0, Arc(0.5)), sections=[LaneSection(0.0, lanes(2, 1, -1))])
    )
    assert "lanes 2 run backwards" in message


def test_negative_widths():
    lane = Lane(-1, "driving", (Cubic(0.0, 2.0, -0.3), Cubic(8.0, 0.0)))
    sections = (LaneSection(0.0, (Lane(0, "none"), lane)),)
    assert messages(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line()), sections=sections)) == [
        "lane -1 gets a width of -0.4 m; it is taken as 0"
    ]
