"""System programs that some tests need. Locally their absence skips a test with the reason; in CI it fails it."""

import os
import shutil

import pytest

DEBIAN_PACKAGES = {"chromium": "chromium", "Xvfb": "xvfb", "xdotool": "xdotool", "ffmpeg": "ffmpeg"}
"""Program to the Debian package that holds it, for the advice."""


def requires_system(name: str) -> str:
    """Path of a program, else skip the calling test, or fail it where CI=true: there everything must be installed."""
    path = shutil.which(name)
    if path is not None:
        return path
    advice = f"{name} is not installed (apt-get install {DEBIAN_PACKAGES.get(name, name.lower())})"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)
