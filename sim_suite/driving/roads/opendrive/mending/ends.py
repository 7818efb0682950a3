"""Where a road starts and ends, for files that leave out contact points. Source: ASAM OpenDRIVE 1.8, clause 9.3."""

from __future__ import annotations

from math import cos, sin

from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Line, ParamPoly3, Poly3, Road

_STEPS = 64  # of Simpson's rule; an end is wanted to a decimetre


def start_of(road: Road) -> tuple[float, float]:
    """(x, y) of the reference line's start, world frame, metres."""
    first = road.plan_view[0]
    return first.x, first.y


def end_of(road: Road) -> tuple[float, float]:
    """(x, y) of the reference line's end, world frame, metres."""
    last = road.plan_view[-1]
    u, v = _local_end(last)
    return (
        last.x + u * cos(last.heading) - v * sin(last.heading),
        last.y + u * sin(last.heading) + v * cos(last.heading),
    )


def _local_end(geometry: Geometry) -> tuple[float, float]:
    shape, length = geometry.shape, geometry.length
    if isinstance(shape, Line):
        return length, 0.0
    if isinstance(shape, Poly3):  # u is less than the length by what v takes, which is little
        return length, shape.a + length * (shape.b + length * (shape.c + length * shape.d))
    if isinstance(shape, ParamPoly3):
        p = 1.0 if shape.normalized else length
        return (
            shape.a_u + p * (shape.b_u + p * (shape.c_u + p * shape.d_u)),
            shape.a_v + p * (shape.b_v + p * (shape.c_v + p * shape.d_v)),
        )
    start, end = (shape.curvature, shape.curvature) if isinstance(shape, Arc) else shape
    step = length / _STEPS
    u = v = 0.0
    for i in range(_STEPS + 1):
        s = i * step
        turn = s * (start + 0.5 * s * (end - start) / length)
        weight = 1 if i in (0, _STEPS) else 4 if i % 2 else 2
        u += weight * cos(turn)
        v += weight * sin(turn)
    return u * step / 3.0, v * step / 3.0
