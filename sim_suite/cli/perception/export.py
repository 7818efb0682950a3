"""`sim-suite perception export`: a detector as ONNX."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Arguments:
    """Write a detector as ONNX, decoding included, once OpenCV finds the same boxes in it as torch does.

    examples:
      sim-suite perception export zoo:yolo --out yolo.onnx
      sim-suite perception export runs/mine --out large.onnx --size 416 416
      sim-suite perception export --weights yolov3.weights --cfg yolov3.cfg --names coco.names --out yolov3.onnx
    """

    network: Annotated[str | None, tyro.conf.Positional] = None
    """A checkpoint's folder, a run folder, or zoo:NAME, of the task yolo."""
    out: Path = Path("yolo.onnx")
    """A .onnx file; its classes and size go into the .json file beside it."""
    size: tuple[int, int] | None = None
    """Rows and columns of the pictures that it will be given; those of its training if not given."""
    weights: Path | None = None
    """A Darknet weights file, with --cfg."""
    cfg: Path | None = None
    """The Darknet network file that belongs to the weights."""
    names: Path | None = None
    """Names of the weights' classes, one a line."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    from perception.detection.exporting import export_yolo
    from perception.detection.opening import load_yolo, open_darknet

    if arguments.weights is not None and arguments.cfg is not None:
        opened = open_darknet(arguments.weights, arguments.cfg, arguments.names, "cpu")
        network, classes, size = opened.network, opened.classes, opened.size
    elif arguments.network is not None and arguments.weights is None and arguments.cfg is None:
        network, task = load_yolo(arguments.network)
        classes, size = task.classes, task.size
    else:
        raise SuiteError("name a checkpoint of the task yolo, or both --weights and --cfg of Darknet.")
    path = export_yolo(network, classes, arguments.size or size, arguments.out)
    told = {"out": str(path), "classes": list(classes), "size": list(arguments.size or size)}
    if arguments.json:
        console.print_json(told)
    else:
        console.out.print(f"{path}: {len(classes)} classes, {told['size'][0]} x {told['size'][1]}", markup=False)
        console.next_step(f"sim-suite perception detect street.png --network {path}")
    return 0
