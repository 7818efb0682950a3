"""Boxes around the road users that a picture shows, exact to the pixel, and how much of each is hidden: for training detectors.

Source: ours. A box holds the visible pixels of a road user, as annotators of COCO draw it; the visible share is those pixels over
the pixels that it would have in this picture if nothing stood before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.camera.camera_frame import SEEN, Eye, eye_of, own_frame, own_ray, rectangle
from sim_suite.driving.sensors.camera.camera_spec import CameraPlan
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_world
from sim_suite.driving.sensors.solids.rays import NEVER, hit_local
from sim_suite.driving.sensors.solids.semantics import BICYCLE_TAG, BUS_TAG, CAR_TAG, PEDESTRIAN_TAG, TRUCK_TAG
from sim_suite.driving.sensors.solids.solids import (
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    SHAPE,
    SOLID,
    SX,
    SY,
    SYAW,
    SZ,
    Floats,
)
from sim_suite.driving.world.kinds import BICYCLE, BUS, CAR, NO_CONTROL, PARKED, PEDESTRIAN, TRUCK
from sim_suite.driving.world.layout import CONTROL, KIND, Ints, State
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    from sim_suite.driving.sensors.camera.camera import Camera

TAG_OF_KIND: Final = {
    CAR: CAR_TAG, TRUCK: TRUCK_TAG, BUS: BUS_TAG, BICYCLE: BICYCLE_TAG, PEDESTRIAN: PEDESTRIAN_TAG, PARKED: CAR_TAG
}  # fmt: skip
"""Of a box: a cyclist and the bicycle are one, with the bicycle's. Obstacles are no road users."""

# Columns of what is measured of an actor in a picture, int32.
_LEFT, _TOP, _RIGHT, _BOTTOM, _PIXELS, _ALONE = range(6)


class Boxes(NamedTuple):
    """B boxes, in the order of pictures, mounts and slots; [B] each."""

    picture: Ints
    mount: Ints
    x0: Ints
    """First column, ..."""
    y0: Ints
    x1: Ints
    """... last column + 1, pixels."""
    y1: Ints
    tag: Ints
    """semantics.Tag, see TAG_OF_KIND."""
    instance: Ints
    """As in the picture: slot + 1."""
    pixels: Ints
    """That are visible."""
    visible: Floats
    """(0, 1] Share of its pixels that are."""


def find_boxes(
    camera: Camera,
    state: State,
    instance: Ints,
    *,
    which: Ints | None = None,
    actors: Ints | None = None,
    least_pixels: int = 1,
) -> Boxes:
    """Boxes of the pictures that `camera.draw` made of the same state, with the same `which` and `actors`.

    instance: [n, M, H, W'] int32, its output; least_pixels: what shows fewer is left out. Raises SuiteError for another shape.
    """
    worlds, slots = camera.chosen(state, which, actors)
    expected = (len(worlds), len(camera.spec.mounts), *camera.spec.size)
    if instance.shape != expected or instance.dtype != np.int32:
        raise SuiteError(
            f"instance is {instance.dtype} {instance.shape}; give the int32 {expected} that the camera drew."
        )
    most = state.body.shape[1]
    found = np.zeros((*expected[:2], most, _ALONE + 1), np.int32)

    def measure(_: int, begin: int, end: int) -> None:
        moving = np.zeros((most * MOST_PARTS, SOLID), np.float32)
        frames = np.zeros((most * MOST_PARTS, SEEN), np.float32)
        _measure(
            camera.plan, state.body, state.mind, state.world, worlds, slots, instance, moving, frames, found, begin, end
        )  # fmt: skip

    share(measure, len(worlds))
    kinds = state.mind[worlds][:, :, KIND]
    tags = np.zeros(max(TAG_OF_KIND) + 2, np.int32)
    tags[list(TAG_OF_KIND)] = list(TAG_OF_KIND.values())
    tagged = np.repeat(tags[np.minimum(kinds, len(tags) - 1)][:, None], expected[1], axis=1)
    picture, mount, slot = np.nonzero((found[..., _PIXELS] >= max(least_pixels, 1)) & (tagged > 0))
    rows = found[picture, mount, slot]
    return Boxes(
        picture=picture.astype(np.int32), mount=mount.astype(np.int32),
        x0=rows[:, _LEFT].copy(), y0=rows[:, _TOP].copy(), x1=rows[:, _RIGHT].copy(), y1=rows[:, _BOTTOM].copy(),
        tag=tagged[picture, mount, slot], instance=(slot + 1).astype(np.int32), pixels=rows[:, _PIXELS].copy(),
        visible=(rows[:, _PIXELS] / rows[:, _ALONE]).astype(np.float32),
    )  # fmt: skip


@shared
def _measure(
    plan: CameraPlan, body: np.ndarray, mind: np.ndarray, world: np.ndarray, worlds: np.ndarray, slots: np.ndarray,
    instance: np.ndarray, moving: np.ndarray, frames: np.ndarray, found: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    for i in range(begin, end):
        w, slot = worlds[i], slots[i]
        if mind[w, slot, CONTROL] == NO_CONTROL:
            continue
        count = fill_world(body[w], mind[w], world[w], moving)
        for mount in range(len(plan.mount)):
            eye = eye_of(plan, mount, body[w, slot])
            survey(instance[i, mount], found[i, mount])
            first = 0
            while first < count:
                last = first + 1
                while last < count and moving[last, INSTANCE] == moving[first, INSTANCE]:
                    last += 1
                row = found[i, mount, int(moving[first, INSTANCE]) - 1]
                if row[_PIXELS] > 0:
                    row[_ALONE] = pixels_alone(plan, eye, moving, frames, first, last)
                first = last


@borrowing
def survey(instance: np.ndarray, found: np.ndarray) -> None:
    """Bounds and numbers of the pixels of all actors in one picture [H, W']."""
    for row in range(instance.shape[0]):
        for col in range(instance.shape[1]):
            slot = instance[row, col] - 1
            if not 0 <= slot < len(found):
                continue
            own = found[slot]
            if own[_PIXELS] == 0:
                own[_LEFT], own[_TOP], own[_RIGHT], own[_BOTTOM] = col, row, col + 1, row + 1
            own[_LEFT], own[_RIGHT] = min(own[_LEFT], col), max(own[_RIGHT], col + 1)
            own[_BOTTOM] = row + 1
            own[_PIXELS] += 1


@borrowing
def pixels_alone(plan: CameraPlan, eye: Eye, moving: np.ndarray, frames: np.ndarray, first: int, last: int) -> int:
    """How many pixels the parts first..last have when nothing else is there."""
    top, bottom, left, right = plan.rows, 0, plan.cols, 0
    for k in range(first, last):
        solid = moving[k]
        x, y, z = solid[SX] - eye.x, solid[SY] - eye.y, solid[SZ] - eye.z
        cos, sin = np.float32(np.cos(solid[SYAW])), np.float32(np.sin(solid[SYAW]))
        zero = np.float32(0.0)
        r0, r1, c0, c1 = rectangle(
            eye, plan.rows, plan.cols, x, y, z, cos, sin, solid[HALF_LENGTH], solid[HALF_WIDTH], zero, zero, solid[HEIGHT]
        )  # fmt: skip
        own_frame(eye, x, y, z, cos, sin, frames[k])
        if r0 < r1 and c0 < c1:
            top, bottom, left, right = min(top, r0), max(bottom, r1), min(left, c0), max(right, c1)
    count = 0
    for row in range(top, bottom):
        for col in range(left, right):
            for k in range(first, last):
                solid, own = moving[k], frames[k]
                dx, dy, dz = own_ray(eye, own, row, col)
                if hit_local(
                    int(solid[SHAPE]), solid[HALF_LENGTH], solid[HALF_WIDTH], solid[HEIGHT], own[0], own[1], own[2],
                    dx, dy, dz,
                ) < NEVER:  # fmt: skip
                    count += 1
                    break
    return count
