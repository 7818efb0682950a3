"""What a scene shows, as detections in the world that a tracker takes. Source: ours; `perception.scene` says what a box means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.fusion.kalman import wrapped
from perception.scene import COLUMN, HEADING, ROW, Scene


def detections_of(scene: Scene, ego_pose: NDArray[np.float64], least: float = 0.0) -> NDArray[np.float64]:
    """[d, 3] x, y (m) and heading (rad) in the world of the boxes that are at least so certain.

    ego_pose: [3] x, y, yaw of the ego's box when the scene was seen, as believed; its raster shows the heading upwards.
    """
    boxes = scene.boxes[scene.confidences >= least].astype(np.float64)
    (row, column), metres = scene.spec.ego_row_col, scene.spec.metres_per_pixel
    ahead, left = (row - boxes[:, ROW]) * metres, (column - boxes[:, COLUMN]) * metres
    x, y, yaw = ego_pose
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.stack(
        [x + ahead * cos - left * sin, y + ahead * sin + left * cos, wrapped(yaw + boxes[:, HEADING])], axis=1
    )
