"""Records what happens in one environment, whoever acts in it: a wrapper around any Gymnasium environment. Source: ours.

with Recording(Path("data/laps")) as folder, RecordEpisodes(make("sim_suite/CarRacing-v0"), folder) as env:
    env.reset(seed=3)
    ...
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import gymnasium as gym
import numpy as np

from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.recording.capture import ObservationCapture, capture_for, step_columns
from sim_suite.episodes.recording.pen import Pen
from sim_suite.episodes.recording.plain_facts import plain, told_metrics
from sim_suite.episodes.store.columns import Column
from sim_suite.episodes.store.facts import Actor, Driver, End, EnvRecord, Head, Player, StepFlag
from sim_suite.episodes.store.file import EpisodeFile
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError
from sim_suite.version import SIM_VERSION
from sim_suite.versions import versions

CHUNK: Final = 64
"""Steps that are compressed and written together, at most."""
HELD: Final = 256
"""The same, of pictures that are held without being copied: fewer and longer calls cost whoever steps the environment less."""
FLUSH_S: Final = 0.5
"""After which they are written in any case where time is kept, so that a kill costs less than a second of a person's driving."""
_NOTHING: Final = StepFlag(0)
_TERMINATED, _TRUNCATED = int(StepFlag.TERMINATED), int(StepFlag.TRUNCATED)
"""As plain numbers: an enumeration's cost ten times as much to add, in every step."""


class RecordEpisodes(gym.Wrapper[Any, Any, Any, Any]):
    """Writes every episode of `env` into a folder. An episode is the folder's when it has ended, unless `hold` waits for `keep`.

    A reset or `close` in the middle of an episode ends it as "stopped". `actor` says who chooses the next step's action. With
    `clock`, seconds since the episode's begin are kept for each step, and for its input what `input_s` was set to.

    Without a clock, a picture is not copied (which would cost fast CarRacing 5 % of its rate) but looked at some steps later, where
    the environment makes a new one for every step: do not write into it.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        folder: Recording,
        *,
        driver: Driver | None = None,
        agent: Player | None = None,
        clock: Callable[[], float] | None = None,
        hold: bool = False,
        recorded_at: Callable[[], str] | None = None,
    ) -> None:
        """Raises `SuiteError` for an environment whose observations or actions are no arrays."""
        super().__init__(env)
        if env.spec is None:
            raise SuiteError(
                "an environment that was not made by its name cannot be recorded. Use sim_suite.envs.making.make."
            )
        self.folder = folder
        self.actor = Actor.HUMAN if agent is None else Actor.EXPERT if agent.expert else Actor.AGENT
        self.input_s: float | None = None
        """When the input of the next step was read, by `clock`; None: just before the step."""
        self.flags = _NOTHING
        """Of the next step: LATE, RESUMED."""
        self._driver, self._agent, self._clock, self._hold = driver, agent, clock, hold
        self._recorded_at = recorded_at
        kwargs = plain("arguments", {key: value for key, value in env.spec.kwargs.items() if key != "render_mode"})
        self._record = EnvRecord(env.spec.id, kwargs, env.spec.max_episode_steps)
        self._action_json, self._versions = space_to_json(env.action_space), versions()
        self._capture = capture_for(env)
        self._pen = Pen()
        self._columns: tuple[Column, ...] = ()
        self._spare: list[tuple[list[Any], list[Any]]] = []
        """Buffers for such columns that have been written and can be used again."""
        self._steps: tuple[Column, ...] = ()
        self._count, self._flushed = 0, 0.0
        self._terms: tuple[str, ...] | None = None
        self._file: EpisodeFile | None = None
        self._begun: Head | None = None
        self._seed: int | None = None
        self._resets = 0
        self._first: list[Any] = []
        self._shown: Any = None
        """The very object that the last reset answered with."""
        pictures = isinstance(
            self._capture, ObservationCapture
        )  # a state's columns are those of its map, after a reset
        self._holds = clock is None and pictures and [column.codec for column in self._capture.columns] == ["rows"]
        self._held: list[Any] | None = None
        """What the steps of the block answered with, where it is not copied."""
        self._old: list[Any] = []
        """Pictures that are written. They are let go one a step: a heap from which many go at once is given back to the system, and
        its pages, when they come again, cost more than copying."""
        self._start: float | None = None
        self._ended: tuple[End, dict[str, float]] | None = None
        self._seconds: float | None = None

    @property
    def undecided(self) -> bool:
        """Whether an episode has ended and waits for `keep` or `discard`."""
        return self._ended is not None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, and with it a new file once its first step is taken."""
        self._pen.look()
        given = plain("options", options)
        self.stop()
        if self.undecided:
            self.keep()
        observation, info = self.env.reset(seed=seed, options=options)
        self._seed, self._resets = (seed, 0) if seed is not None else (self._seed, self._resets + 1)
        self._begun = Head(
            self._record, (), self._action_json, self._capture.observation_space, SIM_VERSION, self._seed, self._resets, given, (),
            self._driver, self._agent, None if self._recorded_at is None else self._recorded_at(), self._versions, self._capture.world(),
        )  # fmt: skip
        self._first, self._shown = [np.copy(row) for row in self._capture.rows(observation)], observation
        self._start = None if self._clock is None else self._clock()
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Step, and keep the step."""
        if self._begun is None:
            raise SuiteError("no episode is going on. Call reset first.")
        self._pen.look()
        at = 0.0 if self._clock is None else self._clock()
        observation, reward, terminated, truncated, info = self.env.step(action)
        if self._file is None:
            self._open(info)
        k, rows = self._count, self._rows
        rows[0][k], rows[1][k], rows[2][k] = action, reward, self.actor
        rows[3][k] = int(self.flags) + terminated * _TERMINATED + truncated * _TRUNCATED
        if self._terms:
            rows[4][k] = list(info["terms"].values())
        if self._start is not None:
            rows[-2][k] = self._seconds = at - self._start
            rows[-1][k] = (at if self.input_s is None else self.input_s) - self._start
        k = self._count = k + 1
        if self._held is None:
            for buffer, row in zip(self._observed, self._capture.rows(observation), strict=True):
                buffer[k] = row
        else:
            self._hold_on(observation)
        self.flags, self.input_s = _NOTHING, None
        if terminated or truncated:
            self._end("terminated" if terminated else "truncated", told_metrics(info))
        elif k == len(rows[0]) or (self._start is not None and time.monotonic() - self._flushed > FLUSH_S):
            self._flush()
        return observation, float(reward), terminated, truncated, info

    def stop(self) -> None:
        """End the episode that is going on, if it has any steps."""
        if self._file is not None and self._ended is None:
            self._end("stopped", {})
        self._begun = None

    def keep(self, tags: Sequence[str] = ()) -> None:
        """Make an episode that was held one of the folder's."""
        if self._ended is None or self._file is None:
            raise SuiteError("no episode waits to be kept.")
        file, (end, metrics), seconds = self._file, self._ended, self._seconds
        self._file, self._ended = None, None
        self._pen.hand(lambda: self._seal(file, end, seconds, metrics, tags))

    def discard(self) -> None:
        """Remove an episode that was held."""
        if self._ended is None or self._file is None:
            raise SuiteError("no episode waits to be discarded.")
        file, self._file, self._ended = self._file, None, None
        self._pen.hand(file.discard)

    def wait(self) -> None:
        """Until every episode that has ended is on the disk. Raises `SuiteError` where the disk refused."""
        self._pen.wait()
        self.folder.settle()

    def close(self) -> None:
        """End what is going on, write what waits, close the environment."""
        try:
            self.stop()
            if self.undecided:
                self.keep()
        finally:
            super().close()
            try:
                self._pen.close()
            finally:
                if self._file is not None:  # the disk refused; the next recording into the folder takes it up
                    self._file.close()

    def _open(self, info: dict[str, Any]) -> None:
        assert self._begun is not None
        terms = tuple(info.get("terms", ()))
        steps = step_columns(self.env.action_space, len(terms), timed=self._clock is not None)
        head = replace(self._begun, columns=(*self._capture.columns, *steps), terms=terms)
        self._terms, self._steps = terms, steps
        self._file = self.folder.begin(head)
        if head.columns != self._columns:  # another map
            self._columns, self._spare = head.columns, []
        self._fresh(self._first)

    def _fresh(self, now: Sequence[Any]) -> None:
        """Empty buffers, but for what is observed now: a row for each step and one for what its last one leads to."""
        size = HELD if self._holds else CHUNK
        if self._spare and len(self._spare[-1][1][0]) == size:
            self._observed, self._rows = self._spare.pop()
        else:
            self._rows = [column.empty(size) for column in self._steps]
            self._observed = [column.empty(size + 1) for column in self._capture.columns]
        for buffer, row in zip(self._observed, now, strict=True):
            buffer[0] = row
        self._held = [] if self._holds else None
        self._count, self._flushed = 0, time.monotonic()

    def _hold_on(self, observation: Any) -> None:
        """Keep a picture without copying it, as long as the environment makes a new one for every step."""
        assert self._held is not None
        if observation is self._shown or observation.base is not None:  # it draws into the same ones again and again
            self._pen.wait()  # which holds on to some as well
            for k, picture in enumerate((*self._held, observation)):
                self._observed[0][k + 1] = picture
            self._held, self._holds = None, False
        else:
            self._held.append(observation)
            if self._old:
                self._old.pop()

    def _flush(self) -> None:
        file, count, observed, rows, spare = self._file, self._count, self._observed, self._rows, self._spare
        assert file is not None
        sync, held, old = self._clock is not None, self._held or (), self._old

        def write() -> None:
            seen: list[Any] = (
                [[observed[0][0], *held[: count - 1]]] if held else [buffer[:count] for buffer in observed]
            )
            file.append([*seen, *(buffer[:count] for buffer in rows)], sync=sync)
            spare.append((observed, rows))
            old.extend(held)

        self._fresh(held[-1:] or [buffer[count] for buffer in observed])
        self._pen.hand(write)

    def _end(self, end: End, metrics: dict[str, float]) -> None:
        assert self._file is not None
        file = self._file
        self._flush()
        last = [buffer[:1].copy() for buffer in self._observed]
        self._pen.hand(lambda: file.last(last))
        self._ended, self._begun = (end, metrics), None
        if not self._hold:
            self.keep()

    def _seal(
        self, file: EpisodeFile, end: End, seconds: float | None, metrics: dict[str, float], tags: Sequence[str]
    ) -> None:
        self.folder.seal(file, end, seconds=seconds, metrics=metrics, tags=tags, sync=self._clock is not None)
