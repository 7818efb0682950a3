"""Draws the streets of a plan: where each leaves its places, its curve between them, its cross-section. Source: ours."""

from __future__ import annotations

import math
from random import Random
from typing import Final

from sim_suite.driving.roads.towns.arms import in_line, setbacks
from sim_suite.driving.roads.towns.blends import blend
from sim_suite.driving.roads.towns.draft import Draft, DraftRoad, End
from sim_suite.driving.roads.towns.furniture import add_kerb_parking, add_median_trees
from sim_suite.driving.roads.towns.lanes import ease
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.paths import Path, Pose, wrap
from sim_suite.driving.roads.towns.plan import Place, Plan, Rank
from sim_suite.driving.roads.towns.profiles import (
    MEDIAN_M,
    NARROW_LANE_M,
    PARKING_EASE_M,
    PARKING_FROM_END_M,
    PARKING_M,
    Profile,
    street,
    with_parking,
)
from sim_suite.driving.roads.towns.roundabouts import ARM_SETBACK_M, min_arm_angle
from sim_suite.errors import SuiteError

KMH: Final = {Rank.RESIDENTIAL: 30.0, Rank.COLLECTOR: 50.0, Rank.ARTERIAL: 50.0}
PROFILES: Final = {
    Rank.RESIDENTIAL: street(1, width_m=NARROW_LANE_M),
    Rank.COLLECTOR: street(1, biking=True),
    Rank.ARTERIAL: street(2, width_m=NARROW_LANE_M, median_m=MEDIAN_M, biking=True),
}
_WITH_PARKING: Final = street(1, width_m=NARROW_LANE_M, parking_m=PARKING_M)
_NAMES: Final = ("Acacia", "Birch", "Cedar", "Damson", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Karri", "Linden",
                 "Maple", "Nutmeg", "Oak", "Poplar", "Quince", "Rowan", "Spruce", "Tulip", "Ulmo", "Viburnum", "Willow", "Yew")  # fmt: skip
_WORDS: Final = {Rank.RESIDENTIAL: "Lane", Rank.COLLECTOR: "Street", Rank.ARTERIAL: "Avenue"}
MIN_STREET_M: Final = 30.0
"""Room for a crosswalk and a stop line at either end."""
_BEND_SHARE: Final = 0.3
"""Of the shorter street at a bend, that becomes part of it."""
_MAX_BEND_M: Final = 45.0
_BEND_RAD: Final = 0.3
"""Two streets that meet at more than this get a bend of their own; others just run on."""
_RADIUS_PER_OFFSET: Final = 11.0
"""Curves have at least so many times the offset of their outermost lane as radius: it is then at most 10 % longer."""


class Streets:
    """The streets of a town and how they leave its places."""

    def __init__(self, options: TownOptions, plan: Plan, rng: Random) -> None:
        """Draw them all. Raises SuiteError where one would be too short or too sharp."""
        self.options, self.plan, self.draft = options, plan, Draft(options.name)
        self.angles = {place: self._angles(place) for place in sorted(plan.at)}
        self.roundabouts = self._choose_roundabouts(rng)
        self.ends: dict[tuple[Place, Place], End] = {}
        """By place, and the place that the street leads to."""
        self._names: dict[tuple[str, int], str] = {}
        for one, other in plan.streets:
            road = self._draw(one, other)
            self.ends[one, other], self.ends[other, one] = End(road, "start"), End(road, "end")

    def arms(self, place: Place) -> list[End]:
        """The street ends at a place, counter-clockwise."""
        return [self.ends[place, other] for other in self.angles[place]]

    def start(self, place: Place, other: Place) -> Pose:
        """Where a street begins that leaves a place for another (or for a gate)."""
        return Pose(*self.plan.at[place], self.angles[place][other]).ahead(self._back(place, other))

    def is_bend(self, place: Place) -> bool:
        """Whether two streets meet here at an angle."""
        angles = list(self.angles[place].values())
        return len(angles) == 2 and abs(wrap(angles[1] - angles[0] - math.pi)) > _BEND_RAD

    def _angles(self, place: Place) -> dict[Place, float]:
        around = self.plan.around(place)
        wanted = [self.plan.bearing(place, other) for other in around]
        sharp = len(wanted) == 2 and abs(wrap(wanted[1] - wanted[0] - math.pi)) > _BEND_RAD
        return dict(zip(around, wanted if sharp else in_line(wanted), strict=True))

    def _choose_roundabouts(self, rng: Random) -> set[Place]:
        """Places of at least three narrow streets, spread by chance, no two of them neighbours."""
        chosen: set[Place] = set()
        for _, place in sorted((rng.random(), place) for place in self.angles):
            angles = list(self.angles[place].values())
            gaps = [(b - a) % (2.0 * math.pi) for a, b in zip(angles, [*angles[1:], angles[0]], strict=True)]
            fits = len(angles) >= 3 and place not in self.plan.gates and min(gaps) > min_arm_angle() + 0.02
            narrow = all(self.plan.rank(place, other) != Rank.ARTERIAL for other in self.angles[place])
            if fits and narrow and not chosen & set(self.angles[place]) and len(chosen) < self.options.roundabouts:
                chosen.add(place)
        return chosen

    def _back(self, place: Place, other: Place) -> float:
        around = list(self.angles[place])
        if len(around) == 2:
            lengths = [math.dist(self.plan.at[place], self.plan.at[end]) for end in around]
            return min(_MAX_BEND_M, _BEND_SHARE * min(lengths)) if self.is_bend(place) else 0.0
        if place in self.roundabouts:
            return ARM_SETBACK_M
        widths = [PROFILES[self.plan.rank(place, end)].half_width for end in around]
        return setbacks(list(self.angles[place].values()), widths)[around.index(other)]

    def _draw(self, one: Place, other: Place) -> DraftRoad:
        path = blend(self.start(one, other), self.start(other, one).turned())
        rank = self.plan.rank(one, other)
        if path.length < MIN_STREET_M or path.sharpest * PROFILES[rank].outermost * _RADIUS_PER_OFFSET > 1.0:
            raise SuiteError(
                f"the street from {one} to {other} would be {path.length:.0f} m long with a radius of "
                f"{1.0 / max(path.sharpest, 1e-9):.0f} m. Choose larger blocks (block_m) or less irregularity."
            )
        road = self.draft.road(
            path, self._stretches(path, rank), name=self._name(one, other, rank), speed_kmh=KMH[rank]
        )
        low, high = self.plan.height[one], self.plan.height[other]
        if low or high:
            road.elevations = (ease(low, high, road.length),)
        if rank == Rank.ARTERIAL:
            add_median_trees(self.draft, road)
        if len(road.stretches) > 1:
            from_s, to_s = PARKING_FROM_END_M + PARKING_EASE_M, road.length - PARKING_FROM_END_M - PARKING_EASE_M
            add_kerb_parking(self.draft, road, from_s, to_s, -NARROW_LANE_M, PARKING_M)
            add_kerb_parking(self.draft, road, from_s, to_s, NARROW_LANE_M + PARKING_M, PARKING_M)
        return road

    def _stretches(self, path: Path, rank: Rank) -> list[tuple[float, Profile]]:
        if rank == Rank.RESIDENTIAL and self.options.parking:
            return with_parking(PROFILES[rank], _WITH_PARKING, path.length)
        return [(0.0, PROFILES[rank])]

    def _name(self, one: Place, other: Place, rank: Rank) -> str:
        """One for each line of the grid."""
        line = ("row", one[1]) if one[1] == other[1] else ("column", one[0])
        if line not in self._names:
            number = len(self._names)
            again = "" if number < len(_NAMES) else f" {number // len(_NAMES) + 1}"
            self._names[line] = f"{_NAMES[number % len(_NAMES)]} {_WORDS[rank]}{again}"
        return self._names[line]
