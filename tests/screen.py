"""A virtual screen for tests that drive windows as a person does: keys go in by xdotool, pixels come out of Xvfb's own memory."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.system import requires_system

WIDTH, HEIGHT = 1024, 600
_PATIENCE_S = 60.0
_CLASS = "sim-suite-test"


class Screen:
    """One, of 1024 x 600."""

    def __init__(self, number: str, folder: Path, xdotool: str) -> None:
        self._memory, self._xdotool = folder / "Xvfb_screen0", xdotool
        self.environment = {**os.environ, "DISPLAY": f":{number}", "SDL_VIDEO_X11_WMCLASS": _CLASS}
        """For processes that shall open their windows here."""
        self.environment.pop("SDL_VIDEODRIVER", None)

    def picture(self) -> NDArray[np.uint8]:
        """[600, 1024, 3] RGB: what is seen now. The memory is an X window dump (XWDFile.h), version 7."""
        data = self._memory.read_bytes()
        header = struct.unpack(">25I", data[:100])
        size, width, height, little, line, colours = (
            header[0],
            header[4],
            header[5],
            header[7] == 0,
            header[12],
            header[19],
        )
        pixels = np.frombuffer(data, np.uint8, line * height, size + 12 * colours).reshape(height, line)
        four = pixels[:, : 4 * width].reshape(height, width, 4)
        return four[..., 2::-1].copy() if little else four[..., 1:].copy()

    def do(self, *words: str) -> str:
        """xdotool's answer."""
        asked = [self._xdotool, *words]
        return subprocess.run(
            asked, env=self.environment, capture_output=True, text=True, check=False, timeout=20
        ).stdout.strip()

    def focus_window(self, is_alive: Callable[[], bool]) -> None:
        """Give the window the keyboard, once it is there. (By its class: this xdotool cannot read the titles that SDL writes.)"""

        def has_it() -> bool:
            windows = self.do("search", "--class", _CLASS).split()
            if windows:
                self.do("windowfocus", windows[0])
            return bool(windows) and self.do("getwindowfocus") in windows

        self.wait_for(has_it, is_alive, "a window")

    def wait_for(self, holds: Callable[[], bool], is_alive: Callable[[], bool], what: str) -> None:
        """Fail where it does not come to be, or the process that should bring it about ends."""
        until = time.monotonic() + _PATIENCE_S
        while not holds():
            assert is_alive(), f"the process ended before {what} was seen"
            assert time.monotonic() < until, f"{what} was not seen"
            time.sleep(0.05)


@contextmanager
def virtual_screen(folder: Path) -> Iterator[Screen]:
    """An Xvfb of its own. Skips the test where there is none."""
    xvfb, xdotool = requires_system("Xvfb"), requires_system("xdotool")
    # Without -noreset the server begins anew whenever its last client leaves, which each call of xdotool does: a window that is being
    # opened just then is lost.
    words = [xvfb, "-noreset", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield Screen(server.stdout.readline().strip(), folder, xdotool)
        finally:
            server.terminate()
