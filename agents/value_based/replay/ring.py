"""Which rows of a replay memory belong together: a ring of rows for each environment, written and read by compiled functions.

A row is one observation in the order in which it was shown, together with the step that was taken there, if one was. The
row after it holds the next observation, so each is kept once. The last observation of an episode is a row without a step,
and the next episode begins on the row behind. Observations may be stacks of k frames, of which a row keeps the newest; the
older ones are those of the rows before it. Sources: the ring is that of Mnih et al. 2015 (Nature 518); the layout is ours.

N rows = E environments * `length`; row = environment * length + place in its ring.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import compiled

NO_STEP, GOING_ON, TERMINATED, TRUNCATED = 0, 1, 2, 3
"""What became of the step that was taken at a row."""
DRAWABLE, CHANGES = 0, 1
"""Places in `Ring.counters`."""


class Ring(NamedTuple):
    """All that is known of the rows besides the observations: changed in place."""

    length: int
    """Rows of each environment."""
    stack: int
    """Frames of an observation, k."""
    n_step: int
    """Steps of a window, at most."""
    heads: NDArray[np.int64]
    """[E] rows ever written; the last of them awaits its step."""
    actions: NDArray[np.int64]
    """[N]"""
    rewards: NDArray[np.float32]
    """[N]"""
    ends: NDArray[np.uint8]
    """[N] NO_STEP, GOING_ON, TERMINATED or TRUNCATED."""
    older: NDArray[np.int32]
    """[N] rows before this one that hold frames of its observation, 0 to k - 1."""
    black: NDArray[np.bool_]
    """[N] whether frames that are missing still are black, or else the oldest that is there."""
    drawable: NDArray[np.bool_]
    """[N] whether the window that begins here is complete and all frames of its first observation are still there."""
    counters: NDArray[np.int64]
    """[2] rows that are drawable, and entries of `changed`."""
    changed: NDArray[np.int64]
    """[E * (k * k + k + n)] rows that became drawable or ceased to be since the last call; a row may be there twice."""


def fresh_ring(num_envs: int, length: int, stack: int, n_step: int) -> Ring:
    """A ring in which nothing is written; pages are touched when rows are."""
    rows = num_envs * length
    return Ring(
        length,
        stack,
        n_step,
        np.zeros(num_envs, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.float32),
        np.zeros(rows, np.uint8),
        np.zeros(rows, np.int32),
        np.zeros(rows, np.bool_),
        np.zeros(rows, np.bool_),
        np.zeros(2, np.int64),
        np.zeros(num_envs * (stack * stack + stack + n_step), np.int64),
    )


@compiled
def begin_episode(ring: Ring, env: int, frames: int, black: bool) -> int:
    """Write the rows of an episode's first observation, 1 or all k of its frames. Returns the first row's place in the ring.

    black: whether the frames that are not written are black, or else equal to the one that is.
    """
    first = ring.heads[env] % ring.length
    for older in range(frames):
        _write(ring, env, older, black)
    return int(first)


@compiled
def take_step(
    ring: Ring,
    actions: NDArray[np.int64],
    rewards: NDArray[np.float32],
    ends: NDArray[np.uint8],
    rows: NDArray[np.int64],
) -> None:
    """Write a step of each environment and the observation that followed. All [E]; `rows` receives where the latter lies."""
    for env in range(len(actions)):
        row = _row(ring, env, ring.heads[env] - 1)
        ring.actions[row] = actions[env]
        ring.rewards[row] = rewards[env]
        rows[env] = _write(ring, env, min(ring.older[row] + 1, ring.stack - 1), ring.black[row])
        _end_step(ring, env, ends[env])


@compiled
def cut_episodes(ring: Ring) -> None:
    """Truncate the last step of each environment where it went on."""
    for env in range(len(ring.heads)):
        if ring.heads[env] > 1 and ring.ends[_row(ring, env, ring.heads[env] - 2)] == GOING_ON:
            _end_step(ring, env, TRUNCATED)


@compiled
def read_windows(
    ring: Ring,
    rows: NDArray[np.int64],
    discount: float,
    actions: NDArray[np.int64],
    returns: NDArray[np.float32],
    discounts: NDArray[np.float32],
    frames: NDArray[np.int64],
) -> None:
    """Sum the rewards of the windows that begin at drawable `rows` [B]; sums are float64.

    actions, returns, discounts: [B]; frames: [2, B, k] rows of the frames of the first observation and of the one behind
    the window, oldest first; N stands for a black one.
    """
    for place in range(len(rows)):
        env = rows[place] // ring.length
        begin = rows[place] % ring.length
        total, factor, steps, end = 0.0, 1.0, 0, GOING_ON
        while steps < ring.n_step and end == GOING_ON:
            row = _row(ring, env, begin + steps)
            total += factor * ring.rewards[row]
            factor *= discount
            end = ring.ends[row]
            steps += 1
        actions[place] = ring.actions[rows[place]]
        returns[place] = total
        discounts[place] = 0.0 if end == TERMINATED else factor
        _read_stack(ring, env, begin, frames[0, place])
        _read_stack(ring, env, begin + steps, frames[1, place])


@compiled
def read_stacks(ring: Ring, frames: NDArray[np.int64]) -> None:
    """The rows of the frames of each environment's newest observation: [E, k], as in `read_windows`."""
    for env in range(len(ring.heads)):
        _read_stack(ring, env, ring.heads[env] - 1, frames[env])


@compiled
def _row(ring: Ring, env: int, count: int) -> int:
    """The row that an environment's count-th row lies in."""
    return env * ring.length + count % ring.length


@compiled
def _write(ring: Ring, env: int, older: int, black: bool) -> int:
    """Take the next row of an environment for an observation whose step is not known yet. Returns the row."""
    head = ring.heads[env]
    for behind in range(ring.stack):  # those whose oldest frame was in the row that is taken
        row = _row(ring, env, head + behind)
        if ring.drawable[row] and behind <= ring.older[row]:
            _mark(ring, row, False)
    row = _row(ring, env, head)
    ring.ends[row] = NO_STEP
    ring.older[row] = older
    ring.black[row] = black
    ring.heads[env] = head + 1
    return row


@compiled
def _end_step(ring: Ring, env: int, end: int) -> None:
    """Say what became of an environment's last step; windows that it completes become drawable."""
    last = ring.heads[env] - 2
    ring.ends[_row(ring, env, last)] = end
    for back in range(ring.n_step):
        row = _row(ring, env, last - back)
        if back > 0 and ring.ends[row] != GOING_ON:
            return
        if (end != GOING_ON or back == ring.n_step - 1) and not ring.drawable[row]:
            _mark(ring, row, True)


@compiled
def _mark(ring: Ring, row: int, drawable: bool) -> None:
    ring.drawable[row] = drawable
    ring.counters[DRAWABLE] += 1 if drawable else -1
    ring.changed[ring.counters[CHANGES]] = row
    ring.counters[CHANGES] += 1


@compiled
def _read_stack(ring: Ring, env: int, count: int, frames: NDArray[np.int64]) -> None:
    """The rows of one observation's frames [k], oldest first."""
    row = _row(ring, env, count)
    for back in range(ring.stack):
        if back <= ring.older[row]:
            frames[ring.stack - 1 - back] = _row(ring, env, count - back)
        elif ring.black[row]:
            frames[ring.stack - 1 - back] = len(ring.ends)
        else:
            frames[ring.stack - 1 - back] = _row(ring, env, count - ring.older[row])
