"""States and maps on disk as plain arrays, for a child process in which nothing is compiled and so nothing can be prepared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sim_suite.driving.roads.baking.layout import Textures
from sim_suite.driving.roads.graph.grid import LaneGrid
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import Ground, Terrain


def store(path: Path, state: State, ground: Ground) -> None:
    """Write both."""
    parts = {"state": state, "terrain": ground.terrain, "grid": ground.grid, "textures": ground.textures}
    arrays = {f"{part}.{name}": value for part, tree in parts.items() for name, value in tree._asdict().items()}
    np.savez(path, paved=ground.paved, **arrays)


def load(path: Path) -> tuple[State, Ground]:
    """Read both."""
    with np.load(path) as stored:

        def part(name: str, kind: Any) -> Any:
            values = (stored[f"{name}.{field}"] for field in kind._fields)
            return kind(*(value if value.ndim else value.item() for value in values))

        ground = Ground(part("terrain", Terrain), part("grid", LaneGrid), part("textures", Textures), stored["paved"])
        # Without a compiler a mask of lane kinds cannot be shifted by an uint8.
        wide = ground.grid._replace(kind=ground.grid.kind.astype(np.int64))
        return part("state", State), ground._replace(grid=wide)
