"""The last steps of worlds side by side, before they are written: rows of time, a column of worlds. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.recording.recorder import CHUNK
from sim_suite.episodes.recording.vector_capture import Array, Group
from sim_suite.episodes.store.columns import Column, encode_many
from sim_suite.episodes.store.facts import Head
from sim_suite.episodes.store.file import EpisodeFile
from sim_suite.episodes.store.folder import Recording

BLOCK_BYTES: Final = 1 << 25
"""Of one block, about; up to four are in memory."""
LEAST_ROWS: Final = 4
Rows = list[Array]


@dataclass
class Track:
    """The episode that a world is in. Its file is made by whoever writes its first steps, in the pen's thread."""

    head: Head
    first: int
    """Row of the block in which its next steps begin."""
    file: EpisodeFile | None = None
    is_empty: bool = True
    """Whether no step of it has been handed to the pen."""


class Block:
    """Up to `size` steps of the worlds of a group, and the episodes that they belong to."""

    def __init__(self, group: Group, steps: Sequence[Column], actor: int) -> None:
        """steps: columns action, reward, actor and flags; actor: who acts."""
        self.group, self._actor = group, actor
        self._columns = (*group.columns, *steps)
        self._terms: tuple[str, ...] = ()
        bytes_each = sum(column.row_bytes for column in self._columns) * len(group.worlds)
        self.size = max(LEAST_ROWS, min(CHUNK, BLOCK_BYTES // max(bytes_each, 1)))
        self.count = 0
        self._turned, self._written = 0, 0
        self.tracks: list[Track | None] = [None] * len(group.worlds)
        """[G] None: the world waits for its reset."""
        self._spare: list[tuple[Rows, Rows]] = []
        self._observed, self._rows = self._fresh()

    def name_terms(self, names: tuple[str, ...]) -> None:
        """Keep the terms of the reward too, from the first step on."""
        column = Column("terms", "float32", (len(names),), "chunk")
        self._terms, self._columns = names, (*self._columns, column)
        self._rows.append(np.empty((self.size, len(self.group.worlds), len(names)), np.float32))

    @property
    def waiting(self) -> int:
        """Blocks of rows that are full and not written yet."""
        return self._turned - self._written

    @property
    def is_full(self) -> bool:
        """Whether no further step has room."""
        return self.count == self.size

    def see(self, rows: Sequence[Array]) -> None:
        """Note what all worlds show now: [G, *shape] for each observed column."""
        for buffer, values in zip(self._observed, rows, strict=True):
            buffer[self.count] = values

    def see_ends(self, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """Note what some worlds show at the end of the step that is being taken, before they are reset."""
        for buffer, values in zip(self._observed, rows, strict=True):
            buffer[self.count + 1, which] = values[which]

    def see_end(self, world: int, rows: Sequence[Any]) -> None:
        """Note what one world showed after the last step."""
        for buffer, values in zip(self._observed, rows, strict=True):
            buffer[self.count, world] = values

    def keep(self, actions: Array, rewards: Array, flags: Array, terms: Array | None) -> None:
        """Add a step of all worlds, [G, ...] each."""
        row, k = self._rows, self.count
        row[0][k], row[1][k], row[3][k] = actions, rewards, flags
        if terms is not None:
            row[4][k] = terms
        self.count = k + 1

    def begin(self, world: int, head: Head) -> None:
        """A new episode, whose first observation is what `see` notes next."""
        self.tracks[world] = Track(head, self.count)

    def take(self, world: int) -> tuple[Track, Rows, Rows] | None:
        """End a world's episode: its steps that are not written yet, and what was seen last; None where it has no steps."""
        track, k = self.tracks[world], self.count
        self.tracks[world] = None
        if track is None or (track.is_empty and track.first == k):
            return None
        rows = [buffer[track.first : k, world].copy() for buffer in (*self._observed, *self._rows)]
        return track, rows, [buffer[k : k + 1, world].copy() for buffer in self._observed]

    def turn(self, folder: Recording) -> Callable[[], None]:
        """Begin with empty rows; the answer writes the full ones, in another thread."""
        count, observed, rows = self.count, self._observed, self._rows
        going = [(world, track, track.first) for world, track in enumerate(self.tracks) if track is not None]
        for _, track, first in going:
            track.is_empty, track.first = track.is_empty and first == count, 0
        self.count = 0
        self._observed, self._rows = self._spare.pop() if self._spare else self._fresh()
        self.see([buffer[count] for buffer in observed])

        def write() -> None:
            self._write_all(folder, going, [buffer[:count] for buffer in (*observed, *rows)])
            self._spare.append((observed, rows))
            self._written += 1

        self._turned += 1
        return write

    def write(self, folder: Recording, track: Track, rows: Rows) -> None:
        """Append steps to an episode's file. rows: [n, *shape] for each column."""
        if len(rows[0]):
            self._file(folder, track).append(rows)

    def _write_all(self, folder: Recording, going: Sequence[tuple[int, Track, int]], rows: Rows) -> None:
        """Append the steps of a block to the files of its episodes. rows: [n, G, *shape] for each column."""
        encoded: list[list[bytes]] = []
        if 2 * sum(first == 0 for _, _, first in going) > len(self.tracks):  # worth encoding those that are not
            encoded = [encode_many(column, values) for column, values in zip(self._columns, rows, strict=True)]
        for world, track, first in going:
            if encoded and first == 0:
                mine = [values[:, world] for values in rows]
                self._file(folder, track).append_encoded(len(mine[0]), [column[world] for column in encoded], mine)
            else:
                self.write(folder, track, [values[first:, world] for values in rows])

    def _file(self, folder: Recording, track: Track) -> EpisodeFile:
        if track.file is None:
            track.file = folder.begin(replace(track.head, columns=self._columns, terms=self._terms))
        return track.file

    def _fresh(self) -> tuple[Rows, Rows]:
        worlds, seen = len(self.group.worlds), len(self.group.columns)
        observed = [np.empty((self.size + 1, worlds, *column.shape), column.dtype) for column in self._columns[:seen]]
        rows = [np.empty((self.size, worlds, *column.shape), column.dtype) for column in self._columns[seen:]]
        rows[2].fill(self._actor)
        return observed, rows
