"""Dijkstra by hand: order among equals, early end, what costs nothing, and what cannot be reached."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.routes.shortest import spread

EDGES = [(0, 1, 1.0), (0, 2, 4.0), (1, 2, 2.0), (1, 3, 6.0), (2, 3, 3.0), (3, 1, 0.0), (4, 0, 1.0)]
"""From, to, cost, by start. Nothing leads to node 4."""


def search(sources, goals=None, best=math.inf, edges=EDGES, count=5):
    start, end, cost = (np.array(column) for column in zip(*edges, strict=True))
    goal_costs = np.full(count, math.inf)
    for node, price in (goals or {}).items():
        goal_costs[node] = price
    reached, via = np.empty(count), np.empty(count, np.int32)
    first = np.searchsorted(start, np.arange(count + 1)).astype(np.int32)
    nodes = np.array(list(sources), np.int32)
    found = spread(
        first, np.arange(len(edges), dtype=np.int32), end.astype(np.int32), cost, nodes,
        np.array(list(sources.values())), goal_costs, best, reached, via,
    )  # fmt: skip
    return found, reached, via


def test_costs_and_last_edges_by_hand():
    (cost, last), reached, via = search({0: 0.0})
    assert (cost, last) == (math.inf, -1)
    assert reached.tolist() == [0.0, 1.0, 3.0, 6.0, math.inf]
    assert via.tolist() == [-1, 0, 2, 4, -1]


def test_the_cheaper_source_and_the_cheaper_goal_count():
    assert search({0: 5.0, 2: 1.0}, {3: 2.0})[0] == (6.0, 3)
    assert search({0: 0.0}, {1: 9.0, 3: 2.5})[0] == (8.5, 3)


def test_a_way_without_the_network_stands_until_one_is_cheaper():
    assert search({0: 0.0}, {3: 0.0}, best=6.0)[0] == (6.0, -1)
    assert search({0: 0.0}, {3: 0.0}, best=6.1)[0] == (6.0, 3)


def test_it_ends_where_nothing_cheaper_is_left():
    chain = [(k, k + 1, 1.0) for k in range(9)]
    (cost, last), reached, _ = search({0: 0.0}, {3: 0.5}, edges=chain, count=10)
    assert (cost, last) == (3.5, 3)
    assert reached[:5].tolist() == [0, 1, 2, 3, 4]
    assert np.isinf(reached[5:]).all()


def test_a_wide_heap_gives_nodes_by_cost():
    cost = np.random.default_rng(0).permutation(200).astype(float)
    star = [(0, k + 1, float(cost[k])) for k in range(200)]
    _, reached, _ = search({0: 0.0}, edges=star, count=201)
    assert reached[1:] == pytest.approx(cost)
    for nearest in (0, 57, 199):
        assert (
            search({0: 0.0}, {1 + int(np.flatnonzero(cost == nearest)[0]): 0.0}, edges=star, count=201)[0][0] == nearest
        )
