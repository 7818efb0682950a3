"""Turns cross-sections into the lane sections of a road: ids, eased widths, marks, links from section to section. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sim_suite.driving.roads.opendrive.model import Cubic, Lane, LaneSection, RoadMark
from sim_suite.driving.roads.towns.profiles import Profile, Strip, keys

MARK_M: Final = 0.12
"""Width of a painted line (German StVO Annex 2, narrow line)."""
_DIGITS: Final = 10
Stretches = Sequence[tuple[float, Profile]]


def ease(start: float, end: float, length_m: float) -> Cubic:
    """From one value to another with no slope at either end."""
    change = end - start
    if change == 0.0:
        return Cubic(0.0, round(start, _DIGITS))
    c, d = 3.0 * change / length_m**2, -2.0 * change / length_m**3
    return Cubic(0.0, round(start, _DIGITS), 0.0, round(c, _DIGITS), round(d, _DIGITS))


def lane_sections(
    stretches: Stretches, length_m: float, beyond: Mapping[tuple[str, int], int], *, marks: bool
) -> tuple[LaneSection, ...]:
    """All lane sections of a road.

    beyond: (start or end, lane id) to the lane that follows on the next road; marks: whether lanes get painted borders
    (connecting roads have none).
    """
    sections = []
    for index, (s, profile) in enumerate(stretches):
        to = stretches[index + 1][0] if index + 1 < len(stretches) else length_m
        before = stretches[index - 1][1] if index else None
        after = stretches[index + 1][1] if index + 1 < len(stretches) else None
        lanes = [
            _lane(strip, number, to - s, _links(profile, before, after, number, beyond), marks=marks)
            for number, strip in [*_numbered(profile.left, 1), *_numbered(profile.right, -1)]
        ]
        centre = Lane(0, "none", road_marks=(_mark(profile.centre),) if marks and profile.centre != "none" else ())
        sections.append(LaneSection(round(s, _DIGITS), tuple(sorted([*lanes, centre], key=lambda lane: -lane.id))))
    return tuple(sections)


def _numbered(side: Sequence[Strip], sign: int) -> list[tuple[int, Strip]]:
    return [(sign * (index + 1), strip) for index, strip in enumerate(side)]


def _links(
    profile: Profile, before: Profile | None, after: Profile | None, lane: int, beyond: Mapping[tuple[str, int], int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    found = []
    for at, other in (("start", before), ("end", after)):
        linked = beyond.get((at, lane)) if other is None else _same_lane(profile, other, lane)
        found.append(() if linked is None else (linked,))
    return found[0], found[1]


def _same_lane(profile: Profile, other: Profile, lane: int) -> int | None:
    """The lane id of a strip's continuation in another profile."""
    mine, theirs = (profile.left, other.left) if lane > 0 else (profile.right, other.right)
    key, names = keys(mine)[abs(lane) - 1], keys(theirs)
    return (names.index(key) + 1) * (1 if lane > 0 else -1) if key in names else None


def _lane(
    strip: Strip, lane: int, length_m: float, links: tuple[tuple[int, ...], tuple[int, ...]], *, marks: bool
) -> Lane:
    return Lane(
        lane,
        strip.kind,
        widths=_widths(strip, length_m),
        predecessors=links[0],
        successors=links[1],
        road_marks=(_mark(strip.mark),) if strip.mark == "curb" or (marks and strip.mark != "none") else (),
    )


def _widths(strip: Strip, length_m: float) -> tuple[Cubic, ...]:
    if not strip.opens_m:
        return (ease(strip.width, strip.last_width, length_m),)
    opening, closing = (ease(*ends, strip.opens_m) for ends in ((0.0, strip.width), (strip.width, 0.0)))
    close_s = round(length_m - strip.opens_m, _DIGITS)
    return opening, Cubic(strip.opens_m, strip.width), closing._replace(s=close_s)


def _mark(kind: str) -> RoadMark:
    """Broken lines may be crossed, all others not; said outright, because LibCarla takes silence for leave."""
    crossable = "both" if kind == "broken" else "none"
    return RoadMark(0.0, kind, width=None if kind == "curb" else MARK_M, lane_change=crossable)
