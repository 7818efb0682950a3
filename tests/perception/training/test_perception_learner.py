"""The loop that trains perception networks: what it learns, what it tells, and that a stopped run goes on to the same bits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from perception.training.arithmetic import Arithmetic, choose
from perception.training.feed import Feed
from perception.training.learner import PerceptionLearner, groups
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.learning.descent import warmed_up
from tests.perception.training.small_task import QUICK, SmallConfig, SmallTask


def learner(seed=3, dropout=0.0, **changed):
    return PerceptionLearner(
        "small", SmallTask(SmallConfig(dropout=dropout, training=replace(QUICK, **changed)), seed), seed, "cpu"
    )


def numbers(one):
    return {name: value.clone() for name, value in one.network.state_dict().items()}


def test_it_learns_and_tells_of_it():
    one = learner()
    lines = list(one.run())
    assert [sorted(line) for line in lines[:-1]] == [["cross_entropy", "gradient_norm", "loss"]] * 5
    assert lines[-1]["held_out_accuracy"] > 0.95
    assert lines[-1]["loss"] < 0.5 * lines[0]["loss"]
    assert one.done_steps == one.total_steps == 60 * 32
    assert list(one.run()) == []


def test_it_judges_as_often_as_it_is_asked_to():
    judged = ["held_out_accuracy" in line for line in learner(judge_every=15).run()]
    assert judged == [False, True, False, True, False, True, False, True]  # updates 10, 15, 20, 30, 40, 45, 50, 60


@pytest.mark.parametrize("ahead", [0, 3])
def test_a_stopped_run_goes_on_to_the_same_bits(tmp_path, ahead):
    whole = learner(dropout=0.3, ahead=ahead)
    lines = []
    for line in whole.run():
        lines.append(line)
        if len(lines) == 2:
            whole.save_state(tmp_path)
    resumed = learner(seed=3, dropout=0.3)
    torch.manual_seed(99)  # a new process begins with other streams
    resumed.load_state(tmp_path)
    assert list(resumed.run()) == lines[2:]
    for name, value in numbers(resumed).items():
        assert torch.equal(value, numbers(whole)[name])


def test_seeds_decide():
    def trained(seed):
        one = learner(seed=seed)
        list(one.run())
        return torch.cat([value.flatten() for value in numbers(one).values()])

    assert torch.equal(trained(3), trained(3))
    assert not torch.equal(trained(3), trained(4))


def test_the_first_update_by_hand():
    """AdamW's first step moves each parameter by the learning rate, against its gradient's sign; decay pulls those that multiply."""
    one = learner(updates=10, warm_up=5, report_every=1, clip=1e6)
    before = numbers(one)
    next(one.run())
    rate = QUICK.learning_rate * warmed_up(0, 5, 10)
    assert rate == pytest.approx(QUICK.learning_rate / 5)
    for name, value in numbers(one).items():
        decay = QUICK.weight_decay if value.ndim > 1 else 0.0
        moved = (value - before[name] * (1.0 - rate * decay)).abs()
        # The small number that Adam adds to the root of the second moment shortens the step a little.
        assert torch.allclose(moved, torch.full_like(moved, rate), rtol=1e-3)


def test_norms_and_biases_do_not_decay():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ConvTranspose2d(4, 2, 2))
    network[2].weight.requires_grad_(False)
    decayed, free = groups(network, 0.1)
    assert [tuple(one.shape) for one in decayed["params"]] == [(4, 3, 3, 3)]
    assert [tuple(one.shape) for one in free["params"]] == [(4,), (4,), (4,), (2,)]
    assert (decayed["weight_decay"], free["weight_decay"]) == (0.1, 0.0)


def test_a_loss_that_is_no_number_ends_the_run_with_advice():
    one = learner()
    with torch.no_grad():
        one.network[0].weight.fill_(math.nan)
    with pytest.raises(SuiteError, match=r"no number any more after update 10: .*Lower training.learning_rate"):
        list(one.run())


def test_a_state_of_another_task_is_refused(tmp_path):
    one = learner()
    next(one.run())
    one.save_state(tmp_path)
    other = PerceptionLearner("other", SmallTask(SmallConfig(training=QUICK), 0), 0, "cpu")
    with pytest.raises(SuiteError, match="not a state of other"):
        other.load_state(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("updates", 0), ("batch_size", 0), ("learning_rate", 0.0), ("clip", 0.0), ("ahead", -1), ("weight_decay", 2.0)],
)
def test_options_are_refused_by_name(name, value):
    with pytest.raises(SuiteError, match=name):
        TrainingOptions(**{name: value})


def test_a_feed_draws_ahead_once_each_and_not_beyond_the_last():
    drawn = []

    def draw(number):
        drawn.append(number)
        return {"number": np.array([number])}

    with Feed(draw, ahead=2, last=4) as feed:
        assert [int(feed.batch(number)["number"][0]) for number in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert drawn == [1, 2, 3, 4]
    drawn.clear()
    with Feed(draw, ahead=0, last=4) as feed:
        feed.batch(2)
    assert drawn == [2]


@pytest.mark.parametrize("ahead", [0, 2])
def test_what_drawing_raises_reaches_the_loop(ahead):
    def draw(number):
        raise SuiteError("no such luck")

    with Feed(draw, ahead, 5) as feed, pytest.raises(SuiteError, match="no such luck"):
        feed.batch(0)


def test_arithmetic_that_is_named_is_taken_and_what_is_left_open_is_tried():
    network, now, passes = torch.nn.Conv2d(2, 2, 3), [0.0], []

    def loss(tried):
        seen = torch.is_autocast_enabled("cpu"), tried.weight.is_contiguous(memory_format=torch.channels_last)
        passes.append(seen)
        now[0] += {(False, False): 4.0, (False, True): 3.0, (True, False): 1.0, (True, True): 2.0}[seen]
        return tried(torch.ones(1, 2, 4, 4)).float().sum()

    def chosen(**named):
        return choose(TrainingOptions(**named), network, loss, torch.device("cpu"), lambda: now[0])

    assert chosen(precision="float32", layout="channels_first") == Arithmetic("float32", "channels_first")
    assert passes == []
    assert chosen() == Arithmetic("bfloat16", "channels_first")
    assert len(set(passes)) == 4
    assert chosen(precision="float32") == Arithmetic("float32", "channels_last")
    assert chosen(layout="channels_last") == Arithmetic("bfloat16", "channels_last")
    assert network.weight.grad is None
    assert network.weight.is_contiguous()
