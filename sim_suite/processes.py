"""Processes that work for another one. Source: ours."""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import Final

LEFT_ALONE: Final = 70
"""Exit status of a process whose parent is gone: EX_SOFTWARE of sysexits.h."""


def end_with_parent() -> None:
    """To be called in a process that another has started: when that one is gone, even killed, so is this one, whatever it is doing."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(LEFT_ALONE)

    threading.Thread(target=watch, name="watches the parent", daemon=True).start()
