"""Pictures of a recorded episode: stored ones enlarged, driving worlds painted from their states, others simulated again. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import TICKS_A_SECOND, EventKind
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.screen import Screen
from sim_suite.episodes.recording.capture import OBSERVATION, STATE
from sim_suite.episodes.replay.simulate import refuse_unrepeatable, remake, simulate
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.states import States, has_states, map_of
from sim_suite.errors import SuiteError, UnknownNameError

Picture = NDArray[np.uint8]
SHORT_SIDE_PX: Final = 480
"""Small pictures are enlarged to at least this."""
DEFAULT_FPS: Final = 30.0
BLOCK: Final = 32
"""Moments that are decoded together."""


def pictures(episode: Episode) -> Iterator[Picture]:
    """uint8 [H, W, 3] RGB of each moment, one more than steps (of a recovered episode perhaps not). All of one size.

    Raises `SuiteError` where the episode cannot be drawn: nothing of it can be seen, and it cannot be simulated again.
    """
    names = {column.name: column for column in episode.head.columns}
    if has_states(episode):
        return _painted(episode)
    if OBSERVATION in names and names[OBSERVATION].dtype == "uint8" and names[OBSERVATION].shape[2:] == (3,):
        return _enlarged(episode)
    return _simulated(episode)


def pace(episode: Episode, *, as_driven: bool = True) -> float:
    """Moments a second: as they were driven in real time, if they were and it is asked for, else as the environment says."""
    if as_driven and any(column.name == "time_s" for column in episode.head.columns) and len(episode) > 1:
        gap_s = float(np.median(np.diff(episode.read("time_s"))))
        if gap_s > 0:
            return 1.0 / gap_s
    if has_states(episode) and len(episode) > 1:
        first = episode.read(STATE + "world", 0, 2)[:, layout.TICK]
        return TICKS_A_SECOND / max(int(first[1] - first[0]), 1)
    try:
        with remake(episode) as env:
            fps = float(env.metadata.get("render_fps") or DEFAULT_FPS)
    except (SuiteError, UnknownNameError):  # pictures are shown also where their environment is not installed
        fps = DEFAULT_FPS
    return fps


def moments(episode: Episode) -> int:
    """How many pictures there will be."""
    return next((episode.rows_of(c.name) for c in episode.head.columns if c.observed), len(episode) + 1)


def _enlarged(episode: Episode) -> Iterator[Picture]:
    """By a whole factor, so that pixels stay crisp."""
    height, width = episode.head.column(OBSERVATION).shape[:2]
    factor = max(1, -(-SHORT_SIDE_PX // min(height, width)))
    for row in range(0, moments(episode), BLOCK):
        for picture in episode.read(OBSERVATION, row, min(row + BLOCK, moments(episode))):
            yield picture.repeat(factor, axis=0).repeat(factor, axis=1)


def _painted(episode: Episode) -> Iterator[Picture]:
    """As the environment itself is shown. What happened is told again from the counts of events."""
    map_, screen, score = driving_map(map_of(episode)), Screen(), 0.0
    worlds, rewards, before = States(episode), episode.read("reward"), None
    for row in range(len(worlds)):
        now = worlds.at([row])
        score += float(rewards[row - 1]) if row else 0.0
        screen.note(_events(before, now))
        yield screen.picture(map_, now, score, None)
        before = now


def _events(before: State | None, now: State) -> list[Event]:
    """What began to happen to the agent between two moments."""
    if before is None:
        return []
    tick = int(now.world[0, layout.TICK])
    rose = np.flatnonzero(now.tally[0, EGO, : len(EventKind)] > before.tally[0, EGO, : len(EventKind)])
    return [Event(tick, EventKind(int(kind)), EGO, -1, 0.0, 0.0, 0.0, 0.0) for kind in rose]


def _simulated(episode: Episode) -> Iterator[Picture]:
    """Drawn by the environment while it goes through the episode again."""
    refuse_unrepeatable(episode)
    env = remake(episode, "rgb_array")
    return _rendered(episode, env)


def _rendered(episode: Episode, env: gym.Env[object, object]) -> Iterator[Picture]:
    with env:
        for moment in simulate(episode, env):
            found: object = env.render()
            yield np.array(found, np.uint8)
            if (moment.terminated or moment.truncated) and moment.row < len(episode):
                raise SuiteError(
                    f"{episode.path} goes otherwise here: it ends after {moment.row} steps instead of {len(episode)}. "
                    f"`sim-suite episodes replay --verify` says where it leaves the record."
                )
