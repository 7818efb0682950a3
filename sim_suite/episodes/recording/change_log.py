"""What changed in worlds side by side, step by step, read from their live arrays: compiled, so that it costs the steps little.

Source: ours. A world's rows are as `store.changes` has them. Comparing a row of 6.7 kB with the one before takes a microsecond and a
quarter, copying it half of one; what is left is a sixth, which stays in the processor's cache until it is compressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import inlined, shared
from sim_suite.episodes.store.changes import GROUP, padded_bytes

Array = NDArray[Any]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
SHARE: Final = 4
"""A log has room for a quarter of all words changing in every step. Of driving worlds an eighth does; where it is not enough, the log
is full sooner."""


class Changes(NamedTuple):
    """Of some worlds, [G, ...] each, from the row that each begins with."""

    first: Words
    """[G, K]"""
    bits: Bytes
    """[G, steps, K / 8] Which words each step changed."""
    words: Words
    """[G, room] Exclusive or of the changed words, step by step."""
    ends: Ints
    """[G, steps + 1] How many words the steps before have."""
    steps: Ints
    """[G] Steps noted."""

    def of(self, world: int) -> Changes:
        """A copy of what is noted of one world."""
        steps = int(self.steps[world])
        return Changes(
            self.first[world : world + 1].copy(),
            self.bits[world : world + 1, :steps].copy(),
            self.words[world : world + 1, : self.ends[world, steps]].copy(),
            self.ends[world : world + 1, : steps + 1].copy(),
            self.steps[world : world + 1].copy(),
        )

    def lay(self, worlds: NDArray[np.intp], rows: Ints) -> list[Bytes]:
        """What `store.changes.lay` makes of the first rows of worlds. worlds: [n]; rows: [n], each at least 1."""
        width = self.first.shape[1]
        sizes = 4 * width + (rows - 1) * width // GROUP + 4 * self.ends[worlds, rows - 1]
        ends = sizes.cumsum()
        out = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
        places = np.empty(width + 1, np.int64)
        _lay_all(worlds, rows, self, ends - sizes, places, out)
        return [out[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)]


class ChangeLog:
    """Notes the rows of worlds, [G, ...] in each of `arrays`, whenever it is told to. It reads the very arrays."""

    def __init__(self, arrays: Sequence[Array], steps: int) -> None:
        """steps: that there is room for."""
        self._staged: list[tuple[Bytes, Bytes]] = []
        self._words = tuple(self._words_of(array) for array in arrays)
        worlds, width = len(arrays[0]), sum(words.shape[1] for words in self._words)
        self._steps = steps
        self._now = np.zeros((worlds, width), np.uint32)
        self._used = np.zeros(worlds, np.int64)
        """Words noted since the begin of an episode or the last `turn`."""
        self._is_new = np.ones(worlds, np.bool_)
        """Whether the next row that is noted of a world is the first of its episode."""
        self._everybody = np.ones(worlds, np.bool_)
        self._spare: list[Changes] = []
        self._kept = self._fresh()

    @property
    def is_tight(self) -> bool:
        """Whether there may be no room for another step."""
        return bool(self._used.max() + self._now.shape[1] > self._kept.words.shape[1])

    def note(self, which: Mask | None = None) -> None:
        """Note the present row of all worlds, or some."""
        for target, source in self._staged:
            target[:] = source
        kept, chosen = self._kept, self._everybody if which is None else which

        _note(self._words, chosen, self._is_new, self._now, self._used, kept)

    def begin(self, world: int) -> None:
        """The next row that is noted of a world follows on none."""
        self._is_new[world] = True

    def now(self, world: int) -> Words:
        """[1, K] The row noted last."""
        return self._now[world : world + 1].copy()

    def of(self, world: int) -> Changes:
        """A copy of what is noted of a world since it began, or since `turn`."""
        return self._kept.of(world)

    def turn(self) -> Changes:
        """All that is noted; the log goes on from the present rows."""
        kept = self._kept
        self._kept = self._spare.pop() if self._spare else self._fresh()
        self._kept.first[:] = self._now
        self._kept.steps[:] = 0
        self._used[:] = 0
        return kept

    def done_with(self, kept: Changes) -> None:
        """What `turn` gave can be written over."""
        self._spare.append(kept)

    def _words_of(self, array: Array) -> Words:
        """[G, K_i] The array itself as words, or, where its rows are no whole groups, a place to copy it to."""
        raw = array.reshape(len(array), -1).view(np.uint8)
        size = padded_bytes(raw.shape[1])
        if raw.shape[1] == size and np.shares_memory(raw, array):
            return raw.view(np.uint32)
        staged = np.zeros((len(array), size), np.uint8)
        self._staged.append((staged[:, : raw.shape[1]], raw))
        return staged.view(np.uint32)

    def _fresh(self) -> Changes:
        worlds, width = self._now.shape
        return Changes(
            np.empty((worlds, width), np.uint32),
            np.empty((worlds, self._steps, width // GROUP), np.uint8),
            np.empty((worlds, max(self._steps * width // SHARE, 2 * width)), np.uint32),
            np.zeros((worlds, self._steps + 1), np.int64),
            np.zeros(worlds, np.int64),
        )


@shared
def _note(arrays: tuple[Words, ...], which: Mask, is_new: Mask, now: Words, used: Ints, kept: Changes) -> None:
    """Note the rows of the chosen worlds. arrays: [W, K_i] side by side; which, is_new, used: [W]; now: [W, K] the rows before, written."""
    for w in range(len(now)):
        if not which[w]:
            continue
        at, step, count = 0, kept.steps[w], used[w]
        for array in arrays:
            size = array.shape[1]
            if is_new[w]:
                for k in range(size):
                    now[w, at + k] = kept.first[w, at + k] = array[w, k]
            else:
                bits = kept.bits[w, step, at // GROUP :]
                count = _compare(array[w], now[w, at : at + size], bits, kept.words[w], count)
            at += size
        step, count = (0, 0) if is_new[w] else (step + 1, count)
        kept.steps[w], kept.ends[w, step], used[w], is_new[w] = step, count, count, False


@inlined
def _compare(row: Words, before: Words, bits: Bytes, words: Words, used: int) -> int:
    """Note what changed of one column; the number of words in use then."""
    for group in range(len(row) // GROUP):
        begin, changed = group * GROUP, np.uint32(0)
        for bit in range(GROUP):
            changed |= row[begin + bit] ^ before[begin + bit]
        marks = 0
        if changed != 0:
            for bit in range(GROUP):
                value = row[begin + bit]
                change = value ^ before[begin + bit]
                words[used] = change  # written over by the next, where it is none
                is_changed = int(change != 0)
                used += is_changed
                marks |= is_changed << bit
                before[begin + bit] = value
        bits[group] = marks
    return used


@shared
def _lay_all(worlds: NDArray[np.intp], rows: Ints, kept: Changes, begins: Ints, places: Ints, out: Bytes) -> None:
    """places: [K + 1] scratch; begins: where each world's bytes begin in out."""
    for n in range(len(worlds)):
        w = worlds[n]
        _lay(rows[n] - 1, kept.first[w], kept.bits[w], kept.words[w], kept.ends[w], places, out[begins[n] :])


@shared
def _lay(steps: int, first: Words, bits: Bytes, words: Words, ends: Ints, places: Ints, out: Bytes) -> None:
    """One world, of `steps` changes: the layout of `store.changes.lay`, into the begin of out."""
    width, groups, used = len(first), len(first) // GROUP, ends[steps]
    for k in range(width):
        for byte in range(4):
            out[4 * k + byte] = (first[k] >> (8 * byte)) & 255
    places[:] = 0
    at = 4 * width
    for step in range(steps):
        for group in range(groups):
            marks = bits[step, group]
            out[at] = marks ^ bits[step - 1, group] if step else marks
            at += 1
            if marks:
                for bit in range(GROUP):
                    places[group * GROUP + bit + 1] += (marks >> bit) & 1
    for k in range(width):
        places[k + 1] += places[k]
    taken = 0
    for step in range(steps):
        for group in range(groups):
            marks = bits[step, group]
            if marks:
                for bit in range(GROUP):
                    if (marks >> bit) & 1:
                        word, place = words[taken], at + places[group * GROUP + bit]
                        for byte in range(4):
                            out[place + byte * used] = (word >> (8 * byte)) & 255
                        places[group * GROUP + bit] += 1
                        taken += 1
