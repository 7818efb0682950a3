"""What `doctor` looks at. Each check answers with findings; none changes anything."""

from __future__ import annotations

import importlib.util
import os
import platform
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path
from typing import Literal

from sim_suite.errors import SuiteError

OUR_PACKAGES = ("sim_suite", "agents", "perception", "scenarios")
_LIBRARIES = ("gymnasium", "Box2D", "ale_py", "pygame", "cv2", "numba", "torch", "stable_baselines3", "av", "h5py")
_DISTRIBUTION = "sim-suite"
_LINUX_OPENCV = "libGL.so"


@dataclass(frozen=True)
class Finding:
    """One thing seen."""

    level: Literal["ok", "note", "problem"]
    what: str
    mend: str = ""


def python_version() -> Iterator[Finding]:
    """Which Python runs this, and where it lies."""
    yield Finding("ok", f"Python {platform.python_version()} at {sys.executable}")


def own_packages() -> Iterator[Finding]:
    """Whether `agents` and its siblings are ours: CARLA's PythonAPI and others bring an `agents` of their own."""
    home = Path(__file__).parents[2]
    for name in OUR_PACKAGES:
        spec = importlib.util.find_spec(name)
        places = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or []]
        if not places:
            yield Finding("problem", f"the package {name!r} cannot be found", "pip install --force-reinstall sim-suite")
        elif places[0].resolve() != (home / name).resolve():
            yield Finding(
                "problem",
                f"`import {name}` finds {places[0]}, not {home / name}",
                f"take {places[0].parent} out of PYTHONPATH (now {os.environ.get('PYTHONPATH', '')!r}) or put {home} before it.",
            )
    yield from _overwritten(home)


def _overwritten(home: Path) -> Iterator[Finding]:
    """Another distribution that claims files of ours, or files of ours that went missing."""
    for other in distributions():
        name = other.metadata["Name"]
        if name == _DISTRIBUTION:
            continue
        claimed = sorted({path.parts[0] for path in other.files or [] if path.parts and path.parts[0] in OUR_PACKAGES})
        if claimed:
            yield Finding(
                "problem",
                f"the distribution {name!r} also installs {', '.join(claimed)}: its files lie over ours",
                f"pip uninstall {name} && pip install --force-reinstall --no-deps sim-suite",
            )
    if not (home / "agents" / "interface.py").is_file():
        yield Finding(
            "problem", f"{home / 'agents'} lacks interface.py", "pip install --force-reinstall --no-deps sim-suite"
        )
    else:
        yield Finding("ok", f"sim_suite, agents, perception, scenarios in {home}")


def pygame_twice() -> Iterator[Finding]:
    """pygame and pygame-ce write into the same folder; together neither is whole."""
    found = [name for name in ("pygame", "pygame-ce") if _installed(name)]
    if len(found) == 2:
        mend = "pip uninstall -y pygame pygame-ce && pip install pygame-ce"
        yield Finding("problem", "pygame and pygame-ce are both installed and overwrite each other", mend)
    elif found == ["pygame"]:
        yield Finding(
            "note", "pygame is installed in place of pygame-ce", "pip uninstall -y pygame && pip install pygame-ce"
        )
    if _installed("opencv-python") and _installed("opencv-python-headless"):
        mend = "pip uninstall -y opencv-python-headless && pip install --force-reinstall opencv-python"
        yield Finding(
            "problem", "opencv-python and opencv-python-headless are both installed and overwrite each other", mend
        )


def libraries() -> Iterator[Finding]:
    """Whether each library can be imported, which is more than being installed."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    for name in _LIBRARIES:
        try:
            module = import_module(name)
        except Exception as error:  # an import may fail in any way; each is worth a line
            mend = (
                "apt-get install libgl1" if _LINUX_OPENCV in str(error) else "pip install --force-reinstall sim-suite"
            )
            yield Finding("problem", f"import {name} fails: {type(error).__name__}: {error}", mend)
        else:
            yield Finding("ok", f"{name} {getattr(module, '__version__', '')}".rstrip())


def display() -> Iterator[Finding]:
    """Whether a window can be opened."""
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield Finding(
            "ok", f"display {os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY') or 'of the desktop'}"
        )
    else:
        mend = "log in to a desktop, or run under `xvfb-run`; `sim-suite play ENV --agent NAME --out clip.webm` needs none."
        yield Finding("note", "no display: windows cannot be opened; clips and leaderboards work", mend)


def gpu() -> Iterator[Finding]:
    """Whether torch sees an accelerator."""
    try:
        import torch
    except Exception:
        return  # `libraries` has said so
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            yield Finding("ok", f"GPU {index}: {torch.cuda.get_device_name(index)}, CUDA {torch.version.cuda}")
    else:
        build = "a CPU build of torch" if torch.version.cuda is None else "no CUDA device answers"
        yield Finding(
            "note", f"no GPU: {build}; training runs on the CPU", "install a CUDA build of torch where there is a GPU."
        )


def carla_client() -> Iterator[Finding]:
    """Whether CARLA's client library is there."""
    if _installed("carla"):
        yield Finding("ok", f"carla client {version('carla')}")
    else:
        mend = "use Python 3.11 or 3.12 on x86-64 Linux or Windows, then pip install carla==0.9.16; everything else works without."
        yield Finding("note", "the carla client is not installed", mend)


def carla_server(address: str) -> Finding:
    """Whether anything listens where a CARLA server would. Raises `SuiteError` on an address that is none."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise SuiteError(f"{address!r} is not HOST:PORT, such as localhost:2000.")
    try:
        with socket.create_connection((host, int(port)), timeout=1.0):
            return Finding("ok", f"something listens at {address}, where a CARLA server would")
    except OSError as error:
        return Finding(
            "note",
            f"no CARLA server at {address} ({error.strerror or error})",
            "start one, or name it: --carla HOST:PORT.",
        )


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


ALL: tuple[Callable[[], Iterator[Finding]], ...] = (
    python_version, own_packages, pygame_twice, libraries, display, gpu, carla_client,
)  # fmt: skip
