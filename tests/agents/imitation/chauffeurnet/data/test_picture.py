"""The picture of an example shows what is to be learned where it lies."""

from __future__ import annotations

import numpy as np

from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Drawer
from agents.imitation.chauffeurnet.data.picture import WAYPOINT, example_picture
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.paint import picture
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log

SPEC = ChauffeurSpec(RasterSpec(("road", "ego", "actors_0"), (96, 64), 0.5, (64, 32)), stride=2)


def test_waypoints_boxes_and_what_is_no_road():
    batch = Drawer(SPEC, NOTHING_CHANGED).draw([(straight_log(20.0), np.array([5]))], np.random.default_rng(0))
    shown = example_picture(batch, 0, SPEC, zoom=2)
    assert shown.shape == (192, 256, 3)
    assert shown.dtype == np.uint8
    left, right = shown[:, :128], shown[:, 128:]
    assert np.array_equal(left, picture(batch.raster[0].numpy(), SPEC.raster, 2))
    for k, (row, column) in enumerate((2 * batch.waypoints[0]).floor().int().tolist()):
        if batch.known[0, k]:
            assert tuple(right[row, column]) == WAYPOINT
    grass = batch.road[0].numpy().repeat(4, 0).repeat(4, 1) == 0.0
    assert grass.any()
    assert (right[grass][:, 0] > left[grass][:, 0]).all(), "what is no road is reddened"
