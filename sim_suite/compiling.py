"""Compiles the suite's kernels with numba and keeps them on disk, in a folder that no stale kernel can be found in.

numba's own cache watches the file of a kernel, not the files of the functions that it calls: an edited callee would go
unnoticed. So the folder's name carries a hash of all kernel sources, of numba's version and of the processor: whatever
changes, a new folder begins. SIM_SUITE_CACHE names another place than the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba

PATIENCE_S = 2.0
"""Loading a kernel takes a tenth of this; compiling takes several times as long."""
_KEPT_DAYS = 30.0  # folders of older sources that nothing has used for so long are removed
_ROOT = Path(__file__).parents[1]
_forked = False

# numba's own annotations know only functions whose signature is inferred.
Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """A part of a kernel, compiled into it."""
    return cast(Function, numba.njit(function))


def compiled(function: Function) -> Function:
    """A function compiled at its first call, for each combination of argument types; kept on disk.

    Division by zero follows numpy, and calls are inlined: that spares the reference counts of the arrays that each call
    takes (5.1 instead of 3.0 M Q-learning steps per CPU second on FrozenLake 8x8, for 0.4 s more of compilation).
    """
    return cast(Function, numba.njit(error_model="numpy", forceinline=True, cache=True)(function))


def parallel(function: Function) -> Function:
    """Like `compiled`, with its `prange` loops shared among numba's threads. Enter it only where `may_use_threads()`."""
    return cast(Function, numba.njit(error_model="numpy", forceinline=True, parallel=True, cache=True)(function))


def may_use_threads() -> bool:
    """Whether a `parallel` kernel may be entered: more than one thread is allowed, and this process was not forked.

    A forked child has none of its parent's threads, and GNU OpenMP, which numba uses here, ends a child that asks for them.
    """
    return not _forked and numba.get_num_threads() > 1


def borrowing(function: Function) -> Function:
    """As `compiled`, for functions that make no arrays and return none: they count no references at all.

    A tuple of thirty arrays that is handed down three calls otherwise costs more than the work: one point of a lane took
    1.6 us with counting, 0.1 us without. Array expressions, `np.empty` and returned views are refused when compiling.
    """
    options: dict[str, Any] = {"error_model": "numpy", "forceinline": True, "cache": True, "_nrt": False}
    return cast(Function, numba.njit(**options)(function))


def kernel(signature: str | list[str], what: str) -> Callable[[Function], Function]:
    """Compile with `signature` or load from disk, now; after two seconds a terminal is told of `what`."""

    def compile_now(function: Function) -> Function:
        notice = threading.Timer(PATIENCE_S, _announce, [what])
        notice.daemon = True
        notice.start()
        try:
            return cast(Function, numba.njit(signature, cache=True)(function))
        finally:
            notice.cancel()

    return compile_now


def cache_folder() -> Path:
    """Where the kernels of these sources, on this processor, by this numba, are kept."""
    digest = hashlib.sha256(f"{numba.__version__} {platform.machine()} {llvmlite.binding.get_host_cpu_name()}".encode())
    for package in ("sim_suite", "agents"):
        for path in sorted((_ROOT / package).rglob("*.py")):
            text = path.read_bytes()
            if b"sim_suite.compiling" in text:
                digest.update(path.relative_to(_ROOT).as_posix().encode() + text)
    return cache_root() / f"kernels-{digest.hexdigest()[:20]}"


def cache_root() -> Path:
    """Where the suite keeps what can be made anew: SIM_SUITE_CACHE, or a folder of the user's cache."""
    chosen = os.environ.get("SIM_SUITE_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    return (Path(base) if base else Path.home() / ".cache") / "sim-suite"


def _use_cache_folder() -> None:
    """Point numba at the folder, mark it as used, and remove those that have not been for long."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        oldest = time.time() - _KEPT_DAYS * 86400
        for other in folder.parent.glob("kernels-*"):
            if other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:  # a read-only home: kernels are then compiled anew in each process
        return
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # set at run time by numba itself


def _note_fork() -> None:
    global _forked
    _forked = True


def _announce(what: str) -> None:
    if sys.stderr.isatty():
        print(f"sim-suite: compiling {what}, once on this machine; about ten seconds.", file=sys.stderr, flush=True)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_note_fork)
_use_cache_folder()
