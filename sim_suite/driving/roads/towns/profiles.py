"""Cross-sections of streets: strips side by side from the middle outwards. Source: ours; widths after RASt 06 (German urban streets).

A strip becomes a lane. Strips of one side are told apart by their key (their kind and how manieth of it they are), which
is also how a lane is linked to its continuation where a cross-section changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

LANE_M: Final = 3.5
NARROW_LANE_M: Final = 3.25
SIDEWALK_M: Final = 2.5
PARKING_M: Final = 2.25
BIKING_M: Final = 1.85
SHOULDER_M: Final = 2.0
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

    def opening(self, kind: str, *, shut: bool = False) -> Profile:
        """The profile on a stretch where strips of a kind open from no width (or shut to none)."""

        def eased(strip: Strip) -> Strip:
            if strip.kind != kind:
                return strip
            return strip._replace(end_width=0.0) if shut else strip._replace(width=0.0, end_width=strip.width)

        return replace(self, left=tuple(map(eased, self.left)), right=tuple(map(eased, self.right)))

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


def street(
    lanes: int = 1,
    *,
    width_m: float = LANE_M,
    median_m: float = 0.0,
    parking: bool = False,
    biking: bool = False,
    shoulder_m: float = 0.0,
    sidewalk: bool = True,
) -> Profile:
    """A two-way street, the same on both sides. lanes: driving lanes each way."""
    side = [Strip("median", median_m / 2.0, "solid")] if median_m else []
    side += [Strip("driving", width_m, "broken") for _ in range(lanes - 1)]
    side.append(Strip("driving", width_m, "broken" if parking else "solid"))
    if shoulder_m:
        side.append(Strip("shoulder", shoulder_m))
    if parking:
        side.append(Strip("parking", PARKING_M, "curb" if sidewalk and not biking else "solid"))
    if biking:
        side.append(Strip("biking", BIKING_M, "curb" if sidewalk else "solid"))
    if sidewalk:
        side.append(Strip("sidewalk", SIDEWALK_M))
    wide = lanes > 1 and not median_m
    return Profile(tuple(side), tuple(side), "none" if median_m else "solid solid" if wide else "broken")


def with_parking(plain: Profile, parking: Profile, length_m: float) -> list[tuple[float, Profile]]:
    """A street that keeps its ends free of parking: `plain` there, `parking` between, eased from one to the other.

    Raises nothing where it is too short for that: it is then plain all along.
    """
    start, end = PARKING_FROM_END_M, length_m - PARKING_FROM_END_M
    if end - start < 2.0 * PARKING_EASE_M + MIN_PARKING_M:
        return [(0.0, plain)]
    return [
        (0.0, plain),
        (start, parking.opening("parking")),
        (start + PARKING_EASE_M, parking),
        (round(end - PARKING_EASE_M, 4), parking.opening("parking", shut=True)),
        (round(end, 4), plain),
    ]
