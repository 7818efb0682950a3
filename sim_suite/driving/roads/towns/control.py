"""Who may go when: lights with phases that do not conflict, stop and yield signs, priorities. Source: ours; OpenDRIVE 1.8, 14.6, 12.6.

Lights stop one arm each. Arms whose moves neither cross nor merge share a controller, a phase of the cycle; all others
follow one another (split phasing), so that whoever has green has the way to himself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.opendrive.furniture import Controller
from sim_suite.driving.roads.opendrive.junctions import JunctionController, Priority
from sim_suite.driving.roads.towns.crossings import Crossing, Way, add_to_junction
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.furniture import CROSSWALK_FROM_END_M, CROSSWALK_M
from sim_suite.driving.roads.towns.moves import STRAIGHT_RAD
from sim_suite.driving.roads.towns.paths import wrap

LIGHT, STOP, YIELD, STOP_LINE, SPEED_LIMIT = "1000001", "206", "205", "294", "274"
"""Signal types: CARLA's traffic light, and the German catalogue."""
STOP_BEFORE_CROSSWALK_M: Final = 1.0
STOP_BEFORE_END_M: Final = 1.0
"""Where there is no crosswalk to stop before."""
BESIDE_M: Final = 0.7
"""Signs stand this far outside of the carriageway."""
SIGN_AFTER_M: Final = 8.0
"""Speed signs stand behind the crosswalk of the junction that they follow."""
CLEARANCE_M: Final = 2.5
"""Ways whose centre lines come nearer than this get in each other's way: between a car's width of 2 and a lane's of 3.25."""


def add_lights(draft: Draft, crossing: Crossing, *, crosswalks: bool) -> None:
    """A light and a stop line on every arm that traffic comes from, and the controllers of the phases."""
    arms = [index for index, arm in enumerate(crossing.arms) if arm.leaving.driving()]
    lights = {arm: _put_up(draft, crossing.arms[arm], LIGHT, crosswalks=crosswalks) for arm in arms}
    controllers = []
    for number, phase in enumerate(phases(crossing)):
        controller = Controller(
            draft.new_id("controller"), tuple(lights[arm] for arm in phase), f"phase {number + 1}", number
        )
        draft.controllers.append(controller)
        controllers.append(JunctionController(controller.id, "0", number))
    add_to_junction(draft, crossing, controllers=tuple(controllers))


def add_signs(
    draft: Draft, crossing: Crossing, main: Collection[int], *, sign: str = YIELD, crosswalks: bool = False
) -> None:
    """A stop or yield sign on each arm that is not on the main road, and the priorities of the ways that conflict."""
    for index, arm in enumerate(crossing.arms):
        if index not in main and arm.leaving.driving():
            _put_up(draft, arm, sign, crosswalks=crosswalks)
    priorities = [
        Priority(high.road.id, low.road.id)
        for high in crossing.ways
        for low in crossing.ways
        if _goes_first(high, low, main) and in_conflict(high, low)
    ]
    add_to_junction(draft, crossing, priorities=tuple(priorities))


def _goes_first(one: Way, other: Way, main: Collection[int]) -> bool:
    """The main street before the lesser; on equal streets whoever does not turn left across the other (StVO 8, 9)."""
    rank, other_rank = (way.move.from_arm in main for way in (one, other))
    if rank != other_rank:
        return rank
    return _turn(other) > STRAIGHT_RAD >= _turn(one)


def _turn(way: Way) -> float:
    path = way.road.path
    return wrap(path.end.heading - path.start.heading)


def phases(crossing: Crossing) -> list[list[int]]:
    """Arms that may have green together, greedily packed in their order."""
    by_arm: dict[int, list[Way]] = {}
    for way in crossing.ways:
        by_arm.setdefault(way.move.from_arm, []).append(way)
    packed: list[list[int]] = []
    for arm, ways in sorted(by_arm.items()):
        for phase in packed:
            if not any(in_conflict(way, other) for way in ways for member in phase for other in by_arm[member]):
                phase.append(arm)
                break
        else:
            packed.append([arm])
    return packed


def in_conflict(one: Way, other: Way) -> bool:
    """Whether two ways of a junction cross or merge. Ways out of the same lane do not."""
    a, b = one.move, other.move
    if (a.from_arm, a.from_lane) == (b.from_arm, b.from_lane):
        return False
    if (a.to_arm, a.to_lane) == (b.to_arm, b.to_lane):
        return True
    first, second = _centre(one), _centre(other)
    gaps = first[:, None] - second[None, :]
    return bool((gaps**2).sum(axis=-1).min() < CLEARANCE_M**2)


def _centre(way: Way) -> NDArray[np.float64]:
    """[N, 2] points of the lane's centre line, about a metre apart."""
    path = way.road.path
    poses = [path.at(s) for s in np.linspace(0.0, path.length, 2 + int(path.length))]
    return np.array([(pose.x, pose.y) for pose in poses])


def _put_up(draft: Draft, arm: End, type: str, *, crosswalks: bool) -> str:
    """A signal (and a stop line where one must stop) on an arm; its id."""
    back = CROSSWALK_FROM_END_M + CROSSWALK_M + STOP_BEFORE_CROSSWALK_M if crosswalks else STOP_BEFORE_END_M
    s = arm.road.length - back if arm.at == "end" else back
    side = arm.leaving
    lanes = [side.ids[index] for index in side.driving()]
    outer = max(
        inner + strip.width
        for inner, strip in zip(side.inner, side.strips, strict=True)
        if strip.kind in ("driving", "shoulder", "biking")
    )
    t = (outer + BESIDE_M) * (-1.0 if arm.at == "end" else 1.0)
    orientation = "+" if arm.at == "end" else "-"
    if type in (LIGHT, STOP):
        draft.signal(arm.road, s, 0.0, STOP_LINE, orientation, lanes, name="stop line")
    if type == LIGHT:
        return draft.signal(arm.road, s, t, type, orientation, lanes, dynamic=True, z_offset=3.0, height=1.0, width=0.4)
    return draft.signal(arm.road, s, t, type, orientation, lanes, z_offset=2.0, height=0.8, width=0.8)


def add_speed_signs(draft: Draft, arm: End, kmh: float) -> None:
    """A speed limit for the traffic that comes onto the road at this end."""
    side = arm.entering
    lanes = [side.ids[index] for index in side.driving()]
    if not lanes:
        return
    s = arm.road.length - SIGN_AFTER_M if arm.at == "end" else SIGN_AFTER_M
    outer = sum(strip.width for strip in side.strips if strip.kind != "sidewalk")
    t = (outer + BESIDE_M) * (1.0 if arm.at == "end" else -1.0)
    draft.signal(
        arm.road, s, t, SPEED_LIMIT, "-" if arm.at == "end" else "+", lanes,
        subtype=f"{kmh:g}", value=kmh, unit="km/h", z_offset=2.0, height=0.8, width=0.8,
    )  # fmt: skip
