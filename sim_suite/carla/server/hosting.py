"""A server in a process of its own, for as long as a block of Python runs. Source: ours.

CARLA's client holds the interpreter while it waits for some answers, so that a server in the same process could never give them.

    with hosted("crossroads") as port:
        client = carla.Client("127.0.0.1", port)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sim_suite.carla.server.network import Address, Server
from sim_suite.carla.server.simulator import SimulatorOptions
from sim_suite.errors import SuiteError

ROOT: Final = Path(__file__).parents[3]
PATIENCE_S: Final = 20.0
"""So long a server may take to end, which may be loading a map."""


@contextmanager
def hosted(map: str, *, seed: int = 0, max_actors: int = 512) -> Iterator[int]:
    """Serve a map on a free port of this machine; gives the port. The server ends with the block, or with this process.

    Raises SuiteError with what the server said where it does not start.
    """
    options = SimulatorOptions(map=map, seed=seed, max_actors=max_actors)
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(
        [sys.executable, "-m", "sim_suite.carla.server.hosting", json.dumps(asdict(options))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        first = child.stdout.readline().strip()
        if not first.isdigit():
            raise SuiteError(first or "the server ended before it was ready; what it said stands above.")
        yield int(first)
    finally:
        child.stdin.close()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def main() -> int:
    """Serve what the first argument says; print the port, then stop when standard input ends."""
    try:
        options = SimulatorOptions(**json.loads(sys.argv[1]))
        server = Server(options, Address(port=0), lambda text: print(text, file=sys.stderr, flush=True))
    except SuiteError as error:
        print(error, flush=True)
        return 2
    print(server.port, flush=True)
    server.watch(sys.stdin.fileno(), lambda: not os.read(sys.stdin.fileno(), 1))
    try:
        server.run()
    except KeyboardInterrupt:  # meant for the parent, which closes our input
        pass
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
