"""Keeps the memory that a network's pass gives back, for the next one. Source: mallopt(3) of glibc."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Names of parameters in malloc.h, and what they are set to, bytes:"""
LARGEST: Final = 32 << 20
"""A piece up to this comes from memory that is kept; the greatest that glibc itself would come to on 64 bits."""
KEPT: Final = 256 << 20
"""As much as may lie unused at the heap's end before it goes back to the system."""
_OWN: Final = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES")


@cache
def keep_memory() -> bool:
    """Keep it from now on, in this process; whether it will be. Where there is no glibc, or the environment says how, nothing is done.

    Otherwise the system takes back what a pass leaves and clears each page that the next one asks for: 7,000 of them in an update of
    `chauffeurnet-m4`. That learned from 153 examples a second in place of 145, and eight of its decisions took 25 ms in place of 30 (two
    and one cores of an Intel Xeon), with as much memory at its peak.
    """
    if sys.platform != "linux" or any(name in os.environ for name in _OWN):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_MMAP_THRESHOLD, LARGEST)) and bool(mallopt(_TRIM_THRESHOLD, KEPT))
