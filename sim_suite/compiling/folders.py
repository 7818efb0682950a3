"""The folders that compiled kernels are kept in. Source: ours.

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
import time
from functools import cache
from pathlib import Path

import llvmlite.binding
import numba

_KEPT_DAYS = 30.0  # folders of older sources that nothing has used for so long are removed
ROOT = Path(__file__).parents[2]
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<from>(?:sim_suite|agents|perception|scenarios)[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)"
    r"|import[ \t]+(?P<import>(?:sim_suite|agents|perception|scenarios)[\w.]*))",
    re.MULTILINE,
)


def cache_folder(source: Path) -> Path:
    """Where the kernels of one source file of ours are kept, on this processor, by this numba."""
    digest = hashlib.sha256()
    for path in sorted(_closure(source)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    machine = f"{numba.__version__} {platform.machine()} {llvmlite.binding.get_host_cpu_name()}"
    name = ".".join(source.relative_to(ROOT).with_suffix("").parts)
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
        module = ROOT.joinpath(*(statement["from"] or statement["import"]).split("."))
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


@cache
def begun(source: Path) -> str | None:
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


_remove_old()
