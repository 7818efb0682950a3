"""Lessons in which an expert is made to drive too fast now and then, and slows down again. Source: DART (Laskey et al. 2017,
arXiv:1703.09327), which disturbs the one who shows, so that it shows how to mend; sizes ours.

An expert never comes too fast to a line or a bend, so that who imitates it never sees what one does then; and a clone is always a little
late. Beside the lane's middle it learns from perturbed drives (perturbation.py), which leave the speed as it is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.data.log import ROW_TICKS
from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.world.kinds import CAR, TICKS_A_SECOND
from sim_suite.driving.world.layout import SPEED, State
from sim_suite.envs.driving.judging import EGO

PUSH_S: Final = (0.6, 2.0)
"""How long one is pushed ..."""
PUSH_MPS2: Final = (0.5, 2.5)
"""... and by how much one gains then: 0.3 to 5 m/s, which can be braked away on 40 m."""
PAUSE_S: Final = (4.0, 10.0)
"""How long nothing pushes: twice as long as waypoints reach, and more. The first push comes after a share of one."""
DRIVING_MPS: Final = 4.0
"""Who is slower is not pushed: whoever stands before a line stays there."""
_DRY: Final = np.float32(1.0)


def draw_pushes(rng: np.random.Generator, worlds: int, share: float, steps: int) -> NDArray[np.float32]:
    """[W, steps] m/s^2 with which the agent is pushed in a share of the episodes, 0 where it is not."""
    pushes = np.zeros((worlds, steps), np.float32)
    for w in np.flatnonzero(rng.random(worlds) < share).tolist():
        step = _rows(rng.uniform(0.0, PAUSE_S[1]))
        while step < steps:
            end = step + max(1, _rows(rng.uniform(*PUSH_S)))
            pushes[w, step:end] = rng.uniform(*PUSH_MPS2)
            step = end + _rows(rng.uniform(*PAUSE_S))
    return pushes


def who_is_pushed(state: State, pushes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """[W] Of pushes [W], which there are and reach somebody who drives."""
    pushed: NDArray[np.bool_] = (pushes > 0.0) & (state.body[:, EGO, SPEED] > DRIVING_MPS)
    return pushed


def push(state: State, pushes: NDArray[np.float32], pushed: NDArray[np.bool_], actions: NDArray[np.float32]) -> None:
    """Write, over the pedals in actions [W, 2], those that give each of the pushed its push [W]; they steer on."""
    for w in np.flatnonzero(pushed).tolist():
        throttle, brake = pedals_for(CAR, state.body[w, EGO, SPEED], pushes[w], _DRY)
        actions[w, 1] = throttle - brake


def _rows(seconds: float) -> int:
    return round(seconds * TICKS_A_SECOND / ROW_TICKS)
