"""`sim-suite perception detect`: boxes in pictures and films, drawn and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from perception.detection.detector import Detector

_LARGE = 480
"""Pixels: smaller pictures are drawn so many times as large that names can be read."""


@dataclass(frozen=True)
class Arguments:
    """Find things in pictures and films, by a network of ours, an exported one, or YOLO's own weights for Darknet.

    examples:
      sim-suite perception detect street.png
      sim-suite perception detect street.png drive.mp4 --network runs/mine --out seen
      sim-suite perception detect street.png --network yolo.onnx --json
      sim-suite perception detect dog.jpg --weights yolov3.weights --cfg yolov3.cfg --names coco.names
    """

    inputs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Pictures (PNG, JPEG, ..) and films (MP4, WebM, ..)."""
    network: str | None = None
    """A checkpoint's folder, a run folder, zoo:NAME, or an exported .onnx file; zoo:yolo if not given."""
    weights: Path | None = None
    """A Darknet weights file, with --cfg."""
    cfg: Path | None = None
    """The Darknet network file that belongs to the weights."""
    names: Path | None = None
    """Names of the weights' classes, one a line."""
    out: Path = Path("runs/detect")
    """Where pictures and films with boxes go, each under its own name."""
    confidence: float = 0.5
    """Objectness times class that a box needs, 0 to 1."""
    nms_iou: float = 0.45
    """A box goes that overlaps a surer one by more, 0 to 1."""
    across_classes: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Boxes of different classes suppress each other too."""
    size: tuple[int, int] | None = None
    """Rows and columns that pictures are brought to, for a checkpoint; those of its training if not given."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was found as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    if not arguments.inputs:
        raise SuiteError("name at least one picture or film: sim-suite perception detect street.png")
    detector = _detector(arguments)
    results = []
    with console.progress() as bar:
        for path in arguments.inputs:
            task = bar.add_task(path.name, total=None, note="")

            def tell(done: int, total: int | None, task: Any = task) -> None:
                bar.update(task, completed=done, total=total)

            results.append(_detect(path, arguments.out, detector, tell))
    if arguments.json:
        console.print_json(results)
        return 0
    for result in results:
        console.out.print(f"{result['input']}: {_summary(result)} -> {result['out']}", markup=False, soft_wrap=True)
    return 0


def _detector(arguments: Arguments) -> Detector:
    from perception.detection.detector import Detector, DetectorOptions
    from perception.detection.opening import open_darknet, open_named

    options = DetectorOptions(arguments.confidence, arguments.nms_iou, class_wise=not arguments.across_classes)
    if arguments.weights is None and arguments.cfg is None:
        if arguments.names is not None:
            raise SuiteError("--names goes with --weights and --cfg; other networks know their classes.")
        return Detector(open_named(arguments.network or "zoo:yolo", arguments.device, arguments.size), options)
    if arguments.weights is None or arguments.cfg is None:
        missing = "--weights" if arguments.weights is None else "--cfg"
        raise SuiteError(f"Darknet's files go together: {missing} is missing.")
    if arguments.network is not None or arguments.size is not None:
        raise SuiteError("--weights and --cfg say which network and what size; leave out --network and --size.")
    return Detector(open_darknet(arguments.weights, arguments.cfg, arguments.names, arguments.device), options)


def _detect(path: Path, out: Path, detector: Detector, tell: Any) -> dict[str, Any]:
    """Draw one picture or film; what was found in it."""
    from perception.reading import Film, is_film, read_picture, write_picture
    from sim_suite.episodes.replay.film import FORMS, write_film

    if not is_film(path):
        picture = read_picture(path)
        target = out / f"{path.stem}.png"
        if target.resolve() == path.resolve():
            raise SuiteError(f"{path} would be overwritten. Choose another --out.")
        found = detector.detect(picture)
        write_picture(target, _drawn(picture, found, detector))
        tell(1, 1)
        return {"input": str(path), "out": str(target), "detections": found.to_json(detector.classes)}
    film = Film(path)
    target = out / (path.name if path.suffix.lower() in FORMS else f"{path.stem}.mp4")
    if target.resolve() == path.resolve():
        raise SuiteError(f"{path} would be overwritten. Choose another --out.")
    frames: list[Any] = []

    def pictures() -> Iterator[NDArray[np.uint8]]:
        for picture in film:
            found = detector.detect(picture)
            frames.append(found.to_json(detector.classes))
            tell(len(frames), film.frames or None)
            yield _drawn(picture, found, detector)

    write_film(target, pictures(), film.fps)
    return {"input": str(path), "out": str(target), "fps": film.fps, "frames": frames}


def _drawn(picture: NDArray[np.uint8], found: Any, detector: Detector) -> NDArray[np.uint8]:
    from perception.detection.drawing import drawn, enlarged

    times = max(-(-_LARGE // min(picture.shape[:2])), 1)
    return drawn(*enlarged(picture, found, times), detector.classes)


def _summary(result: dict[str, Any]) -> str:
    """ "3 car, 1 pedestrian", in a film "120 frames, 3.2 boxes each"."""
    if "frames" in result:
        count = len(result["frames"])
        return f"{count} frames, {sum(map(len, result['frames'])) / max(count, 1):.1f} boxes each"
    names = [found["class"] for found in result["detections"]]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names)) or "nothing found"
