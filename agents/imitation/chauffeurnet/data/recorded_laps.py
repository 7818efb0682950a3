"""Laps of CarRacing as they were recorded, by people, experts or networks. Source: ours.

Episodes hold what was seen and done, not where the car was: each is simulated again, and must go as it went.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from agents.imitation.chauffeurnet.data.lap_log import Lap, LapLog, log_of
from agents.imitation.chauffeurnet.data.recorded import learned_steps, lessons_in, nothing_to_learn
from agents.imitation.chauffeurnet.spec import CAR_RACING, ENVS
from agents.imitation.loading import LEARNED_FROM
from sim_suite.envs.car_racing.map_raster import read_track, tile_at
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.episodes.replay.simulate import refuse_unrepeatable, remake, simulate
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError


def recorded_laps(folders: Sequence[Path], actors: Collection[Actor] = LEARNED_FROM) -> list[LapLog]:
    """One log; folders: of episodes, or sample:NAME.

    Learned from are steps that are `selected` and by one of the `actors`; episodes with seeds of the evaluation are left out. Raises
    SuiteError where nothing is left, for episodes of other environments, and for those that do not go again as they went.
    """
    laps, digests = [], []
    for episode, digest in lessons_in(folders):
        laps.append(_drive_again(episode, actors))
        digests.append(digest)
    if not any(lap.learned.any() for lap in laps):
        raise nothing_to_learn(folders, actors, "sim_suite/CarRacing-v0")
    return [log_of(laps, tuple(digests))]


def _drive_again(episode: Episode, actors: Collection[Actor]) -> Lap:
    """The lap of an episode; its last frame has no action, and so nothing to learn from."""
    if episode.head.env.id not in ENVS[CAR_RACING]:
        raise SuiteError(
            f"{episode.path} is of {episode.head.env.id}, and the run is to learn {' or '.join(ENVS[CAR_RACING])}. Name folders of these."
        )
    refuse_unrepeatable(episode)
    rewards = episode.read("reward")
    poses, motion, tiles = [], [], [0]
    env = remake(episode)
    try:
        for moment in simulate(episode, env):
            if moment.row > 0 and moment.reward != rewards[moment.row - 1]:
                raise SuiteError(
                    f"{episode.path} does not go again as it went: step {moment.row} brings {moment.reward:g}, and brought "
                    f"{rewards[moment.row - 1]:g}. Learn without it; `sim-suite episodes replay --verify` says more."
                )
            if moment.row == 0:
                track = read_track(env.unwrapped)
            state = read_state(env)
            tiles.append(tile_at(state.centre, state.x_m, state.y_m, tiles[-1]))
            poses.append((state.x_m, state.y_m, state.yaw_rad))
            motion.append((state.forward_mps, state.left_mps))
    finally:
        env.close()
    learned = np.append(learned_steps(episode, actors), False)
    return Lap(track, np.array(poses), np.array(motion), np.array(tiles[1:], np.int64), learned)
