"""Pauses the garbage collector while a map is read, since nothing of a map is garbage yet. Source: ours, measured.

Reading makes hundreds of thousands of objects that all stay; Python's collector looks through them again and again. A town
of 3 MB was read in 0.62 s with it and in 0.29 s without.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Within it no cycles are collected; afterwards the collector is as it was. Also a decorator."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
