"""Which line lies across a path, and what it asks, read from a raster. Source: ours.

On a raster a line that holds traffic is seen across the lane, and what holds it along the centre lines of the junction's lanes behind it
(`sensors.raster.intensity`). Both must be there: centre lines of those who cross look like lines across, but nothing of the kind follows,
and they are longer than a road is wide.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.safety.path import Floats, Path, shown_at
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS
from sim_suite.driving.sensors.raster.intensity import (
    GREEN_VALUE,
    LIGHT_LINE_VALUE,
    RED_VALUE,
    STOP_SIGN_VALUE,
    YELLOW_VALUE,
)
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.kinds import CAR

LOOK_M: Final = 11.0
"""So far beyond the last waypoint lines are looked for."""
FINE_M: Final = 0.25
"""Between samples: half a pixel of the preset `small`."""
BEHIND_M: Final = (1.5, 10.0)
"""From a line to where what holds it is looked for: behind a crosswalk, the junction's lanes begin 5 m after the line."""
SIGN_RUN: Final = 11
"""Samples in a row, 2.75 m: a centre line that crosses the path slantwise is seen in up to ten, that of a turn to the right in twelve."""
LIGHT_SAMPLES: Final = 6
"""Of the light that is seen in most, 1.5 m: lights are not drawn but along the lanes that they hold."""
NARROWEST_M, WIDEST_M = 3.0, 9.5
"""Of a line: most of a lane, and two lanes and more. Lanes that cross straight are longer, and those that turn cross slantwise: they leave
the half metre along the path within which a line is looked for."""
_ASIDE_STEP_M: Final = 0.5
_ASIDE_M: Final = np.arange(-12.0, 12.25, _ASIDE_STEP_M)
_HALF_M: Final = float(PARAMETERS[CAR, LENGTH_M]) / 2
_BESIDE: Final = (-0.5, 0.0, 0.5)  # a centre line is a pixel wide, and the path is not quite on it
_LANE: Final = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
"""About a path that ends before the line, and goes straight on there where the junction's lanes turn."""


class Kind(Enum):
    """What a line asks."""

    STOP = "stop"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Line(NamedTuple):
    """The next one."""

    room_m: float
    """From the front of the car to it, along the path."""
    kind: Kind


_LIGHTS: Final = {RED_VALUE: Kind.RED, YELLOW_VALUE: Kind.YELLOW, GREEN_VALUE: Kind.GREEN}


def line_ahead(raster: NDArray[np.uint8], spec: RasterSpec, path: Path) -> Line | None:
    """The first line on the path that a stop sign or a light holds; None where there is none, or the raster shows no lines."""
    if "crosswalks_stops" not in spec.channels:
        return None
    lines, lights = raster[spec.channels.index("crosswalks_stops")], _lights(raster, spec)
    arc = np.arange(0.0, path.planned[-1] + LOOK_M, FINE_M)
    x, y, heading = path.at(arc + _HALF_M)
    ahead = shown_at(lines, spec, x, y)
    if not (ahead >= LIGHT_LINE_VALUE).any():
        return None
    signs, shown = (_beside(plane, spec, x, y, heading) for plane in (lines, lights))
    first, last = (round(metres / FINE_M) for metres in BEHIND_M)
    for i in np.flatnonzero((ahead == STOP_SIGN_VALUE) | (ahead == LIGHT_LINE_VALUE)):
        near = slice(max(i - 2, 0), i + 3)
        if not _lies_across(lines == ahead[i], spec, x[near], y[near], heading[near]):
            continue
        behind = slice(i + first, i + last)
        if ahead[i] == STOP_SIGN_VALUE:
            if _longest_run(signs[behind] == STOP_SIGN_VALUE) >= SIGN_RUN:
                return Line(float(arc[i]), Kind.STOP)
            continue
        kind = _light_of(shown[behind])
        if kind is not None:
            return Line(float(arc[i]), kind)
    return None


def light_behind(raster: NDArray[np.uint8], spec: RasterSpec, path: Path, room_m: float) -> Kind | None:
    """What a light shows whose line is known to be so far ahead of the front, though it may not be seen; None where nothing is lit."""
    arc = room_m + np.arange(BEHIND_M[0], BEHIND_M[1], FINE_M)
    return _light_of(_beside(_lights(raster, spec), spec, *path.at(arc + _HALF_M), _LANE))


def _lights(raster: NDArray[np.uint8], spec: RasterSpec) -> NDArray[np.uint8]:
    if "lights_0" not in spec.channels:
        return np.zeros(spec.size, np.uint8)
    plane: NDArray[np.uint8] = raster[spec.channels.index("lights_0")]
    return plane


def _light_of(shown: NDArray[np.uint8]) -> Kind | None:
    """The colour that most of these samples show, if they are enough."""
    counts = {kind: int((shown == value).sum()) for value, kind in _LIGHTS.items()}
    kind = max(counts, key=lambda one: counts[one])
    return kind if counts[kind] >= LIGHT_SAMPLES else None


def _beside(
    plane: NDArray[np.uint8],
    spec: RasterSpec,
    x: Floats,
    y: Floats,
    heading: Floats,
    offsets: tuple[float, ...] = _BESIDE,
) -> NDArray[np.uint8]:
    """The brightest about each place of a path."""
    shown = [shown_at(plane, spec, x - aside * np.sin(heading), y + aside * np.cos(heading)) for aside in offsets]
    found: NDArray[np.uint8] = np.max(shown, axis=0)
    return found


def _lies_across(mask: NDArray[np.bool_], spec: RasterSpec, x: Floats, y: Floats, heading: Floats) -> bool:
    """Whether pixels lie across the path, as wide as a line is, within half a metre along it."""
    rows = [
        shown_at(mask.astype(np.uint8), spec, here_x - _ASIDE_M * np.sin(turned), here_y + _ASIDE_M * np.cos(turned))
        for here_x, here_y, turned in zip(x, y, heading, strict=True)
    ]
    across = np.max(rows, axis=0) > 0
    middle = len(across) // 2
    gaps = np.flatnonzero(~across)
    low, high = gaps[gaps <= middle].max(initial=-1), gaps[gaps >= middle].min(initial=len(across))
    return bool(NARROWEST_M <= (high - low - 1) * _ASIDE_STEP_M <= WIDEST_M)


def _longest_run(shown: NDArray[np.bool_]) -> int:
    longest = run = 0
    for one in shown.tolist():
        run = run + 1 if one else 0
        longest = max(longest, run)
    return longest
