"""Pictures of one's own, from a folder: PNG and JPEG files, scaled to one size. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.generative.data.source import Shown, spread
from perception.reading import read_picture
from perception.scaling import scaled
from sim_suite.errors import SuiteError

ENDINGS: Final = (".png", ".jpg", ".jpeg")
HELD_OUT_EVERY: Final = 10
"""By order of names, the first of each so many is shown by no batch."""
LEAST: Final = 20
"""Files in a folder: fewer leave nothing to judge by."""
_CHOICE: Final = 16
"""What random numbers are for."""


@dataclass(frozen=True)
class FolderOptions:
    """Which folder, and how large its pictures become."""

    path: str = ""
    """The folder; files in folders below it do not count."""
    size: tuple[int, int] = (64, 64)
    """Rows and columns that they are scaled to, whatever their proportions; 8 to 1024 each."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", tuple(self.size))
        if len(self.size) != 2 or not all(8 <= side <= 1024 for side in self.size):
            raise SuiteError(f"size must be two numbers of 8 to 1024, not {list(self.size)}.")


class FolderPictures:
    """See `PictureSource`. All pictures are kept in memory. Neighbours of a film lie on both sides of the split: what is held out then says
    how well they are learned, not what is made of new scenes."""

    conditions = ("as it is",)
    state: tuple[str, ...] = ()

    def __init__(self, options: FolderOptions, seed: int) -> None:
        """seed: of the run; which pictures are held out does not depend on it. Raises `SuiteError` where there are too few files."""
        self._seed, self.size = seed, options.size
        folder = Path(options.path)
        if not options.path or not folder.is_dir():
            raise SuiteError(f"data.folder.path must name a folder of pictures, not {options.path!r}.")
        self._files = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)
        if len(self._files) < LEAST:
            raise SuiteError(
                f"{folder} holds {len(self._files)} pictures ({', '.join(ENDINGS)}); {LEAST} or more are needed to learn and to judge."
            )

    def batch(self, number: int, count: int) -> Shown:
        """See `PictureSource`."""
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        return _shown(self._learned[dice.integers(len(self._learned), size=count)])

    def training(self, count: int) -> Shown:
        """See `PictureSource`; again and again where there are fewer."""
        return _shown(self._learned[spread(len(self._learned), count)])

    def held_out(self, count: int) -> Shown:
        """See `PictureSource`; likewise."""
        return _shown(self._kept_apart[spread(len(self._kept_apart), count)])

    @cached_property
    def _learned(self) -> NDArray[np.uint8]:
        return self._read([path for number, path in enumerate(self._files) if number % HELD_OUT_EVERY])

    @cached_property
    def _kept_apart(self) -> NDArray[np.uint8]:
        return self._read(self._files[::HELD_OUT_EVERY])

    def _read(self, files: list[Path]) -> NDArray[np.uint8]:
        return np.stack([scaled(read_picture(path), self.size) for path in files])


def _shown(pictures: NDArray[np.uint8]) -> Shown:
    count = len(pictures)
    return Shown(pictures, np.zeros(count, np.uint8), np.zeros((count, 0), np.float32))
