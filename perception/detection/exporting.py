"""Writes a network of YOLO as ONNX, decoding included, for OpenCV and whatever else reads it. Source: https://onnx.ai; torch's exporter.

    NAME.onnx    pictures [1, 3, H, W] float32 0..1, red, green, blue -> predictions [1, N, 5 + K], see `decoding`
    NAME.json    names of classes, size, SHA-256 of the file beside it

Written once OpenCV gives the predictions that torch gives.
"""

from __future__ import annotations

import importlib.util
import tempfile
import warnings
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from perception.detection.networks.yolo_network import YoloNetwork
from perception.detection.opencv_dnn import OpenCvPredictor
from perception.detection.running import TorchPredictor
from sim_suite.errors import SuiteError
from sim_suite.files import sha256, write_atomic, write_json

OPSET: Final = 17
"""Read by OpenCV since 4.7 and by onnxruntime since 1.12."""
TOLERANCE: Final = 1e-3
"""Largest difference allowed, relative to the larger of 1 and the value: float32 sums in another order, batch norms folded."""


def export_yolo(network: YoloNetwork, classes: tuple[str, ...], size: tuple[int, int], out: Path) -> Path:
    """Write `out` and the description beside it; returns `out`. size: (height, width) of the pictures it will be given.

    Raises SuiteError where OpenCV finds other boxes, and where the package onnx is missing.
    """
    if out.suffix != ".onnx":
        raise SuiteError(f"--out must end in .onnx, not {str(out)!r}.")
    if importlib.util.find_spec("onnx") is None:
        raise SuiteError("export needs the package onnx. Install it: pip install 'sim-suite[export]'.")
    ours = TorchPredictor(network.cpu(), classes, size)
    example = np.random.default_rng(0).random((1, 3, *size), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / out.name
        _trace(ours.network, torch.from_numpy(example), draft)
        facts = {"classes": list(classes), "size": list(size), "sha256": sha256(draft)}
        write_json(draft.with_suffix(".json"), facts)
        said, read = ours.predict(example), OpenCvPredictor(draft).predict(example)
        difference = float(np.max(np.abs(said - read) / np.maximum(np.abs(said), 1)))
        if said.shape != read.shape or not difference <= TOLERANCE:
            raise SuiteError(
                f"OpenCV's predictions differ from torch's by {difference:g}, more than {TOLERANCE:g}; nothing was written."
            )
        write_atomic(out, draft.read_bytes())
        write_json(out.with_suffix(".json"), facts)
    return out


class _Decoded(nn.Module):
    """The network with decoding as its forward pass."""

    def __init__(self, network: YoloNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        return self.network.decoded(pictures)


def _trace(network: YoloNetwork, example: Tensor, path: Path) -> None:
    with warnings.catch_warnings():
        # torch tells that its newer exporter is preferred, and that shapes become constants, which is meant.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Decoded(network).eval(),  # the exporter leaves all parts in the mode of the whole
            (example,),
            str(path),
            input_names=["pictures"],
            output_names=["predictions"],
            opset_version=OPSET,
            dynamo=False,
        )
