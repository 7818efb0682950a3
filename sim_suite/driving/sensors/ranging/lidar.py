"""Spinning lidars on any actors of many worlds: points, what they are of, and at what angle they were met. Source: ours; what a
scan holds is what CARLA's `sensor.lidar.ray_cast` and `ray_cast_semantic` tell.

All rays of a scan are cast at one moment: nothing moves during a rotation.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, noticed, shared
from sim_suite.compiling.sharing import num_threads, share
from sim_suite.driving.sensors.attaching import Slots, carriers_of
from sim_suite.driving.sensors.camera.camera_ground import CameraGround, camera_ground, ground_tag, mask_at
from sim_suite.driving.sensors.ranging.incidence import incidence
from sim_suite.driving.sensors.ranging.lidar_depth import GROUND, NOTHING, Pose, Scratch, measure_depths, new_scratch
from sim_suite.driving.sensors.ranging.lidar_spec import LidarRays, LidarSpec, rays_of
from sim_suite.driving.sensors.sensor_noise import LIDAR, WHITE, four_normals
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid
from sim_suite.driving.sensors.solids.solids import INSTANCE, TAG, new_solids
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, ID, SEED_HIGH, SEED_LOW, TICK, YAW, State, X, Y
from sim_suite.driving.world.random import uniform
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

PX, PY, PZ, INTENSITY, POINT = range(5)
"""Columns of a point: sensor frame, x ahead, y left, z up, m; intensity 0 to 1."""
_DROPPED: Final = 1 << 20
"""First draw of what is lost, after those of noise: four rays share one of these, and a scan has at most 2^22 rays."""


class Scans(NamedTuple):
    """Of W worlds and M carriers; room for C points each, of which the first `counts` are in use, ordered by azimuth, then elevation."""

    points: NDArray[np.float32]
    """[W, M, C, POINT]"""
    counts: NDArray[np.int32]
    """[W, M] 0 for empty slots."""
    tag: NDArray[np.uint8]
    """[W, M, C] semantics.Tag."""
    instance: NDArray[np.int32]
    """[W, M, C] Slot + 1 of actors, FIRST_THING and up for things of the map, 0 for the ground."""
    cosine: NDArray[np.float32]
    """[W, M, C] Of the angle of incidence, 0 along a surface to 1 straight onto it."""


class Lidar:
    """Lidars of one kind on one map. It keeps scratch memory: use one for each thread that scans."""

    def __init__(
        self,
        driving_map: DrivingMap,
        spec: LidarSpec | None = None,
        scenery: SolidGrid | None = None,
        ground: CameraGround | None = None,
    ) -> None:
        """scenery: what stands on the map (`build_scenery`); ground: what lies there (`camera_ground`); made anew without them."""
        self.spec = LidarSpec() if spec is None else spec
        self.scenery = build_scenery(driving_map) if scenery is None else scenery
        self._rays = rays_of(self.spec)
        self.ground, self._stamp = camera_ground(driving_map) if ground is None else ground, 0
        self._is_new = True  # a first scan may have to compile
        self._scratch = new_scratch(0, self.spec.capacity, len(self.scenery.solid), 0)

    def new_scans(self, worlds: int, carriers: int = 1) -> Scans:
        """Room for scans of so many worlds and carriers in each."""
        shape = worlds, carriers, self.spec.capacity
        return Scans(
            np.zeros((*shape, POINT), np.float32), np.zeros(shape[:2], np.int32), np.zeros(shape, np.uint8),
            np.zeros(shape, np.int32), np.zeros(shape, np.float32),
        )  # fmt: skip

    def scan(self, state: State, out: Scans, slots: Slots = (0,)) -> None:
        """Fill `out`, as of `new_scans`: one scan of each carrier now. slots: of the carriers, the same in all worlds; None for everybody.

        Raises SuiteError for room or slots that do not fit.
        """
        carriers, actors = carriers_of(state, slots), state.body.shape[1]
        expected = state.num_worlds, len(carriers), self.spec.capacity, POINT
        if out.points.shape != expected:
            raise SuiteError(f"there is room for {out.points.shape}; give new_scans({expected[0]}, {expected[1]}).")
        solids, counts = new_solids(state.num_worlds, actors * MOST_PARTS)
        fill_solids(state, solids, counts)
        scans = state.num_worlds * len(carriers)
        parts = min(num_threads(), max(scans, 1))
        if (
            self._scratch.depth.shape[0] < parts
            or self._scratch.near.shape[1] < len(self.scenery.solid) + solids.shape[1]
        ):
            self._scratch = new_scratch(num_threads(), self.spec.capacity, len(self.scenery.solid), solids.shape[1])
        spec, first = self.spec, self._next_stamps(scans)
        errors = np.array([spec.range_m, spec.noise_m, spec.dropout, spec.attenuation], np.float32)
        mount = np.array([spec.ahead_m, spec.left_m, spec.up_m], np.float32)

        def scan_some(part: int, begin: int, end: int) -> None:
            _scan(
                self._rays, errors, mount, self.scenery, solids, counts, self.ground, self._scratch, part, first,
                state.body, state.mind, state.world, carriers,
                out, begin, end,
            )  # fmt: skip

        with noticed("the lidar (about ten seconds)") if self._is_new else nullcontext():
            share(scan_some, scans)
        self._is_new = False

    def _next_stamps(self, count: int) -> int:
        """The first of so many numbers that no scan before had; they begin again before int32 ends."""
        if self._stamp + count >= 2**31 - 1:
            self._scratch.stamp.fill(0)
            self._stamp = 0
        first = self._stamp + 1
        self._stamp += count
        return first


@shared
def _scan(
    rays: LidarRays, errors: np.ndarray, mount: np.ndarray, grid: SolidGrid, solids: np.ndarray, counts: np.ndarray,
    ground: CameraGround, scratch: Scratch, part: int, first: int, body: np.ndarray, mind: np.ndarray,
    world: np.ndarray, carriers: np.ndarray, out: Scans, begin: int, end: int,
) -> None:  # fmt: skip
    own = Scratch(
        scratch.depth[part], scratch.owner[part], scratch.stamp[part], scratch.near[part], scratch.chosen[part],
        scratch.order[part], scratch.begins[part],
    )  # fmt: skip
    for number in range(begin, end):
        w, m = number // len(carriers), number % len(carriers)
        a = carriers[m]
        out.counts[w, m] = 0
        if mind[w, a, CONTROL] == NO_CONTROL:
            continue
        pose = pose_of(body[w, a], mount, a)
        measure_depths(rays, errors[0], grid, solids[w], counts[w], pose, first + number, own)
        out.counts[w, m] = _write(
            rays, errors, grid, solids[w], ground, own, pose, world[w], mind[w, a, ID],
            out.points[w, m], out.tag[w, m], out.instance[w, m], out.cosine[w, m],
        )  # fmt: skip


@borrowing
def pose_of(body: np.ndarray, mount: np.ndarray, slot: int) -> Pose:
    """Of a sensor that an actor carries. body: [BODY]; mount: [3] ahead, left, up, m."""
    cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
    x, y = body[X] + mount[0] * cos - mount[1] * sin, body[Y] + mount[0] * sin + mount[1] * cos
    return Pose(x, y, mount[2], body[YAW], np.float32(slot + 1))


@borrowing
def _write(
    rays: LidarRays, errors: np.ndarray, grid: SolidGrid, actors: np.ndarray, ground: CameraGround, own: Scratch,
    pose: Pose, world: np.ndarray, actor: int, points: np.ndarray,
    tags: np.ndarray, instances: np.ndarray, cosines: np.ndarray,
) -> int:  # fmt: skip
    """Write the points of all rays that met something; returns how many."""
    channels, things, count = len(rays.sin), len(grid.solid), 0
    low, high, tick = world[SEED_LOW], world[SEED_HIGH], world[TICK]
    cos, sin = np.float32(math.cos(pose.yaw)), np.float32(math.sin(pose.yaw))
    n0, n1, n2, n3 = 0.0, 0.0, 0.0, 0.0
    for i in range(len(own.depth)):
        if errors[1] > np.float32(0.0):
            if i % 4 == 0:
                n0, n1, n2, n3 = four_normals(low, high, LIDAR, tick, actor, WHITE + i // 4)
            else:
                n0, n1, n2 = n1, n2, n3
        owner = own.owner[i]
        if owner == NOTHING:
            continue
        if errors[2] > np.float32(0.0) and uniform(low, high, LIDAR, tick, actor, _DROPPED + i) < errors[2]:
            continue
        channel, column = i % channels, i // channels
        level, up = rays.cos[channel], rays.sin[channel]
        ahead, left = rays.azimuth_cos[column] * level, rays.azimuth_sin[column] * level
        depth = own.depth[i]
        dx, dy = ahead * cos - left * sin, ahead * sin + left * cos
        x, y, z = pose.x + depth * dx, pose.y + depth * dy, pose.z + depth * up
        if owner == GROUND:
            tags[count], instances[count] = ground_tag(ground, mask_at(ground, x, y), x, y), 0
            cosines[count] = abs(up)
        elif owner < things:
            tags[count], instances[count] = int(grid.solid[owner, TAG]), int(grid.solid[owner, INSTANCE])
            cosines[count] = incidence(grid.solid[owner], x, y, z, dx, dy, up)
        else:
            solid = actors[owner - things]
            tags[count], instances[count] = int(solid[TAG]), int(solid[INSTANCE])
            cosines[count] = incidence(solid, x, y, z, dx, dy, up)
        measured = max(depth + errors[1] * np.float32(n0), np.float32(0.0))
        point = points[count]
        point[PX], point[PY], point[PZ] = measured * ahead, measured * left, measured * up
        point[INTENSITY] = np.float32(math.exp(-errors[3] * depth))
        count += 1
    return count
