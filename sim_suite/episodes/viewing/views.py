"""Stored moments as an agent would have seen them: pictures resized, grey and stacked, vectors and rasters drawn. Source: ours.

What comes out equals, bit for bit, what `sim_suite.envs.making.make(..., view)` shows while the episode goes on.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.envs.catalog import card
from sim_suite.envs.pixels import resize, to_grey
from sim_suite.envs.views import View
from sim_suite.episodes.recording.capture import OBSERVATION
from sim_suite.episodes.store.columns import Array, Column
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.driving_views import Rasters, Vectors
from sim_suite.episodes.viewing.states import checked_rows, has_states
from sim_suite.errors import SuiteError, UnknownNameError

Rows = NDArray[np.int64]


class Shown(Protocol):
    """An episode through a view."""

    shape: tuple[int, ...]
    """Of one observation."""
    dtype: np.dtype[Any]
    row_bytes: int
    """What is kept in memory of each row of the episode while it is open, at most."""

    def at(self, rows: Rows) -> Array:
        """What was seen before the steps `rows`, [n, *shape]. Rows may come in any order and more than once."""


def observations(episode: Episode, view: View, rows: ArrayLike) -> Array:
    """What an agent with `view` sees before the steps `rows` of an episode, [n, ...]; row N is what the last action led to.

    Raises `SuiteError` for a view in which the episode cannot be shown, and for rows that it does not have.
    """
    return shown(episode, view).at(np.asarray(rows, np.int64).reshape(-1))


def shown(episode: Episode, view: View) -> Shown:
    """An episode through a view. Raises `SuiteError` where it cannot be shown so."""
    if has_states(episode):
        if view.kind == "vector":
            return Vectors(episode)
        if view.kind == "raster":
            return Rasters(episode, view.raster)
        raise _refusal(episode, view, "of driving worlds it can be a vector or a raster")
    if view.kind == "pixels":
        return Pictures(episode, view)
    if view.kind == "vector":
        return Numbers(episode)
    raise _refusal(episode, view, "only its observations are stored")


class Pictures:
    """RGB pictures, grey or not, resized, stacked: as `sim_suite.envs.pixels.PixelView` shows them."""

    def __init__(self, episode: Episode, view: View) -> None:
        """Raises `SuiteError` where the episode has no such pictures."""
        column = _stored(episode, view)
        if column.dtype != "uint8" or len(column.shape) != 3 or column.shape[2] != 3:
            raise _refusal(episode, view, f"its observations are {column.dtype} {column.shape}, not RGB pictures")
        if view != View("pixels") and is_atari(episode.head.env.id):
            raise _refusal(episode, view, "Atari's views need the frames between two observations")
        self._episode, self._view = episode, view
        self._size = view.size or (column.shape[0], column.shape[1])
        self._own = (column.shape[0], column.shape[1])
        picture = self._size if view.grey else (*self._size, 3)
        self.shape: tuple[int, ...] = picture if view.stack == 1 else (view.stack, *picture)
        self.dtype = np.dtype(np.uint8)
        self.row_bytes = 0

    def at(self, rows: Rows) -> Array:
        """Each picture that the stacks need is decoded once. Before the episode's first one they are black."""
        rows = checked_rows(rows, self._episode.rows_of(OBSERVATION), self._episode.path)
        wanted = rows[:, None] - np.arange(self._view.stack - 1, -1, -1)
        needed, places = np.unique(wanted, return_inverse=True)
        black = int(np.searchsorted(needed, 0))
        pictures = np.zeros((len(needed), *self._size, *(() if self._view.grey else (3,))), np.uint8)
        self._fill(needed[black:], pictures[black:])
        stacks: Array = pictures[places.reshape(wanted.shape)].reshape(len(rows), *self.shape)
        return stacks

    def _fill(self, rows: Rows, out: Array) -> None:
        for begin, end in _runs(rows):
            found = self._episode.read(OBSERVATION, int(rows[begin]), int(rows[end - 1]) + 1)
            if self._view.grey:
                # A pixel's luma is its own: all pictures lie below each other in one.
                found = to_grey(found.reshape(-1, *found.shape[2:])).reshape(found.shape[:3])
            if self._size == self._own:
                out[begin:end] = found
            else:
                for k in range(begin, end):
                    out[k] = resize(found[k - begin], self._size)


class Numbers:
    """The observation as it was stored."""

    def __init__(self, episode: Episode) -> None:
        """Raises `SuiteError` where it has several parts."""
        column = _stored(episode, View("vector"))
        self._all: Array | None = None
        self._episode = episode
        self.shape: tuple[int, ...] = column.shape
        self.dtype = np.dtype(column.dtype)
        self.row_bytes = column.row_bytes

    def at(self, rows: Rows) -> Array:
        """A few numbers each: all are kept once they are decoded."""
        if self._all is None:
            self._all = self._episode.read(OBSERVATION)
        found: Array = self._all[checked_rows(rows, len(self._all), self._episode.path)]
        return found


def is_atari(env_id: str) -> bool:
    """Whether an environment has the view of Atari games, which shows the brighter of two frames."""
    try:
        return card(env_id).family == "atari"
    except UnknownNameError:
        return env_id.startswith("ALE/")


def _stored(episode: Episode, view: View) -> Column:
    for column in episode.head.columns:
        if column.name == OBSERVATION:
            return column
    parts = ", ".join(column.name for column in episode.head.columns if column.observed)
    raise _refusal(episode, view, f"what is stored of each moment is {parts}")


def _runs(rows: Rows) -> list[tuple[int, int]]:
    """Where rising numbers go on without a gap: (first, one behind the last) of each stretch."""
    if not len(rows):
        return []
    breaks = (np.flatnonzero(np.diff(rows) != 1) + 1).tolist()
    return list(zip([0, *breaks], [*breaks, len(rows)], strict=True))


def _refusal(episode: Episode, view: View, why: str) -> SuiteError:
    return SuiteError(f"{episode.path} ({episode.head.env.id}) cannot be shown as {view}: {why}.")
