"""Pictures of random towns with traffic, by cameras on cars that drive through them, with exact labels. Source: ours.

A town, who moves in it and which cars carry a camera are functions of the town's seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from perception.segmentation.driving.classes import merged
from perception.segmentation.source import Labelled
from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.styles import Style
from sim_suite.driving.world.kinds import BUS, CAR, TICKS_A_SECOND, TRAFFIC, TRUCK
from sim_suite.driving.world.layout import CONTROL, KIND, State
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.refusals import refuse_outside

VIEW: Final = CameraSpec(size=(96, 128), fov_deg=90.0, outputs=("rgb", "semantic"))
"""Of pictures that segmentation learns from."""
SIZE_M: Final = (280.0, 400.0)
"""Of a town, along either side."""
BLOCK_M: Final = (95.0, 140.0)
"""Between its junctions."""
SETTLING_S: Final = 8
"""Before the first picture: by then traffic has begun to queue at lights."""


@dataclass(frozen=True)
class StreetOptions:
    """How pictures of streets are come by."""

    towns: int = 3
    """Of a generation, 1 to 64."""
    worlds: int = 6
    """In each town, 1 to 256."""
    moments: int = 8
    """Of each world, 1 to 1000."""
    every_s: int = 3
    """Between two moments, 1 to 60 s."""
    cars: int = 4
    """That carry a camera at each moment, 1 to 64."""
    batches: int = 80
    """That are drawn from a generation, 1 to 100,000."""
    exposed: float = 0.7
    """Share of pictures for training that are taken as by another camera: exposure, balance, contrast and noise, 0 to 1."""
    vehicles: int = 24
    """Of the traffic, 1 to 200."""
    pedestrians: int = 20
    """0 to 200."""
    parked: int = 8
    """0 to 200."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("towns", 1, 64), ("worlds", 1, 256), ("moments", 1, 1000), ("every_s", 1, 60), ("cars", 1, 64), ("batches", 1, 100_000),
            ("vehicles", 1, 200), ("pedestrians", 0, 200), ("parked", 0, 200),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)
        refuse_outside(self, "exposed", 0.0, 1.0)


def film(
    seed: int, options: StreetOptions, looks: Sequence[Style], each: bool, view: CameraSpec = VIEW
) -> list[Labelled]:
    """Pictures of a town: one list in looks by chance, or the same pictures in each of the looks.

    view: a camera that tells rgb and semantic.
    """
    dice = np.random.default_rng(seed)
    town = random_town(seed)
    population = WorldOptions(
        agents=0, vehicles=options.vehicles, pedestrians=options.pedestrians, parked=options.parked
    )  # fmt: skip
    world = World(town, num_worlds=options.worlds, options=population)
    world.reset(dice.integers(2**31, size=options.worlds).tolist())
    world.step(SETTLING_S * TICKS_A_SECOND)
    camera = Camera(town, view, styles=looks)
    shots: list[list[Labelled]] = []
    for _ in range(options.moments):
        world.step(options.every_s * TICKS_A_SECOND)
        which, actors = _carriers(world.state, options.cars, dice)
        chosen = dice.integers(len(looks), size=len(which)).astype(np.int32)
        styled = [np.full_like(chosen, number) for number in range(len(looks))] if each else [chosen]
        shots.append([_shoot(camera, world.state, which, actors, one) for one in styled])
    return [
        Labelled(np.concatenate([one.pictures for one in same]), np.concatenate([one.labels for one in same]))
        for same in zip(*shots, strict=True)
    ]


def random_town(seed: int) -> DrivingMap:
    """A small town: a function of the seed."""
    rng = Random(seed)
    size = (rng.uniform(*SIZE_M), rng.uniform(*SIZE_M))
    options = TownOptions(
        block_m=rng.uniform(*BLOCK_M), irregularity=rng.random(), missing_streets=0.5 * rng.random(), arterials=rng.choice((0, 1, 2)),
        roundabouts=rng.choice((0, 1)), parking=rng.random() < 0.5, crosswalks=rng.random() < 0.8,
    )  # fmt: skip
    document = generate_town(rng.getrandbits(32), size, options)
    return prepare(read_map(to_xml(document).encode(), name=f"town {seed}", is_fleeting=True))


def _carriers(state: State, cars: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Worlds and slots, [n] int32 each: so many motor vehicles of each world, fewer where there are not as many."""
    which, actors = [], []
    for number, mind in enumerate(state.mind):
        driven = np.flatnonzero((mind[:, CONTROL] == TRAFFIC) & np.isin(mind[:, KIND], (CAR, TRUCK, BUS)))
        chosen = dice.permutation(driven)[:cars]
        which += [number] * len(chosen)
        actors += chosen.tolist()
    return np.array(which, np.int32), np.array(actors, np.int32)


def _shoot(camera: Camera, state: State, which: np.ndarray, actors: np.ndarray, styles: np.ndarray) -> Labelled:
    pictures = camera.new_pictures(len(which))
    camera.draw(state, pictures, which=which, actors=actors, styles=styles)
    return Labelled(pictures.rgb[:, 0], merged(pictures.semantic[:, 0]))
