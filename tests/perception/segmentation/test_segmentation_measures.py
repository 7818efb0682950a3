"""Losses by hand, overlap held against torchmetrics, and the colour threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from perception.segmentation.confusion import confusion, intersection_over_union, mean_iou
from perception.segmentation.losses import SMOOTH, cross_entropy, dice_loss
from perception.segmentation.threshold import ColourThreshold

LABELS = arrays(np.uint8, (2, 5, 6), elements=st.integers(0, 3))


def scores_of(chances):
    """[1, K, 1, N] scores whose softmax are these chances, [N][K]."""
    return torch.tensor(chances).T.log()[None, :, None, :]


def test_cross_entropy_by_hand():
    scores, labels = scores_of([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]), torch.tensor([[[0, 1]]])
    assert cross_entropy(scores, labels).item() == pytest.approx(-(math.log(0.5) + math.log(0.2)) / 2)
    weighted = cross_entropy(scores, labels, torch.tensor([1.0, 3.0, 9.0])).item()
    assert weighted == pytest.approx(-(math.log(0.5) + 3 * math.log(0.2)) / 4)


def test_dice_by_hand():
    scores, labels = scores_of([[0.8, 0.2], [0.4, 0.6]]), torch.tensor([[[0, 0]]])
    first = (2 * (0.8 + 0.4) + SMOOTH) / (1.2 + 2 + SMOOTH)
    second = (0 + SMOOTH) / (0.8 + 0 + SMOOTH)
    assert dice_loss(scores, labels).item() == pytest.approx(1 - (first + second) / 2)


def test_dice_is_0_where_all_is_found():
    labels = torch.randint(0, 4, (2, 8, 8), generator=torch.Generator().manual_seed(2))
    scores = 100.0 * torch.nn.functional.one_hot(labels, 4).permute(0, 3, 1, 2).float()
    assert dice_loss(scores, labels).item() == pytest.approx(0.0, abs=1e-6)


def test_gradients_are_those_of_small_differences():
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(1, 3, 2, 3, dtype=torch.float64, generator=generator, requires_grad=True)
    labels = torch.randint(0, 3, (1, 2, 3), generator=generator)
    assert torch.autograd.gradcheck(lambda x: dice_loss(x, labels), scores)
    assert torch.autograd.gradcheck(lambda x: cross_entropy(x, labels), scores)


def test_confusion_and_overlap_by_hand():
    truth, said = np.array([[0, 0, 1, 1, 2]], np.uint8), np.array([[0, 1, 1, 1, 0]], np.uint8)
    counts = confusion(truth, said, 4)
    assert counts.tolist() == [[1, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    shares = intersection_over_union(counts)
    assert shares[:3].tolist() == [1 / 3, 2 / 3, 0.0]
    assert math.isnan(shares[3])
    assert mean_iou(counts) == pytest.approx(1 / 3)


@settings(max_examples=50, deadline=None)
@given(LABELS, LABELS)
def test_counts_are_complete_and_overlap_does_not_depend_on_sides(truth, said):
    counts = confusion(truth, said, 4)
    assert counts.sum() == truth.size
    assert np.array_equal(counts.T, confusion(said, truth, 4))
    assert np.array_equal(intersection_over_union(counts), intersection_over_union(counts.T), equal_nan=True)
    assert mean_iou(confusion(truth, truth, 4)) == 1.0


@settings(max_examples=25, deadline=None)
@given(LABELS, LABELS)
def test_overlap_is_torchmetrics_jaccard_index(truth, said):
    jaccard = pytest.importorskip("torchmetrics.functional.classification").multiclass_jaccard_index
    # Where a class neither is nor is said, torchmetrics counts it as 0 or leaves it out, by version: all four are made to occur.
    truth.flat[:4] = said.flat[:4] = np.arange(4)
    counts = confusion(truth, said, 4)
    tensors = torch.from_numpy(said).long(), torch.from_numpy(truth).long()
    by_class = jaccard(*tensors, num_classes=4, average="none")
    assert intersection_over_union(counts) == pytest.approx(by_class.numpy(), abs=1e-6)
    assert mean_iou(counts) == pytest.approx(float(jaccard(*tensors, num_classes=4, average="macro")), abs=1e-6)


def test_the_colour_threshold_takes_the_nearest_colour_it_was_shown():
    first = np.full((1, 2, 2, 3), 10, np.uint8), np.zeros((1, 2, 2), np.uint8)
    second = np.full((1, 2, 2, 3), 90, np.uint8), np.ones((1, 2, 2), np.uint8)
    other = np.full((1, 2, 2, 3), 200, np.uint8), np.zeros((1, 2, 2), np.uint8)
    threshold = ColourThreshold([first, second, other], classes=2)
    seen = np.array([[[[0, 0, 0], [60, 60, 60], [140, 140, 140], [255, 255, 255]]]], np.uint8)
    assert threshold.predict(seen).tolist() == [[[0, 1, 1, 0]]]
