"""The maps that are shipped in `scenarios/maps`: what each teaches, and the recipe that makes it. Source: ours.

`python -m sim_suite.driving.roads.towns.shipped FOLDER` writes them all; a test holds the files to the recipes, byte for byte.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.opendrive.writer import write_opendrive
from sim_suite.driving.roads.towns.lessons_first import crossroads, loop_straight
from sim_suite.driving.roads.towns.lessons_ways import highway, roundabout, t_junction


class Recipe(NamedTuple):
    """How a shipped map is made."""

    teaches: str
    make: Callable[[], OpenDrive]


SHIPPED: Final = {
    "loop_straight": Recipe("hold a lane, change lanes, drive long straights and wide curves", loop_straight),
    "crossroads": Recipe("obey lights, turn, give way to pedestrians at crosswalks", crossroads),
}


def write_all(folder: Path) -> None:
    """Write every shipped map as NAME.xodr."""
    for name, recipe in SHIPPED.items():
        write_opendrive(recipe.make(), folder / f"{name}.xodr")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
