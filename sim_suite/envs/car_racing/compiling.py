"""Compiles CarRacing's kernels, keeps them on disk, and tells a waiting person why the first import takes a while.

Source: ours. Kernels have explicit signatures, so that they compile or load when their module is imported, once, and
never in the middle of a step.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

PATIENCE_S = 2.0
"""Loading from disk takes a tenth of this; compiling takes several times as long."""

# numba's own annotations know only functions whose signature is inferred.
Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """A part of a kernel, compiled with it. It must stand in the kernel's file: numba's disk cache watches that one only."""
    return cast(Function, njit(function))


def kernel(signature: str, what: str) -> Callable[[Function], Function]:
    """Compile with `signature` or load from numba's disk cache; after two seconds a terminal is told of `what`."""

    def compile_now(function: Function) -> Function:
        notice = threading.Timer(PATIENCE_S, _announce, [what])
        notice.daemon = True
        notice.start()
        try:
            return cast(Function, njit(signature, cache=True)(function))
        finally:
            notice.cancel()

    return compile_now


def _announce(what: str) -> None:
    if sys.stderr.isatty():
        print(f"sim-suite: compiling {what}, once on this machine; about ten seconds.", file=sys.stderr, flush=True)
