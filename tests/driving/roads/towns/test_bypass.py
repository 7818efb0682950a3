"""The highway along a town."""

import math
from random import Random

import networkx as nx
import pytest

from sim_suite.driving.roads.towns.bypass import BYPASS_M, MIN_WIDTH_M, with_gates
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.plan import lay_out
from sim_suite.errors import SuiteError
from tests.driving.roads.towns.quality import graph_of, overlaps, reachability, worst_joint

SIZE = (1200.0, 300.0)


@pytest.fixture(scope="module")
def town():
    document = generate_town(9, SIZE, TownOptions(highway=True, hills_m=10.0, buildings=False))
    return document, graph_of(document)


def test_it_is_closed_smooth_and_within_its_size(town):
    graph = town[1]
    assert nx.is_strongly_connected(reachability(graph))
    gap, turn, widening = worst_joint(graph)
    assert gap < 0.01
    assert turn < math.radians(0.1)
    assert widening < 0.001
    assert overlaps(graph) == set()
    assert graph.bounds[0] >= 0.0
    assert graph.bounds[1] >= 0.0
    assert graph.bounds[2] <= SIZE[0]
    assert graph.bounds[3] <= SIZE[1]


def test_it_has_two_carriageways_an_exit_and_an_entry(town):
    names = {road.name for road in town[0].roads}
    assert {"eastbound", "westbound", "exit", "entry", "highway access"} <= names
    assert {junction.name for junction in town[0].junctions} >= {"exit", "entry", "merge", "end of highway"}
    limits = {road.types[0].speed.maximum for road in town[0].roads if road.types[0].type == "motorway"}
    assert 100.0 in limits


def test_nobody_leaves_by_the_exit_to_enter_again_at_once(town):
    roads = {road.name: road.id for road in town[0].roads if road.name in ("exit", "entry")}
    connecting = [(r.predecessor.element_id, r.successor.element_id) for r in town[0].roads if r.junction != "-1"]
    assert (roads["exit"], roads["entry"]) not in connecting


def test_gates_are_at_both_corners_and_between():
    plan = lay_out(Random(2), (1300.0, 600.0), TownOptions())
    gated = with_gates(plan, 1300.0)
    last = max(column for column, _ in plan.at)
    first, hub, end = sorted(gated.gates)
    assert (first, end) == ((0, 0), (last, 0))
    assert hub[1] == 0
    assert len(gated.around(hub)) in (4, 5)
    assert not nx.has_bridges(nx.Graph(list(gated.streets)))
    assert all(gated.at[place][1] == y + BYPASS_M for place, (_, y) in plan.at.items())


def test_a_narrow_town_has_no_highway():
    with pytest.raises(SuiteError, match=f"Make it {MIN_WIDTH_M:g} m wide"):
        generate_town(1, (1199.0, 600.0), TownOptions(highway=True))


def test_blocks_may_be_too_large_for_its_ramps():
    with pytest.raises(SuiteError, match="Choose smaller blocks"):
        generate_town(1, (1200.0, 900.0), TownOptions(highway=True, block_m=390.0))
