"""Tells a terminal how far the drawing of frames is, once it takes longer than a person likes to wait. Source: ours."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 2.0
"""Before the first line and between two."""


class TellTerminal:
    """See `frames.Tell`: lines on standard error, none where that is not a terminal."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        """what: the frames' name in a line."""
        self._what, self._clock, self._told = what, clock, clock()

    def __call__(self, done: int, total: int) -> None:
        """So many are drawn."""
        now = self._clock()
        if now - self._told >= PATIENCE_S and sys.stderr.isatty():
            self._told = now
            print(f"sim-suite: {done} of {total} frames of {self._what} are drawn.", file=sys.stderr, flush=True)
