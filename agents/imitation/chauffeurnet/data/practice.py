"""Maps to learn on that nobody has seen before: small towns, and crossings of two streets, drawn anew for each generation. Source: ours.

The shipped maps that no scenario uses have few junctions, which can be learned by heart; what is to be learned is how one obeys at any.
"""

from __future__ import annotations

import math
from random import Random
from typing import Final

from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.blends import through
from sim_suite.driving.roads.towns.control import STOP, YIELD, add_lights, add_signs, add_speed_signs
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.furniture import add_crosswalk_at
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.driving.roads.towns.paths import Pose
from sim_suite.driving.roads.towns.profiles import LANE_M, street
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.errors import SuiteError

TOWNS: Final = 0.4
"""Share of maps that are towns; the others are crossings."""
SIZE_M: Final = (300.0, 450.0)
"""Of a town, along either side: four to sixteen junctions."""
BLOCK_M: Final = (95.0, 150.0)
"""Between junctions: from the least that towns have room for."""
CONTROLS: Final = ("stop", "stop", "stop", "stop everywhere", "yield", "lights", "lights", "lights", "nothing")
"""Who goes first at a crossing, each as likely as the others."""
SETBACK_M: Final = (11.0, 16.0)
"""Of the arms from the crossing's middle; below 11 m, turns at the kerb are tighter than a car can drive."""
STRAIGHT_M: Final = (20.0, 80.0)
"""Of each arm, before it bends to meet the next."""
ASKEW_RAD: Final = 0.3
"""Greatest angle by which an arm is turned out of the right cross."""
BEND_AT, BEND_ROOM = 1.1, 2.5
"""The bend between two arms lies so many straights and setbacks from the crossing's middle: near, since crossings are to be practised,
and far enough for a smooth road in all of 177 draws."""
LIMITS_KMH: Final = (30.0, 50.0, 50.0, 60.0)
TWO_LANES: Final = 0.3
"""Chance that streets with lights have two lanes each way."""
_QUARTER: Final = math.pi / 2.0
_TRIES: Final = 20
"""Some arms cannot be met by a smooth road; a right cross always can."""


def practice_map(seed: int) -> DrivingMap:
    """A map to drive on: a function of the seed."""
    rng = Random(seed)
    document = _town(rng) if rng.random() < TOWNS else _crossing(rng)
    return prepare(read_map(to_xml(document).encode(), name=f"practice {seed}", is_fleeting=True))


def _town(rng: Random) -> OpenDrive:
    size = (rng.uniform(*SIZE_M), rng.uniform(*SIZE_M))
    options = TownOptions(
        "practice", block_m=rng.uniform(*BLOCK_M), irregularity=rng.random(), missing_streets=0.5 * rng.random(),
        arterials=rng.choice((0, 0, 1, 2)), roundabouts=rng.choice((0, 1)), parking=rng.random() < 0.5,
        crosswalks=rng.random() < 0.7, buildings=False,
    )  # fmt: skip
    return generate_town(rng.getrandbits(32), size, options)


def _crossing(rng: Random) -> OpenDrive:
    for attempt in range(_TRIES):
        try:
            return _four_arms(rng, ASKEW_RAD * (1.0 - attempt / (_TRIES - 1)))
        except SuiteError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def _four_arms(rng: Random, askew_rad: float) -> OpenDrive:
    """Two streets meet; behind the crossing each arm bends to meet one beside it, so that there is always a way on."""
    draft = Draft("practice")
    control, crosswalks, kmh = rng.choice(CONTROLS), rng.random() < 0.5, rng.choice(LIMITS_KMH)
    lanes = 2 if control == "lights" and rng.random() < TWO_LANES else 1
    profile, setback = street(lanes), rng.uniform(*SETBACK_M) + LANE_M * (lanes - 1)
    angles = [k * _QUARTER + rng.uniform(-askew_rad, askew_rad) for k in range(4)]
    straights = [rng.uniform(*STRAIGHT_M) for _ in angles]
    ends: list[End] = []
    for k in (0, 2):
        out, into = (Pose(0.0, 0.0, angles[arm]).ahead(setback) for arm in (k, k + 1))
        middle = 0.5 * (angles[k] + angles[k + 1])
        reach = BEND_AT * max(straights[k], straights[k + 1]) + BEND_ROOM * setback
        corner = Pose(0.0, 0.0, middle).ahead(reach).turned(_QUARTER)
        back = into.turned()
        first, second = (
            draft.road(through(poses), profile, name="street", speed_kmh=kmh)
            for poses in ([out, out.ahead(straights[k]), corner], [corner, back.ahead(-straights[k + 1]), back])
        )
        draft.join(End(first, "end"), End(second, "start"))
        ends += [End(first, "start"), End(second, "end")]
    crossing = build_crossing(draft, ends, name="crossing")
    for end in ends:
        if crosswalks:
            add_crosswalk_at(draft, end)
        add_speed_signs(draft, end, kmh)
    if control == "lights":
        add_lights(draft, crossing, crosswalks=crosswalks)
    elif control != "nothing":
        main = [] if control == "stop everywhere" else rng.choice(([0, 2], [1, 3]))
        add_signs(draft, crossing, main, sign=YIELD if control == "yield" else STOP, crosswalks=crosswalks)
    return draft.finish()
