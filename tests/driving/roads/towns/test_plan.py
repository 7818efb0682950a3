"""Plans of towns: which places are joined."""

import math
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.plan import Rank, lay_out
from sim_suite.errors import SuiteError


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**31),
    st.floats(240.0, 1500.0),
    st.floats(140.0, 1500.0),
    st.floats(95.0, 400.0),
    st.floats(0.0, 0.5),
)
def test_a_plan_has_no_blind_end_no_bridge_and_a_place_to_turn(seed, width, depth, block, missing):
    plan = lay_out(Random(seed), (width, depth), TownOptions(block_m=block, missing_streets=missing))
    town = nx.Graph(list(plan.streets))
    assert nx.is_connected(town)
    assert not nx.has_bridges(town)
    assert max(degree for _, degree in town.degree) >= 3
    assert set(town) == set(plan.at)
    for x, y in plan.at.values():
        assert 0.0 < x < width
        assert 0.0 < y < depth
    for a, b in plan.streets:
        assert math.dist(plan.at[a], plan.at[b]) > 60.0


def test_streets_are_left_out_by_share():
    count = [
        len(lay_out(Random(1), (1000.0, 1000.0), TownOptions(missing_streets=share)).streets) for share in (0.0, 0.3)
    ]
    assert count[0] == 2 * 8 * 7
    assert count[1] < count[0] - 10


def test_arterials_cross_the_town():
    plan = lay_out(Random(1), (1000.0, 1000.0), TownOptions(arterials=2))
    avenue = nx.Graph([pair for pair, rank in plan.streets.items() if rank == Rank.ARTERIAL])
    xs, ys = zip(*avenue, strict=True)
    assert {0, 7} <= set(xs)
    assert {0, 7} <= set(ys)


def test_neighbours_are_listed_counter_clockwise():
    plan = lay_out(Random(1), (600.0, 600.0), TownOptions(missing_streets=0.0, irregularity=0.0, block_m=139.0))
    assert plan.around((1, 1)) == [(2, 1), (1, 2), (0, 1), (1, 0)]


def test_hills_stay_within_their_height():
    plan = lay_out(Random(3), (1000.0, 1000.0), TownOptions(hills_m=10.0))
    assert 5.0 < max(plan.height.values()) - min(plan.height.values()) <= 10.0
    assert set(lay_out(Random(3), (1000.0, 1000.0), TownOptions()).height.values()) == {0.0}


@pytest.mark.parametrize("size", [(233.0, 139.0), (234.0, 138.0), (100.0, 1000.0)])
def test_too_small_a_town_is_refused_with_the_smallest_size(size):
    with pytest.raises(SuiteError, match="The smallest is 234 x 139 m"):
        lay_out(Random(0), size, TownOptions())


@pytest.mark.parametrize("size", [(234.0, 139.0), (139.0, 234.0)])
def test_the_smallest_town_has_a_street_across(size):
    plan = lay_out(Random(0), size, TownOptions(block_m=400.0))
    assert len(plan.at) == 6
    assert len(plan.streets) == 7
