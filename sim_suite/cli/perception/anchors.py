"""`sim-suite perception anchors`: typical sizes of a recipe's boxes, for YOLO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.settings import parse_settings, with_settings


@dataclass(frozen=True)
class Arguments:
    """Find YOLO's anchors for the boxes that a recipe is trained on: k-means with 1 - IoU as the distance (Redmon & Farhadi 2017).

    examples:
      sim-suite perception anchors yolo
      sim-suite perception anchors my_recipe.toml --count 6 --json
    """

    recipe: Annotated[str, tyro.conf.Positional] = "yolo"
    """A recipe of the task yolo, or a .toml file."""
    count: int = 9
    """How many: nine, or six for yolov3-tiny."""
    seed: int = 0
    """Of the frames and of the first guesses."""
    set: tuple[str, ...] = ()
    """Settings to change, as KEY=VALUE; in a table, as TABLE.KEY=VALUE."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    from perception import recipe as recipes
    from perception.detection.anchors import anchors_of
    from perception.detection.config import YoloConfig
    from perception.detection.task import YoloTask
    from sim_suite.settings import build_config

    recipe = recipes.load(arguments.recipe)
    if recipe.task != "yolo":
        raise SuiteError(f"{arguments.recipe} trains {recipe.task!r}, which has no anchors. Name a recipe of yolo.")
    settings = with_settings(recipe.config, parse_settings(arguments.set))
    task = YoloTask(build_config(YoloConfig, settings, arguments.recipe), arguments.seed)
    with console.progress() as bar:
        shown = bar.add_task("frames", total=None, note="")
        frames = task.source.training(lambda done, total: bar.update(shown, completed=done, total=total))
    found = anchors_of(frames.sizes(), arguments.count, arguments.seed)
    numbers = [round(float(side), 1) for pair in found.sizes for side in pair]
    if arguments.json:
        console.print_json({"anchors": numbers, "mean_iou": found.mean_iou, "boxes": len(frames.sizes())})
        return 0
    console.out.print(f"anchors = {numbers}", markup=False)
    console.note(f"mean IoU of {len(frames.sizes())} boxes with the nearest: {found.mean_iou:.3f}")
    return 0
