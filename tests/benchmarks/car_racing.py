"""How many steps a second CarRacing gives, alone and sixteen at once, and how near its frames are to Gymnasium's.

Actions are small random steering with some gas. Episodes are 1000 steps, resets included. EnvPool runs in a process of
its own, in the virtual environment of the peers (`.venv-bench`), and is left out where that is missing. Peers are
measured in turn with ours, round by round, since the machine's load drifts; single environments all on one processor.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing

from sim_suite.benchmarking import (
    SECONDS,
    Measurement,
    Row,
    batch_rate,
    compared,
    one_processor,
    peer_rate,
    single_rate,
)
from sim_suite.envs.car_racing.env import AREA, DT_S, POSITION_ITERATIONS, VELOCITY_ITERATIONS, CarRacingEnv
from sim_suite.envs.car_racing.fidelity import Overlap, TwiceDrawn, drive, mean_error
from sim_suite.envs.car_racing.rasterise import draw
from sim_suite.envs.car_racing.scene import SIZE
from sim_suite.envs.car_racing.score import score_bar
from sim_suite.envs.car_racing.swift_frames import quicken
from sim_suite.envs.car_racing.tyres import step_tyres
from sim_suite.envs.car_racing.vector import CarRacingVectorEnv

SUMMARY = "CarRacing: steps a second, one and sixteen, against Gymnasium and EnvPool, and likeness of the frames"

TRACKS, STEPS = 50, 200
"""Of the comparison of frames."""
_ENVPOOL = """
import sys, time
import envpool, numpy
num_envs, seconds = int(sys.argv[1]), float(sys.argv[2])
env = envpool.make_gymnasium("CarRacing-v3", num_envs=num_envs, seed=0)
env.reset()
actions = numpy.random.default_rng(0).uniform((-0.2, 0, 0), (0.2, 0.4, 0.1), size=(256, num_envs, 3)).astype("f4")
for row in actions: env.step(row)
steps, started = 0, time.perf_counter()
while time.perf_counter() - started < seconds:
    env.step(actions[steps % 256])
    steps += 1
print(steps * num_envs / (time.perf_counter() - started))
"""


def rows() -> Iterator[Row]:
    """Speed of one, speed of sixteen, time of each part, likeness."""
    ours = warm_rate("sim_suite/CarRacing-v0")
    with one_processor():
        yield compared("CarRacing, one", "steps/s", ours, "Gymnasium CarRacing-v3", warm_rate("CarRacing-v3"), bar=20.0)
        swift = warm_rate("CarRacing-v3", swiftly=True)
        theirs = warm_rate("CarRacing-v3")
        yield compared("CarRacing-v3 as made here", "steps/s", swift, "Gymnasium CarRacing-v3", theirs, bar=2.0)
        peer = peer_rate(_ENVPOOL, 1, SECONDS)
        yield compared("CarRacing, one", "steps/s", ours, "EnvPool CarRacing-v3", peer, bar=3.0)
    worlds = CarRacingVectorEnv(16)
    actions = some_actions(256, 16)
    many = batch_rate(worlds, actions)
    for action in actions:
        worlds.step(action)
    name, peer = "CarRacing, 16 on all processors", peer_rate(_ENVPOOL, 16, SECONDS)
    yield compared(name, "steps/s", many, "EnvPool CarRacing-v3, num_envs=16", peer, bar=5.0)
    worlds.close()
    with one_processor():
        yield from parts()
    yield from likeness()


def warm_rate(env_id: str, swiftly: bool = False) -> Measurement:
    """Steps per second of one environment, the zooming in of its first steps left behind. swiftly: Gymnasium's, drawn as the suite does."""
    env = gym.make(env_id, disable_env_checker=True, max_episode_steps=1000)
    if swiftly:
        quicken(env)
    actions = some_actions(256)
    measure = single_rate(env, actions)
    for action in actions:
        env.step(action)
    return measure


def some_actions(*shape: int) -> Any:
    """Small steering and some gas: [*shape, 3] float32."""
    rng = np.random.default_rng(0)
    return rng.uniform((-0.2, 0, 0), (0.2, 0.4, 0.1), size=(*shape, 3)).astype(np.float32)


def parts() -> Iterator[Row]:
    """What one step and one reset of ours consist of: medians over steps of a driven episode, in microseconds."""
    env = CarRacingEnv()
    env.reset(seed=0)
    track, frame = env._packed, np.empty((SIZE, SIZE, 3), dtype=np.uint8)
    stages: dict[str, Callable[[], Any]] = {
        "tyres and forces": lambda: step_tyres(env.car, DT_S),
        "Box2D": lambda: env.world.Step(DT_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS),
        "reading the bodies": env._read_scene,
        "drawing": lambda: draw(frame, env._scene, track.geometry, track.colours, score_bar("0000"), AREA),
    }
    times: dict[str, list[float]] = {name: [] for name in (*stages, "whole step")}
    for action in some_actions(900):
        started = time.perf_counter()
        env.step(action)
        times["whole step"].append(time.perf_counter() - started)
        for name, stage in stages.items():
            started = time.perf_counter()
            stage()
            times[name].append(time.perf_counter() - started)
    # The first fifty steps, in which the view zooms in, show the whole track.
    for name, seconds in times.items():
        yield Row(f"CarRacing, {name}", statistics.median(seconds[50:]) * 1e6, "us")
    yield Row("CarRacing, drawing while zooming in", statistics.median(times["drawing"][:50]) * 1e6, "us")
    theirs = CarRacing()
    resets = [(timed(env.reset), timed(theirs.reset)) for _ in range(9)]
    value, peer_value = (statistics.median(column) * 1e3 for column in zip(*resets, strict=True))
    yield Row("CarRacing, reset", value, "ms", "Gymnasium CarRacing-v3", peer_value, peer_value / value)


def timed(work: Callable[[], Any]) -> float:
    """Seconds that it took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def likeness() -> Iterator[Row]:
    """How near the frames are to those that Gymnasium draws of the same moments."""
    env = TwiceDrawn()
    errors: list[float] = []
    overlaps: list[Overlap] = []
    for seed in range(TRACKS):
        overlap = Overlap.none()
        for sample in drive(env, seed, STEPS):
            errors.append(mean_error(sample.ours, sample.theirs))
            if sample.tick % 4 == 0:
                overlap.add(sample.ours, sample.theirs)
        overlaps.append(overlap)
    what = f"{TRACKS} tracks x {STEPS} steps"
    yield Row(f"mean absolute error of a frame, {what}", statistics.mean(errors), "of 255 levels")
    worst = max(errors)
    yield Row("mean absolute error of the worst frame (at most)", worst, "of 255 levels", bar=0.5, holds=worst <= 0.5)
    for name in overlaps[0].both:
        least = min(overlap.ratio(name) for overlap in overlaps)
        yield Row(f"overlap of {name}, worst track", least, "IoU", bar=0.9, holds=least >= 0.9)
