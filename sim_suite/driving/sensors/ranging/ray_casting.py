"""Any rays from one place of a world: how far each gets, and what it meets. Source: ours; rays walk through the grid of solids one by one
(solid_grid.py), a full turn of an upright lidar goes the faster way of lidar_depth.py.

It is for sensors whose rays follow another scheme than those of `Lidar` and `Radar`, or that are tilted.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, noticed, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.camera.camera_ground import CameraGround, ground_tag, mask_at
from sim_suite.driving.sensors.ranging.incidence import incidence
from sim_suite.driving.sensors.ranging.lidar_depth import GROUND, NOTHING, Pose, Scratch, measure_depths, new_scratch
from sim_suite.driving.sensors.ranging.lidar_spec import LidarRays
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid, first_of_grid, first_of_rows
from sim_suite.driving.sensors.solids.solids import INSTANCE, TAG, new_solids
from sim_suite.driving.world.layout import State
from sim_suite.errors import SuiteError

NOBODY: Final = np.float32(-1.0)
"""The instance of no actor: none is left out."""
_LEAST_RAYS: Final = 512  # a thread; to wake it takes as long
_ZERO: Final = np.float32(0.0)


class Hits(NamedTuple):
    """Of R rays."""

    depth: NDArray[np.float32]
    """[R] m along the ray; the range where nothing was met."""
    owner: NDArray[np.int32]
    """[R] NOTHING, GROUND, or the number of a solid: those of the map first, then those of actors."""
    tag: NDArray[np.uint8]
    """[R] semantics.Tag; 0 where nothing was met."""
    instance: NDArray[np.int32]
    """[R] Slot + 1 of actors, FIRST_THING and up for things of the map, 0 for the ground and nothing."""
    cosine: NDArray[np.float32]
    """[R] Of the angle of incidence, 0 along a surface to 1 straight onto it."""


def new_hits(rays: int) -> Hits:
    """Room for what so many rays meet."""
    return Hits(
        np.zeros(rays, np.float32), np.zeros(rays, np.int32), np.zeros(rays, np.uint8), np.zeros(rays, np.int32),
        np.zeros(rays, np.float32),
    )  # fmt: skip


class RayCaster:
    """Casts rays on one map. It keeps scratch memory: use one for each thread that casts."""

    def __init__(self, scenery: SolidGrid, ground: CameraGround) -> None:
        """scenery: what stands on the map (`build_scenery`); ground: what lies there (`camera_ground`)."""
        self.scenery, self.ground = scenery, ground
        self._scratch, self._stamp = new_scratch(0, 0, 0, 0), 0
        self._solids, self._counts = new_solids(1, 0)
        self._is_new = True  # a first cast may have to compile

    def cast(
        self, state: State, origin: NDArray[np.float32], directions: NDArray[np.float32], range_m: float, out: Hits
    ) -> None:
        """Fill `out`, as of `new_hits`, with what each ray meets now in the only world of a state; everybody is seen.

        origin: [3] float32, world frame as in `State`, above the ground; directions: [R, 3] float32 of length 1, world frame.
        Raises SuiteError for room that does not fit.
        """
        if out.depth.shape != directions.shape[:1] or directions.shape[1:] != (3,):
            raise SuiteError(
                f"there is room for {out.depth.shape} rays and directions are {directions.shape}; give [R, 3]."
            )
        self._place_actors(state)
        reach = np.float32(range_m)

        def cast_some(_: int, begin: int, end: int) -> None:
            _cast(
                self.scenery, self._solids[0], self._counts[0], self.ground, origin, directions, reach, out, begin, end
            )

        self._noticed(lambda: share(cast_some, len(directions), _LEAST_RAYS))

    def cast_turn(
        self, state: State, origin: NDArray[np.float32], yaw_rad: float, rays: LidarRays, range_m: float, out: Hits
    ) -> None:
        """As `cast`, of all rays of an upright lidar that looks along `yaw_rad`: ray column * channels + channel."""
        channels, columns = len(rays.sin), len(rays.azimuth_cos)
        if len(out.depth) != channels * columns:
            raise SuiteError(f"there is room for {len(out.depth)} rays; give new_hits({channels * columns}).")
        self._place_actors(state)
        things, parts = len(self.scenery.solid), self._solids.shape[1]
        if self._scratch.depth.shape[1] != len(out.depth) or self._scratch.near.shape[1] < things + parts:
            self._scratch = new_scratch(1, len(out.depth), things, parts)
            self._stamp = 0
        self._stamp += 1
        pose = Pose(origin[0], origin[1], origin[2], np.float32(yaw_rad), NOBODY)
        own = Scratch(*(array[0] for array in self._scratch))
        level = np.repeat(rays.azimuth_cos, channels), np.repeat(rays.azimuth_sin, channels)
        cos, sin = np.float32(np.cos(pose.yaw)), np.float32(np.sin(pose.yaw))
        flat, up = np.tile(rays.cos, columns), np.tile(rays.sin, columns)
        directions = np.stack(
            [(level[0] * cos - level[1] * sin) * flat, (level[0] * sin + level[1] * cos) * flat, up], axis=1
        )
        reach = np.float32(range_m)

        def measure() -> None:
            measure_depths(rays, reach, self.scenery, self._solids[0], self._counts[0], pose, self._stamp, own)
            out.depth[:], out.owner[:] = own.depth, own.owner
            _name(self.scenery, self._solids[0], self.ground, origin, directions, out, 0, len(out.depth))

        self._noticed(measure)

    def _place_actors(self, state: State) -> None:
        most = state.body.shape[1] * MOST_PARTS
        if self._solids.shape[1] != most:
            self._solids, self._counts = new_solids(1, most)
        fill_solids(state, self._solids, self._counts)

    def _noticed(self, act: Callable[[], None]) -> None:
        with noticed("rays (about ten seconds)") if self._is_new else nullcontext():
            act()
        self._is_new = False


@shared
def _cast(
    grid: SolidGrid, actors: np.ndarray, count: int, ground: CameraGround, origin: np.ndarray, directions: np.ndarray,
    range_m: np.float32, out: Hits, begin: int, end: int,
) -> None:  # fmt: skip
    x, y, z = origin[0], origin[1], origin[2]
    things = len(grid.solid)
    for ray in range(begin, end):
        dx, dy, dz = directions[ray, 0], directions[ray, 1], directions[ray, 2]
        out.depth[ray], out.owner[ray] = range_m, NOTHING
        if dz < _ZERO and -z / dz <= range_m:
            out.depth[ray], out.owner[ray] = -z / dz, GROUND
        t, number = first_of_grid(grid, x, y, z, dx, dy, dz, out.depth[ray])
        if number >= 0:
            out.depth[ray], out.owner[ray] = t, number
        t, number = first_of_rows(actors, count, x, y, z, dx, dy, dz, out.depth[ray])
        if number >= 0:
            out.depth[ray], out.owner[ray] = t, things + number
        name_one(grid, actors, ground, origin, directions, out, ray)


@shared
def _name(
    grid: SolidGrid, actors: np.ndarray, ground: CameraGround, origin: np.ndarray, directions: np.ndarray, out: Hits,
    begin: int, end: int,
) -> None:  # fmt: skip
    for ray in range(begin, end):
        name_one(grid, actors, ground, origin, directions, out, ray)


@borrowing
def name_one(
    grid: SolidGrid, actors: np.ndarray, ground: CameraGround, origin: np.ndarray, directions: np.ndarray, out: Hits,
    ray: int,
) -> None:  # fmt: skip
    """Say what a ray has met whose depth and owner are known."""
    owner, things = out.owner[ray], len(grid.solid)
    out.tag[ray], out.instance[ray], out.cosine[ray] = 0, 0, _ZERO
    if owner == NOTHING:
        return
    dx, dy, dz = directions[ray, 0], directions[ray, 1], directions[ray, 2]
    depth = out.depth[ray]
    x, y, z = origin[0] + depth * dx, origin[1] + depth * dy, origin[2] + depth * dz
    if owner == GROUND:
        out.tag[ray], out.cosine[ray] = ground_tag(ground, mask_at(ground, x, y), x, y), abs(dz)
    elif owner < things:
        solid = grid.solid[owner]
        out.tag[ray], out.instance[ray] = int(solid[TAG]), int(solid[INSTANCE])
        out.cosine[ray] = incidence(solid, x, y, z, dx, dy, dz)
    else:
        part = actors[owner - things]
        out.tag[ray], out.instance[ray] = int(part[TAG]), int(part[INSTANCE])
        out.cosine[ray] = incidence(part, x, y, z, dx, dy, dz)
