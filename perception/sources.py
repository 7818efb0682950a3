"""Where a driver's scene comes from: the truth, the truth with a detector's errors, or a perception module of one's own. Source: ours.

The model of errors works on the raster alone, so that it does the same in training and in driving: a road user is a blob of the planes
`actors_K` laid over each other, itself and where it was. Who touch are perceived as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.scene import COLUMN, HEADING, LENGTH, ROW, WIDTH, Scene, boxes_in, corners_of, frames_of_others
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.sensors.raster.intensity import VEHICLE_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.kinds import CAR
from sim_suite.envs.making import load_object
from sim_suite.errors import SuiteError

TRUTH, ERRORS = "truth", "errors"
_SHIFT: Final = 4  # binary digits of a pixel to which corners are drawn


class SceneSource(Protocol):
    """A perception module. `SceneOptions` names its class, which is made with the spec; or an agent is given the object."""

    def see(self, raster: NDArray[np.uint8], dice: np.random.Generator) -> Scene:
        """The scene as perceived. raster: [C, H, W], the truth; dice: for what is random, the only source of chance."""


@dataclass(frozen=True)
class SceneOptions:
    """How the surroundings are perceived."""

    source: str = TRUTH
    """truth, errors, or `package.module:Class` of a `SceneSource`."""
    missed: float = 0.1
    """errors: share of other road users that are not seen at all, 0 to 1."""
    jitter_m: float = 0.25
    """errors: deviation of where they are seen, normal, ahead and aside, 0 to 10 m."""
    false: float = 0.2
    """errors: cars a scene that are not there, on average (Poisson), standing somewhere on the road, 0 to 20."""

    def __post_init__(self) -> None:
        if self.source not in (TRUTH, ERRORS) and ":" not in self.source:
            raise SuiteError(f"a scene's source is 'truth', 'errors' or 'package.module:Class', not {self.source!r}.")
        for name, most in (("missed", 1.0), ("jitter_m", 10.0), ("false", 20.0)):
            if not 0.0 <= getattr(self, name) <= most:
                raise SuiteError(f"{name} must be 0 to {most:g}, not {getattr(self, name)}.")


def source_of(options: SceneOptions, spec: RasterSpec) -> SceneSource:
    """The source that is named. A class is imported: name only one that you trust."""
    if options.source == TRUTH:
        return Truth(spec)
    if options.source == ERRORS:
        if not frames_of_others(spec):
            raise SuiteError(
                f"errors of perception are of other road users, and this raster shows {', '.join(spec.channels)} only. "
                f"Give scene.source=truth, or a class of your own."
            )
        return Errors(spec, options)
    made: Any = load_object(options.source)(spec)
    if not callable(getattr(made, "see", None)):
        raise SuiteError(f"{options.source} has no method see(raster, dice); see perception/sources.py.")
    source: SceneSource = made
    return source


def perceived(
    source: SceneSource, rasters: NDArray[np.uint8], dice: Sequence[np.random.Generator]
) -> NDArray[np.uint8]:
    """Rasters [B, C, H, W] as the source shows them; dice: one for each. The truth is returned as it is."""
    if isinstance(source, Truth):
        return rasters
    return np.stack([source.see(raster, own).as_bytes() for raster, own in zip(rasters, dice, strict=True)])


@dataclass(frozen=True)
class Truth:
    """What the environment draws."""

    spec: RasterSpec

    def see(self, raster: NDArray[np.uint8], dice: np.random.Generator) -> Scene:
        """See `SceneSource`; nothing is random."""
        return _scene(self.spec, raster, 1.0)


@dataclass(frozen=True)
class Errors:
    """Others are missed, seen elsewhere, or not there at all; each time anew."""

    spec: RasterSpec
    options: SceneOptions

    def see(self, raster: NDArray[np.uint8], dice: np.random.Generator) -> Scene:
        """See `SceneSource`. Confidences are the share of boxes that is expected to be true, as a calibrated detector's are."""
        frames = frames_of_others(self.spec)
        seen = raster.copy()
        others = raster[frames]
        count, labels = cv2.connectedComponents((others.max(0) > 0).astype(np.uint8), connectivity=8)
        is_missed = dice.random(count - 1) < self.options.missed
        shifts = dice.normal(0.0, self.options.jitter_m, (count - 1, 2)) / self.spec.metres_per_pixel
        seen[frames] = 0
        for label in range(1, count):
            if not is_missed[label - 1]:
                moved = _shifted(np.where(labels == label, others, 0).astype(np.uint8), shifts[label - 1])
                seen[frames] = np.maximum(seen[frames], moved)
        false = int(dice.poisson(self.options.false))
        self._add_false(seen, raster, frames, false, dice)
        true = (count - 1) * (1.0 - self.options.missed)
        share = true / (true + self.options.false) if true + self.options.false > 0 else 1.0
        return _scene(self.spec, seen, share)

    def _add_false(
        self,
        seen: NDArray[np.uint8],
        raster: NDArray[np.uint8],
        frames: list[int],
        count: int,
        dice: np.random.Generator,
    ) -> None:
        road = (
            raster[self.spec.channels.index("road")] > 0
            if "road" in self.spec.channels
            else np.ones(self.spec.size, bool)
        )
        places = np.argwhere(road)
        picks, headings = dice.random(count), dice.uniform(-np.pi, np.pi, count)
        for pick, heading in zip(picks, headings, strict=True) if len(places) else ():
            box = np.zeros(5, np.float32)
            box[[ROW, COLUMN]] = places[int(pick * len(places))] + 0.5
            box[[HEADING, LENGTH, WIDTH]] = heading, PARAMETERS[CAR, LENGTH_M], PARAMETERS[CAR, WIDTH_M]
            corners = corners_of(box, self.spec.metres_per_pixel)[:, ::-1] - 0.5
            fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
            for frame in frames:
                plane = np.ascontiguousarray(seen[frame])
                cv2.fillConvexPoly(plane, fixed, VEHICLE_VALUE, shift=_SHIFT)
                seen[frame] = np.maximum(seen[frame], plane)


def _scene(spec: RasterSpec, raster: NDArray[np.uint8], confidence: float) -> Scene:
    now = spec.channels.index("actors_0") if "actors_0" in spec.channels else None
    boxes = np.zeros((0, 5), np.float32) if now is None else boxes_in(raster[now], spec.metres_per_pixel)
    return Scene(spec, raster.astype(np.float32) / np.float32(255), boxes, np.full(len(boxes), confidence, np.float32))


def _shifted(planes: NDArray[np.uint8], shift: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Planes [K, H, W] moved down and to the right by (rows, columns), between pixels too."""
    matrix = np.array([[1.0, 0.0, shift[1]], [0.0, 1.0, shift[0]]])
    size = planes.shape[2], planes.shape[1]
    return np.stack([cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_LINEAR) for plane in planes])
