"""Rows are drawn alike or by priority, with the weights that make up for it: exactly, given the numbers that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.value_based.replay import ArrayReplay, ReplayOptions
from sim_suite.errors import SuiteError

# p = |error| + 1/8, so that priorities, their sums and the parts of the sums are exact in binary.
BY_PRIORITY = {"alpha": 1.0, "priority_epsilon": 0.125, "discount": 0.5}


class Scripted:
    """Stands in for a random generator: hands out what was written down, and notes what was asked for."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def integers(self, bound, size):
        self.asked.append((bound, size))
        return np.array(self.answers.pop(0))

    def random(self, size):
        self.asked.append(size)
        return np.array(self.answers.pop(0))


def memory(steps, ends=(), num_envs=1, **options):
    """Observations 0, 1, 2, ...; an episode ends after each step of `ends`."""
    replay = ArrayReplay((), np.int64, num_envs, ReplayOptions(**{"capacity": 16 * num_envs, **options}))
    for step in range(steps):
        columns = (2 * step, 0, 1.0, step in ends, False, 2 * step + (1 if step in ends else 2))
        replay.add(*(np.full(num_envs, column) for column in columns))
    return replay


def test_no_transition_no_sample():
    replay = memory(2, n_step=3)
    with pytest.raises(SuiteError, match="a window takes 3 steps or an episode's end"):
        replay.sample(1, np.random.default_rng(0))


def test_uniform_draws_among_what_was_written_and_again_where_no_window_begins():
    """Two environments of 16 rows; steps 0 to 3, an end behind 1: rows 0, 1, 3, 4 begin windows, 2 was last, 5 waits."""
    replay = memory(4, {1}, num_envs=2)
    assert replay.rows.tolist() == [0, 1, 3, 4, 16, 17, 19, 20]
    rng = Scripted(range(12), [6, 5, 0, 8], [1, 10])
    batch = replay.sample(12, rng)
    assert rng.asked == [(12, 12), (12, 4), (12, 2)], "all, then only those that missed"
    assert batch.rows.tolist() == [0, 1, 16, 3, 4, 1, 16, 17, 0, 19, 20, 20]
    assert batch.weights.tolist() == [1.0] * 12


def test_uniform_draws_stay_within_a_ring_that_has_wrapped():
    replay = memory(40, num_envs=2)
    rng = Scripted([0, 31, 17])
    assert replay.sample(3, rng).rows.tolist() == [0, 31, 17]
    assert rng.asked == [(32, 3)]


def test_errors_change_nothing_where_rows_are_drawn_alike():
    replay = memory(5)
    replay.update(torch.arange(5), torch.tensor([1e6, 0, 0, 0, 0]))
    assert replay.sample(5, Scripted([0, 1, 2, 3, 4])).weights.tolist() == [1.0] * 5


def told(progress_options=()):
    """Rows 0 to 4 with priorities 1/2, 1, 1/4, 2, 3/4, together 9/2."""
    replay = memory(5, **{**BY_PRIORITY, **dict(progress_options)})
    replay.update(torch.arange(5), torch.tensor([0.375, -0.875, 0.125, 1.875, -0.625]))
    return replay


def test_one_row_of_each_equal_part_of_the_sum():
    """Parts of 9/8: targets 0, 1.6875, 3.373875, 3.65625 among the sums 1/2, 3/2, 7/4, 15/4, 9/2."""
    batch = told().sample(4, Scripted([0.0, 0.5, 0.999, 0.25]))
    assert batch.rows.tolist() == [0, 2, 3, 3]
    assert batch.observations.tolist() == [0, 4, 6, 6]


def test_weights_make_up_for_the_priorities():
    """(5 p / 4.5)^-1 is as 2 : 4 : 1/2 : 1/2; the largest becomes 1."""
    batch = told().sample(4, Scripted([0.0, 0.5, 0.999, 0.25]))
    torch.testing.assert_close(batch.weights, torch.tensor([0.5, 1.0, 0.125, 0.125]), rtol=1e-6, atol=0)


def test_weights_grow_with_the_run():
    replay = told({"beta": 0.0, "beta_share": 0.5})
    for progress, beta in ((0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.0, 1.0)):
        batch = replay.sample(4, Scripted([0.0, 0.5, 0.999, 0.25]), progress)
        torch.testing.assert_close(batch.weights, torch.tensor([0.5, 1.0, 0.125, 0.125]) ** beta, rtol=1e-6, atol=0)


def test_beta_without_a_way_to_go_is_at_its_end():
    assert ReplayOptions(beta=0.4, beta_end=0.9, beta_share=0.0).beta_at(0.0) == 0.9


def test_alpha_is_the_power_of_the_priorities():
    """p = 4 and 1, alpha 1/2: shares 2 and 1."""
    replay = memory(2, **{**BY_PRIORITY, "alpha": 0.5})
    replay.update(torch.arange(2), torch.tensor([3.875, 0.875]))
    assert replay.sample(3, Scripted([0.9, 0.9, 0.0])).rows.tolist() == [0, 0, 1]


def priorities(replay):
    """What a fresh memory would be given to go on."""
    return replay._drawing.arrays()["priorities"]


def test_new_rows_have_the_highest_priority_that_any_row_had():
    replay = told()
    replay.update(torch.tensor([3]), torch.tensor([0.0]))
    replay.add(*(np.array([one]) for one in (10, 0, 1.0, False, False, 12)))
    assert priorities(replay)[:7].tolist() == [0.5, 1.0, 0.25, 0.125, 0.75, 2.0, 0.0]


def test_without_errors_new_rows_have_priority_one():
    assert priorities(memory(3, **BY_PRIORITY))[:4].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_rows_that_are_gone_are_passed_over():
    """Row 2 holds an episode's last observation: its error counts nowhere, neither as a priority nor as the highest one."""
    replay = memory(4, {1}, **BY_PRIORITY)
    replay.update(torch.tensor([2, 0]), torch.tensor([99.0, 0.375]))
    replay.add(*(np.array([one]) for one in (8, 0, 1.0, False, False, 10)))
    assert priorities(replay)[:7].tolist() == [0.5, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0]


def test_of_a_row_that_was_drawn_twice_the_later_error_counts():
    replay = told()
    replay.update(torch.tensor([1, 1]), torch.tensor([7.0, 0.375]))
    assert priorities(replay)[1] == 0.5


@pytest.mark.parametrize(
    ("rows", "errors", "message"),
    [
        ([0, 1], [0.5, np.inf], "a TD error is inf: the network has diverged"),
        ([0, 1], [0.5], r"update takes rows \[B\] and as many TD errors, not \[2\] and \[1\]"),
        ([[0]], [[0.5]], r"update takes rows \[B\] and as many TD errors, not \[1, 1\] and \[1, 1\]"),
        ([0, 16], [0.5, 0.5], "rows are 0 to 15, seen 0 to 16"),
    ],
)
def test_errors_that_do_not_fit_are_refused_and_change_nothing(rows, errors, message):
    replay = told()
    before = priorities(replay)
    with pytest.raises(SuiteError, match=message):
        replay.update(torch.tensor(rows), torch.tensor(errors))
    assert priorities(replay).tobytes() == before.tobytes()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.sampled_from([1, 4, 32]))
def test_rows_follow_a_cumulative_sum_of_their_priorities(seed, steps, count):
    """With the same random numbers; errors are eighths, so that all sums are exact. Rows come and go meanwhile."""
    rng = np.random.default_rng(seed)
    replay = memory(steps, set(rng.integers(70, size=10).tolist()), num_envs=3, **BY_PRIORITY)
    replay.update(torch.from_numpy(replay.rows), torch.from_numpy(rng.integers(-40, 40, size=len(replay)) / 8))
    sums = np.cumsum(priorities(replay))
    batch = replay.sample(count, np.random.default_rng(seed))
    targets = (np.arange(count) + np.random.default_rng(seed).random(count)) * (sums[-1] / count)
    assert batch.rows.tolist() == np.searchsorted(sums, targets, side="right").tolist()
    expected = priorities(replay)[batch.rows.numpy()].min() / priorities(replay)[batch.rows.numpy()]
    np.testing.assert_allclose(batch.weights.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"capacity": 1}, "capacity must be at least 2, not 1"),
        ({"n_step": 0}, "n_step must be at least 1, not 0"),
        ({"discount": 1.5}, "discount must lie in 0.0 to 1.0, not be 1.5"),
        ({"alpha": -0.1}, "alpha must lie in 0.0 to 1.0, not be -0.1"),
        ({"beta": 2.0}, "beta must lie"),
        ({"beta_end": -1.0}, "beta_end must lie"),
        ({"beta_share": 1.1}, "beta_share must lie"),
        ({"priority_epsilon": 0.0}, "priority_epsilon must lie"),
    ],
)
def test_options_out_of_range_are_refused(changed, message):
    with pytest.raises(SuiteError, match=message):
        ReplayOptions(**changed)
