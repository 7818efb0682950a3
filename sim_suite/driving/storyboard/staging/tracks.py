"""Turns trajectories into points that are followed, for all variations at once. Source: OpenSCENARIO XML 1.3, 6.9; clothoids by Simpson's
rule; B-splines after Piegl and Tiller, The NURBS Book (1997), algorithms A2.1 and A2.2 and eq. 4.1.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import pairwise
from typing import Any, Final

import numpy as np

from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.positions import Trajectory
from sim_suite.driving.storyboard.staging.placing import place
from sim_suite.driving.storyboard.staging.view import Floats, View
from sim_suite.errors import SuiteError

STEP_M: Final = 0.5
"""Points of curves lie so close: at 5 m of radius chords leave the arc by 6 mm."""
MOST_POINTS: Final = 4096


def track_of(view: View, trajectory: Trajectory, along_tangent: bool) -> Floats:
    """[W, P, 5] x, y (terrain's frame), heading, time (NaN where there is none), metres along.

    along_tangent: face the way of the motion, rather than as the points say.
    """
    x, y, heading, time = _points(trajectory.shape, view)
    if trajectory.closed:
        x, y, heading, time = (np.concatenate([one, one[:, :1]], axis=1) for one in (x, y, heading, time))
    x, y = view.to_terrain(x, y)
    steps = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1))
    along = np.concatenate([np.zeros((len(x), 1)), np.cumsum(steps, axis=1)], axis=1)
    if (along[:, -1] <= 0.0).any():
        raise SuiteError(f"trajectory {trajectory.name!r} has no length. Give it points that are apart.")
    if along_tangent:
        tangent = np.arctan2(np.diff(y, axis=1), np.diff(x, axis=1))
        # Points on the same place keep the way of the piece before.
        for k in range(tangent.shape[1]):
            still = steps[:, k] < 1e-6
            tangent[still, k] = tangent[still, max(k - 1, 0)]
        heading = np.concatenate([tangent, tangent[:, -1:]], axis=1)
    return np.stack([x, y, heading, time, along], axis=2)


def point_on_track(view: View, trajectory: Trajectory, s: Floats) -> tuple[Floats, Floats, Floats]:
    """x, y, heading at metres along, [W] each, map's frame."""
    track = track_of(view, trajectory, along_tangent=True)
    found = np.array([
        [np.interp(s[w], track[w, :, 4], track[w, :, k]) for k in (0, 1)] for w in range(len(track))
    ])  # fmt: skip
    before = np.array([np.searchsorted(track[w, :, 4], s[w], side="right") - 1 for w in range(len(track))])
    heading = track[np.arange(len(track)), np.clip(before, 0, track.shape[1] - 2), 2]
    terrain = view.map.ground.terrain
    return found[:, 0] + terrain.origin_x, found[:, 1] + terrain.origin_y, heading


Points = tuple[Floats, Floats, Floats, Floats]


@singledispatch
def _points(shape: Any, view: View) -> Points:
    """x, y (map's frame), heading, time, [W, P] each."""
    raise TypeError(f"{type(shape).__name__} is no shape of a trajectory.")


@_points.register
def _(shape: p.Polyline, view: View) -> Points:
    if len(shape.vertices) < 2:
        raise SuiteError(f"a polyline needs two vertices or more, not {len(shape.vertices)}.")
    poses = [place(vertex.position, view) for vertex in shape.vertices]
    times = [np.nan if vertex.time is None else vertex.time for vertex in shape.vertices]
    return (
        np.stack([one.x for one in poses], axis=1),
        np.stack([one.y for one in poses], axis=1),
        np.stack([one.yaw for one in poses], axis=1),
        np.stack([view.number(time) for time in times], axis=1),
    )


@_points.register
def _(shape: p.Clothoid, view: View) -> Points:
    start = place(shape.position, view)
    curvature, prime, length = (view.number(n) for n in (shape.curvature, shape.curvature_prime, shape.length))
    begin, end = (view.number(np.nan if n is None else n) for n in (shape.start_time, shape.stop_time))
    x, y, heading = _spiral(start.x, start.y, start.yaw, curvature, curvature + prime * length, length)
    share = np.linspace(0.0, 1.0, x.shape[1])
    return x, y, heading, begin[:, None] + (end - begin)[:, None] * share


@_points.register
def _(shape: p.ClothoidSpline, view: View) -> Points:
    if not shape.segments or shape.segments[0].position is None:
        raise SuiteError("the first segment of a clothoid spline needs a position to start at.")
    ends = [one.time_start for one in shape.segments[1:]] + [shape.time_end]
    pieces: list[Points] = []
    for segment, end in zip(shape.segments, ends, strict=True):
        if segment.position is not None:
            start = place(segment.position, view)
            x, y, heading = start.x, start.y, start.yaw
        else:
            x, y, heading = (column[:, -1] for column in pieces[-1][:3])
        numbers = (view.number(n) for n in (segment.curvature_start, segment.curvature_end, segment.length))
        xs, ys, headings = _spiral(x, y, heading + view.number(segment.h_offset), *numbers)
        times = (view.number(np.nan if n is None else n) for n in (segment.time_start, end))
        begin, over = times
        share = np.linspace(0.0, 1.0, xs.shape[1])
        pieces.append((xs, ys, headings, begin[:, None] + (over - begin)[:, None] * share))
    x, y, heading, time = (np.concatenate([piece[k] for piece in pieces], axis=1) for k in range(4))
    return x, y, heading, time


@_points.register
def _(shape: p.Nurbs, view: View) -> Points:
    count, order = len(shape.control_points), shape.order
    if not 2 <= order <= count or len(shape.knots) != count + order:
        raise SuiteError(
            f"a B-spline of order {order} with {count} control points needs {count + order} knots and an order of 2 to {count}, "
            f"not {len(shape.knots)} knots."
        )
    poses = [place(one.position, view) for one in shape.control_points]
    weights = np.stack([view.number(one.weight) for one in shape.control_points], axis=1)
    knots = np.array([view.number(knot)[0] for knot in shape.knots])
    around = sum(np.hypot(b.x - a.x, b.y - a.y).max() for a, b in pairwise(poses))
    places = np.linspace(knots[order - 1], knots[count], int(np.clip(around / STEP_M, 2, MOST_POINTS)) + 1)
    basis = np.stack([_basis(knots, order, k, places, knots[count]) for k in range(count)])
    shares = weights[:, :, None] * basis
    shares /= shares.sum(axis=1, keepdims=True)
    x = np.einsum("wk,wkp->wp", np.stack([one.x for one in poses], axis=1), shares)
    y = np.einsum("wk,wkp->wp", np.stack([one.y for one in poses], axis=1), shares)
    timed = all(one.time is not None for one in shape.control_points)
    times = np.stack([view.number(np.nan if one.time is None else one.time) for one in shape.control_points], axis=1)
    time = np.einsum("wk,wkp->wp", times, shares) if timed else np.full(x.shape, np.nan)
    heading = np.arctan2(np.gradient(y, axis=1), np.gradient(x, axis=1))
    return x, y, heading, time


def _basis(knots: Floats, order: int, k: int, at: Floats, end: float) -> Floats:
    """The k-th basis function of an order at some places (Cox and de Boor)."""
    if order == 1:
        last = (at == end) & (knots[k] < knots[k + 1]) & (knots[k + 1] == end)
        return np.asarray(((knots[k] <= at) & (at < knots[k + 1])) | last, np.float64)
    total = np.zeros(len(at))
    before, after = knots[k + order - 1] - knots[k], knots[k + order] - knots[k + 1]
    if before > 0:
        total += (at - knots[k]) / before * _basis(knots, order - 1, k, at, end)
    if after > 0:
        total += (knots[k + order] - at) / after * _basis(knots, order - 1, k + 1, at, end)
    return total


def _spiral(
    x: Floats, y: Floats, heading: Floats, begin: Floats, end: Floats, length: Floats
) -> tuple[Floats, Floats, Floats]:
    """Points of curves whose curvature goes evenly from `begin` to `end`; [W] each -> [W, P] each."""
    if (length <= 0).any():
        raise SuiteError(f"the length of a clothoid must be above 0, not {float(length.min()):g} m.")
    count = int(np.clip(length.max() / STEP_M, 2, MOST_POINTS))
    # Simpson's rule needs a place between two points.
    share = np.linspace(0.0, 1.0, 2 * count + 1)
    s = length[:, None] * share
    turn = heading[:, None] + begin[:, None] * s + (end - begin)[:, None] * share * s / 2
    step = (length / count)[:, None]
    parts = []
    for start, wave in ((x, np.cos(turn)), (y, np.sin(turn))):
        pieces = step / 6 * (wave[:, :-2:2] + 4 * wave[:, 1::2] + wave[:, 2::2])
        parts.append(start[:, None] + np.concatenate([np.zeros((len(x), 1)), np.cumsum(pieces, axis=1)], axis=1))
    return parts[0], parts[1], turn[:, ::2]
