"""`sim-suite perception classify`: names what crops show, such as signs and lights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from rich.table import Table

from sim_suite.cli import console
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Arguments:
    """Name what pictures show. A picture is one thing that fills it, such as a sign in a crop of a camera's picture.

    examples:
      sim-suite perception classify sign.png
      sim-suite perception classify crops/*.png --top 3
      sim-suite perception classify sign.png --network runs/mine --json
    """

    images: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Pictures (PNG, JPEG, ..) of any size."""
    network: str = "zoo:signs"
    """A classifier's checkpoint: its folder, a run folder, or zoo:NAME."""
    top: int = 1
    """Classes that are told of each picture, the likeliest first."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the result as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    import numpy as np

    from perception.classification.classifier import AT_ONCE, fitted
    from perception.classification.opening import open_classifier
    from perception.reading import read_picture
    from sim_suite.learning.torch_blocks import device_of

    if not arguments.images:
        raise SuiteError("name at least one picture: sim-suite perception classify sign.png")
    if arguments.top < 1:
        raise SuiteError(f"--top must be 1 or more, not {arguments.top}.")
    classifier = open_classifier(arguments.network, device_of(arguments.device))
    results: list[dict[str, Any]] = []
    with console.progress() as bar:
        task = bar.add_task("pictures", total=len(arguments.images), note="")
        for begin in range(0, len(arguments.images), AT_ONCE):
            paths = arguments.images[begin : begin + AT_ONCE]
            said = classifier.classify(np.concatenate([fitted(read_picture(path)[None]) for path in paths]))
            for path, chances in zip(paths, said.chances, strict=True):
                likeliest = (-chances).argsort(kind="stable")[: arguments.top].tolist()
                told = [{"class": classifier.classes[one], "confidence": float(chances[one])} for one in likeliest]
                results.append({"image": str(path), "classes": told})
            bar.advance(task, len(paths))
    if arguments.json:
        console.print_json(results)
        return 0
    table = Table("image", "class", "confidence", box=None, pad_edge=False, header_style="bold")
    for result in results:
        for number, one in enumerate(result["classes"]):
            table.add_row("" if number else result["image"], one["class"], f"{one['confidence']:.3f}")
    console.out.print(table)
    return 0
