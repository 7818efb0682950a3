"""Lessons by turns: a novice drives and an expert corrects it. Source: HG-DAgger (Kelly et al. 2019, arXiv:1810.02890), algorithm 1, after
Ross et al. 2011: only what the expert drives is learned from. When it takes over is drawn here, where a person judges it there.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.data.log import ROW_TICKS
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import DrivingMap

NOVICE_S: Final = (2.0, 8.0)
"""How long a novice drives at a time: long enough to get into what it is not good at."""
EXPERT_S: Final = (4.0, 8.0)
"""How long it is corrected: twice as long as waypoints reach, and more."""


class Seat(Protocol):
    """A novice's on one map."""

    def act(self, state: State, which: NDArray[np.int64]) -> NDArray[np.float32]:
        """[n, 2] Actions of the agents of some worlds for the next 0.2 s."""


class Novice(Protocol):
    """Drives badly enough to be corrected; it does not change."""

    trail: int
    """Past poses that worlds must keep for it."""

    def seat(self, road_map: DrivingMap) -> Seat:
        """At the wheel on one map."""


def draw_turns(rng: np.random.Generator, worlds: int, share: float, steps: int) -> NDArray[np.bool_]:
    """[W, steps] Whether the novice drives: in a share of the episodes, first, and then in turn with the expert."""
    turns = np.zeros((worlds, steps), np.bool_)
    for w in np.flatnonzero(rng.random(worlds) < share).tolist():
        step, novice_drives = 0, True
        while step < steps:
            low, high = NOVICE_S if novice_drives else EXPERT_S
            end = step + round(rng.uniform(low, high) * TICKS_A_SECOND / ROW_TICKS)
            turns[w, step:end] = novice_drives
            step, novice_drives = end, not novice_drives
    return turns
