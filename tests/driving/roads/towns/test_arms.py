"""How the streets of a junction are turned and set back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.towns.arms import KERB_RADIUS_M, MIN_SETBACK_M, in_line, setbacks
from sim_suite.driving.roads.towns.paths import wrap


def test_opposite_streets_are_brought_into_line():
    east, north, west, south = in_line([0.1, 1.5, math.pi - 0.1, -1.6])
    assert wrap(west - east) == pytest.approx(math.pi)
    assert abs(wrap(south - north)) == pytest.approx(math.pi)
    assert east == pytest.approx(0.0)


def test_two_streets_make_one_line_even_round_a_corner():
    one, other = in_line([0.0, math.pi / 2])
    assert abs(wrap(other - one)) == pytest.approx(math.pi)


def test_a_stem_keeps_clear_of_the_main_street():
    angles = in_line([0.0, 0.5, math.pi])
    assert angles[1] == pytest.approx(math.radians(62.0))


def test_setbacks_at_a_right_angle_by_hand():
    # the edges meet 6 m (the other's half width) from the middle; the kerb's tangent adds 1.2 radii
    assert setbacks([0.0, math.pi / 2, math.pi], [5.0, 6.0, 5.0]) == pytest.approx(
        [6.0 + 1.2 * KERB_RADIUS_M, 5.0 + 1.2 * KERB_RADIUS_M, 6.0 + 1.2 * KERB_RADIUS_M]
    )


def test_streets_in_line_need_no_more_than_the_least():
    assert setbacks([0.0, math.pi], [5.0, 5.0]) == [MIN_SETBACK_M, MIN_SETBACK_M]


@given(st.floats(1.1, 2.8), st.floats(4.0, 12.0), st.floats(4.0, 12.0))
def test_set_back_streets_do_not_touch(between, one, other):
    """The corners at the ends of two neighbouring streets lie outside of one another."""
    angles = [0.0, between, between + 2.5]
    back = setbacks(angles, [one, other, 4.0])
    # the left edge of the first street runs at y = one; the right edge of the second meets it here
    meet = (other + one * math.cos(between)) / math.sin(between)
    assert back[0] >= meet
