"""A small episode with a column of every kind, made by formulas, so that what is read can be compared with what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.store.columns import Column
from sim_suite.episodes.store.facts import Actor, Driver, EnvRecord, Head, Player, StepFlag
from sim_suite.episodes.store.file import EpisodeFile
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import Entry

Arrays = dict[str, NDArray[Any]]
COLUMNS = (
    Column("observation", "uint8", (8, 8, 3), "rows", observed=True),
    Column("state.body", "float32", (2, 3), "changes", observed=True),
    Column("state.lights", "int8", (5,), "changes", observed=True),
    Column("action", "float32", (2,), "chunk"),
    Column("reward", "float64", (), "chunk"),
    Column("actor", "uint8", (), "chunk"),
    Column("flags", "uint8", (), "chunk"),
    Column("terms", "float32", (2,), "chunk"),
    Column("time_s", "float64", (), "chunk"),
)


def sample_head(seed: int | None = 7) -> Head:
    """A head with every fact given."""
    return Head(
        EnvRecord("sim_suite/CarRacing-v0", {"continuous": True}, 1000), COLUMNS,
        {"kind": "Box", "low": -1.0, "high": 1.0, "shape": [2], "dtype": "float32"},
        {"kind": "Box", "low": 0, "high": 255, "shape": [8, 8, 3], "dtype": "uint8"},
        1, seed, 2, {"randomize": False}, ("tiles", "time"), Driver("ada", "share"), Player("bc=runs/x", "abc"),
        "2026-11-28T12:00:00Z", {"python": "3.11"}, {"map": "town_1km"}, {"from": "a test"},
    )  # fmt: skip


def sample_arrays(steps: int) -> Arrays:
    """What `steps` steps hold: a row each, and one more of what is observed."""
    n = np.arange(steps + 1)
    ramp = np.arange(192).reshape(8, 8, 3)
    return {
        "observation": ((ramp * (n[:, None, None, None] + 1)) % 251).astype(np.uint8),
        "state.body": (np.arange(6).reshape(2, 3) + n[:, None, None] / 8).astype(np.float32),
        "state.lights": np.where(np.arange(5) == n[:, None] // 3, -1, 2).astype(np.int8),
        "action": np.stack([np.sin(n), n / 100], axis=1)[:-1].astype(np.float32),
        "reward": np.where(n % 3 == 0, 0.1, -0.7)[:-1],
        "actor": np.where(n < 3, Actor.AGENT, Actor.HUMAN)[:-1].astype(np.uint8),
        "flags": np.where(n % 4 == 1, StepFlag.LATE, 0)[:-1].astype(np.uint8),
        "terms": np.stack([n * 0.5, -n], axis=1)[:-1].astype(np.float32),
        "time_s": n[:-1] / 50.0,
    }


def write_steps(file: EpisodeFile, steps: int, chunk: int, *, last: bool = True) -> Arrays:
    """Append the sample's steps, `chunk` at a time, and what is seen after them."""
    arrays = sample_arrays(steps)
    for start in range(0, steps, chunk):
        stop = min(start + chunk, steps)
        file.append([arrays[column.name][start:stop] for column in file.head.columns])
    if last:
        file.last([arrays[column.name][-1:] for column in file.head.columns if column.observed])
    return arrays


def write_episode(folder: Recording, steps: int = 10, chunk: int = 4, seed: int = 7) -> Entry:
    """Record the sample into a folder."""
    file = folder.begin(sample_head(seed))
    write_steps(file, steps, chunk)
    return folder.seal(file, "terminated", seconds=2.5, metrics={"score": 1.5}, tags=("good", "wet"))


def one_episode(folder: Path, steps: int = 10, chunk: int = 4) -> Path:
    """A folder with the sample in it; the episode's file."""
    with Recording(folder) as recording:
        entry = write_episode(recording, steps, chunk)
    return recording.dataset.path(entry)
