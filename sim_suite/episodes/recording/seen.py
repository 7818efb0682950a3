"""What worlds side by side showed in the last steps, before it is written: copies of their observations, or changes of their states.

Source: ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.recording.change_log import SHARE, ChangeLog
from sim_suite.episodes.recording.vector_capture import Array, Group
from sim_suite.episodes.store.changes import GROUP_BYTES, apart, padded_bytes
from sim_suite.episodes.store.columns import encode_all, encode_changes, encode_many, no_more

Encoded = list[bytes]
"""Of one episode's observed columns."""
Firsts = Sequence[tuple[int, int]]
"""Worlds, and the row that the first of theirs is."""
Mask = NDArray[np.bool_]
MOST_ROWS: Final = 128
"""Of changes that are compressed together: twice as many as of copies, since they are small."""


class Seen(Protocol):
    """Rows of time, a column of worlds."""

    @property
    def is_full(self) -> bool:
        """Whether no further row has room, however few there are."""

    def see(self, row: int, rows: Sequence[Array]) -> None:
        """Note what all worlds show: [G, *shape] for each column."""

    def see_some(self, row: int, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """Note what some worlds show: before they are reset, or after it."""

    def see_end(self, row: int, world: int, rows: Sequence[Any]) -> None:
        """Note what one world showed after its last step."""

    def begin(self, world: int) -> None:
        """What is noted next of a world begins an episode."""

    def take(self, world: int, first: int, stop: int) -> tuple[Callable[[], Encoded], list[Array]]:
        """A world's rows [first, stop), to be encoded in another thread, and the row after them, [1, *shape] for each column."""

    def turn(self, stop: int) -> tuple[Callable[[Firsts], list[Encoded]], Callable[[], None]]:
        """Begin with empty rows, the first of which is row `stop`. What encodes rows up to it of worlds, and lets go of them."""


class SeenRows:
    """Copies."""

    is_full = False

    def __init__(self, group: Group, size: int) -> None:
        """size: rows."""
        self._columns, self._worlds, self._size = group.columns, len(group.worlds), size
        self._spare: list[list[Array]] = []
        self._rows = self._fresh()

    def see(self, row: int, rows: Sequence[Array]) -> None:
        """As `Seen.see`."""
        for buffer, values in zip(self._rows, rows, strict=True):
            buffer[row] = values

    def see_some(self, row: int, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """As `Seen.see_some`."""
        for buffer, values in zip(self._rows, rows, strict=True):
            buffer[row, which] = values[which]

    def see_end(self, row: int, world: int, rows: Sequence[Any]) -> None:
        """As `Seen.see_end`."""
        for buffer, values in zip(self._rows, rows, strict=True):
            buffer[row, world] = values

    def begin(self, world: int) -> None:
        """Nothing to do."""

    def take(self, world: int, first: int, stop: int) -> tuple[Callable[[], Encoded], list[Array]]:
        """As `Seen.take`."""
        rows = [buffer[first:stop, world].copy() for buffer in self._rows]
        return lambda: encode_all(self._columns, rows), [buffer[stop : stop + 1, world].copy() for buffer in self._rows]

    def turn(self, stop: int) -> tuple[Callable[[Firsts], list[Encoded]], Callable[[], None]]:
        """As `Seen.turn`."""
        full, self._rows = self._rows, self._spare.pop() if self._spare else self._fresh()
        self.see(0, [buffer[stop] for buffer in full])

        def encoded(of: Firsts) -> list[Encoded]:
            rows = [buffer[:stop] for buffer in full]
            together: list[list[bytes]] = []
            if 2 * sum(first == 0 for _, first in of) > self._worlds:  # worth encoding those that are not
                together = [encode_many(column, values) for column, values in zip(self._columns, rows, strict=True)]
            return [
                [column[world] for column in together]
                if together and first == 0
                else encode_all(self._columns, [values[first:, world] for values in rows])
                for world, first in of
            ]

        return encoded, lambda: self._spare.append(full)

    def _fresh(self) -> list[Array]:
        return [np.empty((self._size + 1, self._worlds, *column.shape), column.dtype) for column in self._columns]


class SeenChanges:
    """Of worlds' live arrays, which are all columns that there are."""

    def __init__(self, group: Group, size: int) -> None:
        """size: rows."""
        self._columns = group.columns
        self._log = ChangeLog(group.rows(None), size)

    @property
    def is_full(self) -> bool:
        """As `Seen.is_full`."""
        return self._log.is_tight

    def see(self, row: int, rows: Sequence[Array]) -> None:
        """As `Seen.see`."""
        self._log.note()

    def see_some(self, row: int, which: NDArray[np.intp], rows: Sequence[Array]) -> None:
        """As `Seen.see_some`."""
        chosen = np.zeros(len(rows[0]), np.bool_)
        chosen[which] = True
        self._log.note(chosen)

    def see_end(self, row: int, world: int, rows: Sequence[Any]) -> None:
        """Nothing to do: `see_some` has noted it."""

    def begin(self, world: int) -> None:
        """As `Seen.begin`."""
        self._log.begin(world)

    def take(self, world: int, first: int, stop: int) -> tuple[Callable[[], Encoded], list[Array]]:
        """As `Seen.take`."""
        kept, last = self._log.of(world), self._log.now(world)
        raw = apart(last, [column.row_bytes for column in self._columns])
        rows = [
            part.copy().view(column.dtype).reshape(1, *column.shape)
            for column, part in zip(self._columns, raw, strict=True)
        ]
        return lambda: self._encoded(kept.lay(np.zeros(1, np.intp), np.array([stop - first])), [stop - first])[0], rows

    def turn(self, stop: int) -> tuple[Callable[[Firsts], list[Encoded]], Callable[[], None]]:
        """As `Seen.turn`."""
        kept = self._log.turn()

        def encoded(of: Firsts) -> list[Encoded]:
            counts = [stop - first for _, first in of]
            return self._encoded(kept.lay(np.array([world for world, _ in of], np.intp), np.array(counts)), counts)

        return encoded, lambda: self._log.done_with(kept)

    def _encoded(self, laid: Sequence[Array], counts: Sequence[int]) -> list[Encoded]:
        others = len(self._columns) - 1
        return [
            [first, *[no_more(count)] * others]
            for first, count in zip(encode_changes(laid, counts), counts, strict=True)
        ]


def bytes_of(group: Group) -> int:
    """Of a row of all worlds, about, as it is kept."""
    if group.final is not None:
        return sum(column.row_bytes for column in group.columns) * len(group.worlds)
    row = sum(padded_bytes(column.row_bytes) for column in group.columns)
    return (row // SHARE + row // GROUP_BYTES) * len(group.worlds)
