"""Runs an exported network of YOLO in OpenCV, without torch. Source: OpenCV's dnn module."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, sha256


class OpenCvPredictor:
    """See `detector.Predictor`."""

    def __init__(self, path: Path) -> None:
        """path: a .onnx file that `exporting` wrote, its description beside it. Raises SuiteError where either is missing or altered."""
        if not path.is_file():
            raise SuiteError(f"{path} does not exist. `sim-suite perception export CHECKPOINT --out {path}` writes it.")
        facts = read_json(path.with_suffix(".json"))
        if facts.get("sha256") != sha256(path):
            raise DamagedFileError(f"{path} does not match the SHA-256 in {path.with_suffix('.json')}. Export it anew.")
        self.classes: tuple[str, ...] = tuple(facts["classes"])
        self.size: tuple[int, int] = (facts["size"][0], facts["size"][1])
        try:
            self._net = cv2.dnn.readNetFromONNX(str(path))
        except cv2.error as error:
            raise SuiteError(f"OpenCV {cv2.__version__} cannot read {path}: {str(error).splitlines()[0]}") from error

    def predict(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `detector.Predictor`; one picture after the other, for the file's batch is 1."""
        said = []
        for picture in pictures:
            self._net.setInput(picture[None])
            said.append(self._net.forward().copy())
        return np.concatenate(said)
