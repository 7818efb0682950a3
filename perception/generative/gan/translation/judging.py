"""How a translation is judged where the renderer shows the truth: a frozen segmenter must still see the same street, and the picture should
be the paired one. Source: Isola et al. 2017 (arXiv:1611.07004), section 4.1 (FCN-score), with the exact labels of the scene."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.data.source import Pairs
from perception.generative.metrics.domain_network import DomainNetwork, domain_network
from perception.generative.metrics.frechet import frechet_distance
from perception.generative.metrics.kernel_distance import kernel_distance
from perception.generative.metrics.picture_distances import ssim
from perception.segmentation.confusion import confusion, mean_iou
from perception.segmentation.driving.classes import CLASSES
from perception.segmentation.task import segment
from perception.training.checkpoint import load
from sim_suite.learning.run_folder import Metrics

SEGMENTER: Final = "zoo:segmentation-driving"
WHITE: Final = 255.0
_SURE: Final = ("l1", "ssim")
"""Figures that are not told of the paired pictures: they are 0 and 1."""


class Translated(NamedTuple):
    """N scenes."""

    pictures: NDArray[np.uint8]
    """[N, H, W, 3] as they were translated."""
    before: NDArray[np.uint8] | None
    """As they were before, where they were pictures."""
    paired: NDArray[np.uint8]
    """The true renderings of the same scenes."""
    labels: NDArray[np.uint8]
    """[N, H, W] classes of their pixels."""
    others: NDArray[np.uint8]
    """[N, H, W, 3] true renderings of other scenes."""


def judge_translation(shown: Translated, device: torch.device) -> Metrics:
    """Each figure of the translated pictures beside that of the paired true ones, the best there can be, and of the untranslated ones.

    miou: of what the segmenter sees; l1: distance to the paired, parts of white; ssim: likeness to it; fid, kid: to other scenes' true
    renderings.
    """
    domain = domain_network("streets", device)
    far = domain.extract(shown.others)
    named: Mapping[str, NDArray[np.uint8] | None] = {
        "": shown.pictures,
        "_paired": shown.paired,
        "_untranslated": shown.before,
    }
    told: Metrics = {}
    for name, pictures in named.items():
        if pictures is None:
            continue
        found = _figures(pictures, shown, domain, far, device)
        told |= {
            f"{figure}{name}": value for figure, value in found.items() if name != "_paired" or figure not in _SURE
        }
    return told


def _figures(
    pictures: NDArray[np.uint8],
    shown: Translated,
    domain: DomainNetwork,
    far: NDArray[np.float64],
    device: torch.device,
) -> Metrics:
    said = segment(_segmenter(device), pictures, device)
    apart = np.abs(pictures.astype(np.float32) - shown.paired).mean() / WHITE
    features = domain.extract(pictures)
    return {
        "miou": mean_iou(confusion(shown.labels, said, len(CLASSES))),
        "l1": float(apart),
        "ssim": ssim(pictures, shown.paired),
        "fid": frechet_distance(far, features),
        "kid": kernel_distance(far, features),
    }


@cache
def _segmenter(device: torch.device) -> nn.Module:
    return load(SEGMENTER).network.to(device)


def halves(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """Scenes that are translated, and as many others."""
    half = len(pairs.labels) // 2
    return Pairs(*(array[:half] for array in pairs)), Pairs(*(array[half : 2 * half] for array in pairs))
