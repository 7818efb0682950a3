"""Builds a junction of any number of arms: a connecting road for each move, and sidewalks round the corners. Source: ours;
ASAM OpenDRIVE 1.8, clause 12.

Every connecting road carries one driving lane in one direction (LibCarla answers twice for lanes that share one), and its
reference line is that lane's centre, so that a metre of the road is a metre of the lane however sharp the turn. The road
of the move nearest to a corner also carries the strips outside of its lane (biking lane, sidewalk), so that they follow
its curve; a corner that no move passes gets a road of its own for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.model import RoadLink
from sim_suite.driving.roads.towns.blends import blend
from sim_suite.driving.roads.towns.draft import Draft, DraftRoad, End, Side
from sim_suite.driving.roads.towns.lanes import ease
from sim_suite.driving.roads.towns.moves import Move, lane_moves
from sim_suite.driving.roads.towns.paths import Path, Piece, Pose, wrap
from sim_suite.driving.roads.towns.profiles import Profile, Strip, eased, keys
from sim_suite.errors import SuiteError

MIN_TURN_RADIUS_M: Final = 5.0
"""Of a lane's centre: what a car of 2.7 m wheelbase turns at 28 degrees of steering."""
TURN_KMH: Final = 30.0


@dataclass(frozen=True, eq=False)
class Way:
    """A move and the road that was built for it."""

    move: Move
    road: DraftRoad
    """Its reference line is the centre of its driving lane."""


@dataclass(frozen=True, eq=False)
class Crossing:
    """A finished junction, for those who put up its signs and lights. Arms run counter-clockwise."""

    id: str
    arms: tuple[End, ...]
    ways: tuple[Way, ...]


def everything(_from: int, _to: int) -> bool:
    """All turns are allowed."""
    return True


def build_crossing(
    draft: Draft,
    arms: Sequence[End],
    *,
    name: str = "",
    allowed: Callable[[int, int], bool] = everything,
    moves: Sequence[Move] | None = None,
    speed_kmh: float | None = None,
    corners: bool = True,
    paths: Mapping[Move, Path] | None = None,
) -> Crossing:
    """Join the arms (given counter-clockwise) by a junction.

    allowed: which turns there are; moves: the very moves, instead; speed_kmh: limit within, else that of the slower arm and
    TURN_KMH on turns; corners: whether sidewalks are carried on; paths: the centre lines of some moves, where they are
    known better. Raises SuiteError where a curve would be too tight.
    """
    junction = draft.new_id("junction")
    turns = [[wrap(b.pose.turned().heading - a.pose.heading) for b in arms] for a in arms]
    if moves is None:
        leaving = [len(arm.leaving.driving()) for arm in arms]
        entering = [len(arm.entering.driving()) for arm in arms]
        moves = lane_moves(turns, leaving, entering, allowed)
    round_corners = set()
    ways: list[Way] = []
    connections: list[Connection] = []
    for move in moves:
        a, b = arms[move.from_arm], arms[move.to_arm]
        outermost = move.from_lane == len(a.leaving.driving()) - 1 and move.to_lane == len(b.entering.driving()) - 1
        corner = corners and outermost and move.to_arm == (move.from_arm + 1) % len(arms)
        if corner:
            round_corners.add(move.from_arm)
        limit = speed_kmh or min(
            a.road.speed_kmh, b.road.speed_kmh, TURN_KMH if abs(turns[move.from_arm][move.to_arm]) > 0.5 else math.inf
        )
        path = (paths or {}).get(move) or _path_of(a, b, move)
        way = _build_way(draft, junction, a, b, move, path, limit, corner=corner)
        ways.append(way)
        connections.append(_connection(len(connections), a, way.road))
    for i, a in enumerate(arms):
        if corners and i not in round_corners:
            road = _build_corner(draft, junction, a, arms[(i + 1) % len(arms)])
            if road is not None:
                connections.append(_connection(len(connections), a, road))
    for arm in arms:
        arm.road.links[arm.at] = RoadLink("junction", junction)
    draft.junctions.append(Junction(junction, name, connections=tuple(connections)))
    return Crossing(junction, tuple(arms), tuple(ways))


def add_to_junction(draft: Draft, crossing: Crossing, **changes: object) -> None:
    """Replace fields of a crossing's junction: its priorities or controllers."""
    index = next(index for index, junction in enumerate(draft.junctions) if junction.id == crossing.id)
    draft.junctions[index] = replace(draft.junctions[index], **changes)  # type: ignore[arg-type]  # named fields


def smooth_turn(start: Pose, end: Pose) -> Path:
    """The gentlest of three ways to join two poses: one blend, or one after (or before) a straight lead."""
    ways = [blend(start, end)]
    turn = wrap(end.heading - start.heading)
    if 0.2 < abs(turn) < 2.8:
        # the tangents meet so far ahead of the start and behind the end
        dx, dy = end.x - start.x, end.y - start.y
        ahead = (dx * math.sin(end.heading) - dy * math.cos(end.heading)) / math.sin(turn)
        behind = (dx * math.sin(start.heading) - dy * math.cos(start.heading)) / math.sin(-turn)
        lead = abs(ahead - behind)
        if min(ahead, behind) > 0.0 and lead > 0.05:
            if ahead > behind:
                ways.append(Path(start, (Piece(lead), *blend(start.ahead(lead), end).pieces)))
            else:
                ways.append(Path(start, (*blend(start, end.ahead(-lead)).pieces, Piece(lead))))
    return min(ways, key=lambda path: path.sharpest)


def _path_of(a: End, b: End, move: Move) -> Path:
    """The centre line of a move's lane, from the middle of the one lane to the middle of the other."""
    out, into = a.leaving, b.entering
    i, j = out.driving()[move.from_lane], into.driving()[move.to_lane]
    start = a.pose.beside(-out.inner[i] - 0.5 * out.strips[i].width)
    return smooth_turn(start, b.pose.turned().beside(-into.inner[j] - 0.5 * into.strips[j].width))


def _build_way(
    draft: Draft, junction: str, a: End, b: End, move: Move, path: Path, limit_kmh: float, *, corner: bool
) -> Way:
    out, into = a.leaving, b.entering
    i, j = out.driving()[move.from_lane], into.driving()[move.to_lane]
    wide, narrow = out.strips[i].width, into.strips[j].width
    if path.sharpest * MIN_TURN_RADIUS_M > 1.0 + 1e-6:
        raise SuiteError(
            f"a turn of the junction at ({path.start.x:.0f}, {path.start.y:.0f}) has a radius of {1.0 / path.sharpest:.1f} m, "
            f"less than {MIN_TURN_RADIUS_M:g}. Set its arms further back."
        )
    strips: list[Strip] = [Strip("driving", wide, end_width=narrow)]
    links = {("start", -1): out.ids[i], ("end", -1): into.ids[j]}
    if corner:
        _carry(strips, links, out, i + 1, into, j + 1)
    road = _connecting_road(draft, junction, a, b, path, strips, links, limit_kmh)
    road.lane_offsets = (ease(0.5 * wide, 0.5 * narrow, road.length),)
    return Way(move, road)


def _build_corner(draft: Draft, junction: str, a: End, b: End) -> DraftRoad | None:
    """A road of the strips outside of the driving lanes only; None where one arm has none."""
    out, into = a.leaving, b.entering
    i, j = (max(side.driving(), default=-1) + 1 for side in (out, into))
    if i >= len(out.strips) or j >= len(into.strips):
        return None
    strips: list[Strip] = []
    links: dict[tuple[str, int], int] = {}
    _carry(strips, links, out, i, into, j)
    path = smooth_turn(a.pose.beside(-out.inner[i]), b.pose.turned().beside(-into.inner[j]))
    return _connecting_road(draft, junction, a, b, path, strips, links, a.road.speed_kmh)


def _carry(strips: list[Strip], links: dict[tuple[str, int], int], out: Side, i: int, into: Side, j: int) -> None:
    """Continue the strips of one side, from the i-th on, in those of the other from the j-th on."""
    added, names = eased(out.strips[i:], into.strips[j:])
    for strip, key in zip(added, names, strict=True):
        strips.append(strip)
        for at, side, first in (("start", out, i), ("end", into, j)):
            beyond = dict(zip(keys(side.strips[first:]), side.ids[first:], strict=True))
            if key in beyond:
                links[at, -len(strips)] = beyond[key]


def _connecting_road(
    draft: Draft,
    junction: str,
    a: End,
    b: End,
    path: Path,
    strips: Sequence[Strip],
    links: dict[tuple[str, int], int],
    limit_kmh: float,
) -> DraftRoad:
    road = draft.road(
        path, Profile((), tuple(strips), "none"), junction=junction, type=a.road.type, speed_kmh=limit_kmh
    )
    road.links = {"start": RoadLink("road", a.road.id, a.at), "end": RoadLink("road", b.road.id, b.at)}
    road.lane_links = links
    if a.z or b.z:
        road.elevations = (ease(a.z, b.z, road.length),)
    return road


def _connection(index: int, a: End, road: DraftRoad) -> Connection:
    links = [LaneLink(theirs, mine) for (at, mine), theirs in road.lane_links.items() if at == "start"]
    return Connection(str(index), a.road.id, road.id, "start", tuple(links))
