"""One connection to a CARLA server, by way of a worker process that can be killed. What goes wrong has a name (failures.py).

Source: ours.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from sim_suite.carla.client.failures import (
    CarlaRefusal,
    ClientCrashError,
    ClientMissingError,
    ConnectionLostError,
    ServerHangError,
    VersionMismatchError,
)
from sim_suite.carla.client.knock import Address, knock
from sim_suite.carla.client.pipe import Pipe
from sim_suite.errors import SuiteError

ROOT: Final = Path(__file__).parents[3]
GRACE_S: Final = 2.0
"""Beyond the client's own timeout, before the worker is taken to hang too."""
LOAD_S: Final = 120.0
"""CARLA's larger towns take a minute to load on a slow disk."""
FIRST_S: Final = 600.0
"""Until sensors say something for the first time: the embedded server compiles cameras and lidars at their first use on a machine, which
took 105 s where other programs kept the machine busy."""
_DONE, _REFUSED, _TIMED_OUT = (
    "done",
    "refused",
    "timed out",
)  # worker.py, which cannot be imported without CARLA's client


def client_version() -> str:
    """Of the carla package. Raises `ClientMissingError`."""
    if importlib.util.find_spec("carla") is None:
        raise ClientMissingError("it is not installed")
    try:
        return version("carla")
    except PackageNotFoundError as error:
        raise ClientMissingError("what is found under its name is no installed package") from error


class Session:
    """A worker and the server that it is connected to, until `close` or a failure."""

    def __init__(self, address: Address, timeout_s: float, restore: list[Any] | None = None) -> None:
        """restore: the world's settings from before, where a session that broke off could not put them back.

        Raises `ClientMissingError`, `ServerMissingError`, `NotCarlaError`, `VersionMismatchError`, `ServerHangError`.
        """
        own = client_version()
        self.address, self.timeout_s = address, timeout_s
        greeting = knock(address, timeout_s)
        self._line = greeting.line
        self._line.setblocking(False)
        if not same_release(greeting.version, own):
            self._line.close()
            raise VersionMismatchError(str(address), greeting.version, own)
        here, there = socket.socketpair()
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with there:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "sim_suite.carla.client.worker", str(there.fileno())],
                pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )  # fmt: skip
        self._pipe = Pipe(here)
        self.is_open = True
        try:
            self.settings: list[Any] = self.ask("open", address.host, address.port, timeout_s, restore)
        except CarlaRefusal:
            self.kill()
            raise
        """Synchronous, seconds a step and without rendering, as the world had them before us."""

    def ask(self, what: str, *arguments: Any, timeout_s: float | None = None) -> Any:
        """Let the worker do something (visit.py). timeout_s: of this alone.

        Raises `CarlaRefusal` where CARLA says no; `ConnectionLostError`, `ServerHangError`, `ClientCrashError` where the session is over.
        """
        patience = self.timeout_s if timeout_s is None else timeout_s
        try:
            self._pipe.send([what, *arguments])
            answer = self._await(what, patience + GRACE_S)
        except (EOFError, OSError) as error:
            raise self._broken(what) from error
        except BaseException:  # Ctrl-C among others: an answer that comes later would be taken for that of another call
            self.kill()
            raise
        if answer[0] == _DONE:
            return answer[1]
        if answer[0] == _REFUSED:
            if self._has_hung_up():
                raise self._lost()
            raise CarlaRefusal(what, answer[1])
        if answer[0] == _TIMED_OUT:
            hung = not self._has_hung_up()
            self.kill()
            raise ServerHangError(str(self.address), what, patience) if hung else ConnectionLostError(str(self.address))
        self.kill()
        raise SuiteError(f"the worker for CARLA failed at {what!r}: {answer[1].strip().splitlines()[-1]}")

    def _await(self, what: str, patience_s: float) -> Any:
        until = time.monotonic() + patience_s
        watched = [self._line]
        while (left := until - time.monotonic()) > 0.0:
            ready = self._pipe.wait(watched, left)
            if self._pipe.connection in ready:
                return self._pipe.receive()
            if ready and self._has_hung_up():
                raise self._lost()
        self.kill()
        raise ServerHangError(str(self.address), what, patience_s)

    def _has_hung_up(self) -> bool:
        """Whether the server's end of our own connection is gone."""
        try:
            return self._line.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _lost(self) -> ConnectionLostError:
        self.kill()
        return ConnectionLostError(str(self.address))

    def _broken(self, what: str) -> SuiteError:
        """The worker is gone: with the server, or alone."""
        if self._has_hung_up():
            return self._lost()
        try:
            code = self._worker.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            code = 0
        self.kill()
        return ClientCrashError(str(self.address), what, code)

    def close(self) -> None:
        """Leave the world as it was found."""
        if not self.is_open:
            return
        try:
            self._pipe.send(["close"])
            self._await("close", self.timeout_s)
            self._worker.wait(GRACE_S)
        except (EOFError, OSError, SuiteError, subprocess.TimeoutExpired):
            pass  # it is over in any case
        self.kill()

    def kill(self) -> None:
        """End the worker, whatever it is doing. What the server remembers of it stays."""
        self.is_open = False
        self._worker.kill()
        self._worker.wait()
        self._pipe.close()
        self._line.close()


def same_release(server: str, client: str) -> bool:
    """Whether two versions are of one release: 0.9.16 and 0.9.16-dirty are."""
    return server.split("-")[0].strip() == client.split("-")[0].strip()
