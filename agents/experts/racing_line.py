"""The line to drive on a CarRacing track: within the road, from the first tile to the last, in the least time.

The line is an offset from the road's centre, a cubic B-spline over the tiles, whose coefficients bound the offset (a
spline lies in the hull of its coefficients). It starts as the line of least squared curvature (Heilmeier et al. 2020,
Vehicle System Dynamics 58(10), section 3) and is then moved down the gradient of the lap time by L-BFGS-B (Byrd et al.
1995). The lap is open: it starts at rest and nothing has to be slowed for behind the finish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, CubicSpline
from scipy.optimize import lsq_linear, minimize
from threadpoolctl import threadpool_limits

from agents.experts.lap_time import Geometry, Grip, lap_time, speed_limit

Array = NDArray[np.float64]

_RUN_OUT_TILES = 12
"""Tiles of the second lap behind the finish, so that the driver can look ahead there: 40 m, 0.4 s at top speed."""
_KNOT_TILES = 2
"""Tiles (3.5 m) between knots. The tightest corner, 11 m of radius, is 10 tiles; 3 gave planned laps 2 to 5 % longer."""
_START_KNOTS = 3
"""Coefficients fixed to the road's centre at the start, where the car stands: the order of the spline less one."""
_FIXED_M = 1e-3
"""Half-width of the bounds of a fixed coefficient: the solvers ask for some."""
_SPACING_M = 1.0
"""Distance between the points of the finished line: half of what the car covers in a tick at top speed."""


@dataclass(frozen=True)
class LineSettings:
    """How the line is sought."""

    margin_m: float
    """Kept between the car's centre and the road's edge."""
    grip: Grip
    """What the speed along the line may use."""
    smoothness_s: float
    """Weight of squared curvature changes between tiles, in s m2."""
    iterations: int
    """At most so many steps of L-BFGS-B."""


@dataclass(frozen=True)
class RacingLine:
    """A line of M points, 1 m apart, and how fast it can be driven. All float64."""

    xy: Array
    """[M, 2] metres, world frame."""
    heading: Array
    """[M] rad, counter-clockwise from east, unwrapped."""
    curvature: Array
    """[M] 1/m, positive to the left."""
    limit: Array
    """[M] m/s."""


def plan_line(centre: Array, half_width_m: float, settings: LineSettings) -> RacingLine:
    """Plan one lap over the tile centres [N, 2] of a closed road, and a few tiles more. Equal input, equal line."""
    # Sums in another order are other sums: with two threads the linear algebra ends on another line.
    with threadpool_limits(limits=1, user_api="blas"):
        return _plan(centre, half_width_m, settings)


def _plan(centre: Array, half_width_m: float, settings: LineSettings) -> RacingLine:
    tiles = len(centre) + _RUN_OUT_TILES
    road = centre[np.arange(tiles) % len(centre)]
    tangent = np.roll(centre, -1, axis=0) - np.roll(centre, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    left = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)[np.arange(tiles) % len(centre)]
    basis = _basis(tiles)
    room = np.full(basis.shape[1], half_width_m - settings.margin_m)
    room[:_START_KNOTS] = _FIXED_M

    start = _least_curvature(road, left, basis, room)

    def cost(weights: Array) -> tuple[float, Array]:
        seconds, of_line = lap_time(road + (basis @ weights)[:, None] * left, settings.grip, settings.smoothness_s)
        return seconds, basis.T @ (of_line * left).sum(axis=1)

    found = minimize(
        cost,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([-room, room], axis=1),
        options={"maxiter": settings.iterations},
    )
    return _resample(road + (basis @ found.x)[:, None] * left, settings.grip)


def _basis(tiles: int) -> Array:
    """[tiles, K]: the cubic B-splines with a knot every `_KNOT_TILES`, at each tile."""
    knots = np.arange(-3, tiles // _KNOT_TILES + 5, dtype=np.float64) * _KNOT_TILES
    basis: Array = BSpline.design_matrix(np.arange(tiles, dtype=np.float64), knots, 3).toarray()
    return basis[:, basis.any(axis=0)]


def _least_curvature(road: Array, left: Array, basis: Array, room: Array) -> Array:
    """[K] coefficients whose line has the least sum of squared second differences, which is linear least squares."""
    bend = np.diff(np.eye(len(road)), n=2, axis=0)
    system = np.concatenate([(bend * left[:, axis]) @ basis for axis in range(2)])
    target = -np.concatenate([bend @ road[:, axis] for axis in range(2)])
    # A little pull to the centre makes the solution unique where the road is straight.
    system = np.concatenate([system, 1e-3 * np.eye(basis.shape[1])])
    target = np.concatenate([target, np.zeros(basis.shape[1])])
    solution: Array = lsq_linear(system, target, bounds=(-room, room)).x
    return solution


def _resample(line: Array, grip: Grip) -> RacingLine:
    """The line [m, 2] at equal distances, through a cubic spline of its length."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    spline = CubicSpline(length, line)
    at = np.arange(0.0, length[-1], _SPACING_M)
    along, bend = spline(at, 1), spline(at, 2)
    curvature = (along[:, 0] * bend[:, 1] - along[:, 1] * bend[:, 0]) / np.hypot(along[:, 0], along[:, 1]) ** 3
    limit = speed_limit(Geometry(np.diff(at), curvature), grip)
    heading = np.unwrap(np.arctan2(along[:, 1], along[:, 0]))
    return RacingLine(spline(at), heading, curvature, limit)
