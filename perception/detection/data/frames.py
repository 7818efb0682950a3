"""Pictures with what stands in them, and where they come from. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from perception.detection.detections import Truths
from sim_suite.errors import SuiteError

HELD_OUT_SEED: Final = 10_000
"""Of all held-out data, whatever a run's seed: the first of the seeds that nothing is trained on."""
Tell = Callable[[int, int], None]
"""Is told how many frames are done, and of how many."""


def tell_nobody(done: int, total: int) -> None:
    """A `Tell` for whom nobody waits."""


@dataclass(frozen=True, eq=False)
class Frames:
    """n pictures of one size."""

    pictures: NDArray[np.uint8]
    """[n, H, W, 3] red, green, blue."""
    truths: tuple[Truths, ...]
    """Of each."""

    def __post_init__(self) -> None:
        """Raises SuiteError where they do not go together."""
        if self.pictures.ndim != 4 or self.pictures.shape[3] != 3 or len(self.truths) != len(self.pictures):
            raise SuiteError(
                f"{len(self.truths)} truths for pictures {self.pictures.shape}; give one for each of [n, H, W, 3]."
            )

    def __len__(self) -> int:
        return len(self.pictures)

    def first(self, count: int) -> Frames:
        """The first so many."""
        return Frames(self.pictures[:count], self.truths[:count])

    def sizes(self) -> NDArray[np.float32]:
        """[m, 2] widths and heights of all boxes that are to be learned: what anchors are made of."""
        boxes = np.concatenate([truth.boxes[~truth.crowd] for truth in self.truths])
        sides: NDArray[np.float32] = boxes[:, 2:] - boxes[:, :2]
        return sides


class FrameSource(Protocol):
    """Makes frames, the same ones each time: those of training by a seed, held-out ones by HELD_OUT_SEED."""

    @property
    def classes(self) -> tuple[str, ...]:
        """What boxes may be, by number."""

    def training(self, tell: Tell = tell_nobody) -> Frames:
        """What is learned from."""

    def held_out(self, tell: Tell = tell_nobody) -> dict[str, Frames]:
        """What is judged on, by the name of what is new in it; nothing of it is in training. The first is what counts."""
