"""Nodes and weights of Gauss-Legendre quadrature on [0, 1], for arc lengths and clothoids. Source: Abramowitz and Stegun 25.4.30."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.graph.layout import Floats


def _unit_rule(order: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return 0.5 * (nodes + 1.0), 0.5 * weights


NODES, WEIGHTS = _unit_rule(6)
"""Exact for polynomials up to degree 11; 1e-15 of the length for a clothoid that turns by a radian, 1e-9 for its cube."""

NUM_NODES: Final = len(NODES)
