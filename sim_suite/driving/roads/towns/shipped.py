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
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.lessons_junctions import crossroads, highway, roundabout, t_junction
from sim_suite.driving.roads.towns.lessons_streets import curves, loop_straight, parking
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.proving_crossings import crossing_bare, crossing_lights, crossing_stop
from sim_suite.driving.roads.towns.proving_roads import country_road, motorway, straight_street, winding_street


class Recipe(NamedTuple):
    """How a shipped map is made."""

    teaches: str
    make: Callable[[], OpenDrive]


def _village() -> OpenDrive:
    return generate_town(
        11, (470.0, 360.0), TownOptions("village", block_m=120.0, arterials=0, roundabouts=1, hills_m=6.0)
    )


def _left_hand() -> OpenDrive:
    return generate_town(
        4, (480.0, 340.0), TownOptions("left_hand", block_m=140.0, arterials=1, roundabouts=1, left_hand=True)
    )


def _town_1km() -> OpenDrive:
    return generate_town(7, (1000.0, 1000.0), TownOptions("town_1km", block_m=155.0, arterials=2, roundabouts=3))


SHIPPED: Final = {
    "loop_straight": Recipe("hold a lane, change lanes, long straights and wide curves; one way round", loop_straight),
    "curves": Recipe("curves of all kinds, spirals between them, a hill and banked bends; to and fro", curves),
    "t_junction": Recipe("turn at a T junction, stop for the main street", t_junction),
    "crossroads": Recipe("obey lights, turn, let pedestrians cross", crossroads),
    "roundabout": Recipe("give way at the entry, go round, leave at the right arm", roundabout),
    "highway": Recipe("enter, merge, keep lanes at speed, leave by the exit; lanes that open and end", highway),
    "parking": Recipe("park along the kerb or in bays, crosswalks between junctions", parking),
    "village": Recipe(
        "all of the small things together: stop and give-way signs, a roundabout, parking, hills", _village
    ),
    "left_hand": Recipe("a small town where traffic keeps to the left", _left_hand),
    "town_1km": Recipe("a town of one square kilometre: avenues, lights, roundabouts, 30 and 50 km/h", _town_1km),
    "straight_street": Recipe("scenarios on a straight street with oncoming traffic, 50 km/h", straight_street),
    "winding_street": Recipe("scenarios on a winding street of a town: bends of 100 to 30 m, 50 km/h", winding_street),
    "country_road": Recipe("scenarios on a country road: bends of 300 to 60 m of radius, 100 km/h", country_road),
    "motorway": Recipe("scenarios on a motorway: three lanes one way and a hard shoulder, 130 km/h", motorway),
    "crossing_lights": Recipe("scenarios at a junction with lights; four straight arms of 150 m", crossing_lights),
    "crossing_stop": Recipe("scenarios at a junction where one street stops for the other", crossing_stop),
    "crossing_bare": Recipe(
        "scenarios at a junction without signs, right before left; streets with parked cars", crossing_bare
    ),
}
"""In the order in which one would learn them."""


def write_all(folder: Path) -> None:
    """Write every shipped map as NAME.xodr."""
    for name, recipe in SHIPPED.items():
        write_opendrive(recipe.make(), folder / f"{name}.xodr")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
