"""Which lane goes where at a junction."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.towns.moves import Move, lane_moves

LEFT, RIGHT = math.pi / 2, -math.pi / 2


def turns_of(angles):
    """Heading changes between arms that lie at these angles around the junction."""
    return [[(b - a - math.pi + math.pi) % (2 * math.pi) - math.pi for b in angles] for a in angles]


CROSS = turns_of([0.0, math.pi / 2, math.pi, -math.pi / 2])
T = turns_of([0.0, math.pi / 2, math.pi])


def anything(_from, _to):
    return True


def test_one_lane_goes_everywhere_but_back():
    moves = lane_moves(CROSS, [1] * 4, [1] * 4, anything)
    assert {(m.from_arm, m.to_arm) for m in moves} == {(i, j) for i in range(4) for j in range(4) if i != j}
    assert len(moves) == 12


def test_two_lanes_keep_to_their_side():
    moves = [move for move in lane_moves(CROSS, [2] * 4, [2] * 4, anything) if move.from_arm == 0]
    # from the east going west: the next arm counter-clockwise, north, is on the right
    assert set(moves) == {Move(0, 1, 1, 1), Move(0, 0, 2, 0), Move(0, 1, 2, 1), Move(0, 0, 3, 0)}


def test_a_stem_of_two_lanes_parts_left_and_right():
    moves = [move for move in lane_moves(T, [1, 2, 1], [1, 2, 1], anything) if move.from_arm == 1]
    assert set(moves) == {Move(1, 1, 2, 0), Move(1, 0, 0, 0)}


def test_forbidden_turns_are_left_out():
    moves = lane_moves(CROSS, [1] * 4, [1] * 4, lambda i, j: (i, j) != (0, 2))
    assert Move(0, 0, 2, 0) not in moves
    assert len(moves) == 11


def test_one_way_arms_are_neither_entered_nor_left_against_traffic():
    moves = lane_moves(T, [1, 0, 1], [1, 1, 1], anything)
    assert not any(move.from_arm == 1 for move in moves)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=5).filter(
        lambda arms: sum(a > 0 for a, _ in arms) > 1 and sum(b > 0 for _, b in arms) > 1
    )
)
def test_every_lane_has_a_way_on_and_a_way_in(arms):
    leaving, entering = ([arm[side] for arm in arms] for side in (0, 1))
    turns = turns_of([2 * math.pi * k / len(arms) for k in range(len(arms))])
    moves = lane_moves(turns, leaving, entering, anything)
    assert {(m.from_arm, m.from_lane) for m in moves} == {(i, k) for i, n in enumerate(leaving) for k in range(n)}
    assert {(m.to_arm, m.to_lane) for m in moves} == {(i, k) for i, n in enumerate(entering) for k in range(n)}
    assert all(move.from_arm != move.to_arm for move in moves)


@pytest.mark.parametrize("turn", [LEFT, RIGHT])
def test_the_lanes_of_a_single_way_all_use_it(turn):
    moves = lane_moves([[0.0, turn], [-turn, 0.0]], [2, 0], [0, 1], anything)
    assert set(moves) == {Move(0, 0, 1, 0), Move(0, 1, 1, 0)}
