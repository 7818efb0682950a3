"""Whether an episode, simulated again, is bit for bit what was recorded: observations or states, rewards, terms, flags. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import gymnasium as gym
import numpy as np

from sim_suite.driving.world.layout import NUM_EVENTS_NOW
from sim_suite.episodes.recording.capture import STATE, capture_for
from sim_suite.episodes.replay.simulate import Moment, refuse_unrepeatable, simulate
from sim_suite.episodes.store.columns import Array, Column
from sim_suite.episodes.store.facts import StepFlag
from sim_suite.episodes.store.reading import Episode
from sim_suite.versions import versions

BLOCK: Final = 64
"""Rows that are decoded together."""
ENDS: Final = StepFlag.TERMINATED | StepFlag.TRUNCATED


@dataclass(frozen=True)
class Difference:
    """Where a simulation leaves the record first."""

    step: int | None
    """The step, from 0, whose result differs; -1: what was seen before the first one; None: the whole episode."""
    what: str
    stored: str
    now: str

    def __str__(self) -> str:
        where = (
            "as a whole" if self.step is None else "before the first step" if self.step < 0 else f"at step {self.step}"
        )
        return f"{self.what} differs {where}: {self.stored} was recorded, {self.now} comes out now"


@dataclass(frozen=True)
class Verdict:
    """What came of one episode."""

    file: str
    steps: int
    """That were compared and are equal."""
    difference: Difference | None
    left_out: tuple[str, ...] = ()
    """Columns that were not compared, since they are not what was seen (pictures that lost detail on their way here)."""

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return self.difference is None


def verify(
    episode: Episode, env: gym.Env[Any, Any], progress: Callable[[int, int], None] = lambda done, total: None
) -> Verdict:
    """Simulate in `env` (`remake`) and compare, up to the first difference.

    Raises `SuiteError` where the episode cannot be simulated again.
    """
    refuse_unrepeatable(episode)
    left_out = tuple(episode.head.origin.get("lossy", ()))
    capture, steps = capture_for(env), 0
    moments = simulate(episode, env, capture)
    first = next(moments)  # a reset decides the shapes of states
    difference = _columns(episode, capture.columns)
    if difference is None:
        stored = Stored(episode, left_out)
        for moment in _chain(first, moments):
            difference = stored.compare(moment)
            if difference is not None:
                break
            steps = moment.row
            progress(steps, len(episode))
    return Verdict(episode.path.name, steps, difference, left_out)


def other_versions(episode: Episode) -> str:
    """In which versions this machine differs from the one that recorded; empty where in none."""
    here = versions()
    changed = [
        f"{name} {then} there, {here.get(name, 'none')} here"
        for name, then in sorted(episode.head.versions.items())
        if here.get(name) != then
    ]
    return "; ".join(changed)


def _chain(first: Moment, others: Iterator[Moment]) -> Iterator[Moment]:
    yield first
    yield from others


def _columns(episode: Episode, now: Sequence[Column]) -> Difference | None:
    """A simulation that shows other things, or things of another shape."""
    stored = {c.name: (c.dtype, c.shape) for c in episode.head.columns if c.observed}
    found = {c.name: (c.dtype, c.shape) for c in now}
    for name in sorted({*stored, *found}):
        if stored.get(name) != found.get(name):
            return Difference(None, f"{name!r}", _kind(stored.get(name)), _kind(found.get(name)))
    return None


def _kind(column: tuple[str, tuple[int, ...]] | None) -> str:
    return "nothing of the kind" if column is None else f"{column[0]} {list(column[1])}"


class Stored:
    """An episode's rows, decoded block by block as they are asked for in order."""

    def __init__(self, episode: Episode, left_out: Sequence[str] = ()) -> None:
        """left_out: columns that are not compared."""
        self._episode, head = episode, episode.head
        self._observed = [column.name for column in head.columns if column.observed]
        self._skipped = set(left_out)
        self._terms = head.terms if any(column.name == "terms" for column in head.columns) else ()
        self._blocks: dict[str, tuple[int, Array]] = {}

    def compare(self, moment: Moment) -> Difference | None:
        """What differs at one moment. What an action brought is compared before where it led."""
        if moment.row:
            found = self.compare_step(moment.row - 1, moment)
            if found is not None:
                return found
        if moment.row < self._episode.rows_of(self._observed[0]):
            for name, now in zip(self._observed, moment.observed, strict=True):
                if name not in self._skipped:
                    stored = self._row(name, moment.row)
                    pair = [_lasting(name, array) for array in (stored, np.asarray(now, stored.dtype))]
                    if not _same(*pair):
                        return _array_difference(moment.row - 1, name, *pair)
        return None

    def compare_step(self, step: int, moment: Moment) -> Difference | None:
        """What differs of what a step, from 0, brought: reward, end and terms."""
        reward = self._row("reward", step)
        if not _same(reward, np.float64(moment.reward)):
            return Difference(step, "the reward", repr(float(reward)), repr(moment.reward))
        ends = StepFlag(int(self._row("flags", step))) & ENDS
        now = StepFlag.TERMINATED * moment.terminated | StepFlag.TRUNCATED * moment.truncated
        if ends != now:
            return Difference(step, "the episode's end", _end(ends), _end(StepFlag(now)))
        if len(moment.terms) != len(self._terms):
            return Difference(step, "the number of terms", str(len(self._terms)), str(len(moment.terms)))
        stored = self._row("terms", step) if self._terms else ()
        for name, then, value in zip(self._terms, stored, moment.terms, strict=True):
            if not _same(then, np.float32(value)):
                return Difference(step, f"the term {name!r}", str(then), str(np.float32(value)))
        return None

    def _row(self, name: str, row: int) -> Any:
        begin, block = self._blocks.get(name, (0, None))
        if block is None or not begin <= row < begin + len(block):
            begin = row
            block = self._episode.read(name, row, min(row + BLOCK, self._episode.rows_of(name)))
            self._blocks[name] = begin, block
        return block[row - begin]


def _lasting(name: str, row: Array) -> Array:
    """A row without what is no state: the count of events, which are not stored, is that of a step's last tick where somebody looks on
    tick by tick, else that of the step."""
    if name != STATE + "world":
        return row
    found = row.copy()
    found[NUM_EVENTS_NOW] = 0
    return found


def _end(flags: StepFlag) -> str:
    words = [flag.name.lower() for flag in (StepFlag.TERMINATED, StepFlag.TRUNCATED) if flag in flags and flag.name]
    return " and ".join(words) or "going on"


def _same(first: Any, second: Any) -> bool:
    """Bits, so that NaN equals itself."""
    return np.asarray(first).tobytes() == np.asarray(second).tobytes()


def _array_difference(step: int, name: str, stored: Array, now: Array) -> Difference:
    """The first element that differs; all of an array of another shape."""
    if stored.shape != now.shape:
        return Difference(step, f"{name!r}", f"the shape {stored.shape}", f"{now.shape}")
    then, today = (np.frombuffer(array.tobytes(), np.uint8).reshape(array.size, -1) for array in (stored, now))
    wrong = np.flatnonzero((then != today).any(axis=1))
    at = np.unravel_index(int(wrong[0]), stored.shape)
    place = f"[{', '.join(str(int(k)) for k in at)}]" if stored.ndim else ""
    more = f" (and {len(wrong) - 1} others)" if len(wrong) > 1 else ""
    return Difference(step, f"{name!r}{place}{more}", str(stored[at]), str(now[at]))
