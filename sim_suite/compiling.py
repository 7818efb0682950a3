"""Compiles the suite's kernels with numba and keeps them on disk, in a folder that no stale kernel can be found in.

numba's own cache watches the file of a kernel, not the files of the functions and constants that it uses: an edited one
would go unnoticed. So the kernels of each file are kept in a folder whose name carries a hash of the file, of all files of
ours that it imports, directly or not, of numba's version and of the processor: whatever changes, a new folder begins, and
what does not depend on the change need not be compiled again. SIM_SUITE_CACHE names another place than the user's cache
folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba

PATIENCE_S = 2.0
"""Loading a kernel takes a tenth of this; compiling takes several times as long."""
_KEPT_DAYS = 30.0  # folders of older sources that nothing has used for so long are removed
_ROOT = Path(__file__).parents[1]
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<from>(?:sim_suite|agents|perception|scenarios)[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)"
    r"|import[ \t]+(?P<import>(?:sim_suite|agents|perception|scenarios)[\w.]*))",
    re.MULTILINE,
)
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
    return _kept(function, error_model="numpy", forceinline=True)


def parallel(function: Function) -> Function:
    """Like `compiled`, with its `prange` loops shared among numba's threads. Enter it only where `may_use_threads()`."""
    return _kept(function, error_model="numpy", forceinline=True, parallel=True)


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
    return _kept(function, error_model="numpy", forceinline=True, _nrt=False)


def called(function: Function) -> Function:
    """As `borrowing`, but left a function of its own: for large parts, which would be compiled anew at each place of call."""
    return _kept(function, error_model="numpy", _nrt=False)


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


def cache_folder(source: Path) -> Path:
    """Where the kernels of one source file of ours are kept, on this processor, by this numba."""
    digest = hashlib.sha256()
    for path in sorted(_closure(source)):
        digest.update(path.relative_to(_ROOT).as_posix().encode() + path.read_bytes())
    machine = f"{numba.__version__} {platform.machine()} {llvmlite.binding.get_host_cpu_name()}"
    name = ".".join(source.relative_to(_ROOT).with_suffix("").parts)
    numbered = f"{hashlib.sha256(machine.encode()).hexdigest()[:8]}-{digest.hexdigest()[:16]}"
    return cache_root() / "kernels" / f"{name}-{numbered}"


def _closure(source: Path) -> set[Path]:
    """A file and all files of ours that it imports, directly or not."""
    found, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return found


@cache
def _imported(source: Path) -> tuple[Path, ...]:
    """The files of ours that a file names in its imports."""
    files = []
    for statement in _IMPORT.finditer(source.read_text(encoding="utf-8")):
        module = _ROOT.joinpath(*(statement["from"] or statement["import"]).split("."))
        names = re.findall(r"\w+", statement["names"] or "")
        candidates = [module.with_suffix(".py"), module / "__init__.py", *(module / f"{name}.py" for name in names)]
        files += [path for path in candidates if path.is_file()]
    return tuple(files)


def cache_root() -> Path:
    """Where the suite keeps what can be made anew: SIM_SUITE_CACHE, or a folder of the user's cache."""
    chosen = os.environ.get("SIM_SUITE_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    return (Path(base) if base else Path.home() / ".cache") / "sim-suite"


def _kept(function: Function, *signature: Any, **options: Any) -> Function:
    """Compile, and keep what was compiled where nothing stale can be found."""
    source = Path(function.__code__.co_filename)
    # numba reads the setting while it decorates.
    if source.is_relative_to(_ROOT) and (folder := _begun(source)) is not None:
        numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]  # set at run time by numba itself
    jit = cast(Callable[..., Any], numba.njit)
    return cast(Function, jit(*signature, cache=True, **options)(function))


@cache
def _begun(source: Path) -> str | None:
    """The folder of a file's kernels, made and marked as used."""
    folder = cache_folder(source)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
    except OSError:  # a read-only home: kernels are then compiled anew in each process
        return None
    return str(folder)


def _remove_old() -> None:
    """Remove folders that nothing has used for long."""
    oldest = time.time() - _KEPT_DAYS * 86400
    for other in (cache_root() / "kernels").glob("*"):
        try:
            if other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
        except OSError:  # another process was faster
            continue


def _note_fork() -> None:
    global _forked
    _forked = True


def _announce(what: str) -> None:
    if sys.stderr.isatty():
        print(f"sim-suite: compiling {what}, once on this machine.", file=sys.stderr, flush=True)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_note_fork)
_remove_old()
