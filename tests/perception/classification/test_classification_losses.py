"""What a classifier learns from: smoothing and mixing by hand, and pictures that are moved and mirrored."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from perception.classification.augmenting import augmented
from perception.classification.config import AugmentOptions
from perception.classification.losses import Mixed, mixed_cross_entropy, mixup, smoothed_cross_entropy


def test_smoothed_cross_entropy_by_hand():
    scores = torch.tensor([[math.log(6.0), math.log(3.0), 0.0]])  # chances 0.6, 0.3, 0.1
    label = torch.tensor([0])
    assert smoothed_cross_entropy(scores, label, 0.0).item() == pytest.approx(-math.log(0.6))
    by_hand = -(0.8 * math.log(0.6) + 0.1 * math.log(0.3) + 0.1 * math.log(0.1))
    assert smoothed_cross_entropy(scores, label, 0.3).item() == pytest.approx(by_hand)


def test_mixed_cross_entropy_by_hand():
    scores = torch.tensor([[math.log(6.0), math.log(3.0), 0.0]])
    mixed = Mixed(torch.zeros(1, 3, 1, 1), torch.tensor([2]), 0.75)
    by_hand = -(0.75 * math.log(0.6) + 0.25 * math.log(0.1))
    assert mixed_cross_entropy(scores, torch.tensor([0]), mixed, 0.0).item() == pytest.approx(by_hand)


def test_the_losses_agree_with_finite_differences():
    scores = torch.randn(4, 5, dtype=torch.float64, requires_grad=True, generator=torch.Generator().manual_seed(0))
    labels, mixed = torch.tensor([0, 1, 4, 2]), Mixed(torch.zeros(4), torch.tensor([3, 3, 0, 1]), 0.6)
    assert torch.autograd.gradcheck(lambda one: mixed_cross_entropy(one, labels, mixed, 0.1), scores)


def test_mixup_lays_pictures_of_the_batch_over_each_other():
    torch.manual_seed(3)
    pictures = torch.eye(6).view(6, 1, 1, 6)  # which picture has which share can be read off
    shares = []
    for _ in range(200):
        mixed = mixup(pictures, torch.arange(6), 0.4)
        shares.append(mixed.share)
        weights = mixed.pictures.view(6, 6)
        expected = mixed.share * torch.eye(6) + (1 - mixed.share) * torch.eye(6)[mixed.other]
        assert torch.allclose(weights, expected)
        assert sorted(mixed.other.tolist()) == list(range(6))
    assert min(shares) >= 0.5
    # Of Beta(a, a) the variance is 1 / (4 (2 a + 1)), whichever part is called the greater one.
    assert np.mean((np.array(shares) - 0.5) ** 2) == pytest.approx(1 / (4 * 1.8), rel=0.15)


def test_pictures_move_by_as_much_as_is_asked_and_what_comes_in_is_black():
    picture = np.full((300, 8, 8, 3), 255, np.uint8)
    picture[:, 3, 4] = (10, 20, 30)
    moved = augmented(picture, AugmentOptions(shift=2), np.random.default_rng(0))
    places = {tuple(np.argwhere(one[..., 0] == 10)[0].tolist()) for one in moved}
    assert places == {(3 + row, 4 + column) for row in range(-2, 3) for column in range(-2, 3)}
    assert set(np.unique(moved)) == {0, 10, 20, 30, 255}


def test_half_of_the_pictures_are_mirrored():
    pictures = np.random.default_rng(1).integers(0, 256, (400, 4, 4, 3), dtype=np.uint8)
    seen = augmented(pictures, AugmentOptions(mirror=True), np.random.default_rng(0))
    turned = (seen == pictures[:, :, ::-1]).all(axis=(1, 2, 3))
    assert ((seen == pictures).all(axis=(1, 2, 3)) ^ turned).all()
    assert 0.4 < turned.mean() < 0.6


def test_nothing_is_changed_unless_it_is_asked_for():
    pictures = np.zeros((2, 4, 4, 3), np.uint8)
    assert augmented(pictures, AugmentOptions(), np.random.default_rng(0)) is pictures
