"""What generators are told, and what holds them to it, by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal

from perception.generative.gan.conditioning.auxiliary import AuxiliaryClassifier
from perception.generative.gan.conditioning.condition import Unconditional
from perception.generative.gan.conditioning.information import LEAST_LOG_VARIANCE, Information, normal_surprise
from perception.generative.gan.conditioning.labels import Labels

LABELS = torch.tensor([2, 0, 1])


@pytest.mark.parametrize("condition", [Unconditional(), Labels(3), AuxiliaryClassifier(3), Information(4, 2)])
def test_a_code_is_as_wide_as_it_says(condition):
    code = condition.code(LABELS)
    assert code.shape == (3, condition.inputs)
    assert condition.shown <= condition.inputs
    said = torch.zeros(3, condition.outputs)
    for loss, _ in (condition.of_real(said, LABELS), condition.of_made(said, code)):
        assert loss.shape == ()
    if condition.is_told:
        assert code.argmax(1).tolist() == LABELS.tolist()
        assert code.sum().item() == 3.0


def test_the_classifiers_loss_by_hand():
    condition = AuxiliaryClassifier(3, weight=2.0)
    chances = torch.tensor([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.6, 0.3, 0.1]])
    surprise = -(math.log(0.5) + math.log(0.7) + math.log(0.3)) / 3
    real, told = condition.of_real(chances.log(), LABELS)
    made, told_made = condition.of_made(chances.log(), condition.code(LABELS))
    assert real.item() == made.item() == pytest.approx(2.0 * surprise)
    assert told["named_real"].item() == told_made["named_made"].item() == pytest.approx(2 / 3)


def test_a_normal_distributions_surprise():
    value, mean, log_variance = torch.randn(3, 5, 2)
    expected = -Normal(mean, (0.5 * log_variance).exp()).log_prob(value)
    assert torch.allclose(normal_surprise(value, mean, log_variance), expected, atol=1e-5)


def test_information_by_hand():
    """Codes out of four named with chances of 0.8 and 0.4; a continuous one told with a standard deviation of 0.5, off by 0.5."""
    condition = Information(4, 1, weight=1.0, continuous_weight=0.1)
    code = torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.25], [1.0, 0.0, 0.0, 0.0, -0.5]])
    chances = torch.tensor([[0.1, 0.8, 0.05, 0.05], [0.4, 0.2, 0.2, 0.2]])
    log_variance = math.log(0.25)
    said = torch.cat([chances.log(), torch.tensor([[0.75, log_variance], [0.0, log_variance]])], dim=1)
    category = -(math.log(0.8) + math.log(0.4)) / 2
    value = 0.5 * (math.log(2 * math.pi) + log_variance + 1.0)
    loss, told = condition.of_made(said, code)
    assert loss.item() == pytest.approx(category + 0.1 * value, rel=1e-5)
    assert told["category_nats"].item() == pytest.approx(math.log(4) - category, rel=1e-5)
    assert told["continuous_nats"].item() == pytest.approx(math.log(2) - value, rel=1e-5)
    assert condition.of_real(said, LABELS[:2])[0].item() == 0.0


def test_who_is_too_sure_gains_nothing_more():
    condition = Information(2, 1)
    code = torch.tensor([[1.0, 0.0, 0.0]])
    losses = [
        condition.of_made(torch.tensor([[0.0, 0.0, 0.0, log_variance]]), code)[0].item()
        for log_variance in (LEAST_LOG_VARIANCE, LEAST_LOG_VARIANCE - 5.0)
    ]
    assert losses[0] == losses[1]


def test_codes_without_labels_are_even():
    torch.manual_seed(0)
    code = Information(4, 2).code(torch.zeros(8000, dtype=torch.int64))
    assert torch.allclose(code[:, :4].mean(0), torch.full((4,), 0.25), atol=0.02)
    assert code[:, 4:].abs().max() <= 1.0
    assert torch.allclose(code[:, 4:].var(0), torch.full((2,), 1 / 3), atol=0.02)
