"""The copy that drives: what the network says, in the processor's arithmetic, also after it has learned on."""

from __future__ import annotations

import pytest
import torch

from agents.imitation.chauffeurnet.nets.acting import Acting
from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.learning import inferring

SPEC = ChauffeurSpec(preset("small"), 4, 3, spread=1.0)
SIZES = Sizes(maps=(4, 8, 8, 8), dilations=(1,), hidden=8, meta=8, fast_maps=4, fast_units=16)


def network_and_rasters(kind):
    torch.manual_seed(3)
    network = kind(SPEC, SIZES)
    rasters = (torch.rand(4, *SPEC.raster.shape) > 0.9).to(torch.uint8) * 255
    network.train()(rasters)  # its norms have seen something
    return network, rasters


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
@pytest.mark.parametrize(("bfloat16", "near"), [(False, 1e-4), (True, 0.1)])
@torch.inference_mode()
def test_it_says_what_the_network_says(monkeypatch, kind, bfloat16, near):
    monkeypatch.setattr(inferring, "has_bfloat16", lambda: bfloat16)
    network, rasters = network_and_rasters(kind)
    said = Acting(network)(rasters)
    assert network.training, "the network is left as it is"
    wanted = network.eval()(rasters)
    assert said.headings.dtype == said.speeds.dtype == torch.float32
    torch.testing.assert_close(said.headings, wanted.headings, atol=near, rtol=0.0)
    torch.testing.assert_close(said.speeds, wanted.speeds, atol=10 * near, rtol=0.0)  # units of 10 m/s are learned
    if kind is ChauffeurNet:
        torch.testing.assert_close(said.place_logits, wanted.place_logits, atol=near, rtol=0.0)


def test_it_follows_a_network_that_learns():
    network, rasters = network_and_rasters(ChauffeurNet)
    drives = Acting(network)
    before, again = drives(rasters), drives(rasters)
    assert torch.equal(before.headings, again.headings)
    with torch.no_grad():
        network.agent.meta[2].bias += 0.5
    torch.testing.assert_close(drives(rasters).headings, before.headings + 0.5)
