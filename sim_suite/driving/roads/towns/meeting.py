"""Builds what is at each place of a town: a bend, a roundabout, lights, or signs on the lesser street. Source: ours."""

from __future__ import annotations

from sim_suite.driving.roads.towns.blends import blend
from sim_suite.driving.roads.towns.control import STOP, YIELD, add_lights, add_signs, add_speed_signs
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.draft import End
from sim_suite.driving.roads.towns.furniture import add_crosswalk_at
from sim_suite.driving.roads.towns.paths import wrap
from sim_suite.driving.roads.towns.plan import Place, Rank
from sim_suite.driving.roads.towns.profiles import Profile, eased
from sim_suite.driving.roads.towns.roundabouts import build_roundabout
from sim_suite.driving.roads.towns.streets import Streets


def build_junctions(streets: Streets) -> None:
    """Join the streets at every place of the plan. Ramps do not lead from one to the next."""
    for place in sorted(streets.angles):
        arms = streets.arms(place)
        if len(arms) == 2:
            _join(streets, place, arms)
            continue
        ranks = [streets.plan.rank(place, other) for other in streets.angles[place]]
        for arm, rank in zip(arms, ranks, strict=True):
            if min(ranks) != max(ranks) or rank == Rank.ARTERIAL:
                add_speed_signs(streets.draft, arm, arm.road.speed_kmh)
        if place in streets.roundabouts:
            _crosswalks(streets, arms)
            build_roundabout(streets.draft, streets.plan.at[place], arms, crosswalks=streets.options.crosswalks)
        else:
            _build_crossing(streets, place, arms, ranks)


def _join(streets: Streets, place: Place, arms: list[End]) -> None:
    """Let one street run on into the other, round a bend if they meet at an angle."""
    one, other = arms
    if not streets.is_bend(place):
        streets.draft.join(one, other)
        return
    right, _ = eased(one.leaving.strips, other.entering.strips)
    left, _ = eased(one.entering.strips, other.leaving.strips)
    path = blend(one.pose, other.pose.turned())
    bend = streets.draft.road(path, Profile(left, right), name=one.road.name, speed_kmh=one.road.speed_kmh)
    bend.elevations = one.level
    streets.draft.join(one, End(bend, "start"))
    streets.draft.join(End(bend, "end"), other)


def _build_crossing(streets: Streets, place: Place, arms: list[End], ranks: list[Rank]) -> None:
    one_way = [not arm.leaving.driving() or not arm.entering.driving() for arm in arms]
    crossing = build_crossing(streets.draft, arms, allowed=lambda i, j: not (one_way[i] and one_way[j]))
    main = _main_street(arms, ranks)
    lights = max(ranks) == Rank.ARTERIAL and (
        len(arms) > 3 or ranks.count(max(ranks)) != 2 or min(ranks) > Rank.RESIDENTIAL
    )
    if lights or (len(arms) == 4 and min(ranks) == Rank.COLLECTOR):
        _crosswalks(streets, arms)
        add_lights(streets.draft, crossing, crosswalks=streets.options.crosswalks)
        return
    minor = [arm for index, arm in enumerate(arms) if index not in main]
    _crosswalks(streets, minor)
    sign = STOP if max(ranks) > Rank.RESIDENTIAL else YIELD
    add_signs(streets.draft, crossing, main, sign=sign, crosswalks=streets.options.crosswalks)


def _main_street(arms: list[End], ranks: list[Rank]) -> tuple[int, int]:
    """The two arms that have the right of way: of the highest rank, then those that are most in line."""
    pairs = [(i, j) for i in range(len(arms)) for j in range(i + 1, len(arms))]

    def worth(pair: tuple[int, int]) -> tuple[int, float]:
        bend = abs(wrap(arms[pair[1]].pose.turned().heading - arms[pair[0]].pose.heading))
        return -ranks[pair[0]] - ranks[pair[1]], round(bend, 6)

    return min(pairs, key=worth)


def _crosswalks(streets: Streets, arms: list[End]) -> None:
    if streets.options.crosswalks:
        for arm in arms:
            if any(strip.kind == "sidewalk" for strip in arm.leaving.strips):
                add_crosswalk_at(streets.draft, arm)
