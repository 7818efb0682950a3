"""From a raster to tracks: a car that is drawn is found where it is in the world, and followed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perception.fusion.scene_detections import detections_of
from perception.fusion.tracking import TrackerOptions, no_tracks, track
from perception.scene import BOX, Scene
from perception.sources import Truth
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import AGENT, CAR
from sim_suite.driving.world.layout import new_state
from tests.driving.sensors.scenes import place, prepared

SPEC = RasterSpec(("road", "ego", "actors_0"), (200, 200), 0.2, (150, 100))
EGO = (20.0, -10.0, 0.4)


def test_a_box_by_hand():
    # 50 pixels above and 10 to the left of the ego: 10 m ahead, 2 m to the left; of two boxes one is certain enough.
    boxes = np.array([[100.0, 90.0, 0.3, 4.5, 1.8], [0.0, 0.0, 0.0, 4.0, 2.0]], np.float32)
    raster = np.zeros(SPEC.shape, np.float32)
    scene = Scene(SPEC, raster, boxes, np.array([0.9, 0.2], np.float32))
    assert detections_of(scene, np.array([1.0, 2.0, math.pi / 2]), least=0.5) == pytest.approx(
        np.array([[1.0 - 2.0, 2.0 + 10.0, math.pi / 2 + 0.3]]), abs=1e-6
    )
    assert detections_of(
        Scene(SPEC, raster, np.zeros((0, BOX), np.float32), np.zeros(0, np.float32)), np.zeros(3)
    ).shape == (0, 3)


def test_a_car_that_is_drawn_is_followed():
    rasteriser, source, options = Rasteriser(prepared("crossroads"), SPEC), Truth(SPEC), TrackerOptions()
    tracks, dice, out = no_tracks(options), np.random.default_rng(0), np.empty((1, 1, *SPEC.shape), np.uint8)
    for frame in range(12):
        state = new_state(1, 2, 1, len(prepared("crossroads").ground.terrain.programme), max_legs=1)
        state.world[0, layout.NUM_ACTORS] = 2
        place(state, 0, 0, CAR, *EGO)
        state.mind[0, 0, layout.CONTROL] = AGENT
        place(state, 0, 1, CAR, 32.0 + 0.6 * frame, -4.0, 0.0)
        rasteriser.draw(state, out)
        found = detections_of(source.see(out[0, 0], dice), np.array(EGO))
        tracks, numbers = track(tracks, found, 0.1, options)
        assert numbers.tolist() == [0]
    mean = tracks.belief.mean[0]
    assert mean[:2] == pytest.approx([32.0 + 0.6 * 11, -4.0], abs=0.3)
    # 6 m/s along its heading, whichever end of the box the picture took for its front.
    assert mean[3] * math.cos(mean[2]) == pytest.approx(6.0, abs=0.7)
