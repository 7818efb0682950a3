"""Moments of driving worlds, rebuilt from an episode's stored rows: n of them are a `State` of n worlds. Source: ours.

What draws, judges or looks at many worlds takes many moments of one episode in the same call. Two things of a `State` are not
stored: events, which are empty here, and the trail of past poses, which is where the rows before stood.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.driving.world.kinds import CAR, NO_CONTROL
from sim_suite.driving.world.lanes import pose_at
from sim_suite.driving.world.layout import (
    CONTROL,
    KIND,
    MAX_EVENTS,
    TICK,
    TRAIL_TICKS,
    YAW,
    State,
    X,
    Y,
)
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.state import DrivingState, copy_world
from sim_suite.episodes.recording.capture import STATE, STATE_FIELDS
from sim_suite.episodes.store.columns import Array
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError

_DEFAULT_TICKS: Final = 2
"""Of `DrivingOptions.ticks_per_step`."""


def has_states(episode: Episode) -> bool:
    """Whether the episode is one of driving worlds."""
    return any(column.name == STATE + "body" for column in episode.head.columns)


def state_of(episode: Episode, rows: ArrayLike, trail: int = 0) -> State:
    """The worlds at the rows of an episode, in their order. trail: how many past poses (H), each TRAIL_TICKS before the next.

    Raises `SuiteError` for an episode of no driving world, for rows that it does not have, and where its steps are so long that
    it lacks poses which the trail needs.
    """
    return States(episode).at(rows, trail)


def driving_state_of(episode: Episode, row: int) -> DrivingState:
    """What `read_state` of the environment gave at a row. Raises `SuiteError` as `state_of`."""
    rows = state_of(episode, [row])
    ticks = int(episode.head.env.kwargs.get("ticks_per_step", _DEFAULT_TICKS))
    return DrivingState(copy_world(rows, 0), driving_map(map_of(episode)), EGO, int(rows.world[0, TICK]), ticks)


def map_of(episode: Episode) -> str:
    """The name of the map of a driving episode. Raises `SuiteError` for another one."""
    name = episode.head.world.get("map")
    if not isinstance(name, str):
        raise SuiteError(f"{episode.path} ({episode.head.env.id}) is of no driving world: it names no map.")
    return name


def checked_rows(rows: NDArray[np.int64], count: int, path: Path) -> NDArray[np.int64]:
    """The rows. Raises `SuiteError` unless all of them are among the first `count`."""
    if len(rows) and not (rows.min() >= 0 and rows.max() < count):
        raise SuiteError(f"{path} has rows 0 to {count - 1}, not {rows.min()} to {rows.max()}.")
    return rows


class States:
    """All rows of an episode, decoded once; arrays that never change in it are kept once too."""

    def __init__(self, episode: Episode) -> None:
        """Raises `SuiteError` for an episode of no driving world."""
        if not has_states(episode):
            raise SuiteError(f"{episode.path} ({episode.head.env.id}) holds no states of driving worlds.")
        self.path = episode.path
        read = episode.read_many([STATE + name for name in STATE_FIELDS])
        self._arrays = {name: _kept(read.pop(STATE + name)) for name in STATE_FIELDS}
        self._begun = _begun(episode, self._arrays["legs"][0], self._arrays["leg_span"][0])
        self._ticks = np.ascontiguousarray(self._arrays["world"][:, TICK])

    def __len__(self) -> int:
        """Rows: a row a step, and the last."""
        return len(self._ticks)

    def at(self, rows: ArrayLike, trail: int = 0) -> State:
        """As `state_of`."""
        chosen = checked_rows(np.asarray(rows, np.int64).reshape(-1), len(self), self.path)
        return State(
            **{name: array[chosen] for name, array in self._arrays.items()},
            event=np.zeros((len(chosen), MAX_EVENTS, 4), np.int32),
            event_place=np.zeros((len(chosen), MAX_EVENTS, 4), np.float32),
            trail=self._trail(chosen, trail),
        )

    @cached_property
    def _poses(self) -> NDArray[np.float32]:
        """[rows, A, 4] As `State.trail` has them."""
        body, mind = self._arrays["body"], self._arrays["mind"]
        found = np.empty((*body.shape[:2], 4), np.float32)
        found[..., :3] = body[..., [X, Y, YAW]]
        found[..., 3] = np.where(mind[..., CONTROL] != NO_CONTROL, mind[..., KIND] + 1, 0)
        return found

    def _trail(self, rows: NDArray[np.int64], length: int) -> NDArray[np.float32]:
        """[n, A, length, 4] Before the begin everybody stood where it began, as `World.reset` has it; whom a scenario put there
        afterwards was nowhere."""
        ticks = self._ticks
        if not length or not len(rows):
            return np.zeros((len(rows), self._arrays["body"].shape[1], length, 4), np.float32)
        wanted = ticks[rows, None] // TRAIL_TICKS * TRAIL_TICKS - TRAIL_TICKS * np.arange(length)
        wanted = np.maximum(wanted, ticks[0])
        places = np.minimum(np.searchsorted(ticks, wanted), len(ticks) - 1)
        if not np.array_equal(ticks[places], wanted):
            missing = int(wanted[ticks[places] != wanted][0])
            raise SuiteError(
                f"{self.path} does not hold where everybody was at tick {missing}, which past poses need: record with "
                f"ticks_per_step=1, 2 or 4 for rasters that show the past."
            )
        found = np.ascontiguousarray(np.moveaxis(self._poses[places], 1, 2))
        if self._begun is not None:
            found[np.broadcast_to((wanted == ticks[0])[:, None], found.shape[:3])] = 0.0
            for agent, pose in enumerate(self._begun):
                found[:, agent][wanted == ticks[0]] = pose
        return found


def _begun(episode: Episode, legs: Array, leg_span: Array) -> NDArray[np.float32] | None:
    """[N, 4] Where agents stood before a scenario put everybody into the world: at the begin of their routes, as `begin_agent` has
    it. None where there was no scenario. legs: [N, R]; leg_span: [N, R, 2]."""
    if not episode.head.world.get("staged", False):
        return None
    terrain = driving_map(map_of(episode)).ground.terrain
    found = np.zeros((len(legs), 4), np.float32)
    for pose, lane, span in zip(found, legs[:, 0], leg_span[:, 0], strict=True):
        pose[:3] = pose_at(terrain, lane, span[0])[:3] if lane >= 0 else 0.0
        pose[3] = CAR + 1
    return found


def _kept(rows: Array) -> Array:
    """An array whose rows are all alike as one row, seen as many times as there are rows."""
    if len(rows) > 1 and (rows[1:] == rows[:1]).all():
        return np.broadcast_to(rows[0].copy(), rows.shape)
    return rows
