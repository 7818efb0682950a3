"""Laps of a toy CarRacing: one column of the picture is white, and the wheel is turned to it. No simulation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gymnasium import spaces

from sim_suite.envs.space_json import space_to_json
from sim_suite.episodes.recording.capture import step_columns
from sim_suite.episodes.store.columns import column_for
from sim_suite.episodes.store.facts import Actor, EnvRecord, Head
from sim_suite.episodes.store.folder import Recording
from sim_suite.version import SIM_VERSION

PICTURE = (96, 96, 3)
CAR_ACTIONS = spaces.Box(np.array([-1, 0, 0], np.float32), np.array([1, 1, 1], np.float32))


def shown(places: np.ndarray) -> np.ndarray:
    """[n, 96, 96, 3] uint8 with a white bar, 24 columns wide, of the four that there are."""
    pictures = np.zeros((len(places), *PICTURE), np.uint8)
    for picture, place in zip(pictures, places, strict=True):
        picture[:, 24 * place : 24 * place + 24] = 255
    return pictures


def done(places: np.ndarray) -> np.ndarray:
    """[n, 3] float32: wheel -0.3, -0.1, 0.1 or 0.3; gas on the left half, brake on the right one."""
    wheel = np.array([-0.3, -0.1, 0.1, 0.3], np.float32)[places]
    return np.column_stack([wheel, places < 2, 0.6 * (places >= 2)]).astype(np.float32)


def write_bars(
    folder: Path, steps: list[int], *, seed: int = 0, actor: Actor = Actor.EXPERT, env: str = "sim_suite/CarRacing-v0"
) -> Path:
    """A folder of toy laps, an episode for each number of steps."""
    dice = np.random.default_rng(seed)
    with Recording(folder) as recording:
        for e, count in enumerate(steps):
            columns = (
                column_for("observation", np.uint8, PICTURE, observed=True), *step_columns(CAR_ACTIONS, 0, timed=False),
            )  # fmt: skip
            head = Head(
                EnvRecord(env), columns, space_to_json(CAR_ACTIONS), space_to_json(spaces.Box(0, 255, PICTURE, np.uint8)),
                SIM_VERSION, seed=e,
            )  # fmt: skip
            file = recording.begin(head)
            places = dice.integers(0, 4, count)
            by, zeros = np.full(count, actor, np.uint8), np.zeros(count)
            file.append([shown(places), done(places), zeros, by, zeros.astype(np.int64)])
            file.last([shown(np.array([0]))])
            recording.seal(file, "truncated")
    return folder
