"""What shows pictures otherwise, and how it is named: none, classical, or a checkpoint of a network that makes pictures. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from perception.augmentation.recolouring import expose

NONE: Final = "none"
CLASSICAL: Final = "classical"


class Augmenter(Protocol):
    """Keeps things where they are, so that labels, boxes and actions hold for what it makes."""

    def vary(self, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """Other pictures of the same places, [B, H, W, 3] red, green, blue. dice: the only source of chance."""


class Classical:
    """As another camera would have taken them: exposure, balance, contrast and noise (`recolouring.expose`)."""

    def vary(self, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """See `Augmenter`."""
        varied = pictures.copy()
        expose(varied, 1.0, dice)
        return varied


def augmenter_of(name: str) -> Augmenter | None:
    """The one that a name stands for; None for none. Raises `SuiteError` for a checkpoint that makes no pictures of pictures."""
    if name == NONE:
        return None
    if name == CLASSICAL:
        return Classical()
    from perception.augmentation.learned import Learned  # which loads torch

    return Learned(name)


def varied(
    pictures: NDArray[np.uint8], augmenter: Augmenter | None, share: float, dice: np.random.Generator
) -> NDArray[np.uint8]:
    """Pictures [B, H, W, 3] of which a share, each by its own chance, is shown otherwise."""
    if augmenter is None or share == 0.0:
        return pictures
    chosen = np.flatnonzero(dice.random(len(pictures)) < share)
    if not len(chosen):
        return pictures
    mixed = pictures.copy()
    mixed[chosen] = augmenter.vary(pictures[chosen], dice)
    return mixed


def with_varied(
    batch: Mapping[str, NDArray[Any]], augmenter: Augmenter, share: float, dice: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """A batch of a perception task whose `pictures`, uint8 [B, H, W, 3] or [B, 3, H, W], are `varied`."""
    pictures = batch["pictures"]
    is_colours_first = pictures.shape[-1] != 3
    shown = pictures.transpose(0, 2, 3, 1) if is_colours_first else pictures
    mixed = varied(np.ascontiguousarray(shown), augmenter, share, dice)
    return {**batch, "pictures": np.ascontiguousarray(mixed.transpose(0, 3, 1, 2)) if is_colours_first else mixed}
