"""What tests of stopped and resumed runs share: the stop, and all bytes that are compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch


class Stopped(Exception):
    """Stands for a kill."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Of a folder and those in it, by their paths within."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def everything(run: Any, folder: Path) -> dict[str, bytes]:
    """All bytes of a learner's state, written into a new folder."""
    folder.mkdir()
    run.save_state(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def check_that_it_goes_on(start: Callable[[], Any], after: int, tmp_path: Path) -> dict[str, bytes]:
    """A learner whose state was kept after so many lines of metrics goes on to the lines and bytes of one that was not stopped; its files.

    start: makes one, always the same.
    """
    straight, metrics = start(), []
    for row in straight.run():
        metrics.append(row)
        if len(metrics) == after:
            everything(straight, tmp_path / "stopped")
    assert len(metrics) > 2
    assert metrics[-1]["updates"] > metrics[after - 1]["updates"] > 0
    resumed = start()
    torch.manual_seed(99)  # a new process begins with other streams
    resumed.load_state(tmp_path / "stopped")
    assert list(resumed.run()) == metrics[after:]
    files = everything(straight, tmp_path / "straight")
    assert everything(resumed, tmp_path / "resumed") == files
    return files
