"""The column by which an episode says what an expert would have done in each of its states, whoever drove. Source: ours.

What DAgger gathers (Ross et al. 2011, arXiv:1011.0686): the policy drives, so `action` is its own and the episode can be replayed,
and the expert's action stands beside it in `label`. An imitator learns from the labels of all steps, whoever acted in them.
"""

from __future__ import annotations

from typing import Any, Final

import gymnasium as gym
from numpy.typing import NDArray

from sim_suite.episodes.store.columns import Column, column_for
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError

LABEL: Final = "label"


def label_column(action_space: gym.Space[Any]) -> Column:
    """The column, of rows like the actions. Raises `SuiteError` for actions that are no arrays."""
    if action_space.shape is None or action_space.dtype is None:
        raise SuiteError(f"actions of {action_space} cannot be recorded: they are no arrays.")
    return column_for(LABEL, action_space.dtype, action_space.shape)


def has_labels(episode: Episode) -> bool:
    """Whether the episode has the column."""
    return any(column.name == LABEL for column in episode.head.columns)


def lessons(episode: Episode) -> NDArray[Any]:
    """[steps, ...] what is to be learned of each step: the expert's labels, or, where there are none, the actions taken."""
    return episode.read(LABEL if has_labels(episode) else "action")
