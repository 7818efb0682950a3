"""Both networks learn eight drives by heart, in seconds."""

from __future__ import annotations

import pytest
import torch

from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.losses import LossWeights, total
from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from tests.agents.imitation.chauffeurnet.nets.arcs import SIZES, SPEC, arcs


def learned(network, batch, steps, rate):
    """(first loss, last loss) of Adam with a rate that falls to 0."""
    optimizer = torch.optim.AdamW(network.parameters(), rate)
    found = []
    for number in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - number / steps)
        loss, _ = total(network(batch.raster, batch), batch, SPEC.stride, LossWeights())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(float(loss.detach()))
    return found[0], found[-1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "steps", "rate"),
    [
        (lambda: ChauffeurNet(SPEC, SIZES), 250, 6e-3),
        (lambda: FastChauffeurNet(SPEC, SIZES), 100, 3e-3),
    ],
    ids=["plain", "fast"],
)
def test_eight_drives_are_learned_by_heart(build, steps, rate):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as fast on so small a network, and steady beside other processes
    torch.manual_seed(0)
    network, batch = build(), arcs()
    first, last = learned(network, batch, steps, rate)
    with torch.no_grad():
        said = network.eval()(batch.raster)
    torch.set_num_threads(threads)
    assert last < first / 10
    cells = (said.waypoints - batch.waypoints).norm(dim=-1) / SPEC.stride
    assert float(cells.max()) < 1
    assert float((said.headings - batch.headings).abs().max()) < 0.5
    assert float((said.speeds - batch.speeds).abs().max()) < 2
