"""Maps to learn on that nobody has seen before: small towns, crossings of two streets, and winding roads, drawn anew for each generation.
Source: ours.

The shipped maps that no scenario uses have few junctions, which can be learned by heart; what is to be learned is how one obeys at any.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
from sim_suite.driving.roads.towns.paths import Pose, wrap
from sim_suite.driving.roads.towns.profiles import LANE_M, street
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.errors import SuiteError

TOWNS: Final = 0.3
"""Share of maps that are towns, ..."""
WINDING: Final = 0.25
"""... and of those that are winding roads; the others are crossings."""
SIZE_M: Final = (300.0, 450.0)
"""Of a town, along either side: four to sixteen junctions."""
BLOCK_M: Final = (95.0, 150.0)
"""Between junctions: from the least that towns have room for."""
CONTROLS: Final = ("stop", "stop", "stop", "stop everywhere", "yield", "lights", "lights", "lights", "nothing")
"""Who goes first at a crossing, each as likely as the others."""
SETBACK_M: Final = (11.0, 16.0)
"""Of the arms from the crossing's middle; below 11 m, turns at the kerb are tighter than a car can drive."""
STRAIGHT_M: Final = (20.0, 150.0)
"""Of each arm, before it bends to meet the next: along the longer ones one comes to the line at the limit."""
ASKEW_RAD: Final = 0.3
"""Greatest angle by which an arm is turned out of the right cross."""
BEND_AT, BEND_ROOM = 1.1, 2.5
"""The bend between two arms lies so many straights and setbacks from the crossing's middle: near, since crossings are to be practised,
and far enough for a smooth road in all of 177 draws."""
LIMITS_KMH: Final = (30.0, 50.0, 50.0, 60.0)
TWO_LANES: Final = 0.3
"""Chance that streets with lights have two lanes each way."""
CORNERS: Final = (4, 7)
"""Of a winding road, which leads round."""
OUT_M: Final = (70.0, 200.0)
"""From its middle to a corner."""
RADIUS_M: Final = (18.0, 80.0)
"""Of a bend, were it an arc: at the limit, most want slowing down to half to be driven at the 2 m/s^2 that an expert allows."""
_WINDING_KMH: Final = (50.0, 50.0, 60.0, 70.0)
_QUARTER: Final = math.pi / 2.0
_OF_A_SIDE: Final = 0.45
"""At most so much of a side is cut off for a corner; between two of them a straight remains."""
_TRIES: Final = 20
"""Some arms cannot be met by a smooth road; a right cross always can."""


def practice_map(seed: int) -> DrivingMap:
    """A map to drive on: a function of the seed."""
    rng = Random(seed)
    sort = rng.random()
    draw = _town if sort < TOWNS else _winding if sort < TOWNS + WINDING else _crossing
    document = draw(rng)
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
    return _smooth(lambda regular: _four_arms(rng, ASKEW_RAD * (1.0 - regular)))


def _winding(rng: Random) -> OpenDrive:
    return _smooth(lambda regular: _round_trip(rng, 1.0 - regular))


def _smooth(draw: Callable[[float], OpenDrive]) -> OpenDrive:
    """The first that can be driven; the argument rises from 0 to 1 with the tries, and what is drawn with 1 must be."""
    for attempt in range(_TRIES):
        try:
            return draw(attempt / (_TRIES - 1))
        except SuiteError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def _round_trip(rng: Random, unrest: float) -> OpenDrive:
    """A road that leads round its middle, straight between its corners and bent at them. unrest: 0 a regular polygon, 1 any star."""
    count, kmh = rng.randint(*CORNERS), rng.choice(_WINDING_KMH)
    least, most = OUT_M
    corners = []
    for k in range(count):
        angle = math.tau * (k + 0.5 * unrest * (rng.random() - 0.5)) / count
        out = most - unrest * rng.random() * (most - least)
        corners.append((out * math.cos(angle), out * math.sin(angle)))
    sides = [math.dist(corners[k - 1], corners[k]) for k in range(count)]
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in zip(corners[-1:] + corners[:-1], corners, strict=True)]
    poses = []
    for k, (x, y) in enumerate(corners):
        after = (k + 1) % count
        half_turn = 0.5 * abs(wrap(headings[after] - headings[k]))
        cut = min(rng.uniform(*RADIUS_M) * math.tan(half_turn), _OF_A_SIDE * min(sides[k], sides[after]))
        if cut < RADIUS_M[0] * math.tan(half_turn):
            raise SuiteError("two corners lie too close together to drive round them.")
        corner = Pose(x, y, headings[k])
        poses += [corner.ahead(-cut), Pose(x, y, headings[after]).ahead(cut)]
    draft = Draft("practice")
    half = len(poses) // 2
    roads = [
        draft.road(through(leg), street(1), name="street", speed_kmh=kmh)
        for leg in (poses[: half + 1], [*poses[half:], poses[0]])
    ]
    draft.join(End(roads[0], "end"), End(roads[1], "start"))
    draft.join(End(roads[1], "end"), End(roads[0], "start"))
    return draft.finish()


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
