"""A predictor from whatever files a user has: a checkpoint of ours, an exported network, or Darknet's weights and cfg. Source: ours."""

from __future__ import annotations

from pathlib import Path

from perception.detection.darknet.cfg import read_cfg
from perception.detection.darknet.network import DarknetNetwork
from perception.detection.darknet.weights import read_weights
from perception.detection.detector import Predictor
from perception.detection.networks.yolo_network import YoloNetwork
from perception.detection.opencv_dnn import OpenCvPredictor
from perception.detection.running import TorchPredictor
from perception.detection.task import YoloTask
from perception.training.checkpoint import load
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import device_of


def open_darknet(weights: Path, cfg: Path, names: Path | None, device: str = "auto") -> TorchPredictor:
    """A network of Darknet. names: a file with a class a line; without it classes are called by their numbers."""
    network = DarknetNetwork(read_cfg(cfg))
    read_weights(weights, network)
    classes = read_names(names) if names else tuple(f"class {number}" for number in range(network.num_classes))
    return TorchPredictor(network, classes, network.size, device_of(device))


def open_named(
    name: str, device: str = "auto", size: tuple[int, int] | None = None, is_quick: bool = False
) -> Predictor:
    """An exported .onnx file, or a checkpoint of the task yolo: its folder, its run, zoo:NAME.

    size: (height, width) that pictures are brought to; that of training if not given. An exported file has one size. is_quick: as
    `sim_suite.learning.inferring` runs it; an exported file is run as OpenCV does.
    """
    if name.endswith(".onnx"):
        if size is not None:
            raise SuiteError(
                f"{name} was exported for one size of picture. Leave --size out, or export it anew with --size."
            )
        return OpenCvPredictor(Path(name))
    network, task = load_yolo(name)
    return TorchPredictor(network, task.classes, size or task.size, device_of(device), is_quick)


def load_yolo(name: str) -> tuple[YoloNetwork, YoloTask]:
    """The network and task of a checkpoint. Raises SuiteError for one of another task."""
    trained = load(name)
    if not isinstance(trained.network, YoloNetwork) or not isinstance(trained.task, YoloTask):
        raise SuiteError(f"{name} was trained for {trained.description.task!r}; name a checkpoint of the task yolo.")
    return trained.network, trained.task


def read_names(path: Path) -> tuple[str, ...]:
    """A class a line, as in Darknet's .names files; blank lines at the end do not count."""
    try:
        return tuple(line.strip() for line in path.read_text(encoding="utf-8").rstrip().splitlines())
    except FileNotFoundError as error:
        raise SuiteError(f"{path} does not exist. Name a file with a class a line, such as coco.names.") from error
    except UnicodeDecodeError as error:
        raise SuiteError(f"{path} is not text. Name a file with a class a line, such as coco.names.") from error
