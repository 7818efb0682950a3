"""A display that cannot be reached is an error, not a window that nobody sees."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

OPEN = "from sim_suite.display import open_display; print(open_display('Film instead').display.get_driver())"


def opened(**environment):
    """A process of its own: SDL reads its environment once."""
    kept = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    }
    done = subprocess.run(
        [sys.executable, "-c", OPEN], env=kept | environment, capture_output=True, text=True, check=False
    )
    return done.stdout.strip(), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="displays by name are X11's")
def test_a_display_that_is_not_there_is_refused():
    out, said = opened(DISPLAY=":9876")
    assert out == ""
    assert "SuiteError: the display :9876 cannot be opened (is it running, and are you let in?). Film instead." in said


@pytest.mark.parametrize("driver", ["dummy", "offscreen"])
def test_what_nobody_sees_is_opened_where_it_is_asked_for(driver):
    assert opened(SDL_VIDEODRIVER=driver)[0] == driver
