"""Episodes whose every number is known: frame k of episode e is of the colour (e, k, 7), its action is k % 5. No simulation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from gymnasium import spaces

from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.recording.capture import step_columns
from sim_suite.episodes.selection import SELECTED_COLUMN
from sim_suite.episodes.store.columns import column_for
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, EnvRecord, Head
from sim_suite.episodes.store.folder import Recording
from sim_suite.version import SIM_VERSION

SIZE = (24, 20)


def frames(episode: int, rows: Sequence[int] | np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    """[n, h, w, 3] What an episode shows in these rows; black before its first one."""
    found = np.zeros((len(rows), *size, 3), np.uint8)
    for picture, row in zip(found, rows, strict=True):
        if row >= 0:
            picture[:] = episode, row, 7
    return found


def write_laps(
    folder: Path,
    steps: Sequence[int],
    *,
    actors: Sequence[Sequence[int]] | None = None,
    selected: Sequence[Sequence[bool] | None] | None = None,
    seeds: Sequence[int] | None = None,
    env: str = "sim_suite/CarRacing-v0",
    size: tuple[int, int] = SIZE,
    actions: int = 5,
    chunk: int = 4,
) -> Dataset:
    """A folder with an episode for each number of steps; actors, selected, seeds: of each."""
    space = spaces.Discrete(actions)
    observation = spaces.Box(0, 255, (*size, 3), np.uint8)
    with Recording(folder) as recording:
        for e, count in enumerate(steps):
            chosen = None if selected is None else selected[e]
            columns = [
                column_for("observation", np.uint8, (*size, 3), observed=True),
                *step_columns(space, 0, timed=False),
            ]
            if chosen is not None:
                columns.append(SELECTED_COLUMN)
            head = Head(
                EnvRecord(env), tuple(columns), space_to_json(space), space_to_json(observation), SIM_VERSION,
                seed=e if seeds is None else seeds[e],
            )  # fmt: skip
            file = recording.begin(head)
            by = np.full(count, Actor.HUMAN) if actors is None else np.array(actors[e])
            for begin in range(0, count, chunk):
                rows = np.arange(begin, min(begin + chunk, count))
                parts = [frames(e, rows, size), rows % 5, np.zeros(len(rows)), by[rows].astype(np.uint8), rows * 0]
                file.append([*parts, *([] if chosen is None else [np.array(chosen)[rows]])])
            file.last([frames(e, [count], size)])
            recording.seal(file, "truncated")
        return recording.dataset
