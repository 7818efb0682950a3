"""A frame of the film: what the cameras see and what is found in it, the scene that is believed beside the true one, and the drive.

Source: ours. People shall understand it without being told: every panel has its name, colours their words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.segmentation.driving.classes import COLOURS, SceneClass
from perception.surroundings.perceiver import Look
from perception.surroundings.signals import LIGHT_OF
from sim_suite.driving.sensors.raster.intensity import GREEN_VALUE, RED_VALUE, STOP_SIGN_VALUE, YELLOW_VALUE
from sim_suite.driving.sensors.raster.paint import BICYCLE as BICYCLE_COLOUR
from sim_suite.driving.sensors.raster.paint import EGO, ROUTE, VEHICLE, picture
from sim_suite.driving.sensors.raster.paint import LIGHTS as LIGHT_COLOURS
from sim_suite.driving.sensors.raster.paint import PEDESTRIAN as PEDESTRIAN_COLOUR
from sim_suite.driving.sensors.raster.paint import SIGNS as SIGN_COLOURS
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.kinds import BICYCLE, CAR, GREEN, PEDESTRIAN, RED, TRUCK, YELLOW
from sim_suite.envs.driving.picture.lettering import text_width, write

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
WIDTH, HEIGHT = 1280, 656
HEAD: Final = 40
SIDE: Final = 240
"""Of a camera's picture as it is shown."""
GAP: Final = 8
LABEL: Final = 22
RIGHT: Final = 3 * SIDE + 5 * GAP
"""Where the right half begins."""
SCENE: Final = 248
"""Side of a scene from above."""
DRIVE: Final = (248, 186)
"""Width and height of the drive's picture."""
BACKGROUND: Final[Colour] = (16, 19, 22)
INK: Final[Colour] = (228, 232, 235)
SOFT: Final[Colour] = (146, 156, 164)
AROUND: Final = ("left", "ahead", "right")
MOUNTS: Final = (1, 0, 2)
"""Of the rig `car`, from left to right."""
KINDS: Final[Mapping[int, tuple[str, Colour]]] = {
    CAR: ("car", (90, 170, 255)),
    TRUCK: ("truck", (120, 130, 255)),
    BICYCLE: ("cyclist", (250, 190, 60)),
    PEDESTRIAN: ("pedestrian", (255, 110, 140)),
}
LIGHTS: Final[Mapping[int, tuple[str, Colour]]] = {
    RED: ("red light", (255, 84, 76)),
    YELLOW: ("yellow light", (255, 206, 70)),
    GREEN: ("green light", (80, 230, 140)),
}
SIGNS: Final[Mapping[str, str]] = {"stop": "stop sign", "give_way": "give-way sign"}
SIGN: Final[Colour] = (255, 150, 70)
SHOWN: Final = {RED_VALUE: "red", YELLOW_VALUE: "yellow", GREEN_VALUE: "green"}
LEGEND: Final = (
    (SceneClass.ROAD, "road"), (SceneClass.LINE, "line"), (SceneClass.PAVEMENT, "pavement"), (SceneClass.VEHICLE, "vehicle"),
    (SceneClass.PERSON, "person"), (SceneClass.POST, "post"), (SceneClass.BUILDING, "building"), (SceneClass.NATURE, "nature"),
)  # fmt: skip
AHEAD_M, BEHIND_M = 44.0, 4.0
"""What is shown of a scene, and as much to either side as makes a square; rasters that reach less far are shown whole."""


def frame(
    pictures: Mapping[str, Image],
    look: Look,
    truth: Image,
    spec: RasterSpec,
    drive: Image,
    title: str,
    told: Sequence[str],
) -> Image:
    """uint8 [HEIGHT, WIDTH, 3] RGB. pictures: of the rig; truth: the true raster, [C, H, W]; spec: of the planes that are painted of both;
    drive: the drive from above, [H, W, 3]; told: lines below.
    """
    canvas = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    canvas[:] = BACKGROUND
    write(canvas, title, 2 * GAP, HEAD / 2, 17, INK, bold=True)
    for number, (name, mount) in enumerate(zip(AROUND, MOUNTS, strict=True)):
        x, y = 2 * GAP + number * (SIDE + GAP), HEAD
        write(canvas, f"camera {name}", x, y + LABEL / 2, 12, SOFT)
        _camera(canvas, pictures["around"][mount], look, ("around", 0, mount), x, y + LABEL)
        if look.labels is not None:
            below = y + LABEL + SIDE + LABEL + GAP
            canvas[below : below + SIDE, x : x + SIDE] = _large(np.array(COLOURS, np.uint8)[look.labels[mount]], SIDE)
    write(canvas, "what each pixel shows:", 2 * GAP, HEAD + LABEL + SIDE + GAP / 2 + LABEL / 2, 12, SOFT)
    _legend(canvas, 2 * GAP + 150, HEAD + LABEL + SIDE + GAP / 2 + LABEL / 2)
    _right(canvas, pictures, look, truth, spec, drive)
    for number, line in enumerate(told):
        write(
            canvas, line, 2 * GAP, HEAD + 2 * (LABEL + SIDE + GAP) + 24 + 24 * number, 15, INK if number == 0 else SOFT
        )
    return canvas


def _right(
    canvas: Image, pictures: Mapping[str, Image], look: Look, truth: Image, spec: RasterSpec, drive: Image
) -> None:
    left, right, top = RIGHT, RIGHT + SCENE + GAP, HEAD
    write(canvas, "long lens ahead", left, top + LABEL / 2, 12, SOFT)
    _camera(canvas, pictures["far"][0], look, ("far", 1, 0), left, top + LABEL, SCENE - 2 * GAP)
    write(canvas, "the drive, from above", right, top + LABEL / 2, 12, SOFT)
    canvas[top + LABEL : top + LABEL + DRIVE[1], right : right + DRIVE[0]] = cv2.resize(
        drive, DRIVE, interpolation=cv2.INTER_AREA
    )
    below = top + LABEL + SCENE + GAP
    for x, name, raster in (
        (left, "what it believes, and drives by", look.scene.as_bytes()),
        (right, "what is true", truth),
    ):
        write(canvas, name, x, below + LABEL / 2, 12, INK if x == left else SOFT, bold=x == left)
        canvas[below + LABEL : below + LABEL + SCENE, x : x + SCENE] = _above(raster, spec)
    _key(canvas, left, below + LABEL + SCENE + LABEL / 2)


def _above(raster: Image, spec: RasterSpec) -> Image:
    """The part of a scene about the car, as a square."""
    (row, column), scale = spec.ego_row_col, spec.metres_per_pixel
    top, bottom = max(row - round(AHEAD_M / scale), 0), min(row + round(BEHIND_M / scale), spec.size[0])
    half = min((bottom - top) // 2, column, spec.size[1] - column)
    part = picture(raster, spec)[top:bottom, column - half : column + half]
    return np.asarray(cv2.resize(part, (SCENE, SCENE), interpolation=cv2.INTER_CUBIC), np.uint8)


def _camera(
    canvas: Image, shot: Image, look: Look, which: tuple[str, int, int], x: int, y: int, side: int = SIDE
) -> None:
    """A picture with the boxes of road users and the names of lights and signs. which: group, its number, mount."""
    group, number, mount = which
    part, scale = _large(shot, side), side / shot.shape[0]
    labels: list[tuple[float, float, str, Colour]] = []
    for box, kind, picture_ in zip(look.found.box, look.found.kind.tolist(), look.found.picture.tolist(), strict=True):
        if picture_ == [number, mount]:
            name, colour = KINDS[kind]
            x0, y0, x1, y1 = (box * scale).tolist()
            cv2.rectangle(part, (round(x0), round(y0)), (round(x1), round(y1)), colour, 2, cv2.LINE_AA)
            labels.append((x0, y0, name, colour))
    for reading in look.readings:
        if reading.picture == (group, mount) and reading.said:
            name, colour = LIGHTS[LIGHT_OF[reading.said]] if reading.said in LIGHT_OF else (SIGNS[reading.said], SIGN)
            row, column = reading.place[0] * scale, reading.place[1] * scale
            half = 0.5 * reading.height_px * scale + 3
            cv2.rectangle(
                part, (round(column - half), round(row - half)), (round(column + half), round(row + half)), colour, 2, cv2.LINE_AA
            )  # fmt: skip
            labels.append((column - half, row - half, name, colour))
    for at, top, name, colour in labels:
        width = text_width(name, 11, bold=True) + 6
        left = int(min(max(at, 0), side - width))
        upper = int(top - 16 if top >= 16 else top + 2)
        part[max(upper, 0) : upper + 15, left : left + width] = colour
        write(part, name, left + 3, upper + 7.5, 11, BACKGROUND, bold=True)
    canvas[y : y + side, x : x + side] = part


def _large(shot: Image, side: int) -> Image:
    how = cv2.INTER_CUBIC if side >= shot.shape[0] else cv2.INTER_AREA
    return np.ascontiguousarray(cv2.resize(shot, (side, side), interpolation=how))


def _key(canvas: Image, x: float, y: float) -> None:
    """Colours of the scenes from above, in two rows."""
    held = SIGN_COLOURS[STOP_SIGN_VALUE]
    rows = (
        (
            (EGO, "this car"),
            (ROUTE, "its route"),
            (VEHICLE, "vehicle"),
            (PEDESTRIAN_COLOUR, "person"),
            (BICYCLE_COLOUR, "cyclist"),
        ),
        (
            (held, "held by a stop sign"),
            *((LIGHT_COLOURS[value], f"{name} light") for value, name in SHOWN.items()),
        ),
    )
    for number, row in enumerate(rows):
        _swatches(canvas, row, int(x), y + 18 * number)


def _legend(canvas: Image, x: float, y: float) -> None:
    _swatches(canvas, [(COLOURS[number], name) for number, name in LEGEND], int(x), y)


def _swatches(canvas: Image, row: Iterable[tuple[Colour, str]], at: int, y: float) -> None:
    for colour, name in row:
        canvas[int(y) - 5 : int(y) + 5, at : at + 10] = colour
        write(canvas, name, at + 14, y, 11, SOFT)
        at += 14 + text_width(name, 11) + 12
