"""pix2pix and CycleGAN by hand, and that each learns a translation of two colours in a moment."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from perception.generative.gan.losses.least_squares import LeastSquares
from perception.generative.gan.losses.non_saturating import NonSaturating
from perception.generative.gan.translation.cyclegan import (
    TO_FIRST,
    TO_SECOND,
    CycleGan,
    Weights,
    critics_loss,
    generators_loss,
)
from perception.generative.gan.translation.pix2pix import Pix2Pix, critic_loss, generator_loss
from perception.generative.gan.translation.pool import Pool


class Add(nn.Module):
    """Pictures plus a number."""

    def __init__(self, number):
        super().__init__()
        self.number = nn.Parameter(torch.tensor(number))

    def forward(self, pictures):
        return pictures[:, -3:] + self.number


class Score(nn.Module):
    """A multiple of the mean of each picture, as the score of its one patch."""

    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, pictures):
        return self.factor * pictures.mean(dim=(1, 2, 3), keepdim=True)


def plain(value):
    return torch.full((2, 3, 4, 4), value)


def softplus(value):
    return float(torch.nn.functional.softplus(torch.tensor(value)))


def test_pix2pix_by_hand():
    network = Pix2Pix(Add(0.25), Score(1.0))
    loss, terms = critic_loss(network, NonSaturating(), plain(0.5), plain(1.0))
    real, made = (0.5 + 1.0) / 2, (0.5 + 0.75) / 2  # beside each other
    assert loss.item() == pytest.approx(softplus(-real) + softplus(made))
    assert terms["gap"].item() == pytest.approx(real - made)
    loss, terms = generator_loss(network, NonSaturating(), 100.0, plain(0.5), plain(1.0))
    assert loss.item() == pytest.approx(softplus(-made) + 100.0 * 0.25)
    assert terms["l1"].item() == pytest.approx(0.25)


def cycle(there, back, pool=0):
    generators = {TO_SECOND: Add(there), TO_FIRST: Add(back)}
    critics = {TO_SECOND: Score(1.0), TO_FIRST: Score(1.0)}
    return CycleGan(generators, critics, {name: Pool(pool, 4, 4) for name in generators})


def test_cyclegans_generators_by_hand():
    """From 0.5 to 0.7 and back to 0.4; from 1 to 0.7 and back to 0.9; left alone would be 1 and 0.5, and are 1.2 and 0.2."""
    network = cycle(0.2, -0.3)
    loss, terms = generators_loss(network, LeastSquares(), Weights(10.0, 0.5), plain(0.5), plain(1.0))
    fooled = 0.5 * (0.7 - 1.0) ** 2
    assert terms["to_second_adversarial"].item() == pytest.approx(fooled, rel=1e-4)
    assert terms["to_first_cycle"].item() == pytest.approx(0.1, rel=1e-4)
    assert terms["to_second_identity"].item() == pytest.approx(0.2, rel=1e-4)
    assert terms["to_first_identity"].item() == pytest.approx(0.3, rel=1e-4)
    assert loss.item() == pytest.approx(2 * fooled + 10.0 * (0.1 + 0.1) + 10.0 * 0.5 * (0.2 + 0.3), rel=1e-4)
    without, terms = generators_loss(network, LeastSquares(), Weights(10.0, 0.0), plain(0.5), plain(1.0))
    assert without.item() == pytest.approx(2 * fooled + 2.0, rel=1e-4)
    assert "to_first_identity" not in terms


def test_cyclegans_critics_by_hand():
    network = cycle(0.2, -0.3, pool=1)
    loss, terms = critics_loss(network, LeastSquares(), plain(0.5), plain(1.0))
    second = 0.5 * (1.0 - 1.0) ** 2 + 0.5 * 0.7**2
    first = 0.5 * (0.5 - 1.0) ** 2 + 0.5 * 0.7**2
    assert loss.item() == pytest.approx(second + first, rel=1e-4)
    assert terms["to_second_gap"].item() == pytest.approx(0.3, rel=1e-4)
    loss.backward()
    assert network.generators[TO_FIRST].number.grad is None
    assert int(network.pools[TO_SECOND].count) == 1


def heaps(side, count, dice):
    """[count, 2] Points about (side, 1) and (side, -1)."""
    points = 0.05 * torch.randn(count, 2, generator=dice)
    signs = 2.0 * torch.randint(2, (count,), generator=dice) - 1.0
    return points + torch.stack([torch.full((count,), side), signs], dim=1)


def layers(outputs):
    return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, outputs))


@pytest.mark.slow
def test_cyclegan_learns_the_way_there_and_back_without_pairs():
    """Of points: both heaps of the second look are reached, each from one heap of the first, and the way back leads to where it began."""
    torch.manual_seed(0)
    dice = torch.Generator().manual_seed(1)
    network = CycleGan(
        {name: layers(2) for name in (TO_FIRST, TO_SECOND)},
        {name: layers(1) for name in (TO_FIRST, TO_SECOND)},
        {name: Pool(0, 1, 1) for name in (TO_FIRST, TO_SECOND)},
    )
    movers = [torch.optim.Adam(part.parameters(), 3e-3, (0.5, 0.9)) for part in (network.generators, network.critics)]

    def losses(first, second):
        yield generators_loss(network, LeastSquares(), Weights(1.0, 0.0), first, second)[0]
        yield critics_loss(network, LeastSquares(), first, second)[0]

    for _ in range(250):
        of_players = losses(heaps(-1.0, 64, dice), heaps(2.0, 64, dice))
        for mover, loss in zip(movers, of_players, strict=True):
            mover.zero_grad()
            loss.backward()
            mover.step()
    shown = heaps(-1.0, 200, dice)
    with torch.no_grad():
        made = network.generators[TO_SECOND](shown)
        back = network.generators[TO_FIRST](made)
    assert (made - made.sign() * torch.tensor([2.0, 1.0])).norm(dim=1).mean() < 0.5
    ways = {(above, below) for above, below in zip((shown[:, 1] > 0).tolist(), (made[:, 1] > 0).tolist(), strict=True)}
    assert ways in ({(True, True), (False, False)}, {(True, False), (False, True)})
    assert (back - shown).abs().mean() < 0.2
