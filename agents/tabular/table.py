"""A finite Markov decision process as dense arrays, read from an environment's public transition table.

Source of the form: Gymnasium's toy_text, `env.unwrapped.P[s][a] = [(probability, next_state, reward, terminated), ...]`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

FALLBACK_LIMIT = 1000
"""Steps after which an episode is cut off where the environment sets no limit of its own, so that no learner hangs."""


class Table(NamedTuple):
    """S states, A actions, at most K outcomes of an action. Outcomes that do not exist have probability 0.

    A named tuple of arrays, because compiled functions take it as it is.
    """

    probability: NDArray[np.float64]
    """[S, A, K], sums to 1 over K."""
    cumulative: NDArray[np.float64]
    """[S, A, K], running sum of `probability`; exactly 1 from the last outcome on."""
    next_state: NDArray[np.int64]
    """[S, A, K]"""
    reward: NDArray[np.float64]
    """[S, A, K]"""
    terminated: NDArray[np.bool_]
    """[S, A, K], True where the episode truly ends: nothing of value follows."""
    start: NDArray[np.float64]
    """[S], probability of beginning in each state."""
    start_cumulative: NDArray[np.float64]
    """[S], running sum of `start`."""
    limit: int
    """Steps after which an episode is truncated."""


def space_sizes(env: gym.Env[Any, Any]) -> tuple[int, int]:
    """(S, A), the numbers of states and actions of an environment from `make_env`."""
    observations: Any = env.observation_space  # Discrete, as `make_env` has checked
    actions: Any = env.action_space
    return int(observations.n), int(actions.n)


def make_env(env_id: str, kwargs: dict[str, Any]) -> gym.Env[Any, Any]:
    """The environment, if its states and actions are numbered from 0. Raises `SuiteError` otherwise."""
    env = gym.make(env_id, **kwargs)
    for name, space in (("observation", env.observation_space), ("action", env.action_space)):
        if not isinstance(space, gym.spaces.Discrete) or int(space.start) != 0:
            env.close()
            raise SuiteError(
                f"tabular methods need numbered states and actions: the {name} space of {env_id} is {space}. "
                f"Choose an environment whose spaces are Discrete and begin at 0, such as FrozenLake-v1."
            )
    return env


def episode_limit(env: gym.Env[Any, Any]) -> int:
    """Steps after which the environment truncates; `FALLBACK_LIMIT` where it never does."""
    limit = env.spec.max_episode_steps if env.spec is not None else None
    return FALLBACK_LIMIT if limit is None else limit


def read_table(env: gym.Env[Any, Any]) -> Table | None:
    """The environment's table, or None where it publishes none (no `P` or no `initial_state_distrib`)."""
    world: Any = env.unwrapped  # the two attributes are toy_text's convention, not part of Gymnasium's Env type
    if not hasattr(world, "P") or not hasattr(world, "initial_state_distrib"):
        return None
    return build_table(world.P, np.asarray(world.initial_state_distrib, np.float64), episode_limit(env))


def build_table(transitions: Any, start: NDArray[np.float64], limit: int) -> Table:
    """Pack `transitions[s][a]`, lists of (probability, next_state, reward, terminated), and `start` [S] into arrays.

    Raises `SuiteError` when probabilities do not sum to 1 or an outcome leads outside the table.
    """
    states, actions = len(transitions), len(transitions[0])
    outcomes = max(len(transitions[s][a]) for s in range(states) for a in range(actions))
    shape = (states, actions, outcomes)
    probability, reward = np.zeros(shape), np.zeros(shape)
    next_state, terminated = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    for s in range(states):
        for a in range(actions):
            for k, outcome in enumerate(transitions[s][a]):
                probability[s, a, k], next_state[s, a, k], reward[s, a, k], terminated[s, a, k] = outcome
    _check_distributions(probability.reshape(-1, outcomes), "the outcomes of a state and action")
    _check_distributions(start[None], "the starting states")
    if next_state.min() < 0 or next_state.max() >= states or len(start) != states:
        raise SuiteError(f"the transition table has {states} states, but leads to or starts in one beyond them.")
    if limit < 1:
        raise SuiteError(f"an episode needs a limit of at least 1 step, not {limit}.")
    cumulative, start_cumulative = closed_cumulative(probability), closed_cumulative(start)
    return Table(probability, cumulative, next_state, reward, terminated, start, start_cumulative, limit)


def closed_cumulative(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running sum over the last axis, exactly 1 from the last positive probability on, so that rounding draws nothing else."""
    cumulative = np.cumsum(probability, axis=-1)
    remaining = np.cumsum(probability[..., ::-1], axis=-1)[..., ::-1]
    after = np.concatenate([remaining[..., 1:], np.zeros_like(remaining[..., :1])], axis=-1)
    cumulative[after == 0.0] = 1.0
    return cumulative


def absorbing_states(table: Table) -> NDArray[np.bool_]:
    """[S] True where every action stays and terminates: the bookkeeping rows of states in which episodes have ended."""
    states = np.arange(table.next_state.shape[0])[:, None, None]
    stays = (table.next_state == states) & table.terminated
    absorbing: NDArray[np.bool_] = (stays | (table.probability == 0.0)).all(axis=(1, 2))
    return absorbing


def _check_distributions(rows: NDArray[np.float64], what: str) -> None:
    """Rows [N, K] must be probabilities that sum to 1 within 1e-9 (thirds in float64 miss it by 1e-16)."""
    wrong = np.flatnonzero((rows < 0.0).any(axis=1) | ~(np.abs(rows.sum(axis=1) - 1.0) < 1e-9))
    if len(wrong):
        raise SuiteError(f"the probabilities of {what} must be positive and sum to 1, not {rows[wrong[0]].tolist()}.")
