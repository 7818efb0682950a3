"""What lights show and which signs there are, looked up where the map says that some stand. Source: Fairfield and Urmson 2011, "Traffic
light mapping and detection" (IEEE ICRA): the map has places, pictures say what is there.

The map is asked where a light or a sign that holds traffic stands, and which lanes it holds; not what the light shows, nor which
sign it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from perception.classification.classifier import Classifier
from perception.classification.source import SIDE
from perception.surroundings.pinhole import in_picture
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.solids.scenery import HEAD_FROM_M, HEAD_M, PLATE_FROM_M, PLATE_M, POLE_M
from sim_suite.driving.world.kinds import GREEN, RED, YELLOW
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
LIGHT_OF: Final[Mapping[str, int]] = {"light_red": RED, "light_yellow": YELLOW, "light_green": GREEN}
"""Lights by the classifier's classes."""
SIGN_OF: Final[Mapping[str, SignalKind]] = {"stop": SignalKind.STOP, "give_way": SignalKind.YIELD}
"""Signs that hold traffic, likewise."""
FAR_M: Final = 70.0
"""What stands farther away is not looked at: a light is 7 pixels high there in the longest lens of the rig `car`."""
FACING: Final = 0.5
"""A face is looked at from within 60 degrees of its front."""
CROP: Final = 1.2
"""Side of a crop in heights of what is in it: 0.83 of the crop, of the 0.45 to 0.98 that the classifier is taught by."""
LEAST_PX: Final = 6.0
"""Height below which nothing is asked: at 6.5 pixels the stop sign of crossing_stop was taken for a no entry, from 9.7 on it was named."""
LEAST_DEPTH_M: Final = 0.5


class Faces(NamedTuple):
    """n lights and signs of a map. Map's frame, z from the ground."""

    centre: Floats
    """[n, 3] m"""
    height_m: Floats
    """[n]"""
    heading: Floats
    """[n] The way that who sees its front is driving, rad."""
    signal: NDArray[np.int64]
    """[n] Number among the map's signals."""
    group: NDArray[np.int64]
    """[n] Of lights; -1 of signs."""


class Reading(NamedTuple):
    """One face in one picture."""

    face: int
    picture: tuple[str, int]
    """Group of the rig, and mount."""
    place: tuple[float, float]
    """Row and column of its middle, pixels."""
    height_px: float
    said: str
    """The class; empty where none is sure enough."""
    chance: float


class Signals(NamedTuple):
    """What is believed."""

    lights: Mapping[int, int]
    """Light (world.kinds) by group, of those that are known."""
    signs: Mapping[int, tuple[SignalKind, int]]
    """By number of the signal: what it was named, and in how many pictures."""

    def known_signs(self, looks: int) -> dict[int, SignalKind]:
        """Those that were named in so many pictures."""
        return {signal: kind for signal, (kind, count) in self.signs.items() if count >= looks}


NOTHING: Final = Signals(MappingProxyType({}), MappingProxyType({}))
"""Before the first picture."""


def faces_of(driving_map: DrivingMap) -> Faces:
    """Lights, and the signs that hold traffic, where they stand."""
    signals, points = driving_map.graph.signals, driving_map.graph.points
    light = signals.kind == SignalKind.LIGHT
    chosen = np.flatnonzero(light | np.isin(signals.kind, list(SIGN_OF.values())))
    if not len(chosen):
        none = np.zeros(0)
        return Faces(np.zeros((0, 3)), none, none, none.astype(np.int64), none.astype(np.int64))
    place = np.stack([signals.x, signals.y], axis=1)[chosen].astype(np.float64)
    _, nearest = cKDTree(np.stack([points.x, points.y], axis=1)).query(place)
    above, is_light = signals.z[chosen] - points.z[nearest], light[chosen]
    height = np.where(is_light, HEAD_M[2], max(PLATE_M[kind] for kind in SIGN_OF.values()))
    plates = np.array([PLATE_M.get(SignalKind(int(kind)), 0.0) for kind in signals.kind[chosen]])
    lower = np.where(is_light, np.maximum(above - 0.5 * HEAD_M[2], HEAD_FROM_M), np.maximum(above, PLATE_FROM_M))
    middle = lower + 0.5 * np.where(is_light, HEAD_M[2], plates)
    heading = signals.heading[chosen].astype(np.float64)
    before = np.where(is_light, 0.5 * HEAD_M[0] + 0.75 * POLE_M, 0.5 * POLE_M)[:, None]
    place -= before * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    group = np.where(is_light, signals.group[chosen], -1).astype(np.int64)
    return Faces(np.concatenate([place, middle[:, None]], axis=1), height, heading, chosen.astype(np.int64), group)


class SignalReader:
    """A classifier for the pictures of a rig."""

    def __init__(self, classifier: Classifier, rig: Mapping[str, CameraSpec], named: float) -> None:
        """named: the chance that a class needs. Raises SuiteError for a classifier that does not know lights and signs."""
        missing = [name for name in (*LIGHT_OF, *SIGN_OF) if name not in classifier.classes]
        if missing:
            raise SuiteError(f"that classifier does not know {', '.join(missing)}; name one of the data `signs`.")
        self._classifier, self._rig, self._named = classifier, rig, named

    def read(self, faces: Faces, pictures: Mapping[str, NDArray[np.uint8]], pose: Floats) -> list[Reading]:
        """What the faces in view show, each in the picture that has it largest. pose: [3] x, y, yaw of the ego's box, as believed."""
        views = [view for face in self._near(faces, pose) if (view := self._view(faces, face, pose)) is not None]
        if not views:
            return []
        crops = [_crop(pictures[group][mount], place, CROP * height) for _, (group, mount), place, height in views]
        said = self._classifier.classify(np.stack(crops))
        readings = []
        for (face, picture, place, height), chances in zip(views, said.chances, strict=True):
            # Only what can be there competes: a light is no sign.
            asked = list(LIGHT_OF) if faces.group[face] >= 0 else list(SIGN_OF)
            likeliest = max(asked, key=lambda name: chances[self._classifier.classes.index(name)])
            chance = float(chances[self._classifier.classes.index(likeliest)])
            readings.append(Reading(face, picture, place, height, likeliest if chance >= self._named else "", chance))
        return readings

    def _near(self, faces: Faces, pose: Floats) -> list[int]:
        """Faces that are near enough and turned to the ego."""
        away = faces.centre[:, :2] - pose[:2]
        far = np.hypot(away[:, 0], away[:, 1])
        ahead = (away[:, 0] * np.cos(faces.heading) + away[:, 1] * np.sin(faces.heading)) / np.maximum(far, 1e-6)
        return np.flatnonzero((far <= FAR_M) & (ahead >= FACING)).tolist()

    def _view(
        self, faces: Faces, face: int, pose: Floats
    ) -> tuple[int, tuple[str, int], tuple[float, float], float] | None:
        """(face, picture, place, height in pixels) where it is seen largest, its middle in the picture; None where it is not."""
        away = faces.centre[face, :2] - pose[:2]
        cos, sin = np.cos(pose[2]), np.sin(pose[2])
        point = np.array([[away @ [cos, sin], away @ [-sin, cos], faces.centre[face, 2]]])
        best = None
        for group, camera in self._rig.items():
            for mount in range(len(camera.mounts)):
                place, depth = in_picture(camera, mount, point)
                if depth[0] < LEAST_DEPTH_M:
                    continue
                (row, col), height = place[0].tolist(), float(camera.focal_pixels * faces.height_m[face] / depth[0])
                inside = 0.0 <= row <= camera.size[0] and 0.0 <= col <= camera.size[1]
                if inside and height >= LEAST_PX and (best is None or height > best[3]):
                    best = face, (group, mount), (row, col), height
        return best


def believe(before: Signals, faces: Faces, readings: list[Reading], pose: Floats) -> Signals:
    """What is believed after a picture: of a light what it was last seen to show, until it is far away; of a sign what it was named most.

    Of several heads of a group the surest counts.
    """
    away = np.hypot(*(faces.centre[:, :2] - pose[:2]).T) if len(faces.signal) else np.zeros(0)
    near = {int(group) for group in faces.group[away <= FAR_M]}
    lights = {group: light for group, light in before.lights.items() if group in near}
    signs = dict(before.signs)
    for reading in sorted(readings, key=lambda one: one.chance):
        if not reading.said:
            continue
        if reading.said in LIGHT_OF:
            lights[int(faces.group[reading.face])] = LIGHT_OF[reading.said]
            continue
        signal, kind = int(faces.signal[reading.face]), SIGN_OF[reading.said]
        known, count = signs.get(signal, (kind, 0))
        if known == kind:
            signs[signal] = kind, count + 1
        else:
            signs[signal] = (known, count - 1) if count > 1 else (kind, 1)
    return Signals(MappingProxyType(lights), MappingProxyType(signs))


def _crop(picture: NDArray[np.uint8], place: tuple[float, float], side: float) -> NDArray[np.uint8]:
    """[SIDE, SIDE, 3] The square of `side` pixels about a place (row, column); what lies outside repeats the border."""
    scale, (row, col) = SIDE / side, place
    # The centre of pixel i lies at i + 0.5 in the picture's frame, and at whole numbers in OpenCV's.
    move = np.array([
        [scale, 0.0, 0.5 * SIDE - scale * col + 0.5 * scale - 0.5],
        [0.0, scale, 0.5 * SIDE - scale * row + 0.5 * scale - 0.5],
    ])  # fmt: skip
    how = cv2.INTER_LINEAR
    return np.asarray(cv2.warpAffine(picture, move, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8)
