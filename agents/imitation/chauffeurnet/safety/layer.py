"""The safety layer of a ChauffeurNet: its plan is followed as long as it stops where it must and meets nobody. Source: the idea is that of
Vitelli et al. 2021 (SafetyNet, arXiv:2109.13602); the checks are ours.

It reads the raster that the network looks at, and nothing else of the world: what a driver perceives wrongly, its safety layer does as
well. It never makes a car faster.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.safety.conflicts import Margins, slower, widened
from agents.imitation.chauffeurnet.safety.lines import Kind, Line, light_behind, line_ahead
from agents.imitation.chauffeurnet.safety.path import Path, path_through
from agents.imitation.chauffeurnet.safety.sidestep import PERSON_M, past_standing, standing
from agents.imitation.chauffeurnet.spec import SPACING_S
from perception.moving import others_in
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec

BLIND_M, STOOD, ROOM_M, HELD_MPS2, WAITED_S, LIGHT, NUMBERS = range(7)
"""What is remembered of a car, all 0 when an episode begins: for how many more metres no line is looked for; whether it has stood before
the sign ahead; how far the line was, at the last decision, that it is to stop at, 0 where there is none; what others asked then; how long
it has waited for others; whether that line is a light's, 1 where its light was seen, and less the longer it has not been. Their number."""
HARDEST_MPS2: Final = {Kind.STOP: 12.0, Kind.RED: 7.0, Kind.YELLOW: 3.0}
"""Who would have to brake harder passes: the line is lost, and at a yellow light one need not. At a stop sign one stops late rather."""
_LIT: Final = (Kind.RED, Kind.YELLOW)
BEFORE_M: Final = 0.5
"""Between the front and a line: a pixel of the preset `small`."""
NEAR_M: Final = 3.5
"""Who stands nearer before a sign's line has stopped for it. The rules say 4 m (`rules.lines`)."""
STANDS_MPS: Final = 0.1
"""As the rules have it."""
LATE_MPS2: Final = 2.0
"""Before a line the network is left to brake by itself until it would take this, ..."""
FASTER_MPS2: Final = 5.0
"""What a car of the driving world gains from standing."""
NEXT_S, NEXT_M = 0.3, 0.3
"""... or the line so near that it may be passed before the next decision, and is by a car that barely rolls."""
PASSED_M, ROLLS_MPS = 0.3, 0.3
"""A line is passed when a car that rolls was to be no farther before it; its front is over the pixel that shows it."""
CLEAR_M: Final = 15.0
"""Behind a line others are not looked for: the lanes of a junction lie there."""
ASTRAY_M: Final = 1.5
"""A sign's line that is seen so much farther than it was is another one, behind it."""
UNLIT_S: Final = 6.0
"""A light that has not been seen for so long at the line where it was is off."""
CREEPS_MPS: Final = 0.5
"""Who is faster has set off."""
WAIT_S: Final = 3.0
"""Who has waited for others so long passes people with half of the margin, and takes none for itself."""
HELD_MOST_MPS2: Final = -3.0
"""What others asked is asked once more in the next decision, not harder than this: a blob of few pixels trembles."""
PATIENT: Final = Margins(person=0.25, ahead=0.05, aside=0.0)


class SafetyLayer:
    """Checks the plan of one car at a time. It keeps nothing: what it remembers is in the caller's numbers [NUMBERS]."""

    def __init__(self, spec: RasterSpec) -> None:
        """spec: of the rasters that it is shown."""
        self._spec = spec
        self._road = spec.channels.index("road") if "road" in spec.channels else None

    def checked(
        self, raster: NDArray[np.uint8], places: NDArray[np.float32], headings: NDArray[np.float32], speed_mps: float,
        memory: NDArray[np.float64],
    ) -> tuple[NDArray[np.float32], float | None]:  # fmt: skip
        """(places, moved aside where somebody stands in their way; m/s^2, never above 0, that the car may have until the next decision,
        None: what it likes).

        raster: [C, H, W]; places: [N, 2] m in the vehicle's frame; headings: [N] rad; memory: [NUMBERS] of this car, which is changed.
        """
        others = others_in(raster, self._spec)
        if self._road is not None:
            there = standing(widened(others, Margins(person=PERSON_M)))
            places = past_standing(places, headings, there, raster[self._road], self._spec)
        path = path_through(places, headings)
        line = self._line(raster, path, speed_mps, memory)
        asked = (
            _before(line, float(path.planned[-1]), speed_mps, bool(memory[STOOD])),
            _for_others(others, path, speed_mps, memory),
        )
        return places, min((one for one in asked if one is not None), default=None)

    def _line(
        self, raster: NDArray[np.uint8], path: Path, speed_mps: float, memory: NDArray[np.float64]
    ) -> Line | None:
        """The line ahead. One at which the car is to stop, once seen, is known to be there until it is passed, though the path may miss it
        for a while: from close before it a raster shows little of it."""
        driven = max(speed_mps, 0.0) * SPACING_S
        memory[BLIND_M] = max(0.0, memory[BLIND_M] - driven)
        expected = memory[ROOM_M] - driven if memory[ROOM_M] > 0.0 else None
        if expected is not None and expected < PASSED_M and speed_mps > ROLLS_MPS:
            memory[[BLIND_M, STOOD, ROOM_M, LIGHT]], expected = (CLEAR_M, 0.0, 0.0, 0.0), None
        line = line_ahead(raster, self._spec, path) if memory[BLIND_M] == 0.0 else None
        if expected is not None and (line is None or line.room_m > expected + ASTRAY_M):
            line = self._known(raster, path, line, max(expected, 0.05), memory)
        elif line is not None and line.kind in _LIT and (memory[LIGHT] > 0.0 or _can_stop(line, speed_mps)):
            memory[LIGHT] = 1.0
        else:
            memory[LIGHT] = 0.0
        if memory[LIGHT] > 0.0 and line is not None:
            memory[ROOM_M] = max(line.room_m, 0.01)
            return Line(line.room_m, Kind.RED)  # who has begun to stop at a yellow light goes on with it
        if line is None or line.kind is not Kind.STOP:
            memory[ROOM_M] = 0.0
            return line
        memory[ROOM_M] = max(line.room_m, 0.01)
        if speed_mps < STANDS_MPS and line.room_m < NEAR_M:
            memory[STOOD] = 1.0
        return line

    def _known(
        self, raster: NDArray[np.uint8], path: Path, seen: Line | None, expected_m: float, memory: NDArray[np.float64]
    ) -> Line | None:
        """The line that is expected where it is not seen; `seen`, a farther one, where that one has nothing to say any more."""
        if memory[LIGHT] == 0.0:
            return Line(expected_m, Kind.STOP) if seen is None or seen.kind is Kind.STOP else seen
        shown = light_behind(raster, self._spec, path, expected_m)
        memory[LIGHT] = memory[LIGHT] - SPACING_S / UNLIT_S if shown is None else float(shown in _LIT)
        if memory[LIGHT] > 0.0:
            return Line(expected_m, Kind.RED)
        memory[LIGHT] = 0.0
        return seen


def _can_stop(line: Line, speed_mps: float) -> bool:
    return speed_mps * speed_mps / (2.0 * _room(line)) <= HARDEST_MPS2[line.kind]


def _room(line: Line) -> float:
    """m that may be driven until the car is to stand."""
    return max(line.room_m - BEFORE_M, 0.4 * line.room_m, 0.05)


def _for_others(others: NDArray[np.float32], path: Path, speed_mps: float, memory: NDArray[np.float64]) -> float | None:
    margins = PATIENT if memory[WAITED_S] > WAIT_S else Margins()
    now = slower(path, speed_mps, widened(others, margins), margins)
    held = max(float(memory[HELD_MPS2]), HELD_MOST_MPS2)
    memory[HELD_MPS2] = 0.0 if now is None else now
    if speed_mps > CREEPS_MPS:
        memory[WAITED_S] = 0.0
    elif now is not None:
        memory[WAITED_S] += SPACING_S
    return None if now is None and held == 0.0 else min(now or 0.0, held)


def _before(line: Line | None, planned_m: float, speed_mps: float, has_stood: bool) -> float | None:
    """m/s^2 that brings a car to a stand before a line that asks for it; None where its plan does, or nothing is asked."""
    if line is None or line.kind is Kind.GREEN or (line.kind is Kind.STOP and has_stood):
        return None
    room = _room(line)
    if planned_m <= room:
        return None
    if speed_mps < STANDS_MPS and line.room_m < NEAR_M:
        return -1.0
    needed = speed_mps * speed_mps / (2.0 * room) if speed_mps >= 0.05 else 0.0
    if needed > HARDEST_MPS2[line.kind]:
        return None
    if needed < LATE_MPS2 and room > NEXT_M + NEXT_S * speed_mps:
        return 0.0 if _is_late_if_faster(room, speed_mps) else None
    return -max(needed, 1.0) if speed_mps < 1.0 else -needed


def _is_late_if_faster(room_m: float, speed_mps: float) -> bool:
    """Whether a car that gets as much faster as it can until the next decision would have to brake hard then."""
    faster = speed_mps + FASTER_MPS2 * SPACING_S
    left = room_m - faster * SPACING_S
    return left <= 0.0 or faster * faster / (2.0 * left) > HARDEST_MPS2[Kind.YELLOW]
