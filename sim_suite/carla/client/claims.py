"""Who drives at which server on this machine: a lock a server, let go when its process ends, however it ends. Source: ours."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from sim_suite.carla.client.failures import ServerTakenError
from sim_suite.carla.client.knock import Address


class Claim:
    """A server that is ours until `release`."""

    def __init__(self, address: Address, lock: FileLock) -> None:
        self.address = address
        self._lock = lock

    def release(self) -> None:
        """Let others have it."""
        self._lock.release()


def claim(addresses: Sequence[Address]) -> Claim:
    """The first that nobody has. Raises `ServerTakenError`."""
    for address in addresses:
        name = hashlib.sha256(str(address).encode()).hexdigest()[:16]
        lock = FileLock(Path(tempfile.gettempdir()) / f"sim-suite-carla-{name}.lock", timeout=0.0)
        try:
            lock.acquire()
        except Timeout:
            continue
        return Claim(address, lock)
    raise ServerTakenError(", ".join(map(str, addresses)))
