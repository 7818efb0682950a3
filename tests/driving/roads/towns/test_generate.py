"""Generated towns: closed, smooth, the same for the same seed."""

import math
from dataclasses import replace
from random import Random

import networkx as nx
import pytest

from sim_suite.driving.roads.graph.kinds import LaneKind, PropKind
from sim_suite.driving.roads.opendrive.reader import parse_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.control import LIGHT
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.errors import SuiteError
from tests.driving.roads.towns.quality import driving, graph_of, overlaps, reachability, worst_joint

SIZE = (480.0, 360.0)
TOWNS = {
    "plain": (1, (234.0, 139.0), TownOptions(irregularity=0.0, roundabouts=0, arterials=0)),
    "narrow": (2, (150.0, 700.0), TownOptions(block_m=100.0, irregularity=1.0)),
    "hilly": (3, SIZE, TownOptions(hills_m=20.0, irregularity=1.0, arterials=1)),
    "left": (4, SIZE, TownOptions(left_hand=True, block_m=110.0, arterials=2)),
    "bare": (5, SIZE, TownOptions(parking=False, crosswalks=False, buildings=False, missing_streets=0.5)),
}


@pytest.fixture(scope="module", params=TOWNS)
def town(request):
    seed, size, options = TOWNS[request.param]
    document = generate_town(seed, size, options)
    return document, graph_of(document), size


def test_it_is_closed(town):
    assert nx.is_strongly_connected(reachability(town[1]))


def test_it_is_smooth(town):
    gap, turn, widening = worst_joint(town[1])
    assert gap < 0.01
    assert turn < math.radians(0.1)
    assert widening < 0.001


def test_its_roads_overlap_only_within_junctions(town):
    assert overlaps(town[1]) == set()


def test_it_keeps_within_its_size(town):
    _, graph, (width, depth) = town
    x_min, y_min, x_max, y_max = graph.bounds
    assert x_min >= 0.0
    assert y_min >= 0.0
    assert x_max <= width
    assert y_max <= depth


def test_it_reads_back_equal_without_findings(town):
    reading = parse_opendrive(to_xml(town[0]).encode())
    assert reading.document == town[0]
    assert reading.findings == ()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    seed, size, options = TOWNS["hilly"]
    texts = [to_xml(generate_town(s, size, options)) for s in (seed, seed, seed + 1)]
    assert texts[0] == texts[1] != texts[2]


def test_left_hand_is_the_mirror_image_with_the_other_rule():
    seed, size, options = TOWNS["left"]
    left = graph_of(generate_town(seed, size, options))
    right = graph_of(generate_town(seed, size, replace(options, left_hand=False)))
    assert sorted(left.points.x) == pytest.approx(sorted(right.points.x), abs=1e-5)
    assert sorted(left.points.y) == pytest.approx(sorted(size[1] - right.points.y), abs=1e-5)
    # traffic with rising s is on the left of the road
    forward = left.lanes.lane_id[driving(left)] * left.lanes.direction[driving(left)]
    assert (forward > 0).all()


def test_options_change_what_is_there():
    def kinds(options):
        graph = graph_of(generate_town(6, SIZE, options))
        return set(graph.lanes.kind.tolist()), set(graph.props.kind.tolist()), len(graph.crosswalks.first_corner) - 1

    lanes, props, crosswalks = kinds(TownOptions())
    assert LaneKind.PARKING in lanes
    assert {PropKind.BUILDING, PropKind.PARKING_SPACE} <= props
    assert crosswalks > 3
    lanes, props, crosswalks = kinds(TownOptions(parking=False, buildings=False, crosswalks=False))
    assert LaneKind.PARKING not in lanes
    assert not {PropKind.BUILDING, PropKind.PARKING_SPACE} & props
    assert crosswalks == 0


def test_avenues_have_lights_and_roundabouts_are_built():
    document = generate_town(7, (700.0, 700.0), TownOptions(arterials=1, roundabouts=1, buildings=False))
    assert any(signal.type == LIGHT for road in document.roads for signal in road.signals)
    assert any(road.name == "roundabout" for road in document.roads)
    plain = generate_town(7, (700.0, 700.0), TownOptions(arterials=0, roundabouts=0, buildings=False))
    assert not any(road.name == "roundabout" for road in plain.roads)


def test_what_has_no_room_is_refused():
    with pytest.raises(SuiteError, match="no room for its streets"):
        generate_town(0, (100.0, 100.0))
    with pytest.raises(SuiteError, match="larger than 100 square kilometres"):
        generate_town(0, (90_000.0, 90_000.0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_towns_of_all_shapes_are_closed_and_smooth(seed):
    rng = Random(seed)
    highway = seed % 4 == 0
    options = TownOptions(
        block_m=rng.uniform(95.0, 220.0),
        irregularity=rng.random(),
        missing_streets=rng.uniform(0.0, 0.5),
        arterials=rng.randrange(5),
        roundabouts=rng.randrange(6),
        hills_m=rng.choice((0.0, 20.0)),
        left_hand=rng.random() < 0.3,
        parking=rng.random() < 0.8,
        crosswalks=rng.random() < 0.8,
        highway=highway,
    )
    low = (1200.0, 280.0) if highway else (240.0, 240.0)
    size = (rng.uniform(low[0], low[0] + 600.0), rng.uniform(low[1], low[1] + 400.0))
    graph = graph_of(generate_town(seed, size, options))
    gap, turn, widening = worst_joint(graph)
    assert gap < 0.01
    assert turn < math.radians(0.1)
    assert widening < 0.001
    assert nx.is_strongly_connected(reachability(graph))
    assert overlaps(graph) == set()
