"""The column by which an episode says which of its steps are to be learned from. Source: ours.

Thinning a dataset must not tear its episodes: a stack of frames reaches back over steps that are themselves not learned from. So
every step stays where it is, and `balance` adds this column of bool, a value a step: True, learn from it; False, it is there for
the stacks of others. An episode without the column is learned from as a whole.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.store.columns import Column
from sim_suite.episodes.store.reading import Episode

SELECTED: Final = "selected"
SELECTED_COLUMN: Final = Column(SELECTED, "bool", (), "chunk")


def has_selection(episode: Episode) -> bool:
    """Whether the episode has the column."""
    return any(column.name == SELECTED for column in episode.head.columns)


def selected(episode: Episode) -> NDArray[np.bool_]:
    """[steps] which are to be learned from; all, where nobody has chosen."""
    return episode.read(SELECTED) if has_selection(episode) else np.ones(len(episode), np.bool_)
