"""Cross-sections: strips, keys, and how one changes into another."""

import pytest

from sim_suite.driving.roads.towns.profiles import Profile, Strip, eased, keys, street, with_parking

DRIVING, WALK, BIKE = Strip("driving", 3.5), Strip("sidewalk", 2.5), Strip("biking", 2.0)


def test_a_street_is_the_same_on_both_sides():
    profile = street(2, width_m=3.0, median_m=2.0, parking_m=2.25, biking=True)
    assert profile.left == profile.right
    assert [strip.kind for strip in profile.right] == ["median", "driving", "driving", "parking", "biking", "sidewalk"]
    assert profile.half_width == pytest.approx(1.0 + 2 * 3.0 + 2.25 + 1.85 + 2.5)
    assert profile.outermost == pytest.approx(1.0 + 3.0 + 1.5)


@pytest.mark.parametrize(("lanes", "median", "mark"), [(1, 0.0, "broken"), (2, 0.0, "solid solid"), (2, 2.0, "none")])
def test_the_middle_is_marked_for_what_may_cross_it(lanes, median, mark):
    assert street(lanes, median_m=median).centre == mark


def test_one_way_keeps_the_right_side():
    assert street(2).one_way() == Profile((), street(2).right, "solid")


def test_keys_count_each_kind_from_the_middle():
    assert keys((DRIVING, DRIVING, BIKE, WALK)) == ["driving0", "driving1", "biking0", "sidewalk0"]


def test_what_one_side_lacks_opens_or_closes_in_its_place():
    strips, names = eased((DRIVING, WALK), (DRIVING._replace(width=3.0), BIKE, WALK))
    assert names == ["driving0", "biking0", "sidewalk0"]
    assert [(strip.width, strip.last_width) for strip in strips] == [(3.5, 3.0), (0.0, 2.0), (2.5, 2.5)]
    strips, names = eased((DRIVING, BIKE, WALK), (DRIVING, WALK))
    assert [(strip.width, strip.last_width) for strip in strips] == [(3.5, 3.5), (2.0, 0.0), (2.5, 2.5)]


def test_parking_keeps_off_the_ends_and_off_short_streets():
    plain, parking = street(1), street(1, parking_m=2.25)
    assert with_parking(plain, parking, 100.0) == [(0.0, plain), (14.0, parking), (86.0, plain)]
    assert with_parking(plain, parking, 40.0) == [(0.0, plain)]
