"""Joins two poses by a path that starts and ends straight: three spirals, found by Newton's method. Source: ours, over clothoids.

The curvature runs 0, a, b, 0 with the corners at `EASE` and 1 - `EASE` of the length. Three unknowns (a, b and the length)
meet three conditions (x, y and heading of the end), as in G2 interpolation by clothoids (Bertolazzi and Frego 2018,
doi:10.1002/mma.4700), with the curvature given as zero at both ends: all roads meet their junctions straight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.towns.paths import Path, Piece, Pose, advance, wrap
from sim_suite.errors import SuiteError

EASE: Final = 0.2
"""Share of the length that is spiral at either end: a right angle then peaks at 1.25 times its arc's curvature."""
_STRAIGHT: Final = 1e-9
_TOLERANCE: Final = 1e-12
_MAX_STEPS: Final = 40
_LONGEST: Final = 4.0
"""Times the distance between the poses: a path longer than that runs in loops."""


def blend(start: Pose, end: Pose) -> Path:
    """The path from one pose to the other. Raises SuiteError where it would have to loop."""
    distance = math.hypot(end.x - start.x, end.y - start.y)
    bearing = math.atan2(end.y - start.y, end.x - start.x)
    leaving, arriving = wrap(start.heading - bearing), wrap(end.heading - bearing)
    if distance == 0.0 or max(abs(leaving), abs(arriving)) < _STRAIGHT:
        return Path(start, (Piece(distance),) if distance else ())
    symmetric = abs(leaving + arriving) < _STRAIGHT
    if symmetric:
        leaving = 0.5 * (leaving - arriving)
        arriving = -leaving
    found = _solve(leaving, arriving)
    if found is None:
        raise SuiteError(
            f"no smooth road leads from ({start.x:.1f}, {start.y:.1f}) to ({end.x:.1f}, {end.y:.1f}): it leaves the straight "
            f"line by {math.degrees(leaving):.0f} and {math.degrees(arriving):.0f} degrees. Set the ends further apart."
        )
    first, second, length = found
    if symmetric:  # an arc in the middle: LibCarla's spirals lose their way where the curvature hardly changes
        second = first
    return Path(start, _pieces(first / distance, second / distance, length * distance))


def through(poses: Sequence[Pose]) -> Path:
    """A path through all poses in turn, straight at each of them."""
    legs = [blend(a, b) for a, b in pairwise(poses)]
    return Path(poses[0], tuple(piece for leg in legs for piece in leg.pieces))


def _pieces(first: float, second: float, length: float) -> tuple[Piece, Piece, Piece]:
    ease = EASE * length
    return Piece(ease, 0.0, first), Piece(length - 2.0 * ease, first, second), Piece(ease, second, 0.0)


def _solve(leaving: float, arriving: float) -> tuple[float, float, float] | None:
    """(a, b, length) for a chord of length 1 along x, or None."""
    # a cubic of these end slopes has these end curvatures
    guess = np.array([-4.0 * leaving - 2.0 * arriving, 2.0 * leaving + 4.0 * arriving, 1.0]) * 0.6
    guess[2] = 1.0 + (leaving**2 + arriving**2 - 0.5 * leaving * arriving) / 15.0
    error = _miss(guess, leaving, arriving)
    for _ in range(_MAX_STEPS):
        size = float(np.abs(error).max())
        if size < _TOLERANCE:
            break
        step = np.linalg.solve(_slopes(guess, leaving, arriving, error), error)
        scale = 1.0
        while scale > 1e-3:
            trial = guess - scale * step
            trial_error = _miss(trial, leaving, arriving)
            if trial[2] > 0.0 and np.abs(trial_error).max() < size:
                break
            scale *= 0.5
        guess, error = trial, trial_error
    if np.abs(error).max() > 1e-9 or not 1.0 <= guess[2] + 1e-9 <= _LONGEST:
        return None
    return float(guess[0]), float(guess[1]), float(guess[2])


def _miss(guess: NDArray[np.float64], leaving: float, arriving: float) -> NDArray[np.float64]:
    pose = Pose(0.0, 0.0, leaving)
    for piece in _pieces(float(guess[0]), float(guess[1]), float(guess[2])):
        pose = advance(pose, piece, piece.length)
    return np.array([pose.x - 1.0, pose.y, pose.heading - arriving])


def _slopes(
    guess: NDArray[np.float64], leaving: float, arriving: float, error: NDArray[np.float64]
) -> NDArray[np.float64]:
    columns = []
    for k in range(3):
        moved = guess.copy()
        moved[k] += 1e-7
        columns.append((_miss(moved, leaving, arriving) - error) / 1e-7)
    return np.column_stack(columns)
