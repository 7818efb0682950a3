"""Pictures and films that people have, frame by frame. Source: ours; OpenCV decodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

FILMS: Final = (".mp4", ".webm", ".avi", ".mkv", ".mov", ".m4v", ".mpg", ".mpeg")
"""Endings of what is read as a film; everything else is read as a picture."""
_FPS: Final = 25.0  # of films that do not tell


def is_film(path: Path) -> bool:
    """By its ending."""
    return path.suffix.lower() in FILMS


def read_picture(path: Path) -> NDArray[np.uint8]:
    """[H, W, 3] red, green, blue. Raises SuiteError for what is no picture."""
    if not path.is_file():
        raise SuiteError(f"{path} does not exist. Name a picture (PNG, JPEG, ..) or a film ({', '.join(FILMS)}).")
    picture = (
        cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR_RGB) if path.stat().st_size else None
    )
    if picture is None:
        raise SuiteError(f"{path} is no picture that OpenCV can read. Name a PNG or JPEG file.")
    return picture.astype(np.uint8, copy=False)


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    """As PNG, in one step."""
    written, data = cv2.imencode(".png", picture[..., ::-1])
    assert written
    write_atomic(path, data.tobytes())


class Film:
    """A film's pictures, one after the other."""

    def __init__(self, path: Path) -> None:
        """Raises SuiteError for what is no film."""
        if not path.is_file():
            raise SuiteError(f"{path} does not exist. Name a picture (PNG, JPEG, ..) or a film ({', '.join(FILMS)}).")
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise SuiteError(f"{path} is no film that OpenCV can read. Turn it into MP4 or WebM.")
        self.fps = float(self._capture.get(cv2.CAP_PROP_FPS)) or _FPS
        self.frames = max(int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        """As the file says; 0 where it does not."""

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """[H, W, 3] red, green, blue."""
        while True:
            there, picture = self._capture.read()
            if not there:
                self._capture.release()
                return
            yield np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)
