"""Rasters on a GPU, straight into memory there, such as a torch CUDA tensor. Source: ours; the functions are those of the CPU
(sensors/), so that a picture is the same but for pixels whose centres lie within rounding of an edge.

    rasteriser = GpuRasteriser(driving_map, spec)
    rasteriser.draw(on_gpu.state, tensor)  # on_gpu: GpuWorlds; tensor: uint8 [W, N, C, H, W']

A first kernel places boxes and routes, a block for each picture; a second draws, a block for each band of rows, a thread a pixel.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from sim_suite.driving.cuda.keeping import cuda, gpu_kernel
from sim_suite.driving.cuda.worlds import has_gpu, to_gpu
from sim_suite.driving.roads.baking.layout import Textures
from sim_suite.driving.sensors.raster.boxes import columns_in
from sim_suite.driving.sensors.raster.map_pixels import draw_pixel
from sim_suite.driving.sensors.raster.map_rows import mark_route
from sim_suite.driving.sensors.raster.placing import View, view_of
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan, RasterTables, plan_raster, raster_map
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.sensors.raster.scene_boxes import NOT_DRAWN, box_of, num_boxes
from sim_suite.driving.sensors.raster.texel_rows import row_start, steps
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, NUM_ACTORS, ROUTE_ARC, TICK, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

BAND: Final = 8
"""Rows of a block."""
MOST_THREADS: Final = 256
CHUNK: Final = 128
"""Boxes that a block looks at together."""

_PLANE, _VALUE = range(2)
_ROW, _COL, _ALONG_ROW, _ALONG_COL, _HALF_LENGTH, _HALF_WIDTH, _REACH = range(7)
_VIEW: Final = 5


class GpuRasteriser:
    """Draws the rasters of one spec on one map. It keeps scratch memory on the GPU: use one for each stream."""

    def __init__(self, driving_map: DrivingMap, spec: RasterSpec) -> None:
        """Copies the map's textures to the GPU. Raises SuiteError where there is none."""
        if not has_gpu():
            raise SuiteError(
                "numba finds no GPU here; install `sim-suite[gpu]` and a driver, or draw with Rasteriser on the CPU."
            )
        self.spec = spec
        self.plan: RasterPlan = to_gpu(plan_raster(spec))
        textures, tables = raster_map(driving_map, spec)
        self._lanes = len(tables.lane_driven)
        self.textures: Textures = to_gpu(textures)
        self.tables: RasterTables = to_gpu(tables)
        self._scratch: tuple[Any, ...] = ()
        self._kept_for: tuple[int, int, int] | None = None

    def draw(
        self, state: State, out: Any, *, rotation: Any = None, visible: Any = None, past_points: Any = None
    ) -> None:
        """Fill `out`, [W, N, C, H, W'] uint8, contiguous, as `Rasteriser.draw` does; returns at once.

        state: on the GPU (`GpuWorlds.state`). out, rotation, visible, past_points: anything with `__cuda_array_interface__`; without
        the last three, ones of the CPU's defaults are used. Raises SuiteError for shapes that do not fit.
        """
        planes = _there(out)
        worlds, agents, actors = int(state.legs.shape[0]), int(state.legs.shape[1]), int(state.body.shape[1])
        expected = worlds, agents, *self.spec.shape
        if planes.shape != expected or planes.dtype != np.uint8 or not planes.is_c_contiguous():
            raise SuiteError(f"out is {planes.dtype} {planes.shape}; give a contiguous uint8 array of {expected}.")
        needed = trail_length(self.spec)
        if state.trail.shape[2] < needed:
            raise SuiteError(f"the worlds keep {state.trail.shape[2]} past poses; this raster needs trail={needed}.")
        self._keep(worlds, agents, actors)
        views, boxes, meanings, on_route, *defaults = self._scratch
        given = (rotation, visible, past_points)
        turned, seen, points = (
            default if own is None else _there(own) for own, default in zip(given, defaults, strict=True)
        )
        for own, default in zip((turned, seen, points), defaults, strict=True):
            if own.shape != default.shape:
                raise SuiteError(f"rotation, visible or past_points has shape {own.shape}; give {default.shape}.")
        pictures, threads = worlds * agents, min(self.spec.size[1], MOST_THREADS)
        place_all[pictures, threads](
            self.plan, self.tables, state.body, state.mind, state.world, state.legs, state.leg_arc, state.trail, turned,
            seen, points, views, boxes, meanings, on_route,
        )  # fmt: skip
        draw_bands[pictures * math.ceil(self.spec.size[0] / BAND), threads](
            self.plan, self.textures, self.tables, state.mind, state.world, state.lights, views, boxes, meanings, on_route,
            planes,
        )  # fmt: skip

    def _keep(self, worlds: int, agents: int, actors: int) -> None:
        """Scratch memory and default arguments for so many."""
        if self._kept_for == (worlds, agents, actors):
            return
        pictures = worlds * agents
        boxes = actors * len(self.plan.actors) + 1 + self.spec.past_points
        self._scratch = (
            cuda.device_array((pictures, _VIEW), np.float64),
            cuda.device_array((pictures, boxes, _REACH + 1), np.float64),
            cuda.device_array((pictures, boxes, _VALUE + 1), np.int32),
            cuda.device_array((pictures, self._lanes), np.uint8),
            cuda.to_device(np.zeros((worlds, agents), np.float32)),
            cuda.to_device(np.ones((worlds, agents, actors), np.uint8)),
            cuda.to_device(np.full((worlds, agents), self.spec.past_points, np.int32)),
        )
        self._kept_for = worlds, agents, actors


def _there(array: Any) -> Any:
    """An array on the GPU as numba sees it; the simulator's arrays lack the interface and are that already."""
    return cuda.as_cuda_array(array) if hasattr(array, "__cuda_array_interface__") else array


@gpu_kernel
def place_all(
    plan: RasterPlan, tables: RasterTables, body: Any, mind: Any, world: Any, legs: Any, leg_arc: Any, trail: Any,
    rotation: Any, visible: Any, past_points: Any, views: Any, boxes: Any, meanings: Any, on_route: Any,
) -> None:  # fmt: skip
    """Where each picture is taken, its boxes and the lanes of its route. A grid of W * N blocks. Any: arrays on the GPU."""
    picture, first, stride = cuda.blockIdx.x, cuda.threadIdx.x, cuda.blockDim.x
    w, ego = picture // legs.shape[1], picture % legs.shape[1]
    view = view_of(body[w, ego], rotation[w, ego])
    for lane in range(first, on_route.shape[1], stride):
        on_route[picture, lane] = 0
    cuda.syncthreads()
    if first == 0:
        for column in range(_VIEW):
            views[picture, column] = view[column]
        if plan.route >= 0:
            mark_route(plan, tables, on_route[picture], 1, legs[w, ego], leg_arc[w, ego], body[w, ego, ROUTE_ARC])
    actors = world[w, NUM_ACTORS]
    for number in range(first, boxes.shape[1], stride):
        meaning, place = meanings[picture, number], boxes[picture, number]
        meaning[_PLANE] = NOT_DRAWN
        if number < num_boxes(plan, actors):
            box = box_of(
                plan, view, number, ego, actors, body[w], mind[w], trail[w], world[w, TICK], visible[w, ego],
                past_points[w, ego],
            )  # fmt: skip
            along_row, along_col = -math.cos(box.turn), -math.sin(box.turn)
            meaning[_PLANE], meaning[_VALUE] = box.plane, box.value
            place[_ROW], place[_COL], place[_ALONG_ROW], place[_ALONG_COL] = box.row, box.col, along_row, along_col
            place[_HALF_LENGTH], place[_HALF_WIDTH] = box.half_length, box.half_width
            place[_REACH] = abs(along_row) * box.half_length + abs(along_col) * box.half_width


@gpu_kernel
def draw_bands(
    plan: RasterPlan, textures: Textures, tables: RasterTables, mind: Any, world: Any, lights: Any, views: Any, boxes: Any,
    meanings: Any, on_route: Any, out: Any,
) -> None:  # fmt: skip
    """Pixels, the map first and boxes over it. A grid of a block for each band of each picture. Any: arrays on the GPU."""
    bands = (plan.rows + BAND - 1) // BAND
    picture, band = cuda.blockIdx.x // bands, cuda.blockIdx.x % bands
    first, stride = cuda.threadIdx.x, cuda.blockDim.x
    w, ego = picture // out.shape[1], picture % out.shape[1]
    begins = cuda.shared.array(CHUNK, np.int32)
    ends = cuda.shared.array(CHUNK, np.int32)
    numbers = cuda.shared.array(CHUNK, np.int32)
    found = cuda.shared.array(1, np.int32)
    view = View(views[picture, 0], views[picture, 1], views[picture, 2], views[picture, 3], views[picture, 4])
    planes, tick = out[w, ego], world[w, TICK]
    there = mind[w, ego, CONTROL] != NO_CONTROL
    step_across, step_up = steps(plan, textures, view)
    for row in range(band * BAND, min((band + 1) * BAND, plan.rows)):
        across, up = row_start(plan, textures, tables, view, row)
        for col in range(first, plan.cols, stride):
            if there:
                draw_pixel(
                    plan, textures, tables, on_route[picture], lights[w], tick, across + col * step_across,
                    up + col * step_up, planes, row, col,
                )  # fmt: skip
            else:
                for plane in range(planes.shape[0]):
                    planes[plane, row, col] = 0
        for chunk in range(0, boxes.shape[1] if there else 0, CHUNK):
            if first == 0:
                found[0] = 0
            cuda.syncthreads()
            for number in range(chunk + first, min(chunk + CHUNK, boxes.shape[1]), stride):
                place = boxes[picture, number]
                if meanings[picture, number, _PLANE] >= 0 and abs(row + 0.5 - place[_ROW]) <= place[_REACH]:
                    begin, end = columns_in(
                        row, place[_ROW], place[_COL], place[_ALONG_ROW], place[_ALONG_COL], place[_HALF_LENGTH],
                        place[_HALF_WIDTH], plan.cols,
                    )  # fmt: skip
                    if begin < end:
                        at = cuda.atomic.add(found, 0, 1)
                        begins[at], ends[at], numbers[at] = begin, end, number
            cuda.syncthreads()
            for col in range(first, plan.cols, stride):
                for k in range(found[0]):
                    if begins[k] <= col < ends[k]:
                        plane, value = meanings[picture, numbers[k], _PLANE], meanings[picture, numbers[k], _VALUE]
                        if planes[plane, row, col] < value:
                            planes[plane, row, col] = value
            cuda.syncthreads()
