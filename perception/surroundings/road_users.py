"""Road users that a detector finds in the pictures of a rig, on the ground. Source: ours; distances by `pinhole.on_ground`.

A box ends where its road user touches the ground: so far along the ray its near side stands, and half of the body behind it is the middle.
How long and wide it is follows from its class. The true distance is nowhere asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.detection.detections import Detections
from perception.detection.detector import DetectorOptions, Predictor, select
from perception.detection.letterbox import Letterbox
from perception.surroundings.pinhole import on_ground
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.world.kinds import BICYCLE, CAR, PEDESTRIAN, TRUCK
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
KIND_OF: Final[Mapping[str, int]] = {"car": CAR, "truck": TRUCK, "cyclist": BICYCLE, "pedestrian": PEDESTRIAN}
"""Kinds of actors by the detector's classes."""
EDGE_PX: Final = 1.5
"""A box that comes so near to the picture's lower edge is cut off there: the road user is nearer than the ground that is seen."""
SAME_M: Final = 1.5
"""Two boxes of different pictures are of one road user where their places are nearer than this and ..."""
SAME_SHARE: Final = 0.15
"""... this share of the distance, by which the foot of a box that is off by a pixel at 20 m errs."""


class Found(NamedTuple):
    """n road users, surest first. Vehicle's frame."""

    foot: Floats
    """[n, 2] x and y of the near side's middle on the ground, m."""
    kind: NDArray[np.int64]
    """[n] ActorKind."""
    confidence: NDArray[np.float32]
    """[n] 0..1."""
    picture: NDArray[np.int64]
    """[n, 2] Number of the rig's group, and of its mount."""
    box: NDArray[np.float32]
    """[n, 4] Corners in that picture, pixels."""


class Lookout:
    """A detector for the pictures of a rig."""

    def __init__(self, predictor: Predictor, rig: Mapping[str, CameraSpec], confidence: float, range_m: float) -> None:
        """Raises SuiteError for a detector that knows no road user."""
        if not set(KIND_OF) & set(predictor.classes):
            raise SuiteError(
                f"that detector finds {', '.join(predictor.classes)}; it must know some of {', '.join(KIND_OF)}."
            )
        self._predictor, self._rig, self._range_m = predictor, rig, range_m
        self._options = DetectorOptions(confidence=confidence)
        self._kinds = np.array([KIND_OF.get(name, -1) for name in predictor.classes])

    def find(self, pictures: Mapping[str, NDArray[np.uint8]]) -> Found:
        """All road users within range. pictures: [M, H, W', 3] by the rig's groups; one pass of the network for all of them."""
        shots = [(g, m, shot) for g, name in enumerate(self._rig) for m, shot in enumerate(pictures[name])]
        boxes = [Letterbox((shot.shape[0], shot.shape[1]), self._predictor.size) for _, _, shot in shots]
        said = self._predictor.predict(np.stack([box.put(shot) for box, (_, _, shot) in zip(boxes, shots, strict=True)]))
        parts = []
        for (group, mount, _), box, one in zip(shots, boxes, said, strict=True):
            found = select(one, self._options)
            parts.append(self._placed(group, mount, Detections(box.back(found.boxes), found.scores, found.classes)))
        return _once(Found(*(np.concatenate(column) for column in zip(*parts, strict=True))))

    def _placed(self, group: int, mount: int, found: Detections) -> Found:
        camera = list(self._rig.values())[group]
        lower = np.where(found.boxes[:, 3] > camera.size[0] - EDGE_PX, camera.size[0], found.boxes[:, 3])
        foot = on_ground(
            camera, mount, np.stack([lower, 0.5 * (found.boxes[:, 0] + found.boxes[:, 2])], axis=-1).astype(np.float64)
        )
        kind = self._kinds[found.classes]
        kept = (kind >= 0) & (np.hypot(foot[:, 0], foot[:, 1]) <= self._range_m)
        return Found(
            foot[kept], kind[kept], found.scores[kept], np.tile([group, mount], (int(kept.sum()), 1)), found.boxes[kept]
        )


def middles(foot: Floats, kind: NDArray[np.int64], heading: Floats, seen_from: Floats) -> Floats:
    """[n, 2] Middles of road users whose near sides stand at foot [n, 2]. heading: [n] rad; seen_from: [2]; all in one frame.

    Along the ray a box of l x w reaches half of |cos| l + |sin| w from its middle, of the angle between ray and heading.
    """
    ray = foot - seen_from
    ray /= np.maximum(np.hypot(ray[:, 0], ray[:, 1]), 1e-6)[:, None]
    angle = heading - np.arctan2(ray[:, 1], ray[:, 0])
    length, width = PARAMETERS[kind, LENGTH_M], PARAMETERS[kind, WIDTH_M]
    half = 0.5 * (np.abs(np.cos(angle)) * length + np.abs(np.sin(angle)) * width)
    found: Floats = foot + half[:, None] * ray
    return found


def _once(found: Found) -> Found:
    """Without those that a surer box shows already: boxes of other pictures, or of another class, of one road user."""
    order = np.argsort(-found.confidence, kind="stable")
    kept: list[int] = []
    for i in order.tolist():
        near = max(SAME_M, SAME_SHARE * float(np.hypot(*found.foot[i])))
        if all(np.hypot(*(found.foot[i] - found.foot[k])) >= near for k in kept):
            kept.append(i)
    return Found(*(column[kept] for column in found))


Headings = Callable[[Floats], Floats]
"""[n] rad: how who stands at places [n, 2] of the map probably heads."""
