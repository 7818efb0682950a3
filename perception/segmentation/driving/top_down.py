"""What a camera saw, from above: labels laid on flat ground, as a `Scene`. Source: inverse perspective, Mallot et al. 1991 (Biol. Cybern.).

What stands on the ground would be smeared away from the camera. Seen from below upwards, a vehicle begins where it touches the ground:
what of it lies farther along the ray than `DEPTH_M` behind that place is left out.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.scene import Scene, boxes_in
from perception.segmentation.driving.classes import SceneClass
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.raster.intensity import FULL, PAVED_VALUE, PEDESTRIAN_VALUE, VEHICLE_VALUE
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.errors import SuiteError

DEPTH_M: Final = {SceneClass.VEHICLE: 4.0, SceneClass.PERSON: 0.8}
"""How far behind its foot a thing is taken to reach, along the ray: a car's length, so that one seen from behind is whole."""
NEAREST_M: Final = 0.1
"""Along the optical axis; what is nearer is not looked for."""
_CAMERA_CHANNELS: Final = ("road", "marks", "actors_0")


class Lookup(NamedTuple):
    """Where each pixel of a raster is seen, [H, W] each."""

    row: NDArray[np.int32]
    col: NDArray[np.int32]
    """0 where it is not seen."""
    is_seen: NDArray[np.bool_]
    axis_m: NDArray[np.float32]
    """Distance along the optical axis."""


class TopDown:
    """Labels of one camera's pictures to scenes of one raster. The ground is flat, as the driving world's is."""

    def __init__(self, camera: CameraSpec, raster: RasterSpec, mount: int = 0) -> None:
        """mount: which of the camera's. Raises SuiteError for a raster that shows nothing a camera sees."""
        if not set(_CAMERA_CHANNELS) & set(raster.channels):
            raise SuiteError(
                f"a camera sees {', '.join(_CAMERA_CHANNELS)}, and this raster shows {', '.join(raster.channels)} only."
            )
        self._camera, self._raster = camera, raster
        self.lookup = _lookup(camera, raster, mount)
        self._foot_m = _axis_distance_of_rows(camera, mount)

    def scene(self, labels: NDArray[np.uint8], known: NDArray[np.uint8] | None = None) -> Scene:
        """The scene that labels [h, w] `SceneClass` show.

        known: [C, H, W] uint8, a raster whose other channels are told by the vehicle itself (route, ego, its past poses); 0 without
        it. Road, marks and `actors_0` are the camera's: 0 where it does not look, and of others only the present.
        """
        if labels.shape != self._camera.size:
            raise SuiteError(f"labels are {labels.shape}; this camera's pictures are {self._camera.size}.")
        planes = np.zeros(self._raster.shape, np.uint8) if known is None else known.copy()
        above = labels[self.lookup.row, self.lookup.col]
        seen = self.lookup.is_seen
        vehicle, person = (seen & self._stands(labels, above, one) for one in DEPTH_M)
        paved = (above == SceneClass.ROAD) | (above == SceneClass.LINE) | vehicle | person
        road = np.where(paved, FULL, np.where(above == SceneClass.PAVEMENT, PAVED_VALUE, 0)) * seen
        others = np.where(person, PEDESTRIAN_VALUE, np.where(vehicle, VEHICLE_VALUE, 0))
        marks = np.where(seen & (above == SceneClass.LINE), FULL, 0)
        for name, plane in zip(_CAMERA_CHANNELS, (road, marks, others), strict=True):
            if name in self._raster.channels:
                planes[self._raster.channels.index(name)] = plane
        for number, name in enumerate(self._raster.channels):
            if name.startswith("actors_") and name != "actors_0":
                planes[number] = 0
        boxes = boxes_in(others.astype(np.uint8), self._raster.metres_per_pixel)
        return Scene(self._raster, planes.astype(np.float32) / np.float32(FULL), boxes, np.ones(len(boxes), np.float32))

    def _stands(self, labels: NDArray[np.uint8], above: NDArray[np.uint8], kind: SceneClass) -> NDArray[np.bool_]:
        """[H, W] whether a thing of this class stands there: it is seen there, not too far behind its foot."""
        _, blobs, boxes, _ = cv2.connectedComponentsWithStats((labels == kind).astype(np.uint8), connectivity=8)
        lowest = boxes[:, cv2.CC_STAT_TOP] + boxes[:, cv2.CC_STAT_HEIGHT] - 1
        foot = self._foot_m[lowest][blobs]
        behind = self.lookup.axis_m - foot[self.lookup.row, self.lookup.col]
        stands: NDArray[np.bool_] = (above == kind) & (behind <= DEPTH_M[kind])
        return stands


def _lookup(camera: CameraSpec, raster: RasterSpec, mount: int) -> Lookup:
    """Each raster pixel's middle on the ground, through the pinhole."""
    (rows, cols), (ego_row, ego_col) = raster.size, raster.ego_row_col
    down, across = np.mgrid[:rows, :cols] + 0.5
    at = camera.mounts[mount]
    ahead = (ego_row - down) * raster.metres_per_pixel - at.x_m
    left = (ego_col - across) * raster.metres_per_pixel - at.y_m
    ground = np.stack([ahead, left, np.full_like(ahead, -at.z_m)], axis=-1)
    axis, aside, up = np.moveaxis(ground @ at.rotation(), -1, 0)  # its columns are the camera's axes
    before = axis > NEAREST_M
    depth = np.where(before, axis, 1.0)
    row = np.floor(0.5 * camera.size[0] - camera.focal_pixels * up / depth).astype(np.int64)
    col = np.floor(0.5 * camera.size[1] - camera.focal_pixels * aside / depth).astype(np.int64)
    is_seen = before & (row >= 0) & (row < camera.size[0]) & (col >= 0) & (col < camera.size[1])
    return Lookup(
        np.where(is_seen, row, 0).astype(np.int32), np.where(is_seen, col, 0).astype(np.int32), is_seen, axis.astype(np.float32)
    )  # fmt: skip


def _axis_distance_of_rows(camera: CameraSpec, mount: int) -> NDArray[np.float32]:
    """[h] Distance along the optical axis at which the picture's middle column meets the ground in each row; inf above the horizon."""
    at = camera.mounts[mount]
    up = (0.5 * camera.size[0] - (np.arange(camera.size[0]) + 0.5)) / camera.focal_pixels
    rise = at.rotation()[2, 0] + at.rotation()[2, 2] * up  # of the ray, upwards, per metre along the axis
    distance: NDArray[np.float64] = np.divide(-at.z_m, rise, out=np.full(len(rise), np.inf), where=rise < 0.0)
    return distance.astype(np.float32)
