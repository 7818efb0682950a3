"""How many camera frames a second this machine draws, and how long the parts of one take.

Worlds of 16 actors around an ego on a lane of a map of one square kilometre. `1 core by processor time` is what a core does when
others are at work too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim_suite.benchmarking import Row, median_rate
from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_ground import camera_ground
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.styles import STYLES
from sim_suite.driving.sensors.camera.visible_boxes import find_boxes
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.solids import new_solids
from tests.benchmarks._driving_raster import in_turn
from tests.driving.sensors.scenes import prepared, scene

SUMMARY = "Cameras: frames a second of colour, classes and depth, small and large, day and night; boxes"
MAP = "town_1km"
ACTORS = 16
CORES = 2


@dataclass(frozen=True)
class Case:
    """What is drawn, and the promise."""

    size: tuple[int, int]
    outputs: tuple[str, ...]
    style: str
    worlds: int
    metres_per_texel: float = 0.2
    bar: float | None = None


CASES = (
    Case((128, 128), ("rgb", "semantic", "depth"), "noon", 128, bar=1000.0),
    Case((128, 128), ("rgb", "semantic", "depth"), "rainy_night", 128),
    Case((128, 128), ("semantic", "instance", "depth"), "noon", 128),
    Case((66, 200), ("rgb",), "noon", 128),
    Case((600, 800), ("rgb",), "noon", 8, 0.05, bar=30.0),
    Case((600, 800), ("rgb",), "rainy_night", 8, 0.05),
    Case((600, 800), ("rgb",), "noon", 1, 0.05),
)


def rows() -> Iterator[Row]:
    """Each case on two cores and on one; solids and boxes."""
    driving_map = prepared(MAP)
    state = scene(driving_map, max(case.worlds for case in CASES), actors=ACTORS)
    scenery = build_scenery(driving_map)
    grounds = {texel: camera_ground(driving_map, texel) for texel in {case.metres_per_texel for case in CASES}}
    for case in CASES:
        spec = CameraSpec(case.size, outputs=case.outputs, metres_per_texel=case.metres_per_texel)
        camera = Camera(
            driving_map, spec, styles=[STYLES[case.style]], scenery=scenery, ground=grounds[case.metres_per_texel]
        )
        pictures, which = camera.new_pictures(case.worlds), np.arange(case.worlds, dtype=np.int32)

        def draw() -> None:
            camera.draw(state, pictures, which=which)  # noqa: B023

        def count() -> int:
            draw()
            return case.worlds  # noqa: B023

        label = f"{'+'.join(case.outputs)} {'x'.join(map(str, case.size))}, {case.style}, {case.worlds} worlds"
        with at_most(CORES):
            rate = median_rate(count)
        holds = None if case.bar is None else rate >= case.bar
        yield Row(f"{label}, {CORES} cores", rate, "frames/s", bar=case.bar, holds=holds)
        with at_most(1):
            rate, _ = in_turn(draw, lambda: None, case.worlds, clock=time.process_time)
        yield Row(f"{label}, 1 core by processor time", rate, "frames/s")
    yield from _part_rows()


def _part_rows() -> Iterator[Row]:
    """What a detection data set needs besides; and the solids alone, as lidars take them."""
    driving_map = prepared(MAP)
    state = scene(driving_map, 128, actors=ACTORS)
    camera = Camera(driving_map, CameraSpec(outputs=("instance",)))
    pictures = camera.new_pictures(128)
    camera.draw(state, pictures)

    def measure() -> int:
        find_boxes(camera, state, pictures.instance)
        return 128

    solids, counts = new_solids(128, ACTORS * MOST_PARTS)

    def fill() -> int:
        fill_solids(state, solids, counts)
        return 128

    with at_most(CORES):
        yield Row(f"boxes of 128x128, {CORES} cores", median_rate(measure), "pictures/s")
        yield Row(f"solids of {ACTORS} actors, {CORES} cores", median_rate(fill), "worlds/s")
