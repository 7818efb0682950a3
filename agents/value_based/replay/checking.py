"""What a replay memory accepts: shapes and types that fit, and episodes that go on where they were. Source: ours.

A step that does not follow on the one before, as Gymnasium's next-step autoreset inserts it between two episodes, would be
learned from without a trace.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.value_based.replay.ring import GOING_ON, Ring
from sim_suite.errors import SuiteError

Array = NDArray[Any]


def checked_observations(name: str, observations: Array, shape: tuple[int, ...], shown: Array) -> Array:
    """Observations [E, *shape] as `shown` has them, [E, stack, *frame]."""
    array = np.asarray(observations)
    if not np.can_cast(array.dtype, shown.dtype, "same_kind"):
        raise SuiteError(
            f"{name} are {array.dtype}, which {shown.dtype} cannot hold: make the replay memory for {array.dtype}."
        )
    if array.shape != (len(shown), *shape):
        raise SuiteError(f"{name} must be {[len(shown), *shape]}, not {list(array.shape)}.")
    return array.astype(shown.dtype, copy=False).reshape(shown.shape)


def checked_actions(actions: Array, num_envs: int) -> NDArray[np.int64]:
    """Whole numbers, one for each environment: [E] int64."""
    array = _column("actions", actions, num_envs)
    if not np.issubdtype(array.dtype, np.integer):
        raise SuiteError(f"actions must be whole numbers, not {array.dtype}: round or cast them where they are chosen.")
    return array.astype(np.int64)


def checked_rewards(rewards: Array, num_envs: int) -> NDArray[np.float32]:
    """Finite numbers, one for each environment: [E] float32."""
    array = _column("rewards", rewards, num_envs)
    with np.errstate(over="ignore"):  # refused below
        kept = array.astype(np.float32)
    if not np.isfinite(kept).all():
        raise SuiteError(f"a reward is {array[~np.isfinite(kept)][0]}. Mend the environment that gives it, or clip it.")
    return kept


def checked_flags(name: str, flags: Array, num_envs: int) -> NDArray[np.bool_]:
    """Truth values, one for each environment: [E] bool."""
    return _column(name, flags, num_envs).astype(np.bool_)


def beginning(ring: Ring, shown: Array, now: Array, then: Array) -> list[int]:
    """The environments that show something else than what their last step led to, as they may after an end.

    shown: [E, stack, *frame] what the last step led to: all of it where an episode ended, or else the newest frame; now, then:
    what is shown before and after the next step. Raises `SuiteError` where no episode ended, and where stacks that begin do
    not move on by one frame.
    """
    last = np.arange(len(now)) * ring.length + (ring.heads - 2) % ring.length
    going_on = (ring.heads > 1) & (ring.ends[last] == GOING_ON)
    differs = (now[:, -1] != shown[:, -1]).reshape(len(now), -1).any(axis=1)
    if (going_on & differs).any():
        raise SuiteError(
            f"environment {np.flatnonzero(going_on & differs)[0]} shows another observation than its last step led to, and no "
            f"episode ended. Pass terminated or truncated, and the last observation from before the reset; `cut` before "
            f"environments are made anew."
        )
    found = [
        env
        for env in np.flatnonzero(~going_on).tolist()
        if ring.heads[env] == 0 or differs[env] or not np.array_equal(now[env], shown[env])
    ]
    for env in found:
        if not np.array_equal(now[env, 1:], then[env, :-1]):
            raise SuiteError(
                f"the frames of environment {env} do not move on by one a step, newest last, so they cannot be kept once. "
                f"Keep whole observations in an ArrayReplay."
            )
    return found


def _column(name: str, values: Array, num_envs: int) -> Array:
    array = np.asarray(values)
    if array.shape != (num_envs,):
        raise SuiteError(f"{name} must be [{num_envs}], one for each environment, not {list(array.shape)}.")
    return array
