"""How everybody moves at one moment, kept so that a sensor can say what changed until another. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, ID, SLIP, SPEED, TICK, YAW, State

NOBODY: Final = -1


class Motion(NamedTuple):
    """W worlds of A slots at a tick; world frame."""

    yaw: NDArray[np.float64]
    """[W, A] rad"""
    along: NDArray[np.float64]
    """[W, A] Speed along the heading, m/s ..."""
    aside: NDArray[np.float64]
    """[W, A] ... and to the left of it, at the box's centre."""
    actor: NDArray[np.int32]
    """[W, A] ID of who is in the slot; NOBODY where it is empty."""
    tick: NDArray[np.int32]
    """[W]"""


def motion_of(state: State) -> Motion:
    """A copy of what moves now; take it before a step, give it to `Imu.read` after it."""
    speed, slip = state.body[..., SPEED].astype(np.float64), state.body[..., SLIP].astype(np.float64)
    actor = np.where(state.mind[..., CONTROL] == NO_CONTROL, NOBODY, state.mind[..., ID]).astype(np.int32)
    yaw = state.body[..., YAW].astype(np.float64)
    return Motion(yaw, speed * np.cos(slip), speed * np.sin(slip), actor, state.world[:, TICK].copy())
