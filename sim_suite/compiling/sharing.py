"""Work on many worlds or points, shared among threads: kernels that let go of the interpreter run side by side. Source: ours.

numba's own parallel loops compile a kernel a second time and cannot be entered by a forked process. Python's threads can: each
takes a run of the items, the caller the first, and a call of a kernel is all that they do under the interpreter's lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue

import numba

Work = Callable[[int, int, int], object]
"""Called with (part, begin, end): the items begin..end, done by thread `part`, whose scratch memory is its own."""
_Job = tuple[Work, int, int, int, "SimpleQueue[BaseException | None]"]

_allowed: int | None = None
_inboxes: list[SimpleQueue[_Job]] = []
_lock = threading.Lock()


def num_threads() -> int:
    """Threads that share work now: `most_threads`, or fewer within `at_most`."""
    return most_threads() if _allowed is None else min(_allowed, most_threads())


def most_threads() -> int:
    """As many as the processor has cores, or NUMBA_NUM_THREADS."""
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # set at run time by numba itself


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Within, work is shared among no more threads than this, 1 or more; for the whole process."""
    global _allowed
    before, _allowed = _allowed, threads
    try:
        yield
    finally:
        _allowed = before


def share(work: Work, count: int, least: int = 1) -> None:
    """Do items 0..count, each thread at least `least` of them; what an item comes to must not depend on the thread.

    Returns when all is done, and raises what a thread raised.
    """
    parts = max(min(num_threads(), count // least), 1)
    ends = [count * (part + 1) // parts for part in range(parts)]
    # One caller at a time has the helpers; another does its work alone.
    if parts == 1 or not _lock.acquire(blocking=False):
        work(0, 0, count)
        return
    try:
        _hire(parts - 1)
        done: SimpleQueue[BaseException | None] = SimpleQueue()
        for part in range(1, parts):
            _inboxes[part - 1].put((work, part, ends[part - 1], ends[part], done))
        try:
            work(0, 0, ends[0])
        finally:
            failures = [done.get() for _ in range(1, parts)]
    finally:
        _lock.release()
    for failure in failures:
        if failure is not None:
            raise failure


def _hire(helpers: int) -> None:
    while len(_inboxes) < helpers:
        inbox: SimpleQueue[_Job] = SimpleQueue()
        threading.Thread(target=_help, args=(inbox,), name=f"sim-suite-{len(_inboxes) + 1}", daemon=True).start()
        _inboxes.append(inbox)


def _help(inbox: SimpleQueue[_Job]) -> None:
    while True:
        work, part, begin, end, done = inbox.get()
        try:
            work(part, begin, end)
        except BaseException as failure:  # handed to the caller, whatever it is
            done.put(failure)
        else:
            done.put(None)
        del work


def _begin_anew() -> None:
    """A forked child has none of its parent's threads, and perhaps a lock that one of them held."""
    global _lock
    _lock = threading.Lock()
    _inboxes.clear()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_begin_anew)
