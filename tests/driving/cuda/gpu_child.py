"""Steps stored worlds with the GPU's kernel, under numba's simulator: gpu_child.py BEFORE.npz AFTER.npz TICKS."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from sim_suite.driving.cuda.worlds import GpuWorlds
from sim_suite.driving.world.layout import State
from sim_suite.errors import SuiteError
from tests.driving.cuda.stored_worlds import load, store


def main() -> None:
    """Step, then try the copies to and fro."""
    before, after, ticks = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    start, ground = load(before)
    worlds = GpuWorlds(start, ground)
    worlds.step(ticks)
    worlds.wait()
    end, _ = load(before)
    worlds.download(end)
    store(after, end, ground)
    check_copies(worlds, start, end)


def check_copies(worlds: GpuWorlds, start: State, end: State) -> None:
    """One world uploaded leaves the others; all of them bring back the start; another shape is refused."""
    assert not np.array_equal(start.body, end.body), "the kernel works on copies"
    now = State(*(array.copy() for array in start))
    worlds.upload(start, [1])
    worlds.download(now)
    for name in State._fields:
        there, first, last = getattr(now, name), getattr(start, name), getattr(end, name)
        assert np.array_equal(there[1:2], first[1:2]), name
        assert np.array_equal(there[:1], last[:1]), name
    worlds.upload(start)
    worlds.download(now)
    assert all(np.array_equal(there, first) for there, first in zip(now, start, strict=True))
    with pytest.raises(SuiteError, match=r"state\.body"):
        worlds.upload(start._replace(body=start.body[:1]))


if __name__ == "__main__":
    main()
