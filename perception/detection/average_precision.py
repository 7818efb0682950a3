"""Average precision as COCO measures it: AP50, AP75, AP50:95, by size of object. Source: Lin et al. 2014, pycocotools' `COCOeval`.

Of each class and threshold of IoU, detections of all pictures are ranked by score. Surest first, each takes the truth that it covers best
of those not yet taken. Precision, made falling with recall, is read at 101 recalls and averaged; then over classes and thresholds. At most
100 detections of a class and picture count. Numbers are COCOeval's own, held to it in tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import areas, pairwise_intersection, pairwise_iou
from perception.detection.detections import Detections, Truths
from sim_suite.errors import SuiteError

IOU_THRESHOLDS: Final = np.linspace(0.5, 0.95, 10)
RECALLS: Final = np.linspace(0.0, 1.0, 101)
MOST_DETECTIONS: Final = 100
COCO_SIZES: Final = (32.0**2, 96.0**2)
"""Areas in square pixels that part small, medium and large objects."""
_SIZES: Final = ("all", "small", "medium", "large")
_ALMOST_ONE: Final = 1 - 1e-10  # COCOeval's own cap on thresholds


@dataclass(frozen=True)
class AveragePrecision:
    """Means over classes that occur; nan where none does."""

    ap: float
    """AP50:95, over ten thresholds of IoU, 0.50 to 0.95."""
    ap50: float
    ap75: float
    ap_small: float
    """AP50:95 of objects below 32 x 32 pixels, or whatever `sizes` says."""
    ap_medium: float
    ap_large: float
    ap50_by_class: tuple[float, ...]
    """nan for a class that does not occur."""
    truths_by_class: tuple[int, ...]
    """How many there were to find."""

    def to_json(self) -> dict[str, float | list[float | None] | None]:
        """Numbers by name; null for nan, which JSON lacks."""

        def plain(value: float) -> float | None:
            return None if np.isnan(value) else value

        return {
            name: [plain(each) for each in value] if isinstance(value, tuple) else plain(value)
            for name, value in asdict(self).items()
        }


class _Ranked(NamedTuple):
    """Of one class and all pictures. A sizes, T thresholds, n detections by falling score within their picture."""

    scores: NDArray[np.float64]
    """[n]"""
    hits: NDArray[np.bool_]
    """[A, T, n]"""
    ignored: NDArray[np.bool_]
    """[A, T, n] Neither hit nor fault."""
    truths: NDArray[np.int64]
    """[A] To be found."""


def average_precision(
    found: Sequence[Detections], truths: Sequence[Truths], num_classes: int, sizes: tuple[float, float] = COCO_SIZES
) -> AveragePrecision:
    """Of a set of pictures; found[i] and truths[i] belong to the i-th. sizes: see COCO_SIZES, for pictures unlike COCO's."""
    if len(found) != len(truths):
        raise SuiteError(f"{len(found)} pictures with detections, but {len(truths)} with truths; give both for each.")
    limits = np.array([(0, 1e10), (0, sizes[0]), sizes, (sizes[1], 1e10)])
    precision = np.full((num_classes, len(_SIZES), len(IOU_THRESHOLDS)), np.nan)
    counts = []
    for number in range(num_classes):
        ranked = _rank(found, truths, number, limits)
        counts.append(int(ranked.truths[0]))
        for size in np.flatnonzero(ranked.truths):
            precision[number, size] = _average(ranked, int(size))

    def mean(values: NDArray[np.float64]) -> float:
        return float(np.nanmean(values)) if not np.isnan(values).all() else float("nan")

    return AveragePrecision(
        ap=mean(precision[:, 0]),
        ap50=mean(precision[:, 0, 0]),
        ap75=mean(precision[:, 0, 5]),
        ap_small=mean(precision[:, 1]),
        ap_medium=mean(precision[:, 2]),
        ap_large=mean(precision[:, 3]),
        ap50_by_class=tuple(precision[:, 0, 0].tolist()),
        truths_by_class=tuple(counts),
    )


def _rank(found: Sequence[Detections], truths: Sequence[Truths], number: int, limits: NDArray[np.float64]) -> _Ranked:
    """limits: [A, 2] least and largest area of each size, both counted in."""
    nobody = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    nothing = Truths(nobody.boxes, nobody.classes, np.zeros(0, np.bool_))
    pairs = [(nobody, nothing), *zip(found, truths, strict=True)]
    parts = [_match(one, true, number, limits) for one, true in pairs]
    return _Ranked(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.hits for part in parts], axis=2),
        np.concatenate([part.ignored for part in parts], axis=2),
        np.sum([part.truths for part in parts], axis=0),
    )


def _match(found: Detections, truths: Truths, number: int, limits: NDArray[np.float64]) -> _Ranked:
    """Of one class in one picture: which detection takes which truth."""
    mine = np.flatnonzero(found.classes == number)
    mine = mine[np.argsort(-found.scores[mine], kind="stable")][:MOST_DETECTIONS]
    boxes = found.boxes[mine].astype(np.float64)
    theirs = truths.classes == number
    true, crowd = truths.boxes[theirs].astype(np.float64), truths.crowd[theirs]

    def outside(area: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        result: NDArray[np.bool_] = (area[None] < limits[:, :1]) | (area[None] > limits[:, 1:])
        return result

    passed_over = outside(areas(true)) | crowd  # [A, G]
    shape = (len(limits), len(IOU_THRESHOLDS), len(mine))
    hits, ignored = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    if len(true):
        overlap = _overlap(boxes, true, crowd)
        taken = np.zeros((*shape[:2], len(true)), np.bool_)
        for detection in range(len(mine)):
            truth = _best(overlap[detection], taken, crowd, passed_over)
            size, threshold = np.nonzero(truth >= 0)
            chosen = truth[size, threshold]
            taken[size, threshold, chosen] = True
            hits[size, threshold, detection] = ~passed_over[size, chosen]
            ignored[size, threshold, detection] = passed_over[size, chosen]
    # Whoever found nothing and is of another size than asked for is no fault.
    ignored |= ~hits & outside(areas(boxes))[:, None]
    return _Ranked(found.scores[mine].astype(np.float64), hits, ignored, (~passed_over).sum(1))


def _overlap(boxes: NDArray[np.float64], true: NDArray[np.float64], crowd: NDArray[np.bool_]) -> NDArray[np.float64]:
    """[D, G] IoU; with a crowd, the share of the detection that lies in it."""
    iou = pairwise_iou(boxes, true)
    size = areas(boxes)[:, None]
    inside = np.divide(pairwise_intersection(boxes, true), size, out=np.zeros_like(iou), where=size > 0)
    return np.where(crowd, inside, iou).astype(np.float64)


def _best(
    overlap: NDArray[np.float64],
    taken: NDArray[np.bool_],
    crowd: NDArray[np.bool_],
    passed_over: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """[A, T] The truth that a detection takes, or -1: the one most covered, the last of equals, those that count before others.

    overlap, crowd: [G]; taken: [A, T, G]; passed_over: [A, G].
    """
    enough = overlap >= np.minimum(IOU_THRESHOLDS, _ALMOST_ONE)[:, None]
    free = enough & (~taken | crowd)
    best = np.full(free.shape[:2], -1, np.int64)
    for open_to in (free & passed_over[:, None], free & ~passed_over[:, None]):
        backwards = np.where(open_to, overlap, -1.0)[..., ::-1]
        last = len(overlap) - 1 - backwards.argmax(-1)
        best = np.where(open_to.any(-1), last, best)
    return best


def _average(ranked: _Ranked, size: int) -> NDArray[np.float64]:
    """[T] Mean precision over recalls."""
    order = np.argsort(-ranked.scores, kind="stable")
    hits, ignored = ranked.hits[size][:, order], ranked.ignored[size][:, order]
    true, false = np.cumsum(hits & ~ignored, axis=1), np.cumsum(~hits & ~ignored, axis=1)
    recall = true / ranked.truths[size]
    precision = true / (true + false + np.spacing(1))
    precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    result = np.zeros(len(IOU_THRESHOLDS))
    for threshold in range(len(IOU_THRESHOLDS)):
        places = np.searchsorted(recall[threshold], RECALLS, side="left")
        reached = places < len(order)
        result[threshold] = precision[threshold, places[reached]].sum() / len(RECALLS)
    return result
