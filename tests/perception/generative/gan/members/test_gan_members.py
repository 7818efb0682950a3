"""Every member plays the same game: it goes on to the same bits, finds every heap of a ring, and refuses what is no option of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from perception.generative.gan.conditioning.auxiliary import AuxiliaryClassifier
from perception.generative.gan.conditioning.information import Information
from perception.generative.gan.losses.least_squares import LeastSquares
from perception.generative.gan.members.member import Member
from perception.generative.gan.members.registry import MEMBERS, build_member, options_of
from perception.generative.gan.nets.dcgan import Said
from perception.generative.gan.playing import Pair, critic_loss, generator_loss
from perception.training.learner import PerceptionLearner
from sim_suite.errors import SuiteError, UnknownNameError
from tests.perception.generative.gan.members.ring import HEAPS, TRAINING, RingConfig, RingTask

LEARNING = {
    "dcgan": ({}, 300, 3e-3),
    "lsgan": ({}, 300, 3e-3),
    "wgan": ({"clip": 0.1}, 160, 6e-3),
    "wgan-gp": ({"penalty": 1.0}, 110, 5e-3),
    "cgan": ({}, 240, 3e-3),
    "acgan": ({}, 300, 2e-3),
    "infogan": ({"continuous": 0}, 400, 2e-3),
}
"""Options, updates, learning rate."""
QUICKEST = ("lsgan", "cgan")


def learner(name, options, seed=1, width=64, **changed):
    task = RingTask(RingConfig(name, options, replace(TRAINING, **changed)), seed, width)
    return PerceptionLearner("ring", task, seed, "cpu")


@pytest.mark.parametrize(
    "name", [name if name in QUICKEST else pytest.param(name, marks=pytest.mark.slow) for name in LEARNING]
)
def test_it_finds_every_heap_of_a_ring(name):
    options, updates, rate = LEARNING[name]
    one = learner(name, options, updates=updates, learning_rate=rate)
    last = list(one.run())[-1]
    assert last["held_out_heaps"] == HEAPS
    assert last["held_out_near"] > 0.4
    if name in ("cgan", "acgan"):
        assert last["held_out_asked"] > 0.6
    if name == "infogan":
        assert last["generator_category_nats"] > 0.8 * math.log(HEAPS)


def test_every_member_is_tried():
    assert set(LEARNING) == set(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_stopped_run_goes_on_to_the_same_bits(name, tmp_path):
    short = {"updates": 4, "report_every": 1, "batch_size": 8, "width": 8}
    whole, lines = learner(name, {}, **short), []
    for line in whole.run():
        lines.append(line)
        if len(lines) == 2:
            whole.save_state(tmp_path)
    resumed = learner(name, {}, **short)
    resumed.load_state(tmp_path)
    assert list(resumed.run()) == lines[2:]
    for one, other in ((resumed.network, whole.network), (resumed.product, whole.product)):
        assert all(
            torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
        )


class Echo(nn.Module):
    """Makes of noise and code what it is given."""

    noise = 1

    def __init__(self):
        super().__init__()
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, inputs):
        return self.share * inputs


class Mean(nn.Module):
    """Says the mean of what it sees, and of what it is shown beside."""

    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(2.0))

    def forward(self, seen, shown):
        return Said(self.factor * seen.mean(1) + shown.sum(1), seen[:, :0])


def test_a_turn_by_hand():
    """The critic's gradient does not reach the generator, and the generator's is of its own loss alone."""
    pair, member = Pair(Echo(), Mean()), Member(loss=LeastSquares())
    real, labels = torch.tensor([[1.0], [3.0]]), torch.tensor([0, 0])
    torch.manual_seed(0)
    noise = torch.randn(2, 1)
    torch.manual_seed(0)
    loss, terms = critic_loss(pair, member, real, labels)
    of_real, of_made = 2.0 * real[:, 0], 2.0 * 0.5 * noise[:, 0]
    expected = 0.5 * (of_real - 1.0).square().mean() + 0.5 * of_made.square().mean()
    assert loss.item() == pytest.approx(expected.item())
    assert terms["gap"].item() == pytest.approx((of_real.mean() - of_made.mean()).item())
    loss.backward()
    assert pair.generator.share.grad is None
    torch.manual_seed(0)
    loss, _ = generator_loss(pair, member, labels)
    assert loss.item() == pytest.approx(0.5 * (of_made - 1.0).square().mean().item())
    loss.backward()
    slope = ((of_made - 1.0) * 2.0 * noise[:, 0]).mean()
    assert pair.generator.share.grad.item() == pytest.approx(slope.item(), rel=1e-5)


def test_a_critic_may_learn_classes_from_real_examples_alone():
    """Then its loss lacks what naming the made ones costs; the generator's has it all the same."""
    torch.manual_seed(3)
    pair = RingTask(RingConfig("acgan"), 0, width=8).network()
    real, labels = torch.randn(5, 2), torch.tensor([0, 3, 1, 7, 7])
    of_critic, of_generator = [], []
    for share in (1.0, 0.25, 0.0):
        member = build_member("acgan", {"critic_share": share}, HEAPS)
        torch.manual_seed(4)
        of_critic.append(critic_loss(pair, member, real, labels)[0].item())
        torch.manual_seed(4)
        of_generator.append(generator_loss(pair, member, labels)[0].item())
    assert of_generator[0] == of_generator[1] == of_generator[2]
    naming = of_critic[0] - of_critic[2]
    assert naming == pytest.approx(math.log(HEAPS), rel=0.2)  # it knows nothing yet
    assert of_critic[1] - of_critic[2] == pytest.approx(0.25 * naming, rel=1e-3)


def test_the_papers_numbers_are_the_defaults():
    wgan, penalised = build_member("wgan", {}, 3), build_member("wgan-gp", {}, 3)
    assert (wgan.turns, wgan.regulariser.clip) == (5, 0.01)
    assert (penalised.turns, penalised.regulariser.weight, penalised.critic_norm) == (5, 10.0, "none")
    assert build_member("acgan", {}, 3).condition == AuxiliaryClassifier(3, 1.0, 1.0)
    assert build_member("lsgan", {}, 3).loss == LeastSquares(0.0, 1.0, 1.0)
    assert build_member("infogan", {}, 16).condition == Information(16, 2, 1.0, 0.1)
    assert build_member("infogan", {"categories": 4, "continuous": 0}, 16).condition.inputs == 4


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("dcagn", {}, UnknownNameError, "Did you mean 'dcgan'"),
        ("wgan", {"clp": 1.0}, UnknownNameError, "Did you mean 'clip'"),
        ("wgan", {"clip": 0.0}, SuiteError, "clip must lie in"),
        ("wgan-gp", {"penalty": 0.0}, SuiteError, "penalty must lie in"),
        ("wgan-gp", {"turns": 0}, SuiteError, "turns must lie in"),
        ("lsgan", {"a": 11.0}, SuiteError, "a must lie in"),
        ("acgan", {"weight": -1.0}, SuiteError, "weight must lie in"),
        ("acgan", {"critic_share": 1.5}, SuiteError, "critic_share must lie in"),
        ("infogan", {"categories": 1}, SuiteError, "categories must lie in"),
    ],
)
def test_what_is_no_option_is_refused(name, options, error, message):
    with pytest.raises(error, match=message):
        options_of(name, options)
