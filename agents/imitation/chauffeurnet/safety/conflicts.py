"""Whether a car that follows a path meets others, and how it has to slow down lest it does. Source: ours; that a learned plan is kept
where it passes and is else replaced by the nearest that does, Vitelli et al. 2021 (SafetyNet, arXiv:2109.13602).

Others go on as they go, straight. Their boxes, and the car's, have margins for what is not known of them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.safety.path import Floats, Path
from agents.imitation.chauffeurnet.spec import SPACING_S
from perception.moving import (
    IS_PERSON,
    OTHER_HEADING,
    OTHER_LENGTH,
    OTHER_WIDTH,
    OTHER_X,
    OTHER_Y,
    SPEED_X,
    SPEED_Y,
)
from sim_suite.compiling import called
from sim_suite.driving.collisions import overlap
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.world.kinds import CAR

STEPS: Final = 12
"""Of SPACING_S that are looked ahead: 2.4 s, a little farther than waypoints reach."""
SLOWER_MPS2: Final = (0.0, -1.0, -2.0, -3.0, -4.5, -6.0, -8.0)
"""What is tried in place of the plan, the mildest first; the last is what tyres give on dry asphalt."""
NOTHING_HELPS_MPS2: Final = -4.5
"""Where none of these comes to more than another: who stands is hit less hard."""
PERSON_M: Final = 0.5
"""Margin about people, who turn at once, and whose few pixels tell their motion to 0.8 m/s, ..."""
MOVING_M: Final = (0.5, 0.4)
"""... ahead of and beside whoever moves, who may turn, ..."""
OWN_M: Final = (0.3, 0.1)
"""... ahead of and beside the car itself: half a pixel, and what a tracker is off."""
BESIDE_M: Final = 1.5
"""Who stands no farther ahead than the front axle is beside the car, which goes on without touching them. Somebody may have walked up to it
when it stood, and to wait for them would be to wait for good."""
_BEHIND_M: Final = -float(PARAMETERS[CAR, LENGTH_M]) / 2
"""Who moves and is farther back comes from behind: braking is no help."""


class Margins(NamedTuple):
    """m, on each side."""

    person: float = PERSON_M
    ahead: float = OWN_M[0]
    aside: float = OWN_M[1]


def widened(others: NDArray[np.float32], margins: Margins) -> NDArray[np.float32]:
    """Others [n, OTHER] with their margins, without those that stand beside the car or come from behind."""
    moves = np.hypot(others[:, SPEED_X], others[:, SPEED_Y]) > 0.0
    counts = others[:, OTHER_X] >= np.where(moves, _BEHIND_M, BESIDE_M)
    grown, moves = others[counts], moves[counts]
    person = margins.person * grown[:, IS_PERSON]
    grown[:, OTHER_LENGTH] += 2.0 * (person + MOVING_M[0] * moves)
    grown[:, OTHER_WIDTH] += 2.0 * (person + MOVING_M[1] * moves)
    return grown


def slower(path: Path, speed_mps: float, others: NDArray[np.float32], margins: Margins) -> float | None:
    """The acceleration, m/s^2, that keeps clear of others, the mildest of SLOWER_MPS2; None where the plan does. others: `widened`."""
    if not len(others):
        return None
    planned = _further(path.planned)
    meets = [meeting(path.at(planned), others, margins)]
    if meets[0] == STEPS:
        return None
    for accel in SLOWER_MPS2:
        arcs = np.minimum(_driven(speed_mps, accel), planned)
        meets.append(meeting(path.at(arcs), others, margins))
        if meets[-1] == STEPS:
            return accel
    best = int(np.argmax(meets))
    return NOTHING_HELPS_MPS2 if best == 0 else SLOWER_MPS2[best - 1]


def meeting(poses: tuple[Floats, Floats, Floats], others: NDArray[np.float32], margins: Margins) -> int:
    """The first of n steps in which a car with poses (x, y, heading), [n] each, overlaps another; n where it does not."""
    track = np.stack(poses, axis=-1).astype(np.float32)
    return int(_meeting(track, np.ascontiguousarray(others), np.float32(margins.ahead), np.float32(margins.aside)))


def _further(planned: Floats) -> Floats:
    """[STEPS] The plan, and as fast as it ends beyond it."""
    lacking = STEPS - len(planned)
    last = planned[-1] - planned[-2] if len(planned) > 1 else planned[-1]
    return np.append(planned, planned[-1] + last * np.arange(1, lacking + 1))[:STEPS]


def _driven(speed_mps: float, accel: float) -> Floats:
    """[STEPS] m driven by then with an acceleration that is not above 0, to a standstill at most."""
    t: Floats = SPACING_S * np.arange(1.0, STEPS + 1.0)
    if accel < 0.0:
        t = np.asarray(np.minimum(t, max(speed_mps, 0.0) / -accel), np.float64)
    driven: Floats = speed_mps * t + 0.5 * accel * t * t
    return np.maximum(driven, 0.0)


@called
def _meeting(track: np.ndarray, others: np.ndarray, ahead: np.float32, aside: np.float32) -> int:
    two = np.float32(2.0)
    length, width = PARAMETERS[CAR, LENGTH_M] + two * ahead, PARAMETERS[CAR, WIDTH_M] + two * aside
    for step in range(len(track)):
        t = np.float32(SPACING_S) * np.float32(step + 1)
        for other in others:
            depth, _, _ = overlap(
                track[step, 0], track[step, 1], track[step, 2], length, width,
                other[OTHER_X] + t * other[SPEED_X], other[OTHER_Y] + t * other[SPEED_Y], other[OTHER_HEADING],
                other[OTHER_LENGTH], other[OTHER_WIDTH],
            )  # fmt: skip
            if depth > np.float32(0.0):
                return step
    return len(track)
