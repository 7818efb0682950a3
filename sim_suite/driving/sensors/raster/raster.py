"""Draws rasters of many worlds straight into memory that the caller has. Source: ours, after ChauffeurNet (raster_spec.py)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import called, shared
from sim_suite.compiling.sharing import num_threads, share
from sim_suite.driving.roads.baking.layout import Textures
from sim_suite.driving.sensors.raster.boxes import draw_box
from sim_suite.driving.sensors.raster.map_rows import Scratch, draw_map, mark_route
from sim_suite.driving.sensors.raster.placing import view_of
from sim_suite.driving.sensors.raster.raster_plan import Bytes, Ints, RasterPlan, RasterTables, plan_raster, raster_map
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.sensors.raster.scene_boxes import box_of, num_boxes
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, NUM_ACTORS, ROUTE_ARC, TICK, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError


class Rasteriser:
    """Draws the rasters of one spec on one map. It keeps scratch memory: use one for each thread that draws."""

    def __init__(self, driving_map: DrivingMap, spec: RasterSpec) -> None:
        """Bakes the map where the spec's pixels differ from its texels; see raster_plan.py."""
        self.spec = spec
        self.plan: RasterPlan = plan_raster(spec)
        self.textures, self.tables = raster_map(driving_map, spec)
        self._scratch = self._new_scratch(1)

    def draw(
        self,
        state: State,
        out: Bytes,
        *,
        which: Ints | None = None,
        rotation: NDArray[np.float32] | None = None,
        visible: Bytes | None = None,
        past_points: Ints | None = None,
    ) -> None:
        """Fill `out`, [W, N, C, H, W'] uint8, contiguous: a picture for each agent of each world, all 0 where the slot is empty.

        A torch CPU tensor is given as `tensor.numpy()`. which: the worlds to draw, [W] int32, in this order; all without it.
        Row i of every other argument belongs to out[i].
        rotation: [W, N] float32, by how much a picture is turned counter-clockwise from the ego's heading, rad.
        visible: [W, N, A] uint8, 0 for actors that an ego does not see: they are left out of all frames.
        past_points: [W, N] int32, how many past poses are shown; the spec's number without it. ChauffeurNet drops all but
        the present one for half of its examples.
        Raises SuiteError for shapes that do not fit, for worlds that there are not, and for a trail that is too short.
        """
        worlds = np.arange(state.num_worlds, dtype=np.int32) if which is None else np.ascontiguousarray(which, np.int32)
        pictures = len(worlds), state.legs.shape[1]
        expected = (*pictures, *self.spec.shape)
        if out.shape != expected or out.dtype != np.uint8 or not out.flags.c_contiguous or not out.flags.writeable:
            raise SuiteError(f"out is {out.dtype} {out.shape}; give a contiguous, writeable uint8 array of {expected}.")
        if len(worlds) and not (worlds.min() >= 0 and worlds.max() < state.num_worlds):
            raise SuiteError(f"which names worlds {worlds.min()} to {worlds.max()}; there are {state.num_worlds}.")
        needed = trail_length(self.spec)
        if state.trail.shape[2] < needed:
            raise SuiteError(f"the worlds keep {state.trail.shape[2]} past poses; this raster needs trail={needed}.")
        turned = _or(rotation, np.float32, pictures, 0.0, "rotation")
        seen = _or(visible, np.uint8, (*pictures, state.body.shape[1]), 1, "visible")
        points = _or(past_points, np.int32, pictures, self.spec.past_points, "past_points")
        if len(self._scratch.set_stamp) < min(num_threads(), len(worlds)):
            self._scratch = self._new_scratch(num_threads())
        self._scratch.lane_stamp.fill(0)
        self._scratch.set_stamp.fill(0)

        def draw(part: int, begin: int, end: int) -> None:
            draw_worlds(
                self.plan, self.textures, self.tables, self._scratch, part, begin, end, worlds, state.body, state.mind,
                state.world, state.lights, state.legs, state.leg_arc, state.trail, turned, seen, points, out,
            )  # fmt: skip

        share(draw, len(worlds))

    def _new_scratch(self, parts: int) -> Scratch:
        lanes, sets = len(self.tables.lane_driven), self.textures.num_sets
        return Scratch(
            np.zeros((parts, lanes), np.int32),
            np.zeros((parts, sets), np.int32),
            np.zeros((parts, sets, len(self.plan.lights) + 1), np.uint8),
            np.zeros((parts, self.plan.cols), np.uint32),
            np.zeros((parts, self.plan.cols + 1), np.int32),
        )


def _or(given: NDArray[Any] | None, dtype: type, shape: tuple[int, ...], default: float, name: str) -> NDArray[Any]:
    """An argument as kernels take it."""
    if given is None:
        return np.full(shape, default, dtype)
    if given.shape != shape:
        raise SuiteError(f"{name} has shape {given.shape}; give {shape}.")
    return np.ascontiguousarray(given, dtype)


@shared
def draw_worlds(
    plan: RasterPlan, textures: Textures, tables: RasterTables, scratch: Scratch, part: int, begin: int, end: int,
    worlds: np.ndarray, body: np.ndarray, mind: np.ndarray, world: np.ndarray, lights: np.ndarray, legs: np.ndarray,
    leg_arc: np.ndarray, trail: np.ndarray, rotation: np.ndarray, visible: np.ndarray, past_points: np.ndarray,
    out: np.ndarray,
) -> None:  # fmt: skip
    """Rows begin..end. scratch has an axis of parts in front."""
    own = Scratch(
        scratch.lane_stamp[part], scratch.set_stamp[part], scratch.values[part], scratch.pairs[part], scratch.begins[part]
    )  # fmt: skip
    stamp = 0
    for i in range(begin, end):
        w = worlds[i]
        tick = world[w, TICK]
        for ego in range(out.shape[1]):
            stamp += 1
            planes = out[i, ego]
            clear(planes)
            if mind[w, ego, CONTROL] == NO_CONTROL:
                continue
            view = view_of(body[w, ego], rotation[i, ego])
            if plan.route >= 0:
                mark_route(plan, tables, own.lane_stamp, stamp, legs[w, ego], leg_arc[w, ego], body[w, ego, ROUTE_ARC])
            draw_map(plan, textures, tables, own, stamp, view, lights[w], tick, planes)
            for number in range(num_boxes(plan, world[w, NUM_ACTORS])):
                box = box_of(
                    plan, view, number, ego, world[w, NUM_ACTORS], body[w], mind[w], trail[w], tick, visible[i, ego],
                    past_points[i, ego],
                )  # fmt: skip
                if box.plane >= 0:
                    draw_box(planes[box.plane], box.row, box.col, box.turn, box.half_length, box.half_width, box.value)


@called
def clear(planes: np.ndarray) -> None:
    """Set all of [C, H, W] to 0."""
    flat = planes.reshape(-1)
    for i in range(len(flat)):
        flat[i] = 0
