"""The versions of what a result may depend on, for the record."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from sim_suite.version import __version__

_RECORDED = ("gymnasium", "numpy", "torch", "stable-baselines3")


def versions() -> dict[str, str]:
    """The versions that a result may depend on. Only what is installed is named."""
    found = {"python": platform.python_version(), "sim-suite": __version__}
    for name in _RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> str:
    """The processor's architecture and count."""
    return f"{platform.machine()}, {os.cpu_count()} CPUs"
