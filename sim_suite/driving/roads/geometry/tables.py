"""A road network's numbers as flat arrays that kernels read: plan view, profiles, sections, lanes. Source: ours.

R roads, G pieces of reference lines, S lane sections, L lanes (lane 0 is not one), M records of a kind. Lists that belong
to a road, section or lane are stored one after the other (CSR): those of i are `first[i]:first[i + 1]`. Metres and
radians, the file's own frame.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints

LINE: Final = 0
ARC: Final = 1
SPIRAL: Final = 2
CURVE: Final = 3
"""A pair of cubics u(p), v(p), run through by arc length: paramPoly3, and poly3 with u(p) = p."""

NUM_COEFFICIENTS: Final = 11


class Pieces(NamedTuple):
    """Stretches of reference lines, long spirals and curves cut into shorter ones (see pieces.py)."""

    first: Ints
    """[R + 1]"""
    s: Floats
    """[G] Where the piece starts on its road; it holds until the next one starts."""
    x: Floats
    y: Floats
    heading: Floats
    """[G] The frame that the shape is given in: of lines, arcs and spirals their start, of curves that of the whole curve."""
    kind: Bytes
    """[G] LINE, ARC, SPIRAL or CURVE."""
    coefficients: Floats
    """[G, NUM_COEFFICIENTS] Arc: curvature. Spiral: curvature at the start, its change per metre. Curve: a to d of u, a to d
    of v, p at the start, p at the end, arc length from start to end."""


class Records(NamedTuple):
    """Cubic polynomials: value = a + b ds + c ds^2 + d ds^3 from s on, until the next record of the same owner."""

    first: Ints
    """[owners + 1]"""
    values: Floats
    """[M, 5] s, a, b, c, d."""


class RoadTables(NamedTuple):
    """Everything geometric of a map."""

    length: Floats
    """[R]"""
    pieces: Pieces
    lane_offset: Records
    """By road, as are the next four."""
    elevation: Records
    superelevation: Records
    crossfall_left: Records
    crossfall_right: Records
    first_shape: Ints
    """[R + 1]"""
    shapes: Floats
    """[M, 6] s, t, a, b, c, d of the lateral profile."""
    first_section: Ints
    """[R + 1]"""
    section_road: Ints
    """[S]"""
    section_start: Floats
    """[S] s"""
    section_end: Floats
    """[S] s of the next section, or the road's length."""
    first_lane: Ints
    """[S + 1]"""
    num_left: Ints
    """[S] How many of a section's lanes lie left of lane 0; they come first, from the outside in."""
    lane_section: Ints
    """[L]"""
    lane_id: Ints
    """[L]"""
    lane_side: NDArray[np.int8]
    """[L] +1 left of lane 0, -1 right of it."""
    direction: NDArray[np.int8]
    """[L] +1 where traffic runs with rising s, -1 against it."""
    level: Bytes
    """[L]"""
    sloped_until: Ints
    """[L] Of level lanes: the lane at whose inner border the slope of the road ends; of others themselves."""
    bordered: Bytes
    """[L] 1 where `width` holds the distance of the outer border from lane 0 instead of a width."""
    width: Records
    """By lane; s from the start of the section."""
