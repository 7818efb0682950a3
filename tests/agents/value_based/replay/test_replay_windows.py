"""Transitions are what was shown: n-step returns counted by hand, and every memory against one that keeps whole transitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.value_based.replay import ArrayReplay, FrameReplay, ReplayOptions
from sim_suite.errors import SuiteError
from tests.agents.value_based.replay.whole_transitions import WholeTransitions, agree


def line(options, steps, ends=(), num_envs=1, first=0):
    """Numbers 0, 1, 2, ... as observations, rewards 1, 2, 4, 8, ...; `ends`: step -> "terminated" or "truncated", after which 100
    times as much is shown first."""
    replay = ArrayReplay((), np.int64, num_envs, options)
    ends, now = dict(ends), first
    for step in range(steps):
        end = ends.get(step)
        column = np.full(num_envs, now)
        replay.add(
            column,
            column % 10,
            np.full(num_envs, 2.0 ** (step % 4)),
            np.full(num_envs, end == "terminated"),
            np.full(num_envs, end == "truncated"),
            column + 1,
        )
        now = now + 1 if end is None else 100 * (step + 1)
    return replay


def table(replay):
    batch = replay.at(replay.rows)
    columns = (batch.observations, batch.actions, batch.returns, batch.discounts, batch.next_observations)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_windows_that_go_on():
    """gamma 1/2, n 3: 1 + 2/2 + 4/4 = 3, 2 + 4/2 + 8/4 = 6, then 4 + 8/2 + 1/4; the last two steps wait for more."""
    replay = line(ReplayOptions(capacity=20, n_step=3, discount=0.5), 5)
    assert table(replay) == [(0, 0, 3.0, 0.125, 3), (1, 1, 6.0, 0.125, 4), (2, 2, 8.25, 0.125, 5)]


def test_termination_ends_windows_and_leaves_nothing_to_bootstrap():
    replay = line(ReplayOptions(capacity=20, n_step=3, discount=0.5), 5, {2: "terminated"})
    assert table(replay) == [(0, 0, 3.0, 0.0, 3), (1, 1, 4.0, 0.0, 3), (2, 2, 4.0, 0.0, 3)]


def test_truncation_ends_windows_and_bootstraps_from_the_last_observation():
    replay = line(ReplayOptions(capacity=20, n_step=3, discount=0.5), 6, {2: "truncated"})
    assert table(replay) == [
        (0, 0, 3.0, 0.125, 3),
        (1, 1, 4.0, 0.25, 3),
        (2, 2, 4.0, 0.5, 3),
        (300, 0, 8 + 1 / 2 + 2 / 4, 0.125, 303),
    ]


def test_terminated_and_truncated_at_once_is_terminated():
    replay = ArrayReplay((), np.int64, 1, ReplayOptions(capacity=20, discount=0.5))
    replay.add(np.array([0]), np.array([1]), np.array([2.0]), np.array([True]), np.array([True]), np.array([7]))
    assert table(replay) == [(0, 1, 2.0, 0.0, 7)]


def test_the_ring_forgets_the_oldest_and_no_window_crosses_the_write_head():
    """Five rows, seven steps, n 2: rows hold 5, 6, 7 | 3, 4. What begins at 3 to 5 is whole; 6 waits for a step, 7 has none."""
    replay = line(ReplayOptions(capacity=5, n_step=2, discount=0.5), 7)
    assert replay.rows.tolist() == [0, 3, 4]
    assert table(replay) == [(5, 5, 2 + 4 / 2, 0.25, 7), (3, 3, 8 + 1 / 2, 0.25, 5), (4, 4, 1 + 2 / 2, 0.25, 6)]


def test_a_last_observation_takes_a_row():
    """0 to 3 and the last observation 4 fill five rows; the next episode takes the place of 0, then of 1."""
    replay = line(ReplayOptions(capacity=5, discount=0.5), 5, {3: "terminated"})
    assert table(replay) == [(400, 0, 1.0, 0.5, 401), (2, 2, 4.0, 0.5, 3), (3, 3, 8.0, 0.0, 4)]


def test_cut_truncates_what_is_under_way():
    replay = line(ReplayOptions(capacity=20, n_step=3, discount=0.5), 4)
    replay.cut()
    assert table(replay)[2:] == [(2, 2, 4 + 8 / 2, 0.25, 4), (3, 3, 8.0, 0.5, 4)]
    replay.cut()
    assert len(replay) == 4, "what has ended stays as it is"
    replay.add(np.array([50]), np.array([0]), np.array([1.0]), np.array([True]), np.array([False]), np.array([51]))
    assert table(replay)[3:] == [(3, 3, 8.0, 0.5, 4), (50, 0, 1.0, 0.0, 51)]


def test_cut_before_anything_was_shown_does_nothing():
    replay = ArrayReplay((2,), np.float32, 2, ReplayOptions(capacity=20))
    replay.cut()
    assert len(replay) == 0


def test_returns_are_summed_in_double_precision():
    """1 + 2^-25 thrice, undiscounted: float32 sums would lose the small parts one by one."""
    replay = ArrayReplay((), np.int64, 1, ReplayOptions(capacity=20, n_step=4, discount=1.0))
    for step, reward in enumerate([1.0, 2.0**-24, 2.0**-24, 2.0**-23]):
        replay.add(*(np.array([one]) for one in (step, 0, reward, False, False, step + 1)))
    assert replay.at(replay.rows).returns.item() == float(np.float32(1 + 2.0**-22))


def test_dtypes_and_shapes():
    replay = line(ReplayOptions(capacity=40, n_step=2), 6, num_envs=3)
    batch = replay.sample(7, np.random.default_rng(0))
    assert [column.dtype for column in batch] == [
        torch.int64, torch.int64, torch.float32, torch.float32, torch.int64, torch.int64, torch.float32
    ]  # fmt: skip
    assert {column.shape for column in batch} == {(7,)}
    assert batch.weights.tolist() == [1.0] * 7
    frames = FrameReplay((2, 5, 6, 3), 2, ReplayOptions(capacity=20))
    stacks = np.zeros((2, 2, 5, 6, 3), np.uint8)
    frames.add(stacks, np.zeros(2, int), np.zeros(2), np.zeros(2, bool), np.zeros(2, bool), stacks)
    drawn = frames.sample(4, np.random.default_rng(0))
    assert drawn.observations.shape == drawn.next_observations.shape == (4, 2, 5, 6, 3)
    assert drawn.observations.dtype == torch.uint8


STARTS = ("goes on", "black", "repeated", "partly black", "any")


@st.composite
def histories(draw):
    """(stack, environments, options, per step and environment: (end, start behind it), steps after which all is cut, seed)."""
    stack, num_envs, n_step = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    capacity = num_envs * draw(st.integers(n_step + stack, n_step + stack + 20)) + draw(st.integers(0, num_envs - 1))
    step = st.tuples(
        st.sampled_from(("goes on", "goes on", "goes on", "terminated", "truncated")), st.sampled_from(STARTS)
    )
    steps = draw(st.lists(st.lists(step, min_size=num_envs, max_size=num_envs), min_size=1, max_size=40))
    cuts = draw(st.sets(st.integers(0, 39), max_size=2))
    alpha = draw(st.sampled_from((0.0, 1.0)))
    options = ReplayOptions(capacity=capacity, n_step=n_step, discount=0.5, alpha=alpha)
    return stack, num_envs, options, steps, cuts, draw(st.integers(0, 2**32 - 1))


@settings(max_examples=150, deadline=None)
@given(histories())
def test_every_memory_holds_what_one_of_whole_transitions_holds(history):
    """Over rings that wrap, starts of all kinds, lives lost and cuts. Frames have two pixels of 0 to 2: chance repeats are frequent."""
    stack, num_envs, options, steps, cuts, seed = history
    rng = np.random.default_rng(seed)

    def frame():
        return rng.integers(3, size=(1, 2)).astype(np.uint8)

    def start(kind, before):
        newest = frame()
        if kind == "goes on" and before is not None:
            return before
        older = {
            "black": [0 * newest] * (stack - 1),
            "repeated": [newest] * (stack - 1),
            "partly black": [0 * newest, *(frame() for _ in range(stack - 2))][: stack - 1],
        }.get(kind, [frame() for _ in range(stack - 1)])
        return np.stack([*older, newest])

    if stack > 1:
        replay, shape = FrameReplay((stack, 1, 2), num_envs, options), (num_envs, stack, 1, 2)
    else:
        replay, shape = ArrayReplay((1, 2), np.uint8, num_envs, options), (num_envs, 1, 2)
    oracle = WholeTransitions(num_envs, stack, options)
    now = np.stack([start("any", None) for _ in range(num_envs)])
    for number, outcome in enumerate(steps):
        then = np.stack([np.stack([*stacked[1:], frame()]) for stacked in now])
        actions, rewards = rng.integers(4, size=num_envs), rng.integers(-8, 8, size=num_envs).astype(float)
        terminated = np.array([end == "terminated" for end, _ in outcome])
        truncated = np.array([end == "truncated" for end, _ in outcome])
        step = (now.reshape(shape), actions, rewards, terminated, truncated, then.reshape(shape))
        replay.add(*step)
        oracle.add(*step)
        cut = number in cuts
        if cut:
            replay.cut()
            oracle.cut()
        agree(replay, oracle)
        if options.prioritised:
            assert np.flatnonzero(replay._drawing.arrays()["priorities"]).tolist() == replay.rows.tolist()
        now = np.stack(
            [
                start(kind, last) if cut or end != "goes on" else last
                for (end, kind), last in zip(outcome, then, strict=True)
            ]
        )
    if options.prioritised and len(replay):
        drawn = replay.sample(64, rng)
        assert set(drawn.rows.tolist()) <= set(replay.rows.tolist())
        assert drawn.weights.tolist() == [1.0] * 64, "no error was told: all rows have the priority of new ones"


def step_of(observations, next_observations, **changed):
    count = len(observations)
    columns = {
        "actions": np.zeros(count, int),
        "rewards": np.zeros(count),
        "terminated": np.zeros(count, bool),
        "truncated": np.zeros(count, bool),
        **changed,
    }
    return {"observations": observations, **columns, "next_observations": next_observations}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"observations": np.zeros((2, 3), np.float32)}, r"observations must be \[2, 4\], not \[2, 3\]"),
        ({"next_observations": np.zeros((3, 4), np.float32)}, r"next_observations must be \[2, 4\], not \[3, 4\]"),
        ({"observations": np.zeros((2, 4), complex)}, "observations are complex128, which float32 cannot hold"),
        ({"actions": np.zeros(3, int)}, r"actions must be \[2\], one for each environment, not \[3\]"),
        ({"actions": np.zeros(2)}, "actions must be whole numbers, not float64"),
        ({"rewards": np.array([0.0, np.nan])}, "a reward is nan"),
        ({"rewards": np.array([1e39, 0.0])}, r"a reward is 1e\+39"),
        ({"truncated": np.zeros((2, 1), bool)}, r"truncated must be \[2\], one for each environment, not \[2, 1\]"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_remembered(changed, message):
    replay = ArrayReplay((4,), np.float32, 2, ReplayOptions(capacity=20))
    step = step_of(np.zeros((2, 4)), np.ones((2, 4)))
    with pytest.raises(SuiteError, match=message):
        replay.add(**{**step, **changed})
    assert len(replay) == 0
    replay.add(**step)
    assert len(replay) == 2


def test_an_episode_that_jumps_is_refused():
    """As after a next-step autoreset, whose step from the last observation to the first must not be learned from."""
    replay = ArrayReplay((4,), np.float32, 2, ReplayOptions(capacity=20))
    replay.add(**step_of(np.zeros((2, 4)), np.ones((2, 4)), terminated=np.array([True, False])))
    with pytest.raises(SuiteError, match="environment 1 shows another observation than its last step led to"):
        replay.add(**step_of(np.full((2, 4), 2.0), np.ones((2, 4))))
    replay.add(**step_of(np.array([[2.0] * 4, [1.0] * 4]), np.ones((2, 4))))
    assert len(replay) == 4


def test_stacks_that_do_not_move_on_by_one_are_refused():
    replay = FrameReplay((3, 1, 1), 1, ReplayOptions(capacity=20))
    now = np.array([1, 2, 3], np.uint8).reshape(1, 3, 1, 1)
    for then in ([3, 4, 5], [1, 2, 3], [4, 3, 2]):
        with pytest.raises(SuiteError, match="the frames of environment 0 do not move on by one a step"):
            replay.add(**step_of(now, np.array(then, np.uint8).reshape(1, 3, 1, 1)))
    replay.add(**step_of(now, np.array([2, 3, 4], np.uint8).reshape(1, 3, 1, 1)))
    assert len(replay) == 1


def test_pictures_as_fractions_are_refused():
    replay = FrameReplay((2, 3, 3), 1, ReplayOptions(capacity=20))
    with pytest.raises(SuiteError, match="observations are float32, which uint8 cannot hold"):
        replay.add(**step_of(np.zeros((1, 2, 3, 3), np.float32), np.zeros((1, 2, 3, 3), np.uint8)))


def test_a_memory_too_small_for_one_window_is_refused():
    with pytest.raises(
        SuiteError, match="13 rows has 6 for each of 2 environments, and a window takes 7: set capacity to 14"
    ):
        FrameReplay((4, 8, 8), 2, ReplayOptions(capacity=13, n_step=3))
    FrameReplay((4, 8, 8), 2, ReplayOptions(capacity=14, n_step=3))


def test_frames_that_are_no_stack_are_refused():
    for shape in ((1, 84, 84), (84, 84)):
        with pytest.raises(SuiteError, match="Keep single pictures in an ArrayReplay"):
            FrameReplay(shape, 1, ReplayOptions(capacity=20))


def test_rows_that_hold_no_transition_are_refused():
    replay = line(ReplayOptions(capacity=20, n_step=2), 3)
    with pytest.raises(SuiteError, match="row 2 holds no whole transition"):
        replay.at(np.array([0, 2]))
    with pytest.raises(SuiteError, match="rows are 0 to 19, seen -1 to 20"):
        replay.at(np.array([-1, 20]))
