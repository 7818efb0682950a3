"""Road users that a detector finds in the pictures of a rig, on the ground. Source: ours; distances by `pinhole.on_ground`.

A box ends where its road user touches the ground: so far away its nearest wheels stand. How long and wide it is follows from its class, and
where it stands so that it fills its box. The true distance is nowhere asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.detection.detections import Detections
from perception.detection.detector import DetectorOptions, Predictor, select
from perception.detection.letterbox import Letterbox
from perception.surroundings.pinhole import on_ground
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WHEELBASE_M, WIDTH_M
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.world.kinds import BICYCLE, CAR, PEDESTRIAN, TRUCK
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
KIND_OF: Final[Mapping[str, int]] = {"car": CAR, "truck": TRUCK, "cyclist": BICYCLE, "pedestrian": PEDESTRIAN}
"""Kinds of actors by the detector's classes."""
EDGE_PX: Final = 1.5
"""A box that comes so near to the picture's lower edge is cut off there: the road user is nearer than the ground that is seen."""
SAME_M: Final = 1.5
"""Two boxes are of one road user where it would stand no farther aside than this and ..."""
SAME_SHARE: Final = 0.25
"""... farther away by no more than this share: a foot that is off by a pixel at 40 m errs by so much."""
ROUNDS: Final = 4
"""In which a place is brought under its box: from the second on it changes by centimetres."""
LEAST_DEPTH_M: Final = 0.3
"""Before a camera; corners that are nearer are taken to be there."""


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
        said = self._predictor.predict(
            np.stack([box.put(shot) for box, (_, _, shot) in zip(boxes, shots, strict=True)])
        )
        parts = []
        for (group, mount, _), box, one in zip(shots, boxes, said, strict=True):
            found = select(one, self._options)
            parts.append(self._placed(group, mount, Detections(box.back(found.boxes), found.scores, found.classes)))
        return _once(Found._make(np.concatenate(column) for column in zip(*parts, strict=True)))

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


def middles(found: Found, rig: Mapping[str, CameraSpec], headings: Floats) -> Floats:
    """[n, 2] Where road users stand who fill their boxes: middles, vehicle's frame. headings: [n] rad in it.

    The outermost corners of the body are seen at the box's sides, and the nearest wheel at its lower edge; what the picture cuts off is cut
    off of both.
    """
    places = found.foot.copy()
    cameras = list(rig.values())
    for i, (group, mount) in enumerate(found.picture.tolist()):
        places[i] = _under(cameras[group], mount, found.box[i], int(found.kind[i]), float(headings[i]), found.foot[i])
    return places


def _under(camera: CameraSpec, mount: int, box: NDArray[np.float32], kind: int, heading: float, foot: Floats) -> Floats:
    length, width, base = (float(PARAMETERS[kind, column]) for column in (LENGTH_M, WIDTH_M, WHEELBASE_M))
    base = base if base > 0.0 else length
    cos, sin = np.cos(heading), np.sin(heading)
    turned = np.array([[cos, sin], [-sin, cos]])
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
    body, wheels = (0.5 * signs * [length, width]) @ turned, (0.5 * signs * [base, width]) @ turned
    wanted = np.array([min(float(box[3]), camera.size[0]), 0.5 * float(box[0] + box[2])])
    place = foot.copy()
    for _ in range(ROUNDS):
        columns = _seen(camera, mount, place + body)[:, 1]
        row = min(float(_seen(camera, mount, place + wheels)[:, 0].max()), float(camera.size[0]))
        left, right = np.clip([columns.min(), columns.max()], 0.0, camera.size[1])
        told = np.array([[row, 0.5 * (left + right)], wanted])
        if told[:, 0].min() <= 0.5 * camera.size[0] + 0.5:  # it would stand at the horizon
            return foot
        now, then = on_ground(camera, mount, told)
        place = place + then - now
    return place


def _seen(camera: CameraSpec, mount: int, points: Floats) -> Floats:
    """[n, 2] (row, column) of places [n, 2] on the ground, those beside and behind the camera as if they were just before it."""
    at = camera.mounts[mount]
    axis, left, up = ((np.column_stack([points, np.zeros(len(points))]) - [at.x_m, at.y_m, at.z_m]) @ at.rotation()).T
    depth = np.maximum(axis, LEAST_DEPTH_M)
    return np.stack([
        0.5 * camera.size[0] - camera.focal_pixels * up / depth, 0.5 * camera.size[1] - camera.focal_pixels * left / depth
    ], axis=-1)  # fmt: skip


def _once(found: Found) -> Found:
    """Without those that a surer box shows already: boxes of other pictures, or of another class, of one road user."""
    order = np.argsort(-found.confidence, kind="stable")
    far, bearing = np.hypot(found.foot[:, 0], found.foot[:, 1]), np.arctan2(found.foot[:, 1], found.foot[:, 0])
    kept: list[int] = []
    for i in order.tolist():
        nearer = np.minimum(far[kept], far[i])
        aside = np.abs(bearing[kept] - bearing[i]) * nearer
        if not ((aside < SAME_M) & (np.abs(far[kept] - far[i]) < np.maximum(SAME_M, SAME_SHARE * nearer))).any():
            kept.append(i)
    return Found._make(column[kept] for column in found)
