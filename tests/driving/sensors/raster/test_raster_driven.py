"""Rasters of worlds that are driven: what a frame shows of the past is what was seen then."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.sensors.scenes import prepared

SPEC = RasterSpec(
    ("actors_0", "actors_1", "actors_2", "lights_0", "lights_1", "past_poses", "route"), (400, 400), 0.2, (200, 200)
)


def test_frames_of_the_past_are_the_frames_of_then():
    """Seen by an agent that stands, every 0.2 s for 6 s."""
    driving_map = prepared("crossroads")
    world = World(driving_map, 4, WorldOptions(vehicles=12, pedestrians=4, trail=trail_length(SPEC)))
    world.reset(range(4))
    world.state.controls[:, 0] = 0.0, 0.0, 1.0
    rasteriser = Rasteriser(driving_map, SPEC)
    frames = []
    for _ in range(30):
        world.step(4)
        out = np.zeros((4, 1, *SPEC.shape), np.uint8)
        rasteriser.draw(world.state, out)
        frames.append(dict(zip(SPEC.channels, out[:, 0].swapaxes(0, 1), strict=True)))
    for before, after in pairwise(frames):
        assert np.array_equal(after["actors_1"], before["actors_0"])
        assert np.array_equal(after["actors_2"], before["actors_1"])
        assert np.array_equal(after["lights_1"], before["lights_0"])
        assert np.array_equal(after["route"], before["route"])
    assert any(not np.array_equal(a["actors_0"], b["actors_0"]) for a, b in pairwise(frames))
    assert all(frame["past_poses"].any() for frame in frames)
