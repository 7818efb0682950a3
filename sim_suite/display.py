"""Opens the display that windows stand on. SDL falls back to one that nobody sees where the asked one cannot be reached."""

from __future__ import annotations

import os
from typing import Any, Final

from sim_suite.errors import SuiteError

UNSEEN: Final = ("dummy", "offscreen")
"""SDL's drivers that draw for nobody; asked for by $SDL_VIDEODRIVER, as tests do, they are as good as others."""


def open_display(instead: str) -> Any:
    """pygame, with its display opened. instead: what else the person could do. Raises `SuiteError` where no window would be seen."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    try:
        pygame.display.init()  # not all of pygame: sound takes seconds where there is none
    except pygame.error as error:
        raise SuiteError(f"no window can be opened ({error}). {instead}.") from error
    driver = pygame.display.get_driver()
    if driver in UNSEEN and driver not in os.environ.get("SDL_VIDEODRIVER", ""):
        pygame.display.quit()
        named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "of this session"
        raise SuiteError(f"the display {named} cannot be opened (is it running, and are you let in?). {instead}.")
    return pygame
