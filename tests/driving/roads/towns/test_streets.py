"""Streets and what is at their ends: ranks, names, right of way."""

from itertools import pairwise
from random import Random

import pytest

from sim_suite.driving.roads.towns.control import LIGHT, STOP, YIELD
from sim_suite.driving.roads.towns.meeting import build_junctions
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.plan import Plan, Rank
from sim_suite.driving.roads.towns.streets import KMH, Streets
from sim_suite.errors import SuiteError

A, R, C = Rank.ARTERIAL, Rank.RESIDENTIAL, Rank.COLLECTOR


def town(ranks, *, step=120.0, seed=0, **options):
    """A crossing at (1, 1) with streets of these ranks to the east, north, west and south (None leaves one out), and a ring."""
    places = {(i, j): (i * step, j * step) for i in range(3) for j in range(3)}
    ends = [(2, 1), (1, 2), (0, 1), (1, 0)]
    streets = {tuple(sorted(((1, 1), end))): rank for end, rank in zip(ends, ranks, strict=True) if rank is not None}
    ring = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
    streets |= {tuple(sorted(pair)): Rank.RESIDENTIAL for pair in pairwise(ring)}
    plan = Plan(places, dict.fromkeys(places, 0.0), dict(sorted(streets.items())))
    return Streets(TownOptions(**{"roundabouts": 0, **options}), plan, Random(seed))


def signs(streets):
    """Types of what faces traffic towards the crossing, by where it comes from."""
    streets.angles = {place: angles for place, angles in streets.angles.items() if place == (1, 1)}
    build_junctions(streets)
    kinds = {LIGHT, STOP, YIELD}
    return [{s.type for s in arm.road.signals} & kinds for arm in streets.arms((1, 1))]


def test_streets_have_the_width_speed_and_furniture_of_their_rank():
    streets = town([A, R, A, C])
    roads = {place: streets.ends[(1, 1), place].road for place in streets.angles[1, 1]}
    assert (
        [roads[place].speed_kmh for place in ((2, 1), (1, 2), (1, 0))] == [KMH[A], KMH[R], KMH[C]] == [50.0, 30.0, 50.0]
    )
    assert len(roads[1, 2].stretches) == 3
    assert {item.type for item in roads[1, 2].objects} == {"parkingSpace"}
    assert {item.type for item in roads[2, 1].objects} == {"tree"}


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([A, A, A, A], [{LIGHT}] * 4),
        ([A, R, A, R], [{LIGHT}] * 4),
        ([C, C, C, C], [{LIGHT}] * 4),
        ([A, R, A, None], [set(), {STOP}, set()]),
        ([C, R, C, R], [set(), {STOP}, set(), {STOP}]),
        ([R, R, R, None], [set(), {YIELD}, set()]),
        ([A, C, A, None], [{LIGHT}] * 3),
    ],
)
def test_who_has_the_right_of_way(ranks, expected):
    assert signs(town(ranks)) == expected


def test_a_roundabout_replaces_signs():
    towns = [town([C, C, C, C], roundabouts=1, step=150.0, seed=seed) for seed in range(20)]
    chosen = next(streets for streets in towns if (1, 1) in streets.roundabouts)
    assert signs(chosen) == [{YIELD}] * 4


def test_arterials_get_no_roundabout():
    assert not town([A, C, A, C], roundabouts=9).roundabouts & {(1, 1), (2, 1), (0, 1)}


def test_streets_of_one_line_share_a_name():
    streets = town([R, C, R, C])
    names = [streets.ends[(1, 1), place].road.name for place in streets.angles[1, 1]]
    assert names[0] == names[2] != names[1] == names[3]
    assert names[0].endswith("Lane")
    assert names[1].endswith("Street")


def test_too_short_a_street_is_refused():
    with pytest.raises(SuiteError, match="Choose larger blocks"):
        town([A, A, A, A], step=45.0)
