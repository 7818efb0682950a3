"""Documents of one road, and where its reference line is, worked out with scipy's quadrature instead of the code under test."""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from sim_suite.driving.roads.geometry.reference_line import reference_pose
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    Line,
    OpenDrive,
    ParamPoly3,
    Poly3,
    Road,
    Spiral,
)


def lanes(*ids, width=3.5, **more):
    """Lanes of one width each, and lane 0, in the order of the file."""
    made = [Lane(number, "driving", (Cubic(0.0, width),), **more) for number in ids]
    return tuple(sorted([*made, Lane(0, "none")], key=lambda lane: -lane.id))


def one_road(*geometries, sections=None, length=None, **more):
    """A document of one road; its length is that of its geometries."""
    length = sum(geometry.length for geometry in geometries) if length is None else length
    sections = (LaneSection(0.0, lanes(1, -1)),) if sections is None else sections
    return OpenDrive(Header(), (Road("1", length, tuple(geometries), tuple(sections), **more),))


def chain(shapes, x=0.0, y=0.0, heading=0.0):
    """Geometries (shape, length) that begin where the one before ends, in its direction; `heading` is the first tangent's."""
    made, s = [], 0.0
    for shape, length in shapes:
        heading -= local_pose(shape, length, 0.0)[2]  # a cubic's tangent may leave its frame's axis
        made.append(Geometry(s, x, y, heading, length, shape))
        u, v, turn = local_pose(shape, length, length)
        x, y = x + u * math.cos(heading) - v * math.sin(heading), y + u * math.sin(heading) + v * math.cos(heading)
        heading, s = heading + turn, s + length
    return made


def local_pose(shape, length, s):
    """u, v and heading at arc length s in the shape's own frame."""
    match shape:
        case Line():
            return s, 0.0, 0.0
        case Arc(curvature):
            return _along(lambda w: curvature * w, s)
        case Spiral(start, end):
            return _along(lambda w: start * w + 0.5 * (end - start) / length * w * w, s)
        case Poly3(a, b, c, d):
            u_of, v_of = np.polynomial.Polynomial([0, 1]), np.polynomial.Polynomial([a, b, c, d])
            upper = length
        case ParamPoly3():
            u_of, v_of = np.polynomial.Polynomial(shape[:4]), np.polynomial.Polynomial(shape[4:8])
            upper = 1.0 if shape.normalized else length
    du, dv = u_of.deriv(), v_of.deriv()

    def run(p):
        return quad(lambda q: math.hypot(du(q), dv(q)), 0.0, p, epsabs=1e-12, epsrel=1e-12)[0]

    p = brentq(lambda q: run(q) - s, -0.1 * upper, 2.0 * upper, xtol=1e-13) if s else 0.0
    return u_of(p), v_of(p), math.atan2(dv(p), du(p))


def _along(turn, s):
    u = quad(lambda w: math.cos(turn(w)), 0.0, s, epsabs=1e-12, epsrel=1e-12, limit=200)[0]
    v = quad(lambda w: math.sin(turn(w)), 0.0, s, epsabs=1e-12, epsrel=1e-12, limit=200)[0]
    return u, v, turn(s)


def poses(tables, s, road=0):
    """[N, 5] x, y, heading, curvature, its change by s."""
    return np.array([reference_pose(tables.pieces, road, float(place)) for place in np.atleast_1d(s)])
