"""The tree finds what a cumulative sum finds, and its sums do not drift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.value_based.replay.sum_tree import SumTree


def filled(priorities):
    tree = SumTree(len(priorities))
    tree.put(np.arange(len(priorities)), np.array(priorities, np.float64))
    return tree


def test_by_hand():
    """Priorities 3, 0, 1, 4: targets 0 to 3 are row 0's, 3 to 4 row 2's, 4 to 8 row 3's."""
    tree = filled([3, 0, 1, 4])
    assert tree.total == 8.0
    assert tree.find(np.array([0.0, 2.999, 3.0, 3.999, 4.0, 7.999])).tolist() == [0, 0, 2, 2, 3, 3]
    tree.put(np.array([0, 3]), np.array([0.0, 1.0]))
    assert tree.total == 2.0
    assert tree.find(np.array([0.0, 1.0])).tolist() == [2, 3]
    assert tree.at(np.array([3, 1])).tolist() == [1.0, 0.0]
    assert tree.leaves.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_the_last_of_several_priorities_of_a_row_counts():
    tree = filled([1, 1])
    tree.put(np.array([1, 0, 1]), np.array([5.0, 2.0, 3.0]))
    assert tree.leaves.tolist() == [2.0, 3.0]
    assert tree.total == 5.0


@pytest.mark.parametrize("size", [1, 2, 3, 64, 65])
def test_any_size(size):
    tree = filled(range(1, size + 1))
    assert tree.total == size * (size + 1) / 2
    assert tree.find(np.array([tree.total - 0.5])).tolist() == [size - 1]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=70).filter(any),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50),
)
def test_it_finds_what_numpy_finds_in_a_cumulative_sum(priorities, shares):
    """Of whole numbers sums are exact, so that equality is."""
    tree = filled(priorities)
    targets = np.array(shares) * tree.total
    assert tree.find(targets).tolist() == np.searchsorted(np.cumsum(priorities), targets, side="right").tolist()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_sums_do_not_drift(size, seed):
    """After any changes the tree is that which is filled with its leaves at once, to the last bit, and within rounding of numpy's sum."""
    rng = np.random.default_rng(seed)
    tree, plain = SumTree(size), np.zeros(size)
    for _ in range(30):
        rows = rng.integers(size, size=20)
        priorities = np.where(rng.random(20) < 0.2, 0.0, 10.0 ** rng.uniform(-12, 12, size=20))
        tree.put(rows, priorities)
        for row, priority in zip(rows, priorities, strict=True):
            plain[row] = priority
    anew = SumTree(size)
    anew.fill(plain)
    assert tree._sums.tobytes() == anew._sums.tobytes()
    np.testing.assert_allclose(tree.total, plain.sum(), rtol=size * np.finfo(np.float64).eps)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1e-300, 0.1, 0.3, 1e16]), min_size=1, max_size=40).filter(any))
def test_rows_without_priority_are_never_found(priorities):
    """Not even at the very end of the range, where rounded sums let a target fall past the last row."""
    tree = filled(priorities)
    ends = np.cumsum(priorities)
    targets = np.concatenate([[0.0, np.nextafter(tree.total, 0.0), tree.total], ends, np.nextafter(ends, 0.0)])
    assert all(priorities[row] > 0.0 for row in tree.find(targets))
