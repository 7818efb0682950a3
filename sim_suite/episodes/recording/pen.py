"""A thread that compresses and writes, so that the one that drives never waits for a disk. Source: ours."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from typing import Final

from sim_suite.errors import SuiteError

Work = Callable[[], None]
WAITING: Final = 8
"""Pieces of work that may wait; then whoever brings more waits too, so that memory is bounded."""
TURN_S: Final = 1e-3
"""After which Python hands the interpreter to the thread that writes, in place of its usual 5 ms. That thread needs it for moments, between
calls that do without, and with 5 ms before each of them it does not keep up with 8,000 pictures a second."""


class Pen:
    """Does what it is handed in order. The first error ends its work; it is raised where the pen is used next."""

    def __init__(self, waiting: int = WAITING) -> None:
        self._queue: queue.Queue[Work | None] = queue.Queue(waiting)
        self._error: BaseException | None = None
        self._usual_turn_s = sys.getswitchinterval()
        sys.setswitchinterval(min(self._usual_turn_s, TURN_S))
        self._thread: threading.Thread | None = threading.Thread(target=self._serve, name="episode-pen", daemon=True)
        self._thread.start()

    def hand(self, work: Work) -> None:
        """Have it done soon. Raises what earlier work raised."""
        self.look()
        if self._thread is None:
            raise SuiteError("the recording is closed. Begin another.")
        self._queue.put(work)

    def look(self) -> None:
        """Raise what earlier work raised, if anything."""
        if self._error is not None:
            raise self._error

    def wait(self) -> None:
        """Until all that was handed is done. Raises what it raised."""
        self._queue.join()
        self.look()

    def close(self) -> None:
        """Do what waits, then end. Raises what it raised."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
            if sys.getswitchinterval() == TURN_S:  # nobody has changed it since
                sys.setswitchinterval(self._usual_turn_s)
        self.look()

    def _serve(self) -> None:
        while True:
            work = self._queue.get()
            try:
                if work is None:
                    return
                if self._error is None:
                    work()
            except BaseException as error:
                self._error = error
            finally:
                self._queue.task_done()
