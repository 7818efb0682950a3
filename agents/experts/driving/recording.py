"""Experts drive many worlds side by side, and every episode is recorded as if it had been driven alone. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import gymnasium as gym
import numpy as np

from agents.experts.driving.batch import BatchedDriver
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.episodes.recording.vector_recorder import RecordVectorEpisodes
from sim_suite.episodes.store.facts import EnvRecord, Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError

ENV: Final = "sim_suite/Driving-v0"


def record_worlds(
    folder: Recording,
    driver: BatchedDriver[Any],
    player: Player,
    seeds: Sequence[int],
    worlds: int,
    kwargs: Mapping[str, Any],
    tags: Sequence[str] = (),
    done: Callable[[int], None] = lambda episodes: None,
) -> None:
    """Record an episode of Driving-v0 for each seed, so many at a time. They are those of one environment with that seed, but come
    in the order in which they are written.

    kwargs: the environment's arguments; done: told how many have ended. Raises SuiteError for several maps: which world has which
    would depend on `worlds`.
    """
    limit = gym.spec(ENV).max_episode_steps
    assert limit is not None
    envs = DrivingVectorEnv(min(worlds, len(seeds)), max_episode_steps=limit, copy=False, **kwargs)
    if len(envs.options.maps) > 1:
        raise SuiteError(f"worlds side by side share a map; name one, not {', '.join(envs.options.maps)}.")
    recorder = RecordVectorEpisodes(envs, folder, EnvRecord(ENV, kwargs, limit), agent=player, tags=tags)
    try:
        _drive(recorder, envs, driver, seeds, done)
        recorder.wait()
    finally:
        recorder.close()


def _drive(
    recorder: RecordVectorEpisodes,
    envs: DrivingVectorEnv,
    driver: BatchedDriver[Any],
    seeds: Sequence[int],
    done: Callable[[int], None],
) -> None:
    """A world whose episode has ended takes the next seed; where there is none, it is left."""
    count, ended = envs.num_envs, 0
    waiting = list(seeds[: count - 1 : -1])
    recorder.reset(seed=list(seeds[:count]))
    memory, actions = np.zeros((count, driver.memory_size), np.float32), np.zeros((count, 2), np.float32)
    live, road_map = np.ones(count, np.bool_), driving_map(envs.options.maps[0])
    while live.any():
        ((_, _, state),) = envs.live_states
        driver.drive_worlds(state, road_map, EGO, envs.options.ticks_per_step, memory, actions, live)
        _, _, terminated, truncated, _ = recorder.step(actions)
        over = (terminated | truncated) & live
        if not over.any():
            continue
        fresh: list[int | None] = [waiting.pop() if over[w] and waiting else None for w in range(count)]
        begun = np.array([seed is not None for seed in fresh])
        live &= ~over | begun
        recorder.leave(over & ~begun)
        memory[over] = 0.0
        if begun.any():
            recorder.reset(seed=fresh, options={"reset_mask": begun})
        ended += int(over.sum())
        done(ended)
