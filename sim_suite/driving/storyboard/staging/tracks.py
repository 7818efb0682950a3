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
from sim_suite.driving.storyboard.staging.view import Bools, Floats, Poses, View
from sim_suite.errors import SuiteError

STEP_M: Final = 0.5
"""Points of curves lie so close: at 5 m of radius chords leave the arc by 6 mm."""
MOST_POINTS: Final = 4096


def track_of(
    view: View, trajectory: Trajectory, along_tangent: bool, needed: Bools | None = None, actor: str = ""
) -> Floats:
    """[W, P, 5] x, y (terrain's frame), heading, time (NaN where there is none), metres along; the last point may be repeated.

    along_tangent: face the way of the motion, rather than as the points say. needed: as `placing.place`. actor: whoever
    follows it, for curves that begin where he is.
    """
    needed = np.ones(view.num_worlds, np.bool_) if needed is None else needed
    x, y, heading, time = _points(trajectory.shape, view, needed, actor)
    if trajectory.closed:
        x, y, heading, time = (np.concatenate([one, one[:, :1]], axis=1) for one in (x, y, heading, time))
    x, y = view.to_terrain(x, y)
    steps = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1))
    along = np.concatenate([np.zeros((len(x), 1)), np.cumsum(steps, axis=1)], axis=1)
    if (along[needed, -1] <= 0.0).any():
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
    last = (track[:, :, 4] < track[:, -1:, 4]).sum(axis=1) - 1  # the start of the last piece
    before = np.minimum(np.maximum((track[:, :, 4] <= s[:, None]).sum(axis=1) - 1, 0), last)
    begin, end = (track[np.arange(len(track)), k] for k in (before, before + 1))
    share = np.clip((s - begin[:, 4]) / (end[:, 4] - begin[:, 4]), 0.0, 1.0)
    x, y = (begin[:, k] + share * (end[:, k] - begin[:, k]) for k in (0, 1))
    terrain = view.map.ground.terrain
    return x + terrain.origin_x, y + terrain.origin_y, begin[:, 2]


def end_of_track(view: View, trajectory: Trajectory) -> Poses:
    """Where a trajectory ends, on no lane in particular."""
    last = track_of(view, trajectory, along_tangent=True)[:, -1]
    terrain = view.map.ground.terrain
    nowhere = np.full(len(last), -1, np.int32)
    return Poses(
        last[:, 0] + terrain.origin_x,
        last[:, 1] + terrain.origin_y,
        last[:, 2],
        nowhere,
        0 * last[:, 0],
        0 * last[:, 0],
    )


Points = tuple[Floats, Floats, Floats, Floats]


@singledispatch
def _points(shape: Any, view: View, needed: Bools, actor: str) -> Points:
    """x, y (map's frame), heading, time, [W, P] each."""
    raise TypeError(f"{type(shape).__name__} is no shape of a trajectory.")


@_points.register
def _(shape: p.Polyline, view: View, needed: Bools, actor: str) -> Points:
    if len(shape.vertices) < 2:
        raise SuiteError(f"a polyline needs two vertices or more, not {len(shape.vertices)}.")
    poses = [place(vertex.position, view, needed) for vertex in shape.vertices]
    times = [np.nan if vertex.time is None else vertex.time for vertex in shape.vertices]
    return (
        np.stack([one.x for one in poses], axis=1),
        np.stack([one.y for one in poses], axis=1),
        np.stack([one.yaw for one in poses], axis=1),
        np.stack([view.number(time) for time in times], axis=1),
    )


@_points.register
def _(shape: p.Clothoid, view: View, needed: Bools, actor: str) -> Points:
    start = place(shape.position, view, needed)
    curvature, prime, length = (view.number(n) for n in (shape.curvature, shape.curvature_prime, shape.length))
    begin, end = (view.number(np.nan if n is None else n) for n in (shape.start_time, shape.stop_time))
    x, y, heading, share = _spiral(start.x, start.y, start.yaw, curvature, curvature + prime * length, length)
    return x, y, heading, begin[:, None] + (end - begin)[:, None] * share


@_points.register
def _(shape: p.ClothoidSpline, view: View, needed: Bools, actor: str) -> Points:
    if not shape.segments or (shape.segments[0].position is None and not actor):
        raise SuiteError("the first segment of a clothoid spline needs a position to start at.")
    ends = [one.time_start for one in shape.segments[1:]] + [shape.time_end]
    pieces: list[Points] = []
    for segment, end in zip(shape.segments, ends, strict=True):
        if segment.position is not None:
            start = place(segment.position, view, needed)
            x, y, heading = start.x, start.y, start.yaw
        elif not pieces:
            x, y, heading = view.point(actor)
        else:
            x, y, heading = (column[:, -1] for column in pieces[-1][:3])
        numbers = (view.number(n) for n in (segment.curvature_start, segment.curvature_end, segment.length))
        xs, ys, headings, share = _spiral(x, y, heading + view.number(segment.h_offset), *numbers)
        begin, over = (view.number(np.nan if n is None else n) for n in (segment.time_start, end))
        pieces.append((xs, ys, headings, begin[:, None] + (over - begin)[:, None] * share))
    x, y, heading, time = (np.concatenate([piece[k] for piece in pieces], axis=1) for k in range(4))
    return x, y, heading, time


@_points.register
def _(shape: p.Nurbs, view: View, needed: Bools, actor: str) -> Points:
    count, order = len(shape.control_points), shape.order
    if not 2 <= order <= count or len(shape.knots) != count + order:
        raise SuiteError(
            f"a B-spline of order {order} with {count} control points needs {count + order} knots and an order of 2 to {count}, "
            f"not {len(shape.knots)} knots."
        )
    poses = [place(one.position, view, needed) for one in shape.control_points]
    weights = np.stack([view.number(one.weight) for one in shape.control_points], axis=1)
    knots = np.stack([view.number(knot) for knot in shape.knots])
    around = np.sum([np.hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(poses)], axis=0)
    share = _shares(np.nan_to_num(around))
    begin, end = knots[order - 1][:, None], knots[count][:, None]
    at = np.where(share < 1.0, begin + (end - begin) * share, end)
    basis = np.stack([_basis(knots[:, :, None], order, k, at, end) for k in range(count)], axis=1)
    shares = weights[:, :, None] * basis
    shares /= shares.sum(axis=1, keepdims=True)
    times = [view.number(np.nan if one.time is None else one.time) for one in shape.control_points]
    columns = ([one.x for one in poses], [one.y for one in poses], times)
    x, y, time = ((np.stack(column, axis=1)[:, :, None] * shares).sum(axis=1) for column in columns)
    slope = np.gradient(np.stack([y, x]), axis=2)
    # Where the last point is repeated, the curve has come to its end.
    still = share >= 1.0
    heading = np.arctan2(slope[0], slope[1])
    heading = np.where(still, np.arctan2(*_last_step(y, x, share))[:, None], heading)
    return x, y, heading, time


def _last_step(y: Floats, x: Floats, share: Floats) -> tuple[Floats, Floats]:
    """From the last point before the end to the end, [W] each."""
    rows, last = np.arange(len(x)), (share < 1.0).sum(axis=1)
    return y[rows, last] - y[rows, last - 1], x[rows, last] - x[rows, last - 1]


def _shares(length: Floats) -> Floats:
    """[W, P] Shares of a curve of a length at which its points lie, 1 where the last one is repeated: each world's as it has alone."""
    count = np.clip(length / STEP_M, 2, MOST_POINTS).astype(np.int64)
    return np.minimum(np.arange(int(count.max()) + 1) / count[:, None], 1.0)


def _basis(knots: Floats, order: int, k: int, at: Floats, end: Floats) -> Floats:
    """[W, P] The k-th basis function of an order at some places (Cox and de Boor). knots: [K, W, 1]; at: [W, P]; end: [W, 1]."""
    if order == 1:
        last = (at == end) & (knots[k] < knots[k + 1]) & (knots[k + 1] == end)
        return np.asarray(((knots[k] <= at) & (at < knots[k + 1])) | last, np.float64)
    before, after = knots[k + order - 1] - knots[k], knots[k + order] - knots[k + 1]
    rising, falling = ((at - knots[k]) / np.where(before > 0, before, np.inf),
                       (knots[k + order] - at) / np.where(after > 0, after, np.inf))  # fmt: skip
    lower = [_basis(knots, order - 1, one, at, end) for one in (k, k + 1)]
    return np.asarray(rising * lower[0] + falling * lower[1])


def _spiral(x: Floats, y: Floats, heading: Floats, begin: Floats, end: Floats, length: Floats) -> Points:
    """Points of curves whose curvature goes evenly from `begin` to `end`, and at which share of it; [W] each -> [W, P] each."""
    if (length <= 0).any():
        raise SuiteError(f"the length of a clothoid must be above 0, not {float(length.min()):g} m.")
    share = _shares(length)
    middle = (share[:, 1:] + share[:, :-1]) / 2
    ends, between = (
        heading[:, None] + (begin[:, None] + (end - begin)[:, None] * at / 2) * at * length[:, None]
        for at in (share, middle)
    )
    step = length[:, None] * np.diff(share, axis=1)
    parts = []
    for start, wave in ((x, np.cos), (y, np.sin)):
        # Simpson's rule.
        pieces = step / 6 * (wave(ends[:, :-1]) + 4 * wave(between) + wave(ends[:, 1:]))
        parts.append(start[:, None] + np.concatenate([np.zeros((len(x), 1)), np.cumsum(pieces, axis=1)], axis=1))
    return parts[0], parts[1], ends, share
