"""How fast ChauffeurNets drive: decisions a second of many cars beside the bare network, with a safety layer beside without one; and a car
that sees for itself, beside the pictures and networks that it cannot do without.

All on one thread: agents are judged in as many processes as there are cores.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import torch

from agents.imitation.chauffeurnet.agent import FIXED, ChauffeurAgent
from agents.imitation.chauffeurnet.opening import open_chauffeur
from agents.imitation.chauffeurnet.perceived import DRIVER, MapMatchingAgent, PerceivedAgent, open_driver
from perception.detection.opening import open_named
from perception.segmentation.task import segment
from perception.surroundings.map_matching import MapMatcher
from perception.surroundings.options import SurroundingsOptions
from perception.surroundings.road_users import Lookout
from perception.training.checkpoint import load
from sim_suite.benchmarking import Measurement, Row, compared
from sim_suite.driving.sensors.camera.camera import Camera, Pictures
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.population import driving_map
from sim_suite.learning.inferring import quick
from sim_suite.learning.torch_blocks import threads

SUMMARY = (
    "ChauffeurNets at the wheel: decisions a second beside the bare network, with a safety layer, by their own cameras"
)

CARS: Final = 64
MAP: Final = "town_1km"
LEAST_S: Final = 1.0
"""Of one measurement."""
ALONE_BAR: Final = 0.8
"""Of the bare network's rate: what a decision is besides, tracker and all."""
GUARDED_BAR: Final = 0.65
"""Of the rate without a safety layer (ours): it may cost half as much again as the network."""
SEEING_BAR: Final = 0.7
"""Of the rate of pictures and networks alone (ours)."""


def rows() -> Iterator[Row]:
    """Many cars told the truth, then one that sees."""
    with threads(1):
        yield from told()
        yield from seeing()


def told() -> Iterator[Row]:
    """64 cars in a town, each somewhere else."""
    plain = open_chauffeur(DRIVER)
    guarded = ChauffeurAgent(plain.policy, plain.network, is_guarded=True)
    env = DrivingEnv(map=MAP, observation="both", raster=plain.policy.raster)
    seen = [env.reset(seed=seed)[0] for seed in range(CARS)]
    for one in seen:
        one["vector"][0] = 8.0 / 30.0  # 8 m/s: who stands needs no brake
    rasters = torch.from_numpy(np.stack([one["raster"] for one in seen]))

    def network() -> int:
        with torch.inference_mode():
            for chunk in torch.split(rasters, FIXED):
                plain._acting(chunk, None)
        return CARS

    def decide(agent: ChauffeurAgent) -> Callable[[], int]:
        def decided() -> int:
            agent.predict(seen, deterministic=True)
            return CARS

        return decided

    yield compared(
        f"decisions of {CARS} cars, 1 thread",
        "decisions/s",
        rate(decide(plain)),
        "the network alone",
        rate(network),
        ALONE_BAR,
    )
    yield compared(
        "with a safety layer", "decisions/s", rate(decide(guarded)), "without one", rate(decide(plain)), GUARDED_BAR
    )


def seeing() -> Iterator[Row]:
    """One car's looks, five a simulated second, each with what comes before the next."""
    env = DrivingEnv(map=MAP, observation="sensors")
    seen, _ = env.reset(seed=3)
    options, cameras = SurroundingsOptions(), rig("car")
    lookout = Lookout(open_named(options.detector, "cpu", is_quick=True), cameras, options.confidence, options.range_m)
    segmenting = quick(load(options.segmentation).network)
    drawn = [_drawing(env, spec) for spec in cameras.values()]
    driver = open_driver(DRIVER)
    raster = torch.zeros((1, *driver.policy.spec.raster.shape), dtype=torch.uint8)

    def needed() -> int:
        for draw in drawn:
            draw()
        lookout.find(seen)
        with torch.inference_mode():
            driver._acting(raster, None)
        return 1

    def segmented() -> int:
        segment(segmenting, np.ascontiguousarray(seen["around"]), torch.device("cpu"), is_quick=True)
        return 1

    look = rate(_driving(env, PerceivedAgent(driver)))
    yield compared(
        "looks of a car with cameras, its world included",
        "looks/s",
        look,
        "pictures, boxes, network",
        rate(needed),
        SEEING_BAR,
    )
    env_matched = DrivingEnv(map=MAP, observation="sensors", positioning="gnss")
    matched = rate(_driving(env_matched, MapMatchingAgent(driver)))
    yield compared("with map matching", "looks/s", matched, "without it", look, None)
    matcher, labels = MapMatcher(driving_map(MAP), cameras["around"]), np.zeros((3, 128, 128), np.uint8)
    covariance = np.diag([1.5, 1.5, 0.035]) ** 2

    def matching() -> int:
        matcher.match(labels, np.zeros(3), covariance)
        return 1

    yield compared(
        "matching, every pixel of it road", "1/s", rate(matching), "segmenting the pictures", rate(segmented), 1.0
    )


def rate(work: Callable[[], int]) -> Measurement:
    """Units a second of work that says how many units it did, done again and again."""

    def measure() -> float:
        started, units = time.perf_counter(), 0
        while (spent := time.perf_counter() - started) < LEAST_S:
            units += work()
        return units / spent

    return measure


def _driving(env: DrivingEnv, agent: PerceivedAgent) -> Callable[[], int]:
    """Two steps of an episode, begun anew when it ends."""
    held: dict[str, Any] = {"seen": env.reset(seed=3)[0], "state": None, "first": True}

    def drive() -> int:
        for _ in range(2):
            action, held["state"] = agent.predict([held["seen"]], held["state"], np.array([held["first"]]), True)
            held["seen"], _, over, cut, _ = env.step(action[0])
            held["first"] = over or cut
            if held["first"]:
                held["seen"] = env.reset(seed=3)[0]
        return 1

    return drive


def _drawing(env: DrivingEnv, spec: Any) -> Callable[[], None]:
    camera = Camera(driving_map(MAP), spec)
    pictures: Pictures = camera.new_pictures(1)
    return lambda: camera.draw(env.live_state, pictures)
