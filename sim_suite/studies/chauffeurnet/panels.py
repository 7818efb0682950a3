"""A frame of the film: the drive, the input's layers, and what the network says of the next two seconds. Source: ours, after Bansal et
al. 2018, figures 1 and 5.

Time is told by colour: near waypoints are yellow, far ones violet. P_k is drawn against its own highest value, so that a spread one is
seen as well as a sharp one; only one that is spread over hundreds of cells is paler.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.spec import SPACING_S
from sim_suite.driving.sensors.raster.paint import picture
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.lettering import write
from sim_suite.studies.chauffeurnet.seen import Floats, Seen

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
WIDTH, HEIGHT = 1280, 832
HEAD: Final = 36
DRIVE: Final = (640, 480)
"""Width and height of the drive's picture."""
PANEL: Final = (302, 368)
THUMB: Final = (148, 128)
AHEAD_M, BEHIND_M = 38.0, 10.0
"""What panels show of a raster: at 50 km/h two seconds are 28 m. Rasters that reach less far are shown whole."""
BACKGROUND: Final[Colour] = (16, 19, 22)
EMPTY: Final[Colour] = (26, 30, 34)
INK: Final[Colour] = (228, 232, 235)
SOFT: Final[Colour] = (146, 156, 164)
ROAD: Final[Colour] = (66, 190, 160)
NOW: Final[Colour] = (235, 238, 240)
LEAST_PEAK: Final = 0.005
"""A chance that is spread evenly over 200 cells."""
RAMP: Final[tuple[Colour, ...]] = ((255, 226, 84), (255, 158, 66), (244, 92, 96), (206, 66, 160), (140, 84, 232))
"""From the nearest waypoint to the farthest."""
LAYERS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("road map", ("road", "marks", "crosswalks_stops")),
    ("traffic lights", ("road", "lights")),
    ("speed limit", ("road", "speed_limit")),
    ("route", ("road", "route")),
    ("own box", ("road", "ego")),
    ("other road users", ("road", "actors")),
    ("own past", ("road", "past_poses")),
    ("all together", ()),
)
"""The paper's inputs a to g; roads stand behind all of them, so that one sees where one is. Empty: everything."""


def frame(drive: Image, seen: Seen, spec: RasterSpec, title: str, time_s: float) -> Image:
    """uint8 [HEIGHT, WIDTH, 3] RGB. drive: picture of the drive, uint8 [H, W, 3]; spec: of the raster that was seen."""
    canvas = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    canvas[:] = BACKGROUND
    write(canvas, title, 12, HEAD / 2, 15, INK, bold=True)
    write(canvas, f"{time_s:.1f} s", WIDTH - 12, HEAD / 2, 15, SOFT, anchor="end")
    canvas[HEAD : HEAD + DRIVE[1], : DRIVE[0]] = cv2.resize(drive, DRIVE, interpolation=cv2.INTER_AREA)
    _layers(canvas, seen.raster, spec)
    dim = _dimmed(seen.raster, spec)
    outputs: tuple[tuple[str, Callable[[], Image] | None], ...] = (
        ("where the car will be", None if seen.places is None else lambda: _places(dim, seen, spec)),
        ("waypoints and boxes", lambda: _drive(dim, seen, spec)),
        ("road", None if seen.road is None else lambda: _road(dim, seen, spec)),
        ("where others will be", None if seen.objects is None else lambda: _others(dim, seen, spec)),
    )
    for number, (label, paint) in enumerate(outputs):
        x = DRIVE[0] + 12 + number % 2 * (PANEL[0] + 12)
        y = HEAD + number // 2 * (PANEL[1] + 28)
        part = canvas[y + 22 : y + 22 + PANEL[1], x : x + PANEL[0]]
        write(canvas, label, x, y + 10, 13, INK)
        part[:] = EMPTY
        if paint is None:
            write(part, "not said by this network", PANEL[0] / 2, PANEL[1] / 2, 13, SOFT, anchor="middle")
        else:
            part[:] = paint()
    _key(canvas, len(seen.waypoints))
    return canvas


def _layers(canvas: Image, raster: NDArray[np.uint8], spec: RasterSpec) -> None:
    raster, spec = _near(raster, spec)
    for number, (label, shown) in enumerate(LAYERS):
        x = 8 + number % 4 * 158
        y = HEAD + DRIVE[1] + 8 + number // 4 * (THUMB[1] + 26)
        kept = np.array([not shown or _kind(name) in shown for name in spec.channels])
        painted = picture(np.where(kept[:, None, None], raster, 0).astype(np.uint8), spec)
        canvas[y : y + THUMB[1], x : x + THUMB[0]] = _window(painted, spec, THUMB)
        write(canvas, label, x, y + THUMB[1] + 11, 12, SOFT)


def _kind(channel: str) -> str:
    """`lights` of `lights_3`."""
    head, _, tail = channel.rpartition("_")
    return head if tail.isdigit() else channel


def _key(canvas: Image, waypoints: int) -> None:
    """What the colours say, beside the label of the first panel's neighbour."""
    right, width = WIDTH - 12, 90
    for x in range(width):
        canvas[HEAD + 6 : HEAD + 14, right - 36 - width + x] = _colour(x / (width - 1))
    write(canvas, f"{SPACING_S:.1f}", right - 42 - width, HEAD + 10, 11, SOFT, anchor="end")
    write(canvas, f"{SPACING_S * waypoints:.1f} s", right, HEAD + 10, 11, SOFT, anchor="end")


def _places(dim: Image, seen: Seen, spec: RasterSpec) -> Image:
    assert seen.places is not None
    canvas = dim.astype(np.float32)
    for k in reversed(range(len(seen.places))):
        plane = _window(seen.places[k], spec, PANEL)
        _cover(canvas, np.sqrt(plane / max(float(plane.max()), LEAST_PEAK)), _colour(k / max(len(seen.places) - 1, 1)))
    return _bytes(canvas)


def _drive(dim: Image, seen: Seen, spec: RasterSpec) -> Image:
    canvas = dim.astype(np.float32)
    count = len(seen.waypoints)
    for k in reversed(range(count)):
        _cover(canvas, 0.16 * _window(seen.boxes[k], spec, PANEL), _colour(k / max(count - 1, 1)))
    image = _bytes(canvas)
    for k in reversed(range(count)):
        _outline(image, _window(seen.boxes[k], spec, PANEL), _colour(k / max(count - 1, 1)))
    points = np.array([_to_panel(place, spec) for place in seen.waypoints])
    brush.line(image, points, NOW, 1)
    for k, (x, y) in enumerate(points.tolist()):
        brush.disc(image, x, y, 3.2, _colour(k / max(count - 1, 1)))
    return image


def _road(dim: Image, seen: Seen, spec: RasterSpec) -> Image:
    assert seen.road is not None
    canvas = dim.astype(np.float32)
    _cover(canvas, 0.75 * _window(seen.road, spec, PANEL), ROAD)
    return _bytes(canvas)


def _others(dim: Image, seen: Seen, spec: RasterSpec) -> Image:
    assert seen.objects is not None
    canvas = dim.astype(np.float32)
    for k in reversed(range(len(seen.objects))):
        _cover(canvas, 0.7 * _window(seen.objects[k], spec, PANEL), _colour(k / max(len(seen.objects) - 1, 1)))
    if "actors_0" in spec.channels:
        now = (seen.raster[spec.channels.index("actors_0")] > 0).astype(np.float32)
        image = _bytes(canvas)
        _outline(image, _window(now, spec, PANEL), NOW)
        return image
    return _bytes(canvas)


def _outline(image: Image, share: Floats, colour: Colour) -> None:
    """A line about where a share is above a half."""
    inside = (share >= 0.5).astype(np.uint8)
    cv2.drawContours(
        image, cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], -1, colour, 1, cv2.LINE_AA
    )


def _dimmed(raster: NDArray[np.uint8], spec: RasterSpec) -> Image:
    """A panel of the map and the ego's box, dark and with little colour, for heat to be drawn over."""
    raster, spec = _near(raster, spec)
    kept = np.array([_kind(name) in ("road", "marks", "crosswalks_stops", "ego") for name in spec.channels])
    painted = picture(np.where(kept[:, None, None], raster, 0).astype(np.uint8), spec).astype(np.float32)
    grey = painted.mean(axis=2, keepdims=True)
    return _bytes(_window(np.array(BACKGROUND, np.float32) + 0.42 * (0.35 * painted + 0.65 * grey), spec, PANEL))


def _near(raster: NDArray[np.uint8], spec: RasterSpec) -> tuple[NDArray[np.uint8], RasterSpec]:
    """The part of a raster [C, H, W] that thumbnails, the widest of all, show; painting the rest of it would take most of the time."""
    top, bottom, left, right = _bounds(spec, THUMB)
    first, last = math.floor(top), math.ceil(bottom)
    begin, end = max(math.floor(left), 0), min(math.ceil(right), spec.size[1])
    row, column = spec.ego_row_col
    part = replace(spec, size=(last - first, end - begin), ego_row_col=(row - first, column - begin))
    return np.ascontiguousarray(raster[:, first:last, begin:end]), part


def _window(plane: NDArray[Any], spec: RasterSpec, size: tuple[int, int]) -> NDArray[Any]:
    """The part about the ego of a picture [H, W, ..] or of a grid over it, as a panel (width, height) shows it."""
    top, bottom, left, right = _bounds(spec, size)
    down, across = plane.shape[0] / spec.size[0], plane.shape[1] / spec.size[1]
    scale_x, scale_y = size[0] / ((right - left) * across), size[1] / ((bottom - top) * down)
    # The centre of pixel i lies at i + 0.5 in the raster's frame, and at whole numbers in OpenCV's.
    x, y = (0.5 - left * across) * scale_x - 0.5, (0.5 - top * down) * scale_y - 0.5
    move = np.array([[scale_x, 0.0, x], [0.0, scale_y, y]])
    how = cv2.INTER_NEAREST if plane.dtype == np.uint8 and scale_x >= 2.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(plane, move, size, flags=how, borderMode=cv2.BORDER_REPLICATE))


def _bounds(spec: RasterSpec, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """(top, bottom, left, right) of what a panel (width, height) shows, pixels of the raster."""
    row, column = spec.ego_row_col
    top = max(row - AHEAD_M / spec.metres_per_pixel, 0.0)
    bottom = min(row + BEHIND_M / spec.metres_per_pixel, float(spec.size[0]))
    half = (bottom - top) * size[0] / size[1] / 2
    return top, bottom, column - half, column + half


def _to_panel(place: Floats, spec: RasterSpec) -> tuple[float, float]:
    """(x, y) on a panel of a place (row, column) on the raster."""
    top, bottom, left, right = _bounds(spec, PANEL)
    x, y = (float(place[1]) - left) / (right - left), (float(place[0]) - top) / (bottom - top)
    return x * PANEL[0] - 0.5, y * PANEL[1] - 0.5


def _colour(share: float) -> Colour:
    """Of RAMP, 0 to 1."""
    at = share * (len(RAMP) - 1)
    low = min(int(at), len(RAMP) - 2)
    mixed = [round(a + (at - low) * (b - a)) for a, b in zip(RAMP[low], RAMP[low + 1], strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _cover(canvas: Floats, share: NDArray[np.floating], colour: Colour) -> None:
    share = np.clip(share, 0.0, 1.0)[..., None]
    canvas[:] = (1.0 - share) * canvas + share * np.array(colour, np.float32)


def _bytes(canvas: NDArray[np.floating]) -> Image:
    rounded: Image = np.rint(np.clip(canvas, 0, 255)).astype(np.uint8)
    return rounded
