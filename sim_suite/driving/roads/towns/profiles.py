"""Cross-sections of streets: strips side by side from the middle outwards. Source: ours; widths after RASt 06 (German urban streets).

A strip becomes a lane. Strips of one side are told apart by their key (their kind and how manieth of it they are), which
is also how a lane is linked to its continuation where a cross-section changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

LANE_M: Final = 3.5
NARROW_LANE_M: Final = 3.25
SIDEWALK_M: Final = 2.5
PARKING_M: Final = 2.25
"""Along the kerb."""
BAYS_M: Final = 5.0
"""At right angles to the street (EAR 05)."""
BIKING_M: Final = 1.85
MEDIAN_M: Final = 2.0
PARKING_FROM_END_M: Final = 14.0
"""Behind the crosswalk, and 5 m before it stay free (StVO 12)."""
PARKING_EASE_M: Final = 4.0
MIN_PARKING_M: Final = 12.0
"""Two cars."""


class Strip(NamedTuple):
    """One lane of a cross-section. Widths in metres, eased from the first to the second along the stretch it is used on."""

    kind: str
    width: float
    mark: str = "none"
    """On its outer border."""
    end_width: float | None = None
    """None: the same as `width`."""
    opens_m: float = 0.0
    """Above 0: it opens from no width over so many metres, and closes likewise at its end."""

    @property
    def last_width(self) -> float:
        """Its width where the stretch ends."""
        return self.width if self.end_width is None else self.end_width


@dataclass(frozen=True)
class Profile:
    """A street's cross-section: the strips on either side of its middle, from the inside out."""

    left: tuple[Strip, ...]
    right: tuple[Strip, ...]
    centre: str = "broken"
    """The mark on the middle line."""

    @property
    def half_width(self) -> float:
        """Metres to the further edge."""
        return max(sum(strip.width for strip in side) for side in (self.left, self.right))

    @property
    def outermost(self) -> float:
        """Metres to the middle of the driving lane that is furthest out."""
        return max(
            sum(strip.width for strip in side[:index]) + 0.5 * strip.width
            for side in (self.left, self.right)
            for index, strip in enumerate(side)
            if strip.kind == "driving"
        )

    def one_way(self) -> Profile:
        """Only the right side."""
        return replace(self, left=(), centre="solid")


def keys(side: tuple[Strip, ...]) -> list[str]:
    """A name for each strip that its continuation shares: driving0 is the driving lane nearest to the middle."""
    seen: dict[str, int] = {}
    names = []
    for strip in side:
        seen[strip.kind] = seen.get(strip.kind, -1) + 1
        names.append(f"{strip.kind}{seen[strip.kind]}")
    return names


def eased(before: Sequence[Strip], after: Sequence[Strip]) -> tuple[tuple[Strip, ...], list[str]]:
    """One side that changes from `before` to `after`, and the keys of its strips: what only one of them has, narrows to nothing."""
    old, new = keys(tuple(before)), keys(tuple(after))
    merged = list(old)
    for index, key in enumerate(new):
        if key not in merged:
            inside = [merged.index(other) for other in new[:index] if other in merged]
            merged.insert(max(inside, default=-1) + 1, key)
    strips = []
    for key in merged:
        start = before[old.index(key)] if key in old else None
        end = after[new.index(key)] if key in new else None
        one = start if start is not None else after[new.index(key)]
        strips.append(Strip(one.kind, start.width if start else 0.0, one.mark, end.width if end else 0.0))
    return tuple(strips), merged


def street(
    lanes: int = 1,
    *,
    width_m: float = LANE_M,
    median_m: float = 0.0,
    parking_m: float = 0.0,
    biking: bool = False,
    shoulder_m: float = 0.0,
    sidewalk: bool = True,
) -> Profile:
    """A two-way street, the same on both sides. lanes: driving lanes each way; parking_m: width of parking lanes."""
    side = [Strip("median", median_m / 2.0, "solid")] if median_m else []
    side += [Strip("driving", width_m, "broken") for _ in range(lanes - 1)]
    side.append(Strip("driving", width_m, "broken" if parking_m else "solid"))
    if shoulder_m:
        side.append(Strip("shoulder", shoulder_m))
    if parking_m:
        mark = "curb" if sidewalk and not biking else "solid"
        side.append(Strip("parking", parking_m, mark, opens_m=PARKING_EASE_M))
    if biking:
        side.append(Strip("biking", BIKING_M, "curb" if sidewalk else "solid"))
    if sidewalk:
        side.append(Strip("sidewalk", SIDEWALK_M))
    wide = lanes > 1 and not median_m
    return Profile(tuple(side), tuple(side), "none" if median_m else "solid solid" if wide else "broken")


def with_parking(plain: Profile, parking: Profile, length_m: float) -> list[tuple[float, Profile]]:
    """A street that keeps its ends free of parking: `plain` there, `parking` between. Plain all along where it is too short."""
    start, end = PARKING_FROM_END_M, round(length_m - PARKING_FROM_END_M, 4)
    if end - start < 2.0 * PARKING_EASE_M + MIN_PARKING_M:
        return [(0.0, plain)]
    return [(0.0, plain), (start, parking), (end, plain)]
