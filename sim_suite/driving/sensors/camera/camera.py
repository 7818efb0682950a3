"""Cameras on any actors of many worlds, drawn straight into memory that the caller has. Source: ours; camera_frame.py says how.

camera = Camera(driving_map, CameraSpec(size=(128, 128), outputs=("rgb", "semantic")))
pictures = camera.new_pictures(64)
camera.draw(world.state, pictures)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import num_threads, share
from sim_suite.driving.sensors.camera.camera_frame import GROUND, Eye, Scratch, eye_of, look, new_scratch, world_ray
from sim_suite.driving.sensors.camera.camera_ground import CameraGround, camera_ground, ground_tag, mask_at
from sim_suite.driving.sensors.camera.camera_light import lighten
from sim_suite.driving.sensors.camera.camera_pixels import paint_row
from sim_suite.driving.sensors.camera.camera_spec import OUTPUTS, CameraPlan, CameraSpec, plan_camera
from sim_suite.driving.sensors.camera.styles import Style, pack_style
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_world
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.semantics import SKY_TAG
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid
from sim_suite.driving.sensors.solids.solids import INSTANCE, SOLID, TAG, Floats
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, LENGTH, SEED_HIGH, SEED_LOW, TICK, YAW, Ints, State, X, Y
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

_DTYPES: Final = {"rgb": np.uint8, "semantic": np.uint8, "instance": np.int32, "depth": np.float32}
_SHAPES: Final = {"rgb": (3,), "semantic": (), "instance": (), "depth": ()}
_LEAST_ROWS: Final = 32
"""Of a band of a picture that a thread draws: to place the solids anew for it takes as long as some rows."""


class Pictures(NamedTuple):
    """n pictures by each of M mounts; outputs that a spec lacks have no elements."""

    rgb: NDArray[np.uint8]
    """[n, M, H, W', 3]"""
    semantic: NDArray[np.uint8]
    """[n, M, H, W'] semantics.Tag."""
    instance: Ints
    """[n, M, H, W'] An actor's slot + 1; FIRST_THING and up for things of the map; 0 for ground and sky."""
    depth: Floats
    """[n, M, H, W'] Metres along the optical axis, as CARLA's; SKY_DEPTH_M for the sky."""


class Camera:
    """Cameras of one spec on one map. It keeps scratch memory: use one for each thread that draws."""

    def __init__(
        self,
        driving_map: DrivingMap,
        spec: CameraSpec,
        *,
        styles: Sequence[Style] = (Style(),),
        scenery: SolidGrid | None = None,
        ground: CameraGround | None = None,
    ) -> None:
        """styles: those that pictures can have; scenery: what stands on the map, `build_scenery(driving_map)` without it.

        ground: `camera_ground(driving_map, spec.metres_per_texel)`, made anew (a second, for a square kilometre) without it.
        """
        if not styles:
            raise SuiteError("styles is empty; give at least one Style.")
        self.spec = spec
        self.plan: CameraPlan = plan_camera(spec)
        self.ground = camera_ground(driving_map, spec.metres_per_texel) if ground is None else ground
        self.scenery = build_scenery(driving_map) if scenery is None else scenery
        self.styles: Floats = np.stack([pack_style(one) for one in styles])
        self._programme = driving_map.ground.terrain.programme
        self._scratch: Scratch | None = None
        self._moving: Floats = np.zeros((0, 0, SOLID), np.float32)

    def new_pictures(self, count: int) -> Pictures:
        """Memory for so many pictures a mount."""
        shape = count, len(self.spec.mounts), *self.spec.size
        arrays: dict[str, NDArray[Any]] = {
            name: np.zeros(
                shape + _SHAPES[name] if name in self.spec.outputs else (0,) * (4 + len(_SHAPES[name])), _DTYPES[name]
            )
            for name in OUTPUTS
        }
        return Pictures(**arrays)

    def draw(
        self,
        state: State,
        out: Pictures,
        *,
        which: Ints | None = None,
        actors: Ints | None = None,
        styles: Ints | None = None,
    ) -> None:
        """Fill `out`: picture i shows world which[i] from actor actors[i] in style styles[i].

        which: [n] worlds, all of them in order without it; actors: [n] slots, 0 without it; styles: [n] of the camera's styles, 0
        without it. Pictures from empty slots are all 0. Raises SuiteError for what does not fit.
        """
        worlds, slots = self.chosen(state, which, actors)
        count = len(worlds)
        styled = _within(styles, count, len(self.styles), "styles")
        self._check(out, count)
        scratch, moving = self._memory(state.body.shape[1])
        shots = count * len(self.spec.mounts)
        threads = num_threads()
        wanted = math.ceil(2 * threads / max(shots, 1)) if threads > 1 else 1
        bands = min(wanted, max(self.spec.size[0] // _LEAST_ROWS, 1))

        def draw(part: int, begin: int, end: int) -> None:
            draw_bands(
                self.plan, self.ground, self.scenery, self._programme, self.styles, scratch, moving, part,
                begin, end, bands, worlds, slots, styled, state.body, state.mind, state.world, state.lights, out,
            )  # fmt: skip

        share(draw, shots * bands)

    def chosen(self, state: State, which: Ints | None, actors: Ints | None) -> tuple[Ints, Ints]:
        """[n] worlds and [n] slots that arguments of `draw` name. Raises SuiteError for numbers that there are not."""
        worlds = np.arange(state.num_worlds, dtype=np.int32) if which is None else np.ascontiguousarray(which, np.int32)
        slots = _within(actors, len(worlds), state.body.shape[1], "actors")
        return _within(worlds, len(worlds), state.num_worlds, "which"), slots

    def _check(self, out: Pictures, count: int) -> None:
        arrays: tuple[NDArray[Any], ...] = out
        for name, array in zip(OUTPUTS, arrays, strict=True):
            expected = (count, len(self.spec.mounts), *self.spec.size, *_SHAPES[name])
            if name not in self.spec.outputs:
                if array.size:
                    raise SuiteError(
                        f"out.{name} has {array.size} elements; the camera's outputs are {', '.join(self.spec.outputs)}."
                    )
            elif (
                array.shape != expected
                or array.dtype != _DTYPES[name]
                or not array.flags.c_contiguous
                or not array.flags.writeable
            ):
                raise SuiteError(
                    f"out.{name} is {array.dtype} {array.shape}; "
                    f"give a contiguous, writeable {np.dtype(_DTYPES[name])} array of {expected}."
                )

    def _memory(self, actors: int) -> tuple[Scratch, Floats]:
        most, parts = actors * MOST_PARTS, num_threads()
        if self._scratch is None or len(self._moving) < parts or self._moving.shape[1] != most:
            self._scratch = new_scratch(parts, self.spec.size, len(self.scenery.solid) + most)
            self._moving = np.zeros((parts, most, SOLID), np.float32)
        return self._scratch, self._moving


def _within(numbers: Ints | None, count: int, limit: int, name: str) -> Ints:
    """[count] int32 of 0 to limit - 1, zeros for None."""
    if numbers is None:
        return np.zeros(count, np.int32)
    given = np.ascontiguousarray(numbers, np.int32)
    if given.shape != (count,) or (count and not (given.min() >= 0 and given.max() < limit)):
        raise SuiteError(
            f"{name} has shape {given.shape} and holds {given.tolist()[:8]}; give {count} numbers of 0 to {limit - 1}."
        )
    return given


@shared
def draw_bands(
    plan: CameraPlan, ground: CameraGround, scenery: SolidGrid, programme: np.ndarray, styles: np.ndarray,
    scratch: Scratch, moving: np.ndarray, part: int, begin: int, end: int, bands: int, worlds: np.ndarray, slots: np.ndarray,
    styled: np.ndarray, body: np.ndarray, mind: np.ndarray, world: np.ndarray, lights: np.ndarray, out: Pictures,
) -> None:  # fmt: skip
    """Items begin..end: item k is band k % bands of the picture k // bands, M a row of `worlds`. scratch has an axis of parts in front."""
    own = Scratch(
        scratch.depth[part],
        scratch.winner[part],
        scratch.direct[part],
        scratch.open[part],
        scratch.seen[part],
        scratch.source[part],
    )
    mounts, known, count = len(plan.mount), -1, 0
    for k in range(begin, end):
        shot, band = k // bands, k % bands
        i, mount = shot // mounts, shot % mounts
        w, slot = worlds[i], slots[i]
        first, last = plan.rows * band // bands, plan.rows * (band + 1) // bands
        if mind[w, slot, CONTROL] == NO_CONTROL:
            clear(out, i, mount, first, last, plan.cols)
            continue
        if known != w:
            count, known = fill_world(body[w], mind[w], world[w], moving[part]), w
        draw_band(
            plan, ground, scenery, programme, styles[styled[i]], own, moving[part], count, body[w, slot], slot, world[w],
            lights[w], mount, first, last, i, out,
        )  # fmt: skip


@borrowing
def draw_band(
    plan: CameraPlan, ground: CameraGround, scenery: SolidGrid, programme: np.ndarray, style: np.ndarray,
    scratch: Scratch, moving: np.ndarray, count: int, body: np.ndarray, slot: int, world: np.ndarray, lights: np.ndarray,
    mount: int, first: int, last: int, i: int, out: Pictures,
) -> None:  # fmt: skip
    """Rows first..last of one picture."""
    eye = eye_of(plan, mount, body)
    seen = look(plan, eye, slot + 1, first, last, scenery.solid, moving, count, scratch)
    if out.rgb.size > 0:
        lighten(plan, eye, slot + 1, first, last, scenery, moving, count, seen, style, scratch)
        cos, sin = np.float32(math.cos(body[YAW])), np.float32(math.sin(body[YAW]))
        vehicle = (body[X], body[Y], cos, sin, np.float32(0.5) * body[LENGTH])
        for row in range(first, last):
            paint_row(
                plan, eye, row, ground, scenery.solid, moving, programme, lights, world[TICK], world[SEED_LOW],
                world[SEED_HIGH], slot * len(plan.mount) + mount, vehicle, style, scratch, out.rgb[i, mount, row],
            )  # fmt: skip
    for row in range(first, last):
        if out.semantic.size > 0 or out.instance.size > 0:
            name_row(plan, eye, row, ground, scenery.solid, moving, scratch, i, mount, out)
        if out.depth.size > 0:
            depth = out.depth[i, mount, row]
            for col in range(plan.cols):
                depth[col] = scratch.depth[row, col]


@borrowing
def name_row(
    plan: CameraPlan, eye: Eye, row: int, ground: CameraGround, fixed: np.ndarray, moving: np.ndarray,
    scratch: Scratch, i: int, mount: int, out: Pictures,
) -> None:  # fmt: skip
    """Tags and instances of a row."""
    for col in range(plan.cols):
        winner, tag, instance = scratch.winner[row, col], SKY_TAG, 0
        if winner >= 0:
            number = scratch.source[winner]
            solid = fixed[number] if number < len(fixed) else moving[number - len(fixed)]
            tag, instance = int(solid[TAG]), int(solid[INSTANCE])
        elif winner == GROUND and out.semantic.size > 0:
            dx, dy, _ = world_ray(eye, row, col)
            t = scratch.depth[row, col]
            x, y = eye.x + t * dx, eye.y + t * dy
            tag = ground_tag(ground, mask_at(ground, x, y), x, y)
        if out.semantic.size > 0:
            out.semantic[i, mount, row, col] = tag
        if out.instance.size > 0:
            out.instance[i, mount, row, col] = instance


@borrowing
def clear(out: Pictures, i: int, mount: int, first: int, last: int, cols: int) -> None:
    """Rows of a picture from an empty slot."""
    for row in range(first, last):
        for col in range(cols):
            if out.rgb.size > 0:
                for channel in range(3):
                    out.rgb[i, mount, row, col, channel] = 0
            if out.semantic.size > 0:
                out.semantic[i, mount, row, col] = 0
            if out.instance.size > 0:
                out.instance[i, mount, row, col] = 0
            if out.depth.size > 0:
                out.depth[i, mount, row, col] = 0.0
