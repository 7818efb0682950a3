"""The last steps of worlds side by side, before they are written: rows of time, a column of worlds. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.recording.recorder import CHUNK
from sim_suite.episodes.recording.seen import MOST_ROWS, Encoded, Firsts, Seen, SeenChanges, SeenRows, bytes_of
from sim_suite.episodes.recording.vector_capture import Array, Group
from sim_suite.episodes.store.columns import Column, encode_all, encode_many
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
        self._steps = tuple(steps)
        self._terms: tuple[str, ...] = ()
        is_live = group.final is None
        bytes_each = bytes_of(group) + sum(column.row_bytes for column in steps) * len(group.worlds)
        most = MOST_ROWS if is_live else CHUNK
        self.size = max(LEAST_ROWS, min(most, BLOCK_BYTES // max(bytes_each, 1)))
        self._seen: Seen = SeenChanges(group, self.size) if is_live else SeenRows(group, self.size)
        self.count = 0
        self._turned, self._written = 0, 0
        self.tracks: list[Track | None] = [None] * len(group.worlds)
        """[G] None: the world waits for its reset."""
        self._spare: list[Rows] = []
        self._rows = self._fresh()

    def name_terms(self, names: tuple[str, ...]) -> None:
        """Keep the terms of the reward too, from the first step on."""
        column = Column("terms", "float32", (len(names),), "chunk")
        self._terms, self._steps = names, (*self._steps, column)
        self._rows.append(np.empty((self.size, len(self.group.worlds), len(names)), np.float32))

    @property
    def waiting(self) -> int:
        """Blocks of rows that are full and not written yet."""
        return self._turned - self._written

    @property
    def is_full(self) -> bool:
        """Whether no further step has room."""
        return self.count > 0 and (self.count == self.size or self._seen.is_full)

    def see(self, rows: Sequence[Array]) -> None:
        """Note what all worlds show now: [G, *shape] for each observed column."""
        self._seen.see(self.count, rows)

    def see_ends(self, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """Note what some worlds show at the end of the step that is being taken, before they are reset."""
        self._seen.see_some(self.count + 1, which, rows)

    def see_begins(self, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """Note what some worlds show that were reset; of the others it is noted already."""
        self._seen.see_some(self.count, which, rows)

    def see_end(self, world: int, rows: Sequence[Any]) -> None:
        """Note what one world showed after the last step."""
        self._seen.see_end(self.count, world, rows)

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
        self._seen.begin(world)

    def take(self, world: int) -> tuple[Track, Callable[[Recording], None], list[Array]] | None:
        """End a world's episode: what writes its steps that are not written yet, and what was seen last; None if it has no steps."""
        track, k = self.tracks[world], self.count
        self.tracks[world] = None
        if track is None or (track.is_empty and track.first == k):
            return None
        rows = [buffer[track.first : k, world].copy() for buffer in self._rows]
        encode, last = self._seen.take(world, track.first, k)

        def write(folder: Recording) -> None:
            if len(rows[0]):
                self._append(folder, track, encode(), encode_all(self._steps, rows), rows)

        return track, write, last

    def turn(self, folder: Recording) -> Callable[[], None]:
        """Begin with empty rows; the answer writes the full ones, in another thread."""
        count, rows = self.count, self._rows
        going = [
            (world, track, track.first) for world, track in enumerate(self.tracks) if track and track.first < count
        ]
        for track in self.tracks:
            if track is not None:
                track.is_empty, track.first = track.is_empty and track.first == count, 0
        self.count = 0
        self._rows = self._spare.pop() if self._spare else self._fresh()
        encode, let_go = self._seen.turn(count)

        def write() -> None:
            self._write_all(folder, going, encode, [buffer[:count] for buffer in rows])
            let_go()
            self._spare.append(rows)
            self._written += 1

        self._turned += 1
        return write

    def _write_all(
        self,
        folder: Recording,
        going: Sequence[tuple[int, Track, int]],
        encode: Callable[[Firsts], list[Encoded]],
        rows: Rows,
    ) -> None:
        """Append the steps of a block to the files of its episodes. rows: [n, G, *shape] for each column of the steps."""
        seen = encode([(world, first) for world, _, first in going])
        together = [encode_many(column, values) for column, values in zip(self._steps, rows, strict=True)]
        for (world, track, first), observed in zip(going, seen, strict=True):
            mine = [values[first:, world] for values in rows]
            steps = [column[world] for column in together] if first == 0 else encode_all(self._steps, mine)
            self._append(folder, track, observed, steps, mine)

    def _append(self, folder: Recording, track: Track, observed: Encoded, steps: Encoded, rows: Rows) -> None:
        if track.file is None:
            columns = (*self.group.columns, *self._steps)
            track.file = folder.begin(replace(track.head, columns=columns, terms=self._terms))
        counted = [()] * len(observed)  # nothing of them goes into a seal
        track.file.append_encoded(len(rows[0]), [*observed, *steps], [*counted, *rows])

    def _fresh(self) -> Rows:
        worlds = len(self.group.worlds)
        rows = [np.empty((self.size, worlds, *column.shape), column.dtype) for column in self._steps]
        rows[2].fill(self._actor)
        return rows
