"""Compiles GPU kernels and keeps them on disk where all kernels are kept (compiling.py), so that stale ones are not found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numba.cuda

from sim_suite.compiling.folders import cache_folder

try:
    from numba.cuda.core import config as cuda_config  # numba-cuda has settings of its own
except ImportError:
    cuda_config = numba.config  # numba's built-in target


cuda: Any = numba.cuda
"""Without types: numba-cuda and the simulator add what numba's own annotations lack."""


def gpu_kernel(function: Callable[..., None]) -> Any:
    """`cuda.jit`, kept on disk. Compiled at its first launch; touches no GPU before. Any: numba's dispatcher has no types."""
    cuda_config.CACHE_DIR = str(cache_folder(Path(function.__code__.co_filename)))
    return cuda.jit(cache=True)(function)
