"""`sim-suite perception evaluate`: judge a trained network on held-out data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from rich.table import Table

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.settings import parse_settings

if TYPE_CHECKING:
    import torch
    from torch import nn

    from perception.training.task import Task


@dataclass(frozen=True)
class Arguments:
    """Judge a trained network on held-out data; the same data each time.

    examples:
      sim-suite perception evaluate zoo:segmentation-car-racing
      sim-suite perception evaluate zoo:segmentation-car-racing --picture seen.png
      sim-suite perception evaluate runs/mine --set judging.frames=50 --json
    """

    checkpoint: Annotated[str, tyro.conf.Positional]
    """A checkpoint's folder, a run folder, or zoo:NAME."""
    set: tuple[str, ...] = ()
    """Settings of the task to change for this judgement, as TABLE.KEY=VALUE."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    picture: Path | None = None
    """Also write a PNG of what the network sees beside the truth."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the result as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    import torch

    from perception.training.checkpoint import load
    from perception.training.task import Notes
    from sim_suite.learning.torch_blocks import device_of

    trained = load(arguments.checkpoint, parse_settings(arguments.set))
    device = device_of(arguments.device)
    network = trained.network.to(device)
    with torch.inference_mode(), console.err.status("judging on held-out data"):
        metrics = trained.task.judge(network, device)
        if arguments.picture is not None:
            _draw(arguments.picture, trained.task, network, device)
    notes = trained.task.notes() if isinstance(trained.task, Notes) else {}
    if arguments.json:
        described = trained.description
        told = {"checkpoint": arguments.checkpoint, "task": described.task, "training": described.training}
        console.print_json({**told, "metrics": metrics, **({"notes": notes} if notes else {})})
        return 0
    table = Table("held out", "", box=None, pad_edge=False, header_style="bold")
    for name, value in metrics.items():
        table.add_row(name, f"{value:.4f}")
    console.out.print(table)
    for name, note in notes.items():
        console.note(f"{name}: {note}")
    return 0


def _draw(path: Path, task: Task, network: nn.Module, device: torch.device) -> None:
    import cv2

    from perception.training.task import Draws
    from sim_suite.files import write_atomic

    if not isinstance(task, Draws):
        raise SuiteError("this task draws no picture. Leave --picture out.")
    written, encoded = cv2.imencode(".png", task.picture(network, device)[..., ::-1])
    if not written:
        raise SuiteError(f"could not encode the picture for {path}.")
    write_atomic(path, encoded.tobytes())
    console.note(f"picture: {path}")
