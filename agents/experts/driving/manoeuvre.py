"""A driver that follows its route at the told speed and, from a given tick on, brakes evenly and moves aside: a grid of such manoeuvres
tells whether a collision could have been avoided. Source: ours; Coulter 1992 for the wheel (traffic/steering.py).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.experts.driving.batch import BatchedDriver, Worlds
from agents.experts.driving.proposals import SHIFT_MPS
from agents.experts.driving.scene import Scene, copy_world, extend_path, new_scene, write_action
from sim_suite.compiling import called, shared
from sim_suite.driving.traffic.steering import pursue
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import FRICTION, KIND, SPEED, TICK, TOLD_SPEED
from sim_suite.driving.world.terrain import DrivingMap, Ground, Terrain
from sim_suite.errors import SuiteError

HOLDING_MPS2: Final = np.float32(2.0)
"""It comes to the told speed no harder: the BRAKE and, rounded down, the MOST_ACCEL of the other drivers."""
_DT: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)


class Manoeuvres(NamedTuple):
    """One for each of W worlds."""

    from_tick: NDArray[np.int64]
    """[W] It begins with the first decision at or after this tick."""
    brake_mps2: NDArray[np.float32]
    """[W] Deceleration until it stands, m/s^2; 0: it goes on at its speed."""
    offset_m: NDArray[np.float32]
    """[W] Where beside its lane's centre it then drives, m, left positive."""


class Desk(NamedTuple):
    """What a thread needs: room to write on, and what is to be done."""

    scene: Scene
    manoeuvres: Manoeuvres
    shift_mps: np.float32


class ManoeuvreDriver(BatchedDriver[Desk]):
    """Sees nobody and no rule. Until its world's tick it drives in the middle of its lane at the told speed; with none told, at the
    speed that it has. It remembers where beside the lane's centre it means to drive, m.
    """

    memory_size = 1
    least_worlds = 64

    def __init__(
        self, from_tick: ArrayLike, brake_mps2: ArrayLike, offset_m: ArrayLike, shift_mps: float = float(SHIFT_MPS)
    ) -> None:
        """As in `Manoeuvres`, each a number or one a world [W]. shift_mps: how fast the point that it steers for moves aside, m/s.

        Decelerations beyond what brakes and road give come to the most that they give. Raises SuiteError where numbers do not fit.
        """
        super().__init__()
        try:
            rows = np.broadcast_arrays(*(np.atleast_1d(np.asarray(row)) for row in (from_tick, brake_mps2, offset_m)))
        except ValueError:
            shapes = ", ".join(str(np.shape(row)) for row in (from_tick, brake_mps2, offset_m))
            raise SuiteError(
                f"from_tick, brake_mps2 and offset_m have the shapes {shapes}; give one a world."
            ) from None
        tick, brake, offset = rows
        if not np.issubdtype(tick.dtype, np.integer):
            raise SuiteError(f"from_tick is {tick.dtype}; ticks are counted: give integers.")
        if not (tick.ndim == 1 and np.isfinite(brake).all() and np.isfinite(offset).all() and (brake >= 0).all()):
            raise SuiteError("brake_mps2 and offset_m must be finite [W] and brake_mps2 0 or more, one for each world.")
        if not shift_mps > 0.0:
            raise SuiteError(f"shift_mps is {shift_mps:g}; give more than 0 m/s.")
        self.manoeuvres = Manoeuvres(tick.astype(np.int64), brake.astype(np.float32), offset.astype(np.float32))
        self.shift_mps = np.float32(shift_mps)

    def new_desk(self, driving_map: DrivingMap, actors: int) -> Desk:
        return Desk(new_scene(driving_map, actors), self.manoeuvres, self.shift_mps)

    def decide(self, worlds: Worlds, ground: Ground, desk: Desk, begin: int, end: int) -> None:
        given = len(self.manoeuvres.from_tick)
        if given != len(worlds.body):
            raise SuiteError(f"there are {given} manoeuvres for {len(worlds.body)} worlds. Give one each.")
        _drive_worlds(worlds, ground.terrain, desk, begin, end)


@shared
def _drive_worlds(worlds: Worlds, terrain: Terrain, desk: Desk, begin: int, end: int) -> None:
    for k in range(begin, end):
        _drive(worlds, worlds.which[k], terrain, desk, desk.scene)


@called
def _drive(worlds: Worlds, w: int, terrain: Terrain, desk: Desk, scene: Scene) -> None:
    i, memory = worlds.slot, worlds.memory[w]
    copy_world(worlds, w, i, i + 1, scene)
    body, seconds = scene.bodies[i], _DT * np.float32(worlds.ticks)
    extend_path(terrain, scene.paths[i], scene.spans[i])
    begun = scene.world[TICK] >= desk.manoeuvres.from_tick[w]
    brake = desk.manoeuvres.brake_mps2[w] if begun else _ZERO
    aside = desk.manoeuvres.offset_m[w] if begun else _ZERO
    accel = _ZERO
    if brake > _ZERO:
        accel = -brake
    elif body[TOLD_SPEED] > _ZERO:
        accel = min(max((body[TOLD_SPEED] - body[SPEED]) / seconds, -HOLDING_MPS2), HOLDING_MPS2)
    most = desk.shift_mps * seconds
    memory[0] += min(max(aside - memory[0], -most), most)
    wheel = pursue(body, scene.paths[i], scene.spans[i], terrain, memory[0])
    write_action(scene.minds[i, KIND], body[SPEED], scene.weather[FRICTION], wheel, accel, worlds.actions[w])
