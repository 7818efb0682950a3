"""Markers never lie over each other, important ones come first, and what is shown stays shown as one comes closer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.drawing.placing import extent_px, place_all
from sim_suite.driving.roads.drawing.scene import Marker


def project(scale):
    return lambda x, y: (x * scale, -y * scale)


def overlap(one, other, scale):
    (w1, h1), (w2, h2) = extent_px(one.marker, scale), extent_px(other.marker, scale)
    return abs(one.x - other.x) * scale < (w1 + w2) / 2 and abs(one.y - other.y) * scale < (h1 + h2) / 2


places = st.floats(-60, 60)
some = st.lists(
    st.tuples(
        st.sampled_from(["road", "lane", "stop", "height"]), places, places, st.sampled_from(["1", "-12", "road 7"]),
        st.integers(0, 50), st.sampled_from([0.0, 1.0, 3.0]),
    ).map(lambda one: Marker(*one[:4], rank=one[4], min_scale=one[5])),
    max_size=40,
)  # fmt: skip


@given(some)
def test_nothing_overlaps_at_any_scale(markers):
    scales = [0.5, 1.0, 2.0, 4.0]
    placed = place_all(markers, scales, project)
    for level, scale in enumerate(scales):
        shown = [one for one in placed if one.level <= level]
        assert not any(overlap(one, other, scale) for place, one in enumerate(shown) for other in shown[:place])
        assert all(one.marker.min_scale <= scale for one in shown)


def test_the_important_one_gets_the_place_and_the_other_its_second_choice():
    plain, main = Marker("road", 0, 0, "12", rank=9), Marker("junction", 1, 0, "3", rank=1)
    assert [one.marker for one in place_all([plain, main], [1.0], project)] == [main]
    placed = place_all([plain._replace(elsewhere=((0, 40),)), main], [1.0], project)
    assert [(one.x, one.y) for one in placed] == [(1, 0), (0, 40)]


def test_things_apart_are_shown_from_the_scale_that_parts_them():
    markers = [Marker("road", x, 0, "12", rank=x) for x in (0, 12)]
    assert [one.level for one in place_all(markers, [1.0, 2.0, 4.0], project)] == [0, 1]


def test_arrows_of_two_narrow_lanes_stand_side_by_side():
    pair = [Marker("arrow", 0, y, heading=0.0) for y in (0.0, 3.5)]
    assert len(place_all(pair, [1.6], project)) == 2
    assert len(place_all([pair[0], Marker("road", 0, 3.5, "1", rank=1)], [1.6], project)) == 1
