"""Average precision by hand, and to 1e-9 what pycocotools says of random pictures with crowds, ties and all sizes."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from perception.detection.average_precision import average_precision
from perception.detection.detections import Detections, Truths
from sim_suite.errors import SuiteError


def detections(boxes, scores, classes):
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), np.array(classes, np.int64)
    )


def truths(boxes, classes, crowd=None):
    crowd = np.zeros(len(classes), np.bool_) if crowd is None else np.array(crowd, np.bool_)
    return Truths(np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64), crowd)


def test_one_hit_between_two_faults_by_hand():
    """Ranks: fault, hit, fault, of two truths. Precision 1/2 up to recall 1/2, then 0: 51 of 101 recalls."""
    true = truths([[0, 0, 10, 10], [50, 50, 60, 60]], [0, 0])
    found = detections([[20, 20, 30, 30], [0, 0, 10, 10], [0, 0, 9, 9]], [0.9, 0.8, 0.7], [0, 0, 0])
    result = average_precision([found], [true], 2)
    assert result.ap50 == pytest.approx(0.5 * 51 / 101)
    assert result.ap == pytest.approx(result.ap50)
    assert result.ap50_by_class[0] == result.ap50
    assert np.isnan(result.ap50_by_class[1])
    assert result.truths_by_class == (2, 0)
    assert np.isnan(result.ap_large)
    assert result.to_json()["ap_large"] is None


def test_a_crowd_is_neither_found_nor_missed():
    true = truths([[0, 0, 10, 10], [40, 40, 80, 80]], [0, 0], [False, True])
    inside = [[0, 0, 10, 10], [45, 45, 55, 55], [60, 60, 70, 70]]
    assert average_precision([detections(inside, [0.5, 0.9, 0.8], [0, 0, 0])], [true], 1).ap == pytest.approx(1.0)


def test_nothing_found_is_nothing_and_nothing_there_is_no_number():
    assert average_precision([detections([], [], [])], [truths([[0, 0, 5, 5]], [0])], 1).ap == 0.0
    assert np.isnan(average_precision([], [], 3).ap)


def test_pictures_with_and_without_truths_are_counted():
    with pytest.raises(SuiteError, match="1 pictures with detections, but 0"):
        average_precision([detections([], [], [])], [], 1)


def random_case(seed):
    """Pictures with 0 to 12 truths and up to 120 detections of a class near them or anywhere; integers, so that ties happen."""
    dice = np.random.default_rng(seed)
    num_classes, found, true = int(dice.integers(1, 4)), [], []
    for _ in range(int(dice.integers(1, 9))):
        count = int(dice.integers(0, 13))
        begin = dice.integers(0, 200, (count, 2))
        boxes = np.concatenate([begin, begin + dice.integers(1, 150, (count, 2))], axis=1)
        classes = dice.integers(0, num_classes, count)
        true.append(truths(boxes, classes, dice.random(count) < 0.15))
        near = np.repeat(boxes, int(dice.integers(0, 4)), axis=0)
        near = near + dice.integers(-6, 7, near.shape)
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        stray = int(dice.integers(0, 140))
        begin = dice.integers(0, 200, (stray, 2))
        boxes = np.concatenate([near, np.concatenate([begin, begin + dice.integers(1, 150, (stray, 2))], axis=1)])
        labels = np.concatenate([np.repeat(classes, len(near) // max(count, 1)), dice.integers(0, num_classes, stray)])
        found.append(detections(boxes, dice.integers(0, 40, len(boxes)) / 40, labels))
    return found, true, num_classes


def coco(found, true, num_classes):
    """The twelve numbers of COCOeval, and its AP50 of each class."""
    pycocotools = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed (extra dev)")
    from pycocotools.cocoeval import COCOeval

    def entry(box, number, picture, **more):
        x0, y0, x1, y1 = map(float, box)
        sides = [x0, y0, x1 - x0, y1 - y0]
        return {
            "bbox": sides,
            "area": sides[2] * sides[3],
            "category_id": int(number) + 1,
            "image_id": picture + 1,
            **more,
        }

    data = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(true))],
        "categories": [{"id": i + 1, "name": str(i)} for i in range(num_classes)],
        "annotations": [
            entry(box, number, picture, iscrowd=int(crowd))
            for picture, each in enumerate(true)
            for box, number, crowd in zip(each.boxes, each.classes, each.crowd, strict=True)
        ],
    }
    for number, annotation in enumerate(data["annotations"]):
        annotation["id"] = number + 1
    results = [
        entry(box, number, picture, score=float(score))
        for picture, each in enumerate(found)
        for box, number, score in zip(each.boxes, each.classes, each.scores, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        reference = pycocotools.COCO()
        reference.dataset = data
        reference.createIndex()
        judged = COCOeval(reference, reference.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    by_class = [judged.eval["precision"][0, :, k, 0, 2] for k in range(num_classes)]
    return judged.stats, [each.mean() if each.min() > -1 else np.nan for each in by_class]


@pytest.mark.parametrize("seed", range(40))
def test_numbers_are_those_of_pycocotools(seed):
    found, true, num_classes = random_case(seed)
    if not any(len(each) for each in found):
        pytest.skip("pycocotools refuses to judge no detections at all")
    stats, by_class = coco(found, true, num_classes)
    ours = average_precision(found, true, num_classes)
    numbers = [ours.ap, ours.ap50, ours.ap75, ours.ap_small, ours.ap_medium, ours.ap_large]
    expected = np.where(stats[:6] == -1, np.nan, stats[:6])
    np.testing.assert_allclose(numbers, expected, atol=1e-9, rtol=0)
    np.testing.assert_allclose(ours.ap50_by_class, by_class, atol=1e-9, rtol=0)
