"""GANs from noise as a task: batches, players, what is made of what is asked for, judging by hand, and what a recipe may not say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from perception.generative.data.options import DataOptions
from perception.generative.drawing import CELL_PX
from perception.generative.gan.conditioning.auxiliary import AuxiliaryClassifier
from perception.generative.gan.config import GanConfig, GanJudging
from perception.generative.gan.judging import shared_nats, tabulated
from perception.generative.gan.maker import AT_ONCE, Maker
from perception.generative.gan.members.registry import MEMBERS
from perception.generative.gan.playing import Pair
from perception.generative.gan.task import COLUMNS, ROWS, GanTask
from perception.generative.pixels import signed, unsigned
from sim_suite.errors import SuiteError, UnknownNameError

CPU = torch.device("cpu")
SMALL = GanConfig(width=2, noise=3, judging=GanJudging(16))


def task(member="acgan", **changed):
    return GanTask(replace(SMALL, member=member, **changed), 3)


def test_a_batch_is_a_function_of_its_number():
    one, other = task().batch(2), task().batch(2)
    assert one["pictures"].shape == (16, 32, 32, 3)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not np.array_equal(one["pictures"], task().batch(3)["pictures"])


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_has_two_players_and_one_product(member):
    one = task(member)
    network = one.network()
    critic, generator = one.players(network)
    assert (critic.part, generator.part) == (network.critic, network.generator)
    assert one.product(network) is network.generator
    batch = {name: torch.from_numpy(array[:4]) for name, array in one.batch(0).items()}
    loss, terms = one.loss(network, batch)
    assert math.isfinite(loss.item())
    assert terms == {}


def test_equal_seeds_make_equal_pictures_however_many():
    one = task()
    maker = one.opened(one.network().generator, CPU)
    asked = np.arange(AT_ONCE + 3) % 16
    whole = maker.make(asked, 5)
    assert whole.pictures.shape == (AT_ONCE + 3, 32, 32, 3)
    assert whole.pictures.dtype == np.uint8
    assert np.array_equal(maker.make(asked[:2], 5).pictures, whole.pictures[:2])
    assert not np.array_equal(maker.make(asked[:2], 6).pictures, whole.pictures[:2])
    assert whole.codes.argmax(1).tolist() == asked.tolist()
    with pytest.raises(SuiteError, match="conditions are 0 to 15 here, not 0 to 16"):
        maker.make(np.array([0, 16]), 0)


class Tells(nn.Module):
    """A flat picture whose red is the class that is asked for."""

    noise = 2

    def forward(self, inputs):
        red = inputs[:, self.noise :].argmax(1) / 127.5 - 1.0
        return torch.stack([red, red * 0.0 - 1.0, red * 0.0 - 1.0], 1)[:, :, None, None].expand(-1, -1, 4, 4)


def test_a_picture_shows_what_is_asked_for():
    made = Maker(Tells(), AuxiliaryClassifier(7), tuple("abcdefg"), CPU).make(np.array([3, 6, 0]), 1)
    assert made.pictures[:, 1, 2].tolist() == [[3, 0, 0], [6, 0, 0], [0, 0, 0]]


def test_bytes_come_back_as_they_were():
    pictures = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    there = signed(torch.from_numpy(pictures))
    assert (there.min().item(), there.max().item()) == (-1.0, 1.0)
    assert np.array_equal(unsigned(there), pictures)


def test_mutual_information_by_hand():
    even = tabulated(np.array([0, 0, 1, 1]), np.array([2, 2, 0, 0]), (2, 3))
    assert even.tolist() == [[0, 0, 2], [2, 0, 0]]
    assert shared_nats(even) == pytest.approx(math.log(2))
    assert shared_nats(np.ones((3, 4), np.int64)) == pytest.approx(0.0)


@pytest.mark.parametrize("member", ["acgan", "infogan"])
def test_it_is_judged_by_what_it_is_told(member):
    one = task(member)
    told = one.judge(one.network().generator.eval(), CPU)
    assert told["fid_real"] < told["fid"]
    assert ("named_as_asked" in told) == (member == "acgan")
    assert ("code_class_nats" in told) == (member == "infogan")
    assert "zoo:signs" in " ".join(one.notes().values())


@pytest.mark.slow
@pytest.mark.parametrize("member", ["dcgan", "acgan"])
def test_pictures_of_each_class_are_shown(member):
    one = task(member)
    picture = one.picture(one.network().generator.eval(), CPU)
    assert picture.shape[0] >= ROWS * CELL_PX
    assert picture.shape[1] >= COLUMNS * CELL_PX


def test_the_averaged_generator_is_what_is_judged():
    from perception.training.learner import PerceptionLearner

    options = replace(
        SMALL.training, updates=2, batch_size=4, average=0.9, precision="float32", layout="channels_first"
    )
    learner = PerceptionLearner("gan", task("dcgan", training=options), 0, "cpu")
    list(learner.run())
    network = learner.network
    assert isinstance(network, Pair)
    assert learner.product is not network.generator
    assert not torch.equal(learner.product.layers[0].weight, network.generator.layers[0].weight)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"member": "gan"}, UnknownNameError, "member of the GAN family 'gan'"),
        ({"width": 0}, SuiteError, "width"),
        ({"noise": 0}, SuiteError, "noise"),
        ({"critic_rate": 0.0}, SuiteError, "critic_rate"),
        ({"judging": GanJudging(16), "options": {"weight": 2.0}}, UnknownNameError, "weight"),
    ],
)
def test_settings_are_refused_by_name(changed, error, message):
    with pytest.raises(error, match=message):
        replace(SMALL, **changed)
    with pytest.raises(SuiteError, match="pictures"):
        GanJudging(4)


def test_classes_need_data_that_has_some():
    with pytest.raises(SuiteError, match=r"cgan tells classes apart, and car_racing has one alone"):
        task("cgan", data=DataOptions(source="car_racing"))
    assert task("dcgan", data=DataOptions(source="car_racing")).network().generator(torch.zeros(2, 3)).shape[2:] == (
        64,
        64,
    )
