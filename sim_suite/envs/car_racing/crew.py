"""The parent's side of the worker processes: starts them, gives orders to all, waits for all. Source: ours."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from sim_suite.envs.car_racing.worker import ERROR, STEP
from sim_suite.envs.car_racing.worlds import Order
from sim_suite.errors import SuiteError

FAREWELL_S = 5.0
"""How long a worker that is told to close may take before it is killed; a step takes a ten-thousandth of that."""


class Crew:
    """Worker processes that hold an order's worlds from `first` on between them; the parent holds those before.

    `memory` is what all share. While the workers step, the parent steps its own (`meanwhile`): on two processors two
    processes then share the work, where a parent that only waits would be a third that has to be woken.

    Each order has a number, and a worker notes in shared memory the last one that it carried out. So a Ctrl-C between
    any two instructions here can lose an order, but never leaves the parent waiting for an answer that it has had.
    """

    def __init__(self, order: Order, workers: int, first: int) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._number = 0
        self._path, self.memory = _shared_file(order.nbytes() + 8 * workers)
        self._carried_out = np.ndarray(workers, np.int64, buffer=self.memory, offset=order.nbytes())
        try:
            self._processes += [_start() for _ in range(workers)]
            common = {"number": 0, "order": order.to_dict(), "path": str(self._path)}
            self._carried_out[:] = -1
            for worker in range(workers):
                low, high = (first + (order.num_envs - first) * k // workers for k in (worker, worker + 1))
                self._give(worker, _line({**common, "worker": worker, "first": low, "last": high}))
            self._await_all()
        except BaseException:
            self.close()
            raise
        # All have mapped it: from here on nothing is left behind, however the processes end.
        _remove(self._path)

    def reset(
        self,
        seeds: Sequence[int | None],
        mask: Sequence[bool],
        options: dict[str, Any] | None,
        meanwhile: Callable[[], None],
    ) -> None:
        """As `Worlds.reset`, in all processes at once; `meanwhile` is the parent's share of it."""
        self._number += 1
        line = _line({"number": self._number, "seeds": list(seeds), "mask": list(mask), "options": options})
        self._order(line, meanwhile)

    def step(self, meanwhile: Callable[[], None]) -> None:
        """As `Worlds.step`, in all processes at once; `meanwhile` is the parent's share of it."""
        self._number += 1
        self._order(STEP + b"%d\n" % self._number, meanwhile)

    def close(self) -> None:
        """End all processes. Never fails and may be called again."""
        for process in self._processes:
            with contextlib.suppress(OSError):
                _pipe(process.stdin).close()
        for process in self._processes:
            try:
                process.wait(FAREWELL_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _pipe(process.stdout).close()
        self._processes.clear()
        _remove(self._path)

    def _order(self, line: bytes, meanwhile: Callable[[], None]) -> None:
        for worker in range(len(self._processes)):
            self._give(worker, line)
        meanwhile()
        self._await_all()

    def _give(self, worker: int, line: bytes) -> None:
        try:
            _pipe(self._processes[worker].stdin).write(line)
        except OSError:
            # It has ended: its last answer, or the lack of one, says why.
            self._hear(worker)

    def _await_all(self) -> None:
        for worker in range(len(self._processes)):
            while self._carried_out[worker] != self._number:
                self._hear(worker)

    def _hear(self, worker: int) -> None:
        """Sleep until the worker says something, and raise if that is no good."""
        process, count = self._processes[worker], len(self._processes)
        answer = os.read(_pipe(process.stdout).fileno(), 1 << 16)
        if answer and ERROR not in answer:
            return
        status = None if answer else process.wait()
        self.close()
        if answer:
            what = answer.split(ERROR, 1)[1].decode(errors="replace")
            raise SuiteError(f"CarRacing worker {worker} of {count} failed: {what}. Its traceback is above.")
        raise SuiteError(
            f"CarRacing worker {worker} of {count} ended with status {status}. Was it killed, or memory short? "
            f"Make the environment anew, with fewer num_envs or num_workers=0 if it happens again."
        )


def _start() -> subprocess.Popen[bytes]:
    # One thread each: the worlds are spread over the processes already.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    # The parent may have found the suite by a path that a new interpreter would not search.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "sim_suite.envs.car_racing.worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment)


def _line(order: dict[str, Any]) -> bytes:
    return json.dumps(order).encode() + b"\n"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    return cast(IO[bytes], pipe)


def _shared_file(size: int) -> tuple[Path, mmap.mmap]:
    """A file to be mapped by several processes, in memory where the system offers that."""
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    descriptor, name = tempfile.mkstemp(prefix="sim-suite-", dir=folder)
    try:
        os.truncate(descriptor, size)
        return Path(name), mmap.mmap(descriptor, size)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    # Windows refuses while the file is mapped; `close` asks again.
    with contextlib.suppress(PermissionError):
        path.unlink(missing_ok=True)
