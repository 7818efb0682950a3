"""Turns a raster into a picture that people can read. Source: ours.

Nothing of it is fed to agents: it is for looking at what they are fed. Channels that a raster lacks are left out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.raster.intensity import (
    BICYCLE_VALUE,
    CROSSWALK_VALUE,
    GIVE_WAY_VALUE,
    GREEN_VALUE,
    PAVED_VALUE,
    PEDESTRIAN_VALUE,
    RED_VALUE,
    SIDEWALK_VALUE,
    STOP_SIGN_VALUE,
    YELLOW_VALUE,
)
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.errors import SuiteError

Bytes = NDArray[np.uint8]
Colour = tuple[int, int, int]

GRASS: Final[Colour] = (46, 58, 46)
ASPHALT: Final[Colour] = (74, 77, 84)
HARD_GROUND: Final[Colour] = (88, 84, 84)
PAVEMENT: Final[Colour] = (112, 110, 104)
PAINT: Final[Colour] = (226, 226, 220)
KERB: Final[Colour] = (140, 138, 132)
STRIPES: Final[Colour] = (150, 152, 158)
CENTRE_SLOW: Final[Colour] = (92, 100, 124)
CENTRE_FAST: Final[Colour] = (120, 150, 230)
ROUTE: Final[Colour] = (64, 132, 128)
EGO: Final[Colour] = (255, 96, 64)
PAST: Final[Colour] = (255, 190, 120)
VEHICLE: Final[Colour] = (96, 170, 255)
OBSTACLE: Final[Colour] = (200, 130, 60)
BICYCLE: Final[Colour] = (190, 120, 255)
PEDESTRIAN: Final[Colour] = (255, 224, 64)
SIGNS: Final[dict[int, Colour]] = {GIVE_WAY_VALUE: (214, 150, 70), STOP_SIGN_VALUE: (214, 86, 110)}
"""Of the junction lanes that a sign holds."""
LIGHTS: Final[dict[int, Colour]] = {
    GREEN_VALUE: (60, 220, 90),
    YELLOW_VALUE: (250, 210, 50),
    RED_VALUE: (240, 60, 60),
}


def picture(raster: Bytes, spec: RasterSpec, zoom: int = 1) -> Bytes:
    """[H * zoom, W * zoom, 3] uint8 of a raster [C, H, W]; what was longer ago is paler. Raises SuiteError for another shape."""
    if raster.shape != spec.shape:
        raise SuiteError(f"the raster has shape {raster.shape}; its spec says {spec.shape}.")
    planes = dict(zip(spec.channels, raster, strict=True))
    nothing = np.zeros(spec.size, np.uint8)
    canvas = np.empty((*spec.size, 3), np.float32)
    canvas[:] = GRASS
    road = planes.get("road", nothing)
    _cover(canvas, road == SIDEWALK_VALUE, PAVEMENT)
    _cover(canvas, road == PAVED_VALUE, HARD_GROUND)
    _cover(canvas, road == 255, ASPHALT)
    _cover(canvas, planes.get("route", nothing) > 0, ROUTE, 0.6)
    crossings = planes.get("crosswalks_stops", nothing)
    _cover(canvas, crossings == CROSSWALK_VALUE, STRIPES, 0.7)
    marks = planes.get("marks", nothing)
    _cover(canvas, (marks > 0) & (marks < 255), KERB)
    _cover(canvas, (marks == 255) | (crossings > CROSSWALK_VALUE), PAINT)
    limit = planes.get("speed_limit", nothing)
    share = limit[limit > 0, None] / 255.0
    canvas[limit > 0] = (1.0 - share) * np.array(CENTRE_SLOW) + share * np.array(CENTRE_FAST)
    for value, colour in SIGNS.items():
        _cover(canvas, (crossings == value) & (limit > 0), colour)
    for value, colour in LIGHTS.items():
        _cover(canvas, planes.get("lights_0", nothing) == value, colour)
    past = planes.get("past_poses", nothing)
    for value in np.unique(past[past > 0]):
        _cover(canvas, past == value, PAST, 0.2 + 0.6 * float(value) / 255.0)
    _cover(canvas, planes.get("ego", nothing) > 0, EGO)
    frames = sorted(int(name.removeprefix("actors_")) for name in planes if name.startswith("actors_"))
    for order, frame in reversed(list(enumerate(frames))):
        plane, alpha = planes[f"actors_{frame}"], 1.0 if frame == 0 else 0.5 / (1 + order)
        _cover(canvas, plane > 0, VEHICLE, alpha)
        _cover(canvas, (plane > 0) & (plane < 150), OBSTACLE, alpha)
        _cover(canvas, plane == BICYCLE_VALUE, BICYCLE, alpha)
        _cover(canvas, plane == PEDESTRIAN_VALUE, PEDESTRIAN, alpha)
    painted = np.rint(canvas).astype(np.uint8)
    return painted.repeat(zoom, axis=0).repeat(zoom, axis=1)


def _cover(canvas: NDArray[np.float32], where: NDArray[np.bool_], colour: Colour, alpha: float = 1.0) -> None:
    canvas[where] = (1.0 - alpha) * canvas[where] + alpha * np.array(colour, np.float32)
