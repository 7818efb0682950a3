"""How fast the small YOLO sees through OpenCV, and what its training loses to data: the loop beside updates of one batch. Source: ours.

Frames a second are those of the exported network, batch of 1, alone and with letterbox and suppression, per second of this process's own
time on one thread, so that neighbours do not count. Of the training, frames are drawn before anything is timed: a run draws them once.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from perception import recipe as recipes
from perception.detection.config import YoloConfig
from perception.detection.detector import Detector
from perception.detection.exporting import export_yolo
from perception.detection.opencv_dnn import OpenCvPredictor
from perception.detection.task import YoloTask
from sim_suite.benchmarking import Row
from sim_suite.learning.torch_blocks import seeded
from sim_suite.settings import build_config
from tests.benchmarks._perception_share import ENDLESS, training_row

SUMMARY = "detection: frames per second through OpenCV, and training beside the network's updates alone"

RECIPE: Final = "yolo"
BARS_FPS: Final = {128: 150.0, 416: 10.0}
"""What following a street asks for at either size."""
FRAMES: Final = 20
ROUNDS: Final = 5
ROUND: Final = 5
"""Updates of a round."""


def rows() -> Iterator[Row]:
    """On the processor."""
    yield from seeing_rows()
    yield training_row("yolo", lambda: YoloTask(configuration(), 0), RECIPE)


def configuration() -> YoloConfig:
    """The recipe's, of one town; a run without end that judges nothing."""
    found: YoloConfig = build_config(YoloConfig, recipes.load(RECIPE).config, RECIPE)
    training = replace(found.training, report_every=ROUND, judge_every=0, updates=ENDLESS)
    return replace(found, driving=replace(found.driving, towns=1), training=training)


def seeing_rows() -> Iterator[Row]:
    """The network alone, and all that a picture needs."""
    task = YoloTask(configuration(), 0)
    with seeded(0):
        network = task.network()
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for side, bar in BARS_FPS.items():
                path = export_yolo(network, task.classes, (side, side), Path(folder) / f"{side}.onnx")
                predictor = OpenCvPredictor(path)
                blob = np.random.default_rng(0).random((1, 3, side, side), np.float32)
                picture = (blob[0].transpose(1, 2, 0) * 255).astype(np.uint8)
                rate = own_rate(partial(predictor.predict, blob))
                yield Row(f"OpenCV, {side} x {side}: network", rate, "frames/s", bar=bar, holds=rate >= bar)
                whole = own_rate(partial(Detector(predictor).detect, picture))
                yield Row(f"OpenCV, {side} x {side}: picture to boxes", whole, "frames/s")
    finally:
        cv2.setNumThreads(before)


def own_rate(see: Callable[[], object]) -> float:
    """Median frames a second of the process's own time."""
    see()
    rates = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(FRAMES):
            see()
        rates.append(FRAMES / (time.process_time() - started))
    return statistics.median(rates)
