"""The same frames stored as others do, read by the same loader: a PNG file each, and raw in one mapped file. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from sim_suite.envs.pixels import to_grey

Array = NDArray[Any]


class _Stacks(Dataset[tuple[Array, Array]]):
    """Stacks of four grey frames, black before an episode's first."""

    def __init__(self, firsts: Array, actions: Array) -> None:
        """firsts: [n] the frame that each step's episode begins with; actions: [n, ...]."""
        self.firsts, self._actions = firsts, actions

    def __getitems__(self, indices: list[int]) -> tuple[Array, Array]:
        stacks = np.zeros((len(indices), 4, 96, 96), np.uint8)
        for stack, index in zip(stacks, indices, strict=True):
            for k in range(4):
                frame = index - 3 + k
                if frame >= self.firsts[index]:
                    stack[k] = self.grey(frame)
        return stacks, self._actions[indices]

    def grey(self, frame: int) -> Array:
        """[96, 96] uint8"""
        raise NotImplementedError


class PngStacks(_Stacks):
    """A folder of PNG files, by OpenCV."""

    def __init__(self, folder: Path, frames: Array, firsts: Array, actions: Array) -> None:
        """Write them. frames: [n, 96, 96, 3] RGB."""
        super().__init__(firsts, actions)
        self._folder = folder
        folder.mkdir()
        for number, frame in enumerate(frames):
            cv2.imwrite(str(folder / f"{number}.png"), frame[..., ::-1])

    def grey(self, frame: int) -> Array:
        """Decoded as grey by OpenCV itself."""
        return np.asarray(cv2.imread(str(self._folder / f"{frame}.png"), cv2.IMREAD_GRAYSCALE))


class RawStacks(_Stacks):
    """One file of raw frames, mapped: 27,648 bytes a frame, and nothing to decode."""

    def __init__(self, path: Path, frames: Array, firsts: Array, actions: Array) -> None:
        """Write it. frames: [n, 96, 96, 3] RGB."""
        super().__init__(firsts, actions)
        self._path = path
        np.save(path, frames)
        self._frames: Array | None = None

    def grey(self, frame: int) -> Array:
        """Made grey as ours is."""
        if self._frames is None:
            self._frames = np.load(self._path, mmap_mode="r")
        return to_grey(self._frames[frame])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_frames": None}
