"""YOLO v3's loss: assignment and terms by hand, and its gradient is what Darknet's layer writes, rewritten here in plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from perception.detection.decoding import Scale, decode
from perception.detection.detections import Truths
from perception.detection.losses.targets import ciou, targets_of
from perception.detection.losses.yolo_v3 import LossOptions, assign, yolo_v3_loss
from sim_suite.errors import SuiteError

SIZE = (32, 64)
SCALES = (Scale(((20.0, 16.0), (30.0, 30.0))), Scale(((4.0, 8.0), (10.0, 6.0))))
SHAPES = ((2, 4), (4, 8))
K = 3


def maps(seed, batch=2):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(batch, len(scale.anchors) * (5 + K), *shape) for scale, shape in zip(SCALES, SHAPES, strict=True)]
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def target(*rows):
    return torch.tensor(rows, dtype=torch.float64).reshape(-1, 6)


def test_a_truth_belongs_to_the_anchor_of_its_shape_in_the_cell_of_its_centre():
    """21 x 15 pixels at (40, 20): the first anchor of the first scale, whose cells are 16 pixels."""
    coarse, fine = assign(
        target([1, 2, 40 / 64, 20 / 32, 21 / 64, 15 / 32], [0, 1, 0.0, 1.0, 9 / 64, 6 / 32]), SCALES, SHAPES, SIZE
    )
    assert [each.tolist() for each in coarse[:4]] == [[1], [0], [1], [2]]
    assert [each.tolist() for each in fine[:4]] == [[0], [1], [3], [0]]


def test_of_truths_at_one_place_the_last_counts_and_ignored_ones_belong_to_nobody():
    place = [0, 0, 0.5, 0.5, 20 / 64, 16 / 32]
    rows = target(place, [0, 1, *place[2:]], [0, -1, *place[2:]])
    coarse, fine = assign(rows, SCALES, SHAPES, SIZE)
    assert coarse.truth[:, 1].tolist() == [1]
    assert len(fine.truth) == 0


def test_terms_by_hand():
    """All logits 0; one truth in the middle of a cell, as large as its anchor: half a chance of all that is asked."""
    quiet = [torch.zeros_like(each[:1]) for each in maps(0)]
    scales_cells = sum(2 * rows * columns for rows, columns in SHAPES)
    loss, terms = yolo_v3_loss(quiet, target([0, 1, 24 / 64, 8 / 32, 20 / 64, 16 / 32]), SCALES, SIZE, LossOptions())
    log2 = math.log(2)
    # Ignored: the other anchor there is 30 x 30 and covers 320 of 900; the neighbour's boxes share less.
    assert float(terms["objectness"]) == pytest.approx(scales_cells * log2)
    assert float(terms["class"]) == pytest.approx(K * log2)
    assert float(terms["place"]) == pytest.approx((2 - 320 / 2048) * 2 * log2)
    assert float(terms["size"]) == pytest.approx(0.0, abs=1e-12)
    assert float(loss) == pytest.approx(sum(map(float, terms.values())))


def test_who_covers_a_truth_without_being_responsible_is_told_nothing():
    quiet = [torch.zeros_like(each[:1]) for each in maps(0)]
    truth = target([0, 1, 24 / 64, 8 / 32, 26 / 64, 24 / 32])
    strict, _ = yolo_v3_loss(quiet, truth, SCALES, SIZE, LossOptions(ignore_iou=1.0))
    lenient, _ = yolo_v3_loss(quiet, truth, SCALES, SIZE, LossOptions(ignore_iou=0.5))
    # 26 x 24 is nearest to 30 x 30 (624 of 900); 20 x 16 covers 320 of 624, above one half.
    assert float(strict - lenient) == pytest.approx(math.log(2))


def darknet_delta(raw, truths, ignore):
    """`delta` of forward_yolo_layer for all scales, plain loops over one batch; raw: lists of [B, A, 5 + K, h, w] logits."""

    def logistic(x):
        return 1 / (1 + math.exp(-x))

    def overlap(a, b):
        width = min(a[0] + a[2] / 2, b[0] + b[2] / 2) - max(a[0] - a[2] / 2, b[0] - b[2] / 2)
        height = min(a[1] + a[3] / 2, b[1] + b[3] / 2) - max(a[1] - a[3] / 2, b[1] - b[3] / 2)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)

    deltas = []
    for number, (values, scale) in enumerate(zip(raw, SCALES, strict=True)):
        delta = np.zeros_like(values)
        batch, anchors, _, h, w = values.shape

        def box(b, a, j, i, values=values, scale=scale, w=w, h=h):
            t = values[b, a, :, j, i]
            return (
                (i + logistic(t[0])) / w,
                (j + logistic(t[1])) / h,
                math.exp(t[2]) * scale.anchors[a][0] / SIZE[1],
                math.exp(t[3]) * scale.anchors[a][1] / SIZE[0],
            )

        for b in range(batch):
            mine = [row for row in truths if row[0] == b]
            for a in range(anchors):
                for j in range(h):
                    for i in range(w):
                        best = max((overlap(box(b, a, j, i), row[2:]) for row in mine), default=0.0)
                        delta[b, a, 4, j, i] = 0.0 if best > ignore else -logistic(values[b, a, 4, j, i])
            for row in mine:
                shape = (0.0, 0.0, row[4], row[5])
                candidates = [
                    (overlap((0.0, 0.0, aw / SIZE[1], ah / SIZE[0]), shape), -k, k, n)
                    for n, other in enumerate(SCALES)
                    for k, (aw, ah) in enumerate(other.anchors)
                ]
                _, _, a, where = max(candidates)
                if where != number:
                    continue
                i, j = int(row[2] * w), int(row[3] * h)
                t, scaled = values[b, a, :, j, i], 2 - row[4] * row[5]
                delta[b, a, 0, j, i] = scaled * (row[2] * w - i - logistic(t[0]))
                delta[b, a, 1, j, i] = scaled * (row[3] * h - j - logistic(t[1]))
                delta[b, a, 2, j, i] = scaled * (math.log(row[4] * SIZE[1] / scale.anchors[a][0]) - t[2])
                delta[b, a, 3, j, i] = scaled * (math.log(row[5] * SIZE[0] / scale.anchors[a][1]) - t[3])
                delta[b, a, 4, j, i] = 1 - logistic(t[4])
                for k in range(K):
                    delta[b, a, 5 + k, j, i] = (k == int(row[1])) - logistic(t[5 + k])
        deltas.append(delta)
    return deltas


@pytest.mark.parametrize("seed", range(5))
def test_its_gradient_is_darknets(seed):
    dice = np.random.default_rng(seed)
    rows = []
    for picture in (0, 0, 0, 1):
        width, height = dice.uniform(0.05, 0.6), dice.uniform(0.1, 0.9)
        rows.append([picture, dice.integers(0, K), *dice.uniform(0.02, 0.98, 2), width, height])
    raw = [each.requires_grad_() for each in maps(seed)]
    loss, _ = yolo_v3_loss(raw, target(*rows), SCALES, SIZE, LossOptions(ignore_iou=0.4))
    loss.backward()
    by_anchor = [each.detach().unflatten(1, (2, 5 + K)).numpy() for each in raw]
    for ours, theirs in zip(raw, darknet_delta(by_anchor, rows, 0.4), strict=True):
        np.testing.assert_allclose(-2 * ours.grad.unflatten(1, (2, 5 + K)).numpy(), theirs, atol=1e-12)


@pytest.mark.parametrize("localisation", ["squared", "ciou"])
def test_what_the_loss_asks_for_is_what_decoding_gives(localisation):
    """Descent on the logits leads to the boxes and classes that were wanted, at both scales; stretched sigmoids too."""
    truths = Truths(np.array([[10, 4, 31, 19], [50, 20, 54, 27]], np.float32), np.array([2, 0]), np.zeros(2, np.bool_))
    scales = (Scale(SCALES[0].anchors, 1.1), SCALES[1])
    raw = [torch.zeros_like(each[:1]).requires_grad_() for each in maps(0)]
    options = LossOptions(localisation=localisation, box=2.0)
    optimizer = torch.optim.Adam(raw, lr=0.3)
    for _ in range(120):
        optimizer.zero_grad()
        loss, terms = yolo_v3_loss(raw, targets_of([truths], SIZE).double(), scales, SIZE, options)
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) == pytest.approx(sum(map(float, terms.values())))
    said = decode([each.detach() for each in raw], scales, SIZE)[0]
    best = said[said[:, 4] > 0.5]
    assert len(best) == 2
    np.testing.assert_allclose(best[:, :4], [[20.5, 11.5, 21, 15], [52, 23.5, 4, 7]], atol=0.5)
    assert best[:, 5:].argmax(1).tolist() == [2, 0]


def test_complete_iou_by_hand():
    """Equal boxes: 1. Shifted by its width: IoU 0, centres 2 apart, the box about both 4 x 2: 4/20. A tall and a wide one at one centre:
    IoU 4 / 28, no distance, arctan 1/4 and 4 apart by pi/2 - 2 arctan(1/4)."""
    square = torch.tensor([1.0, 1, 2, 2], dtype=torch.float64)
    assert float(ciou(square, square)) == pytest.approx(1.0)
    assert float(ciou(square, square + torch.tensor([2.0, 0, 0, 0]))) == pytest.approx(-4 / 20)
    tall, wide = (torch.tensor([0.0, 0, *sides], dtype=torch.float64) for sides in ((2, 8), (8, 2)))
    unlike = (2 / math.pi * (math.pi / 2 - 2 * math.atan(1 / 4))) ** 2
    assert float(ciou(tall, wide)) == pytest.approx(4 / 28 - unlike**2 / (24 / 28 + unlike))


def test_options_out_of_range_are_refused():
    with pytest.raises(SuiteError, match=r"ignore_iou must lie in 0\.\.1, not 2"):
        LossOptions(ignore_iou=2)
    with pytest.raises(SuiteError, match="unknown localisation 'giou'"):
        LossOptions(localisation="giou")
    with pytest.raises(SuiteError, match="weight box is -1"):
        LossOptions(box=-1)
    with pytest.raises(SuiteError, match="sides above 0"):
        Scale(((0.0, 3.0),))
