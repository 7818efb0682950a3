"""(s, t) of a road in the world."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.topology.placing import place_on_roads
from sim_suite.driving.roads.opendrive.model import Arc, Cubic, Geometry
from tests.driving.roads.graph.straight import document, lane, road, section


def test_on_a_slope_an_arc_and_beyond_the_end():
    north = road("1", section(lane(-1)), start=(5.0, 7.0), heading=math.pi / 2, elevations=(Cubic(0.0, 2.0, 0.1),))
    bend = road("2", section(lane(-1)), length=10 * math.pi / 2)
    bend = dataclasses.replace(bend, plan_view=(Geometry(0.0, 0.0, 0.0, 0.0, 10 * math.pi / 2, Arc(0.1)),))
    tables = pack_roads(document(north, bend))
    poses = place_on_roads(tables, [0, 0, 1, 0], [10.0, 10.0, 10 * math.pi / 2, 110.0], [0.0, 3.0, 4.0, 0.0])
    expected = [
        [5.0, 17.0, 3.0, math.pi / 2], [2.0, 17.0, 3.0, math.pi / 2], [6.0, 10.0, 0.0, math.pi / 2], [5.0, 117.0, 13.0, math.pi / 2]
    ]  # fmt: skip
    assert poses == pytest.approx(np.array(expected), abs=1e-9)


def test_nothing_to_place():
    assert place_on_roads(pack_roads(document(road("1", section(lane(-1))))), [], [], []).shape == (0, 4)
