"""What losses are told of a batch's truths: one row each, the form of Darknet's label files behind the picture's number. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from perception.detection.boxes import to_centres
from perception.detection.detections import Truths

PICTURE, CLASS, X, Y, WIDTH, HEIGHT, TARGET = 0, 1, 2, 3, 4, 5, 6
"""Columns: number in the batch; class; centre and sides, 0..1 of the picture's. Class IGNORED: is not to be learned."""
IGNORED = -1


def targets_of(truths: Sequence[Truths], size: tuple[int, int]) -> Tensor:
    """float32 [M, TARGET] of a batch. size: (height, width) of its pictures. A crowd's class is IGNORED."""
    rows = [np.zeros((0, TARGET), np.float32)]
    for picture, truth in enumerate(truths):
        centres = to_centres(truth.boxes) / np.array([size[1], size[0], size[1], size[0]], np.float32)
        classes = np.where(truth.crowd, IGNORED, truth.classes)
        rows.append(np.column_stack([np.full(len(truth), picture), classes, centres]).astype(np.float32))
    return torch.from_numpy(np.concatenate(rows))


def corners_of(centres: Tensor) -> Tensor:
    """[..., 4] centre form -> corner form."""
    half = centres[..., 2:] / 2
    return torch.cat([centres[..., :2] - half, centres[..., :2] + half], dim=-1)


def iou(one: Tensor, other: Tensor) -> Tensor:
    """[..., 4] and [..., 4] centre form, broadcast -> [...] 0..1; 0 where both are without area."""
    first, second = corners_of(one), corners_of(other)
    begin = torch.maximum(first[..., :2], second[..., :2])
    end = torch.minimum(first[..., 2:], second[..., 2:])
    shared = (end - begin).clamp(min=0).prod(-1)
    union = one[..., 2:].prod(-1) + other[..., 2:].prod(-1) - shared
    return shared / union.clamp(min=torch.finfo(shared.dtype).tiny)


def ciou(one: Tensor, other: Tensor) -> Tensor:
    """Complete IoU, Zheng et al. 2020 (arXiv:1911.08287) eq. 7 to 11: [..., 4] each, centre form with sides above 0 -> [...], at most 1.

    IoU, less the distance of the centres over the diagonal of the box about both, squared, less a measure of how unlike their shapes are.
    """
    first, second = corners_of(one), corners_of(other)
    about = torch.maximum(first[..., 2:], second[..., 2:]) - torch.minimum(first[..., :2], second[..., :2])
    apart = (one[..., :2] - other[..., :2]).square().sum(-1) / about.square().sum(-1)
    angles = torch.atan(one[..., 2] / one[..., 3]) - torch.atan(other[..., 2] / other[..., 3])
    unlike = (2 * angles / math.pi).square()
    overlap = iou(one, other)
    with torch.no_grad():
        weight = unlike / ((1 - overlap) + unlike).clamp(min=torch.finfo(overlap.dtype).eps)
    return overlap - apart - weight * unlike
