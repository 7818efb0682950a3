"""Laps of CarRacing that the scripted driver drives as they are needed: generation g of a seed is always the same. Source: ours.

A hand that grasps wheel and pedals at times brings the car to where the driver alone never is; the way back is driven, not refitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import gymnasium as gym
import numpy as np

from agents.experts.car_racing import DriverSettings, PursuitDriver
from agents.experts.lap_time import Grip
from agents.imitation.chauffeurnet.data.lap_log import Lap, LapLog, log_of
from agents.imitation.chauffeurnet.spec import WAYPOINTS
from sim_suite.envs.car_racing.map_raster import ROW_STEPS, read_track, tile_at
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.making import make
from sim_suite.refusals import refuse_outside

ENV: Final = "sim_suite/CarRacing-v0"
FIRST_SEED: Final = 1_000_000
"""Of tracks: the evaluation's are 10,000 to 29,999, and what was tuned or tried used smaller ones than this."""
LAPS: Final = 5
"""What a generator of random numbers is for, beside those of feeding.py and experience.py."""
LOST_M: Final = 15.0
"""A lap ends where the car is so far from the road's middle: an expert's failures are no examples."""
LOST_STEPS: Final = 50
"""Before that, which are not learned from: the second in which it was lost."""
GRASP_STEPS: Final = (4, 12)
"""Least and most steps of 0.02 s that the hand holds on."""
GRASP: Final = np.array([0.15, 0.3, 0.3])
"""By which it moves wheel, gas and brake at most, either way: with twice as much every second lap is lost."""
RUN_OUT: Final = WAYPOINTS * ROW_STEPS
"""Steps that are driven on after the finish, so that its tiles have a future."""


@dataclass(frozen=True)
class LapOptions:
    """CarRacing: what a generation consists of. Memory: 250 bytes a frame, 50 frames a second."""

    laps: int = 12
    """1 to 1000, each on a track of its own."""
    steps: int = 1000
    """Greatest length of a lap, 100 to 1000: the environment's limit."""
    pace: float = 1.0
    """Share of the grip that the scripted driver dares to use, 0.2 to 1."""
    grasped: float = 0.5
    """Share of laps that a hand disturbs."""
    grasps_per_s: float = 0.5
    """How often it does, on average."""

    def __post_init__(self) -> None:
        refuse_outside(self, "laps", 1, 1000)
        refuse_outside(self, "steps", 100, 1000)
        refuse_outside(self, "pace", 0.2, 1.0)
        refuse_outside(self, "grasped", 0.0, 1.0)
        refuse_outside(self, "grasps_per_s", 0.0, 10.0)


def drive_laps(options: LapOptions, seed: int, generation: int) -> LapLog:
    """A generation: a function of the arguments."""
    driver = PursuitDriver(_settings(options.pace))
    env = make(ENV)
    try:
        rngs = [np.random.default_rng([seed, LAPS, generation, lap]) for lap in range(options.laps)]
        return log_of([_drive(env, driver, options, rng) for rng in rngs])
    finally:
        env.close()


def _settings(pace: float) -> DriverSettings:
    settings = DriverSettings()
    grip = settings.line.grip
    return replace(settings, line=replace(settings.line, grip=Grip(grip.corner_mps2 * pace, grip.brake_mps2 * pace)))


def _drive(env: gym.Env[Any, Any], driver: PursuitDriver, options: LapOptions, rng: np.random.Generator) -> Lap:
    """One lap, to its finish and a little on, or as long as the car is not lost."""
    env.reset(seed=int(rng.integers(FIRST_SEED, 2**31)))
    chance = options.grasps_per_s / 50.0 if rng.random() < options.grasped else 0.0
    track, memory = read_track(env.unwrapped), None
    poses: list[tuple[float, float, float]] = []
    motion: list[tuple[float, float]] = []
    tiles, learned = [0], list[bool]()
    held, pull, left = 0, np.zeros(3), options.steps
    while left > 0:
        state = read_state(env)
        tiles.append(tile_at(state.centre, state.x_m, state.y_m, tiles[-1]))
        if np.hypot(*(state.centre[tiles[-1]] - (state.x_m, state.y_m))) > LOST_M:
            tiles.pop()
            learned[-LOST_STEPS:] = [False] * len(learned[-LOST_STEPS:])
            break
        actions, memory = driver.predict([state], memory, np.array([not poses]), True)
        if held == 0 and rng.random() < chance:
            held = int(rng.integers(GRASP_STEPS[0], GRASP_STEPS[1] + 1))
            pull = GRASP * rng.uniform(-1.0, 1.0, 3)
        poses.append((state.x_m, state.y_m, state.yaw_rad))
        motion.append((state.forward_mps, state.left_mps))
        learned.append(held == 0)
        action = np.clip(actions[0] + pull * (held > 0), [-1.0, 0.0, 0.0], [1.0, 1.0, 0.8]).astype(np.float32)
        held = max(held - 1, 0)
        left -= 1
        # The physics goes on beyond an episode's end.
        if env.step(action)[2] and left > RUN_OUT:
            left = RUN_OUT
    return Lap(
        track, np.array(poses), np.array(motion), np.array(tiles[1:], np.int64), np.array(learned, np.bool_)
    )  # fmt: skip
