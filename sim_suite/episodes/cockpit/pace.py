"""Keeps the session's clock and its fixed rate, and counts the frames that were missed. Source: ours."""

from __future__ import annotations

import math
import time
from typing import Final, Protocol

_SPIN_S: Final = 0.0015
"""A sleep may wake so much too late: the rest is waited for awake."""


class Clock(Protocol):
    """Seconds, from anywhere on."""

    def now(self) -> float:
        """Seconds."""

    def sleep(self, seconds: float) -> None:
        """Let them pass."""


class RealClock:
    """The machine's."""

    def now(self) -> float:
        """Seconds since the machine was started, or the like."""
        return time.perf_counter()

    def sleep(self, seconds: float) -> None:
        """Sleep, and watch the clock towards the end."""
        until = time.perf_counter() + seconds
        if seconds > _SPIN_S:
            time.sleep(seconds - _SPIN_S)
        while time.perf_counter() < until:
            pass


class SimulatedClock:
    """Time passes only when somebody sleeps: drives run as fast as they can, and tests know every instant."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Seconds slept so far."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let them pass at once."""
        self._now += seconds


class StoppableClock:
    """Another clock, without the time for which it was stopped: a pause leaves no gap in an episode's times."""

    def __init__(self, clock: Clock) -> None:
        self.base = clock
        self._away = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Seconds while it ran; stands still while it is stopped."""
        return (self.base.now() if self._stopped_at is None else self._stopped_at) - self._away

    def sleep(self, seconds: float) -> None:
        """Let the other clock's seconds pass."""
        self.base.sleep(seconds)

    def stop(self) -> None:
        """Stand still; does nothing where it does already."""
        if self._stopped_at is None:
            self._stopped_at = self.base.now()

    def go(self) -> None:
        """Run on."""
        if self._stopped_at is not None:
            self._away += self.base.now() - self._stopped_at
            self._stopped_at = None


class Pace:
    """Frames at equal distances. A frame is missed when it begins more than half a frame after its time, or never does."""

    def __init__(self, clock: Clock, frame_s: float) -> None:
        self._clock, self.frame_s = clock, frame_s
        self._due = self._last = clock.now()
        self.frames, self.missed = 0, 0
        """Frames begun or passed by, and those among them that were missed."""

    def restart(self) -> None:
        """The next frame is due now: an episode begins, a pause is over."""
        self._due = self._clock.now()

    def wait(self) -> bool:
        """Until the next frame is due; whether it, or one before it that is left out now, was missed."""
        early = self._due - self._clock.now()
        if early > 0.0:
            self._clock.sleep(early)
        behind = max(self._clock.now() - self._due, 0.0) / self.frame_s
        passed, missed = int(behind), max(math.ceil(behind - 0.5), 0)
        self.frames += passed + 1
        self.missed += missed
        self._last = self._due + passed * self.frame_s
        self._due = self._last + self.frame_s
        return missed > 0

    def left_s(self, share: float = 1.0) -> float:
        """How long it is until a share of the present frame has passed; negative where it has."""
        return self._last + share * self.frame_s - self._clock.now()
