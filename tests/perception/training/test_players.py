"""Several players in one network: who moves what and when, what is told, averaged and kept, and going on to the same bits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from perception.training.averaging import HASTE, Average
from perception.training.learner import PerceptionLearner
from perception.training.options import TrainingOptions
from perception.training.task import players_of, product_of
from sim_suite.errors import SuiteError
from tests.perception.training.small_task import SmallConfig, SmallTask
from tests.perception.training.two_players import chase


def learner(**changed):
    task = chase(**changed)
    return PerceptionLearner("chase", task, 4, "cpu"), task


def numbers(one):
    return {name: value.clone() for name, value in one.network.state_dict().items()}


def test_turns_are_taken_in_order_on_batches_that_are_shared():
    one, task = learner(updates=2)
    list(one.run())
    assert [entry[:2] for entry in task.log] == [
        ("hunter", 0), ("hunter", 1), ("hunter", 2), ("prey", 0), ("hunter", 3), ("hunter", 4), ("hunter", 5), ("prey", 3),
    ]  # fmt: skip
    assert len({entry[2] for entry in task.log}) == 8  # random numbers go on from turn to turn
    assert one.done_steps == one.total_steps == 2 * 3 * 2


def test_a_turn_moves_its_own_part_by_its_own_rate():
    """Adam's first step is the learning rate long: three turns of the hunter, one of the prey at half the rate."""
    one, _ = learner(updates=1)
    before = numbers(one)
    line = next(one.run())
    after = numbers(one)
    assert abs(after["hunter.value"] - before["hunter.value"]).item() == pytest.approx(0.3, rel=0.05)
    assert abs(after["prey.value"] - before["prey.value"]).item() == pytest.approx(0.05, rel=1e-3)
    assert after["seen"].item() == 4
    assert {name for name in line if "held_out" not in name} == {
        f"{player}_{what}" for player in ("hunter", "prey") for what in ("loss", "gap", "gradient_norm")
    }
    assert line["prey_loss"] == -line["prey_gap"]


def test_what_moved_is_held_within_bounds():
    one, _ = learner(bound=0.01)
    list(one.run())
    assert abs(one.network.hunter.value.item()) == pytest.approx(0.01)
    assert abs(one.network.prey.value.item()) > 0.01


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_stopped_run_goes_on_to_the_same_bits(tmp_path, average):
    whole, _ = learner(average=average)
    lines = []
    for line in whole.run():
        lines.append(line)
        if len(lines) == 3:
            whole.save_state(tmp_path)
    resumed, task = learner(average=average)
    resumed.load_state(tmp_path)
    assert list(resumed.run()) == lines[3:]
    assert task.log[0][1] == 9
    assert numbers(resumed) == numbers(whole)
    assert torch.equal(resumed.product.value, whole.product.value)
    assert torch.equal(whole.product.value, whole.network.prey.value) == (average == 0.0)


def test_the_product_is_judged_and_one_who_plays_alone_is_all_of_it():
    one, task = learner()
    assert list(one.run())[-1]["held_out_value"] == one.network.prey.value.item()
    assert product_of(task, one.network) is one.network.prey
    alone = SmallTask(SmallConfig(), 0)
    network = alone.network()
    assert product_of(alone, network) is network
    assert [player.name for player in players_of(alone, network)] == [""]


def test_an_average_by_hand():
    followed = nn.BatchNorm1d(1)
    average = Average(followed, 0.5)
    kept = 0.0
    for update, value in enumerate((4.0, 1.0, -3.0, 2.0, 8.0, 5.0, 5.0, 0.0, 1.0, 2.0, 9.0)):
        with torch.no_grad():
            followed.weight.fill_(value)
            followed.running_mean.fill_(value)
        average.follow(followed, update)
        share = min(0.5, update / (update + HASTE))
        kept = share * kept + (1.0 - share) * value
        assert average.network.weight.item() == pytest.approx(kept, rel=1e-5)
        assert average.network.running_mean.item() == value
    assert not average.network.weight.requires_grad
    assert np.isclose(share, 0.5)


def test_an_average_soon_forgets_where_it_began():
    followed = nn.Linear(1, 1, bias=False)
    average = Average(followed, 0.15)
    with torch.no_grad():
        followed.weight.fill_(1.0)
        average.network.weight.fill_(0.0)
    average.follow(followed, 1)  # 1 / (1 + 9) of the old is left
    assert average.network.weight.item() == pytest.approx(0.9)
    average.follow(followed, 2)  # 2 / (2 + 9) is more than the decay
    assert average.network.weight.item() == pytest.approx(0.15 * 0.9 + 0.85)


@pytest.mark.parametrize(("name", "value"), [("average", 1.0), ("average", -0.1), ("betas", (0.5, 1.0))])
def test_decays_are_refused_by_name(name, value):
    with pytest.raises(SuiteError, match=f"{name} must be 0 to below 1"):
        TrainingOptions(**{name: value})
