"""Reference lines of new roads: chains of lines, arcs and spirals whose heading never jumps. Source: ASAM OpenDRIVE 1.8, clause 9.3.

A path is its start pose and its pieces, each with curvature linear in arc length; everything else follows from them, so
that the pieces meet exactly. `blend` joins two poses by a path whose curvature is zero at both ends and continuous between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Line, Shape, Spiral

POSITION_DIGITS: Final = 7
HEADING_DIGITS: Final = 9
CURVATURE_DIGITS: Final = 11
"""Written numbers: together they move a joint by less than 1e-6 m and keep the files short and equal on all machines."""
_HALF_NODES: Final = (0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363)
_HALF_WEIGHTS: Final = (0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763)
_RULE: Final = tuple(
    (0.5 + 0.5 * sign * n, 0.5 * w) for n, w in zip(_HALF_NODES, _HALF_WEIGHTS, strict=True) for sign in (-1, 1)
)
"""Gauss-Legendre of order 8 on [0, 1] (Abramowitz and Stegun, table 25.4)."""


class Pose(NamedTuple):
    """A place and a heading, world frame: metres, radians."""

    x: float
    y: float
    heading: float

    def ahead(self, distance_m: float) -> Pose:
        """The pose so far along the heading."""
        return Pose(
            self.x + distance_m * math.cos(self.heading), self.y + distance_m * math.sin(self.heading), self.heading
        )

    def beside(self, left_m: float) -> Pose:
        """The pose so far to the left, the same way round."""
        return Pose(self.x - left_m * math.sin(self.heading), self.y + left_m * math.cos(self.heading), self.heading)

    def turned(self, angle_rad: float = math.pi) -> Pose:
        """The same place, facing elsewhere (back, if nothing is said)."""
        return Pose(self.x, self.y, wrap(self.heading + angle_rad))


class Piece(NamedTuple):
    """A stretch of curvature linear in arc length: a line, an arc or a spiral. Metres and 1/m."""

    length: float
    curvature_start: float = 0.0
    curvature_end: float = 0.0


def wrap(angle_rad: float) -> float:
    """The same angle in (-pi, pi]."""
    return math.pi - (math.pi - angle_rad) % (2.0 * math.pi)


def advance(pose: Pose, piece: Piece, along_m: float) -> Pose:
    """Where a piece that starts at `pose` is after `along_m`; exact to rounding for road-like curvatures."""
    rate = (piece.curvature_end - piece.curvature_start) / piece.length if piece.length else 0.0
    curvature = piece.curvature_start
    bend = max(abs(curvature), abs(curvature + rate * along_m)) * abs(along_m)
    steps = 1 + int(bend)  # a radian a step keeps the quadrature exact to 1e-15 of the length
    x, y, heading, step = pose.x, pose.y, pose.heading, along_m / steps
    for _ in range(steps):
        for node, weight in _RULE:
            w = step * node
            angle = heading + w * (curvature + 0.5 * rate * w)
            x += step * weight * math.cos(angle)
            y += step * weight * math.sin(angle)
        heading += step * (curvature + 0.5 * rate * step)
        curvature += rate * step
    return Pose(x, y, heading)


@dataclass(frozen=True)
class Path:
    """A start pose and the pieces that follow one another from there."""

    start: Pose
    pieces: tuple[Piece, ...] = ()

    @property
    def length(self) -> float:
        """Metres, as it is written."""
        return round(sum(round(piece.length, POSITION_DIGITS) for piece in self.pieces), POSITION_DIGITS)

    @property
    def end(self) -> Pose:
        """The pose at the end."""
        pose = self.start
        for piece in self.pieces:
            pose = advance(pose, piece, piece.length)
        return pose

    @property
    def sharpest(self) -> float:
        """The largest curvature, 1/m, without its sign."""
        return max((max(abs(p.curvature_start), abs(p.curvature_end)) for p in self.pieces), default=0.0)

    def at(self, s: float) -> Pose:
        """The pose at arc length s (the last piece goes on beyond the end)."""
        pose = self.start
        for index, piece in enumerate(self.pieces):
            if s <= piece.length or index == len(self.pieces) - 1:
                return advance(pose, piece, s)
            pose, s = advance(pose, piece, piece.length), s - piece.length
        return pose

    def straight(self, length_m: float) -> Path:
        """Go on in a line."""
        return Path(self.start, (*self.pieces, Piece(length_m)))

    def bend(self, radius_m: float, angle_rad: float, ease_m: float) -> Path:
        """Turn by an angle (left positive) on an arc of this radius, with spirals of `ease_m` into it and out of it."""
        curvature = math.copysign(1.0 / radius_m, angle_rad)
        arc = abs(angle_rad) * radius_m - ease_m
        if arc < 0.0:
            raise ValueError(
                f"a bend of {angle_rad:g} rad at {radius_m:g} m is shorter than its easing of {ease_m:g} m"
            )
        turns = (Piece(ease_m, 0.0, curvature), Piece(arc, curvature, curvature), Piece(ease_m, curvature, 0.0))
        return Path(self.start, (*self.pieces, *(piece for piece in turns if piece.length > 0.0)))

    def part(self, from_s: float, to_s: float) -> Path:
        """The stretch between two arc lengths as a path of its own."""
        pieces, s = [], 0.0
        for piece in self.pieces:
            low, high = max(from_s - s, 0.0), min(to_s - s, piece.length)
            if high - low > 1e-9:
                rate = (piece.curvature_end - piece.curvature_start) / piece.length
                pieces.append(
                    Piece(high - low, piece.curvature_start + rate * low, piece.curvature_start + rate * high)
                )
            s += piece.length
        return Path(self.at(from_s), tuple(pieces))

    def geometries(self) -> tuple[Geometry, ...]:
        """The plan view, in rounded numbers."""
        geometries, pose, s = [], self.start, 0.0
        for piece in self.pieces:
            length = round(piece.length, POSITION_DIGITS)
            if length == 0.0:
                continue
            x, y = (
                round(pose.x, POSITION_DIGITS) + 0.0,
                round(pose.y, POSITION_DIGITS) + 0.0,
            )  # + 0.0 turns -0.0 into 0.0
            heading = round(wrap(pose.heading), HEADING_DIGITS) + 0.0
            geometries.append(Geometry(round(s, POSITION_DIGITS), x, y, heading, length, _shape(piece)))
            pose, s = advance(pose, piece, piece.length), s + length
        return tuple(geometries)


def _shape(piece: Piece) -> Shape:
    start, end = round(piece.curvature_start, CURVATURE_DIGITS), round(piece.curvature_end, CURVATURE_DIGITS)
    if start == end:
        return Arc(start) if start else Line()
    return Spiral(start, end)
