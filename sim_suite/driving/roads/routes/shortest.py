"""Dijkstra's algorithm over the network's gates. Source: Dijkstra 1959, with a binary heap and early end."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import compiled

Heap = tuple[np.ndarray, np.ndarray]
"""Costs and nodes; the smallest cost, then the lowest node, is first."""


@compiled
def spread(
    first: np.ndarray, order: np.ndarray, ends: np.ndarray, cost: np.ndarray, sources: np.ndarray,
    source_costs: np.ndarray, goal_costs: np.ndarray, best: float, reached: np.ndarray, via: np.ndarray,
) -> tuple[float, int]:  # fmt: skip
    """Cheapest ways from the sources: fills reached [N] (inf where there is none) and via [N] (the last edge, -1: none).

    Edges from node n are `order[first[n]:first[n + 1]]` and lead to `ends[edge]`. goal_costs: [N] what it costs from a
    node to the goal at once, inf for most. best: a cost that is known to be possible without the network.
    Returns (cost, node before the goal, -1 where `best` stands); it ends as soon as nothing cheaper is left to find.
    """
    reached[:], via[:] = math.inf, -1
    costs, nodes = np.empty(len(ends) + len(sources)), np.empty(len(ends) + len(sources), np.int32)
    size, last = 0, -1
    for k in range(len(sources)):
        if source_costs[k] < reached[sources[k]]:
            reached[sources[k]] = source_costs[k]
            size = _push(costs, nodes, size, source_costs[k], sources[k])
    while size > 0:
        here, node = costs[0], nodes[0]
        size = _pop(costs, nodes, size)
        if here >= best:
            break
        if here > reached[node]:
            continue
        if here + goal_costs[node] < best:
            best, last = here + goal_costs[node], node
        for k in range(first[node], first[node + 1]):
            edge = order[k]
            end, there = ends[edge], here + cost[edge]
            if there < reached[end]:
                reached[end], via[end] = there, edge
                size = _push(costs, nodes, size, there, end)
    return best, last


@compiled
def _push(costs: np.ndarray, nodes: np.ndarray, size: int, cost: float, node: int) -> int:
    place = size
    while place > 0:
        above = (place - 1) // 2
        if costs[above] < cost or (costs[above] == cost and nodes[above] <= node):
            break
        costs[place], nodes[place] = costs[above], nodes[above]
        place = above
    costs[place], nodes[place] = cost, node
    return size + 1


@compiled
def _pop(costs: np.ndarray, nodes: np.ndarray, size: int) -> int:
    size -= 1
    cost, node = costs[size], nodes[size]
    place = 0
    while 2 * place + 1 < size:
        below = 2 * place + 1
        if below + 1 < size and (
            costs[below + 1] < costs[below] or (costs[below + 1] == costs[below] and nodes[below + 1] < nodes[below])
        ):
            below += 1
        if cost < costs[below] or (cost == costs[below] and node <= nodes[below]):
            break
        costs[place], nodes[place] = costs[below], nodes[below]
        place = below
    costs[place], nodes[place] = cost, node
    return size
