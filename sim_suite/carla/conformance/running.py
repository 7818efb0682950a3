"""Runs probes against a server in child processes, as many as it takes: one that ends or stalls costs one row. Source: ours."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from sim_suite.carla.conformance.probe import Value
from sim_suite.errors import SuiteError

ROOT: Final = Path(__file__).parents[3]
MARK: Final = "probe: "
CHILD: Final = "sim_suite.carla.conformance.child"
STALLED: Final = "took too long and was stopped"


@dataclass(frozen=True)
class Target:
    """Which server is asked, and how patiently. Checked when built."""

    host: str = "127.0.0.1"
    port: int = 2000
    probe_s: float = 120.0
    """So long one probe may take; Unreal steps slower than this suite."""
    connect_s: float = 300.0
    """So long the world may take to be built."""

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise SuiteError(f"port is {self.port}; give 1 to 65535.")
        for name in ("probe_s", "connect_s"):
            if not getattr(self, name) > 0.0:
                raise SuiteError(f"{name} is {getattr(self, name):g}; give seconds above 0.")


@dataclass(frozen=True)
class Outcome:
    """Of one probe: what it measured, or why it has nothing."""

    name: str
    measured: dict[str, Value]
    failure: str = ""


def run_probes(target: Target, names: Sequence[str], tell: Callable[[Outcome], None]) -> tuple[str, list[Outcome]]:
    """(the server's version, an outcome for each name, in order). tell: of each as it comes. Raises SuiteError where nobody answers."""
    outcomes: list[Outcome] = []
    waiting, version = list(names), ""
    while waiting:
        try:
            version, found = _run_some(target, waiting, tell)
        except SuiteError as error:
            if not outcomes:
                raise
            found = [Outcome(name, {}, str(error)) for name in waiting]
        outcomes += found
        waiting = waiting[len(found) :]
    return version, outcomes


def _run_some(target: Target, names: list[str], tell: Callable[[Outcome], None]) -> tuple[str, list[Outcome]]:
    """Of the first names, up to the one with which the child ended: at least one."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    words = (target.host, target.port, _free_port(), target.connect_s, *names)
    child = subprocess.Popen(
        [sys.executable, "-m", CHILD, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    lines: queue.Queue[str | None] = queue.Queue()
    last_words: list[str] = []
    assert child.stdout is not None
    assert child.stderr is not None
    threading.Thread(target=_read, args=(child.stdout, lines.put), daemon=True).start()
    threading.Thread(target=_read, args=(child.stderr, last_words.append), daemon=True).start()
    outcomes: list[Outcome] = []
    version, begun, patience = "", "", target.connect_s + target.probe_s
    try:
        while len(outcomes) < len(names):
            said = _next(lines, patience)
            if isinstance(said, str):
                if not version:
                    raise SuiteError(
                        f"no CARLA server answers at {target.host}:{target.port}: {said}. Start one, or name another."
                    )
                # It may have ended while it took away what a probe had put there, which has its row already.
                if not outcomes or begun == names[len(outcomes)]:
                    how = said if said == STALLED else _ended(child, last_words)
                    outcomes.append(Outcome(names[len(outcomes)], {}, how))
                    tell(outcomes[-1])
                break
            if "refused" in said:
                raise SuiteError(f"no world could be had at {target.host}:{target.port}: {said['refused']}")
            begun = said.get("begins", begun)
            if "server" in said:
                version, patience = str(said["server"]), target.probe_s
            if "name" in said:
                outcomes.append(Outcome(said["name"], said.get("measured", {}), said.get("failed", "")))
                tell(outcomes[-1])
    finally:
        child.kill()
        child.wait()
    return version, outcomes


def _next(lines: queue.Queue[str | None], patience_s: float) -> dict[str, Any] | str:  # Any: what JSON holds
    """What the child says next, or how it came that it says no more."""
    while True:
        try:
            line = lines.get(timeout=patience_s)
        except queue.Empty:
            return STALLED
        if line is None:
            return "the client's process ended"
        if line.startswith(MARK):
            said: dict[str, Any] = json.loads(line.removeprefix(MARK))
            return said


def _ended(child: subprocess.Popen[str], last_words: list[str]) -> str:
    status = child.wait(timeout=30)
    words = next((line.strip() for line in reversed([line for line in last_words if line]) if line.strip()), "")
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return f"the client's process ended with {how}" + (f": {words}" if words else "")


def _read(stream: IO[str], take: Callable[[Any], object]) -> None:  # Any: lines, and None for their end
    for line in stream:
        take(line)
    take(None)


def _free_port() -> int:
    """For a traffic manager."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
