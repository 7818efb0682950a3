"""Boxes in pictures: forms, areas and overlap by hand; suppression against the plain rule; anchors that are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from perception.detection.anchors import anchors_of, shape_iou
from perception.detection.boxes import areas, pairwise_iou, to_centres, to_corners
from perception.detection.nms import non_maximum_suppression
from sim_suite.errors import SuiteError

CORNERS = arrays.arrays(np.float64, st.tuples(st.integers(1, 12), st.just(4)), elements=st.integers(0, 12))


def test_overlap_by_hand():
    one = np.array([[0.0, 0, 4, 4], [0, 0, 0, 5]])
    other = np.array([[2.0, 2, 6, 6], [4, 0, 8, 4], [1, 1, 3, 3], [0, 0, 0, 5]])
    np.testing.assert_allclose(pairwise_iou(one, other), [[4 / 28, 0, 4 / 16, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(areas(other), [16, 16, 4, 0])
    np.testing.assert_array_equal(to_centres(other[:1]), [[4, 4, 4, 4]])


@given(CORNERS)
@settings(max_examples=50, deadline=None)
def test_forms_turn_into_each_other(corners):
    np.testing.assert_allclose(to_corners(to_centres(corners)), corners, atol=1e-12)


def plain_suppression(boxes, scores, threshold, classes):
    """As one would write it down: the surest that is left stays, and what it covers goes."""
    left, kept = sorted(range(len(boxes)), key=lambda i: (-scores[i], i)), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if classes[i] != classes[best] or plain_iou(boxes[i], boxes[best]) <= threshold]
    return kept


def plain_iou(one, other):
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    union = sum(max(0.0, b[2] - b[0]) * max(0.0, b[3] - b[1]) for b in (one, other)) - width * height
    return width * height / union if union > 0 else 0.0


@given(st.data(), st.integers(0, 40), st.sampled_from([0.0, 0.3, 0.45, 0.5, 1.0]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_suppression_is_the_plain_rule(data, count, threshold, class_wise):
    dice = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    begin, size = dice.integers(0, 12, (count, 2)), dice.integers(0, 8, (count, 2))
    boxes = np.concatenate([begin, begin + size], axis=1).astype(np.float64)
    scores, classes = dice.integers(0, 6, count) / 5, dice.integers(0, 3, count)
    kept = non_maximum_suppression(boxes, scores, threshold, classes if class_wise else None)
    expected = plain_suppression(boxes, scores, threshold, classes if class_wise else np.zeros(count))
    assert kept.tolist() == expected


def test_shapes_overlap_at_one_centre():
    np.testing.assert_allclose(shape_iou(np.array([[2.0, 4.0]]), np.array([[4.0, 2.0], [2.0, 4.0]])), [[4 / 12, 1.0]])


def test_anchors_are_the_middles_of_what_lies_together():
    dice = np.random.default_rng(0)
    middles = np.array([[4.0, 8.0], [20.0, 10.0], [40.0, 40.0]])
    sizes = np.concatenate([middle * dice.uniform(0.9, 1.1, (50, 2)) for middle in middles])
    found = anchors_of(sizes, 3, seed=1)
    np.testing.assert_allclose(found.sizes, middles, rtol=0.03)
    np.testing.assert_allclose(found.sizes, [sizes[i : i + 50].mean(0) for i in (0, 50, 100)])
    assert found.mean_iou == pytest.approx(shape_iou(sizes, found.sizes).max(1).mean())
    assert found.mean_iou > 0.9
    np.testing.assert_array_equal(anchors_of(sizes, 3, seed=1).sizes, found.sizes)


def test_more_anchors_cover_boxes_better():
    sizes = np.random.default_rng(3).uniform(2, 60, (300, 2))
    means = [anchors_of(sizes, count, seed=0).mean_iou for count in (1, 3, 9)]
    assert means == sorted(means)


def test_anchors_refuse_too_few_boxes_and_boxes_without_size():
    with pytest.raises(SuiteError, match="3 anchors of 1 different"):
        anchors_of(np.ones((5, 2)), 3, seed=0)
    with pytest.raises(SuiteError, match="above 0"):
        anchors_of(np.array([[0.0, 1.0], [2.0, 2.0]]), 1, seed=0)
