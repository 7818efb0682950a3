"""Keeps the interpreter from taking a frame's time while somebody drives. Source: ours.

A collection of garbage can take several frames: it waits for the break between two episodes. The thread that writes episodes may hold
the interpreter for 5 ms before it lets another go on: here for half a millisecond.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SWITCH_S: Final = 0.0005


@contextmanager
def quiet_interpreter() -> Iterator[None]:
    """Neither collections nor long turns of other threads; as before afterwards."""
    collected, switched_s = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(switched_s)
        if collected:
            gc.enable()


def collect() -> None:
    """Now there is time."""
    gc.collect()
