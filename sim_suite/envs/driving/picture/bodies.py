"""Shapes of road users seen from above, in shares of their half length and half width. Source: ours.

The x axis points ahead, the y axis to the left, so (1, 1) is the front left corner of the box. A part is a convex polygon
and the name of its colour; parts are drawn in order.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.driving.world.kinds import BUS, CAR, PARKED, TRUCK
from sim_suite.envs.driving.picture.brush import Points


class Part(NamedTuple):
    """A convex polygon."""

    colour: str
    """PAINT, EDGE, LIGHTER, DARKER, GLASS, DARK, BOX or BOX_EDGE."""
    points: Points
    """[N, 2] shares of half length and half width."""


class Body(NamedTuple):
    """All that one needs to draw a vehicle."""

    parts: tuple[Part, ...]
    points: Points
    """[M, 2] The points of all parts, one after the other: they are turned in one go."""
    ends: tuple[int, ...]
    """Where each part's points end."""
    lamps: tuple[float, float]
    """Half length and half width of a lamp, shares."""


def _mirrored(*left: tuple[float, float]) -> Points:
    """A polygon from its left half, front to rear."""
    half = np.array(left)
    return np.concatenate((half, half[::-1] * (1.0, -1.0)))


def _both(*left: tuple[float, float]) -> tuple[Points, Points]:
    points = np.array(left)
    return points, points[::-1] * (1.0, -1.0)


def _body(lamps: tuple[float, float], *parts: tuple[str, Points]) -> Body:
    made = tuple(Part(*part) for part in parts)
    ends = tuple(np.cumsum([len(part.points) for part in made]).tolist())
    return Body(made, np.concatenate([part.points for part in made]), ends, lamps)


_HULL: Final = (
    (1.0, 0.38), (0.975, 0.66), (0.9, 0.86), (0.74, 0.95), (0.3, 0.98), (-0.55, 1.0), (-0.88, 0.93), (-0.98, 0.74), (-1.0, 0.45),
)  # fmt: skip

_CAR: Final = _body(
    (0.055, 0.17),
    ("EDGE", 1.0 * _mirrored(*_HULL)),
    ("PAINT", 0.965 * _mirrored(*_HULL)),
    ("LIGHTER", _mirrored((0.90, 0.42), (0.84, 0.62), (0.52, 0.66), (0.46, 0.55))),
    ("GLASS", _mirrored((0.50, 0.36), (0.42, 0.76), (0.08, 0.84), (-0.50, 0.84), (-0.72, 0.70), (-0.78, 0.40))),
    ("PAINT", _mirrored((0.20, 0.62), (0.12, 0.67), (-0.44, 0.68), (-0.50, 0.60))),
    ("LIGHTER", _mirrored((0.12, 0.46), (0.06, 0.52), (-0.36, 0.52), (-0.42, 0.44))),
    *(("PAINT", part) for part in _both((0.40, 0.88), (0.34, 1.10), (0.26, 1.12), (0.24, 0.88))),
)
_TRUCK: Final = _body(
    (0.025, 0.16),
    ("DARK", _mirrored((0.62, 0.72), (-0.96, 0.80))),
    ("EDGE", _mirrored((1.0, 0.70), (0.985, 0.88), (0.94, 0.95), (0.62, 0.95))),
    ("PAINT", _mirrored((0.985, 0.68), (0.97, 0.83), (0.93, 0.89), (0.63, 0.89))),
    ("GLASS", _mirrored((0.965, 0.62), (0.93, 0.80), (0.875, 0.76))),
    ("LIGHTER", _mirrored((0.84, 0.66), (0.68, 0.68))),
    *(("DARK", part) for part in _both((0.90, 0.95), (0.885, 1.16), (0.87, 1.16), (0.86, 0.95))),
    ("BOX_EDGE", _mirrored((0.57, 1.0), (-1.0, 1.0))),
    ("BOX", _mirrored((0.555, 0.93), (-0.985, 0.93))),
    ("BOX_EDGE", _mirrored((0.20, 0.93), (0.192, 0.93))),
    ("BOX_EDGE", _mirrored((-0.20, 0.93), (-0.208, 0.93))),
    ("BOX_EDGE", _mirrored((-0.60, 0.93), (-0.608, 0.93))),
)
_BUS: Final = _body(
    (0.022, 0.16),
    ("EDGE", _mirrored((1.0, 0.80), (0.985, 0.94), (0.95, 1.0), (-0.97, 1.0), (-1.0, 0.92))),
    ("PAINT", _mirrored((0.988, 0.78), (0.975, 0.90), (0.945, 0.95), (-0.965, 0.95), (-0.99, 0.88))),
    ("GLASS", _mirrored((0.972, 0.74), (0.95, 0.88), (0.89, 0.84))),
    *(("GLASS", part) for part in _both((0.86, 0.93), (-0.90, 0.93), (-0.90, 0.84), (0.86, 0.84))),
    ("LIGHTER", _mirrored((0.86, 0.74), (-0.93, 0.74))),
    ("DARKER", _mirrored((0.62, 0.42), (0.44, 0.42))),
    ("DARKER", _mirrored((-0.10, 0.42), (-0.28, 0.42))),
    ("DARKER", _mirrored((-0.66, 0.50), (-0.84, 0.50))),
    *(("DARK", part) for part in _both((0.97, 0.98), (0.965, 1.14), (0.945, 1.14), (0.94, 0.98))),
)

BODIES: Final[dict[int, Body]] = {CAR: _CAR, PARKED: _CAR, TRUCK: _TRUCK, BUS: _BUS}
"""By ActorKind."""
