"""Parameters and multiply-adds, counted by hand."""

from __future__ import annotations

import pytest
import torch

from agents.imitation.chauffeurnet.nets.counting import count
from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset

SPEC = ChauffeurSpec(RasterSpec(("road", "ego"), (16, 16), 1.0, (12, 8)), 2, 3)
SMALL = Sizes(maps=(4, 6), dilations=(1,), fold=2, hidden=5, co_hidden=4, meta=7, fast_maps=3, fast_units=8)


def test_the_recurrent_net_by_hand():
    """F has 6 channels of 4 x 4 blocks, of 2 x 2 cells each. Its convolution counts once, the step's three and the dense two N times."""
    parts = count(ChauffeurNet(SPEC, SMALL), SPEC)
    weights = {"features": 6 * 9 * 5, "planes": 8 * 9 * 5, "mix": 5 * 9 * 5, "out": 5 * 8, "dense": 14 * 7 + 7 * 4}
    steps = 16 * (weights["planes"] + weights["mix"] + weights["out"]) + weights["dense"]
    assert parts["agent"].multiply_adds == 16 * weights["features"] + 3 * steps
    assert parts["agent"].parameters == sum(weights.values()) + 5 + 5 + 8 + 7 + 4 + 3 * 5
    assert parts["road"].multiply_adds == 16 * (6 * 9 * 4 + 4 * 4)


def test_the_way_down_by_hand():
    """2 channels to 4 of 8 x 8, to 6 of 4 x 4, and two convolutions there; batch norm has two numbers a channel."""
    part = count(FastChauffeurNet(SPEC, SMALL), SPEC)["encoder"]
    assert part.multiply_adds == 64 * 2 * 9 * 4 + 16 * 4 * 9 * 6 + 2 * 16 * 6 * 9 * 6
    assert part.parameters == 2 * 9 * 4 + 4 * 9 * 6 + 2 * 6 * 9 * 6 + 2 * (4 + 6 + 6 + 6)


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
def test_nothing_need_be_computed_to_be_counted(kind):
    with torch.device("meta"):
        ghost = kind(SPEC, SMALL)
    assert count(ghost, SPEC) == count(kind(SPEC, SMALL), SPEC)


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
def test_a_small_checkpoint_fits_the_zoo(kind):
    """8 MB of float32."""
    spec = ChauffeurSpec(preset("small"), 2)
    with torch.device("meta"):
        parts = count(kind(spec, Sizes()), spec)
    assert sum(part.parameters for part in parts.values()) < 2e6


def test_counting_leaves_the_mode():
    network = ChauffeurNet(SPEC, SMALL)
    assert count(network.eval(), SPEC) == count(network.train(), SPEC)
    assert network.training
