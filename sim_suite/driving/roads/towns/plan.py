"""Lays out a town before its roads are drawn: which places are joined by streets, and of what rank. Source: ours.

A grid whose lines are warped and whose crossings are shifted, with inner streets left out as long as no street becomes a
bridge to the rest: whoever drives off can then always come back, and no street ends blind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from random import Random
from typing import Final

import networkx as nx

from sim_suite.driving.roads.towns.options import MIN_BLOCK_M, TownOptions
from sim_suite.errors import SuiteError

MARGIN_M: Final = 22.0
"""Room around the outer streets for what their bends, sidewalks and ring roads need."""
LARGEST_KM2: Final = 100.0
"""1.4 MB a square kilometre: a larger town's file could not be read back (256 MiB is the reader's bound)."""
_SHIFT: Final = 0.16
"""Of a block: how far a crossing is moved at irregularity 1."""
_WARP: Final = 0.22
"""Of a block: how far the grid's lines swing."""

Place = tuple[int, int]
"""Column and row in the grid."""


class Rank(IntEnum):
    """Which street gives way to which."""

    RESIDENTIAL = 0
    COLLECTOR = 1
    ARTERIAL = 2


@dataclass(frozen=True)
class Plan:
    """Places and the streets between them."""

    at: dict[Place, tuple[float, float]]
    """World position, metres."""
    height: dict[Place, float]
    streets: dict[tuple[Place, Place], Rank]
    """By their two places, the lesser first."""
    gates: dict[Place, dict[Place, float]] = field(default_factory=dict)
    """Ways out of the plan, which others draw: by place, a name in the form of a place and the angle it leaves at."""

    def around(self, place: Place) -> list[Place]:
        """The places and gates that one can go to from here, counter-clockwise from the east."""
        near = [b if a == place else a for a, b in self.streets if place in (a, b)]
        return sorted(
            [*near, *self.gates.get(place, {})], key=lambda other: self.bearing(place, other) % (2.0 * math.pi)
        )

    def bearing(self, place: Place, other: Place) -> float:
        """The angle at which another place, or a gate, is seen from here."""
        gate = self.gates.get(place, {}).get(other)
        if gate is not None:
            return gate
        (x, y), (to_x, to_y) = self.at[place], self.at[other]
        return math.atan2(to_y - y, to_x - x)

    def rank(self, one: Place, other: Place) -> Rank:
        """Of the street between two places; gates collect."""
        return self.streets.get((min(one, other), max(one, other)), Rank.COLLECTOR)


def lay_out(rng: Random, size_m: tuple[float, float], options: TownOptions) -> Plan:
    """A plan that fits into the size, its south-west corner at the origin. Raises SuiteError where nothing fits, or too much."""
    if size_m[0] * size_m[1] > LARGEST_KM2 * 1e6:
        raise SuiteError(
            f"a town of {size_m[0]:g} x {size_m[1]:g} m is larger than {LARGEST_KM2:g} square kilometres. Choose a smaller size."
        )
    columns, rows = (_lines(length, options.block_m) for length in size_m)
    if columns * rows == 4:  # a ring has no place to turn round: the longer side gets a street across
        columns, rows = (3, 2) if size_m[0] >= size_m[1] else (2, 3)
    if any(_block(length, count) < MIN_BLOCK_M for length, count in zip(size_m, (columns, rows), strict=True)):
        short, long = (2.0 * MARGIN_M + blocks * MIN_BLOCK_M for blocks in (1, 2))
        raise SuiteError(
            f"a town of {size_m[0]:g} x {size_m[1]:g} m has no room for its streets. The smallest is {long:g} x {short:g} m."
        )
    at = _places(rng, size_m, columns, rows, options.irregularity)
    rank_of_column = _ranks(rng, columns, (options.arterials + 1) // 2)
    rank_of_row = _ranks(rng, rows, options.arterials // 2)
    streets = {(a, b): rank_of_row[a[1]] if a[1] == b[1] else rank_of_column[a[0]] for a, b in _grid(columns, rows)}
    _leave_out(rng, streets, options.missing_streets, columns, rows)
    return Plan(at, _heights(rng, at, size_m, options.hills_m), dict(sorted(streets.items())))


def _lines(length_m: float, block_m: float) -> int:
    """How many grid lines fit; at least two."""
    count = 1 + round((length_m - 2.0 * MARGIN_M) / block_m)
    while count > 2 and _block(length_m, count) < MIN_BLOCK_M:
        count -= 1
    return max(count, 2)


def _block(length_m: float, lines: int) -> float:
    return (length_m - 2.0 * MARGIN_M) / (lines - 1)


def _grid(columns: int, rows: int) -> Iterator[tuple[Place, Place]]:
    for i in range(columns):
        for j in range(rows):
            if i + 1 < columns:
                yield (i, j), (i + 1, j)
            if j + 1 < rows:
                yield (i, j), (i, j + 1)


def _places(
    rng: Random, size_m: tuple[float, float], columns: int, rows: int, irregularity: float
) -> dict[Place, tuple[float, float]]:
    step = [_block(length, count) for length, count in zip(size_m, (columns, rows), strict=True)]
    # blocks stay long enough for their junctions whatever is drawn
    room = [max(0.0, min(1.0, (s - MIN_BLOCK_M) / (0.5 * MIN_BLOCK_M))) * irregularity * s for s in step]
    phase = [2.0 * math.pi * rng.random() for _ in range(2)]
    at = {}
    for i in range(columns):
        for j in range(rows):
            u, v = i / (columns - 1), j / (rows - 1)
            # swings and shifts vanish at the edges, so that the town keeps within its size
            inside_x, inside_y = math.sin(math.pi * u), math.sin(math.pi * v)
            warp_x = _WARP * room[0] * inside_x * math.sin(2.0 * math.pi * v + phase[0])
            warp_y = _WARP * room[1] * inside_y * math.sin(2.0 * math.pi * u + phase[1])
            shift_x, shift_y = (_SHIFT * r * (2.0 * rng.random() - 1.0) for r in room)
            x = MARGIN_M + i * step[0] + warp_x + _kept_in(shift_x, i, columns)
            y = MARGIN_M + j * step[1] + warp_y + _kept_in(shift_y, j, rows)
            at[i, j] = (x, y)
    return at


def _kept_in(shift: float, index: int, count: int) -> float:
    """A shift that leads inwards where the line is the first or last."""
    return abs(shift) if index == 0 else -abs(shift) if index == count - 1 else shift


def _ranks(rng: Random, lines: int, arterials: int) -> list[Rank]:
    """Outer lines collect, some inner ones too; arterials are spread over the inner lines."""
    ranks = [Rank.COLLECTOR if i in (0, lines - 1) or rng.random() < 0.25 else Rank.RESIDENTIAL for i in range(lines)]
    inner = lines - 2
    for k in range(min(arterials, (inner + 1) // 2)):
        ranks[1 + int((k + 0.3 + 0.4 * rng.random()) * inner / min(arterials, (inner + 1) // 2))] = Rank.ARTERIAL
    return ranks


def _leave_out(rng: Random, streets: dict[tuple[Place, Place], Rank], share: float, columns: int, rows: int) -> None:
    def outer(a: Place, b: Place) -> bool:
        return (a[0] == b[0] and a[0] in (0, columns - 1)) or (a[1] == b[1] and a[1] in (0, rows - 1))

    inner = [pair for pair, rank in sorted(streets.items()) if rank != Rank.ARTERIAL and not outer(*pair)]
    order = sorted((rng.random(), pair) for pair in inner)
    town = nx.Graph(list(streets))
    left = round(share * len(inner))
    for _, (a, b) in order:
        if left == 0:
            break
        if min(town.degree[a], town.degree[b]) <= 2 or _second_gap(town, a, b):
            continue
        town.remove_edge(a, b)
        if nx.has_bridges(town):
            town.add_edge(a, b)
            continue
        del streets[a, b]
        left -= 1


def _second_gap(town: nx.Graph, a: Place, b: Place) -> bool:
    """Whether leaving a street out would turn a T junction into a bend that is no corner of the grid."""
    return bool(town.degree[a] == 3 and town.degree[b] == 3)


def _heights(
    rng: Random, at: dict[Place, tuple[float, float]], size_m: tuple[float, float], hills_m: float
) -> dict[Place, float]:
    phase = [2.0 * math.pi * rng.random() for _ in range(2)]

    def height(x: float, y: float) -> float:
        wave = math.sin(2.0 * math.pi * x / size_m[0] + phase[0]) * math.sin(2.0 * math.pi * y / size_m[1] + phase[1])
        return round(0.5 * hills_m * (1.0 + wave), 3)

    return {place: height(*xy) if hills_m else 0.0 for place, xy in at.items()}
