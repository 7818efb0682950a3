"""The shipped maps against carla.Map: lane centres, widths, headings, neighbours, successors, crosswalks, signals."""

from __future__ import annotations

import sys

import pytest

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.maps import find_map, map_names
from sim_suite.driving.roads.opendrive.reader import read_opendrive
from tests.driving.roads.oracle import CENTRE_M, HEADING_RAD, WIDTH_M, compare

pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
POINTS = 400
"""The benchmark `roads` compares 10,000."""


@pytest.mark.parametrize("name", map_names())
def test_lanes_are_where_carla_has_them(name):
    path = find_map(name)
    document = read_opendrive(path).document
    graph = build_graph(document).graph
    found = compare(document, graph, path, POINTS)
    assert found is not None, f"carla.Map crashes on {name}, under {sys.version}"
    assert len(found.lane) == POINTS, "every lane is known to both"
    assert found.num_ends == graph.num_lanes
    assert found.centre_m.max() <= CENTRE_M
    assert found.width_m.max() <= WIDTH_M
    assert found.corrected_rad.max() <= HEADING_RAD
    assert found.neighbours == []
    assert found.successors == []
    assert found.crosswalks == []
    assert found.landmarks == []
