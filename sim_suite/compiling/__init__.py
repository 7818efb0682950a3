"""Compiles the suite's kernels with numba and keeps them on disk (folders.py). A kernel is what Python calls; the functions
that it calls are its parts, and are compiled as such (parts.py). Many worlds are shared among threads (sharing.py).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from sim_suite.compiling.folders import ROOT, begun
from sim_suite.compiling.parts import Kernel

PATIENCE_S = 2.0
"""Loading a kernel takes a tenth of this; compiling takes several times as long."""

# numba's own annotations know only functions whose signature is inferred.
Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """A part of a kernel, compiled into it."""
    return _made(function)


def compiled(function: Function) -> Function:
    """A function compiled at its first call, for each combination of argument types; kept on disk.

    Division by zero follows numpy, and calls are inlined: that spares the reference counts of the arrays that each call
    takes (5.1 instead of 3.0 M Q-learning steps per CPU second on FrozenLake 8x8, for 0.4 s more of compilation).
    """
    return _kept(function, error_model="numpy", forceinline=True)


def borrowing(function: Function) -> Function:
    """As `compiled`, for functions that make no arrays and return none: they count no references at all.

    A tuple of thirty arrays that is handed down three calls otherwise costs more than the work: one point of a lane took
    1.6 us with counting, 0.1 us without. Array expressions, `np.empty` and returned views are refused when compiling.
    """
    return _kept(function, error_model="numpy", forceinline=True, _nrt=False)


def called(function: Function) -> Function:
    """As `borrowing`, but left a function of its own: for large parts, which would be compiled anew at each place of call."""
    return _kept(function, error_model="numpy", _nrt=False)


def shared(function: Function) -> Function:
    """As `called`, and it lets go of the interpreter: for what `sharing.share` runs on several threads."""
    return _kept(function, error_model="numpy", nogil=True, _nrt=False)


def kernel(signature: str | list[str], what: str) -> Callable[[Function], Function]:
    """Compile with `signature` or load from disk, now; after two seconds a terminal is told of `what`."""

    def compile_now(function: Function) -> Function:
        with noticed(what):
            return _kept(function, signature)

    return compile_now


@contextmanager
def noticed(what: str) -> Iterator[None]:
    """Around code that may compile kernels at its first call: after two seconds a terminal is told of `what`."""
    notice = threading.Timer(PATIENCE_S, _announce, [what])
    notice.daemon = True
    notice.start()
    try:
        yield
    finally:
        notice.cancel()


def _kept(function: Function, *signature: Any, **options: Any) -> Function:
    """Compile, and keep what was compiled where nothing stale can be found."""
    source = Path(function.__code__.co_filename)
    # numba reads the setting while it decorates.
    if source.is_relative_to(ROOT) and (folder := begun(source)) is not None:
        numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]  # set at run time by numba itself
    return _made(function, *signature, kept=True, **options)


def _made(function: Function, *signatures: Any, kept: bool = False, **options: Any) -> Function:
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # set at run time by numba itself
        return function
    made = Kernel(function, targetoptions={"nopython": True, "boundscheck": None, **options})
    if kept:
        made.enable_caching()
    for signature in signatures:
        for one in signature if isinstance(signature, list) else [signature]:
            made.compile(one)
        made.disable_compile()
    return cast(Function, made)


def _announce(what: str) -> None:
    if sys.stderr.isatty():
        print(f"sim-suite: compiling {what}, once on this machine.", file=sys.stderr, flush=True)
