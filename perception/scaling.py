"""Pictures in another size. Source: ours; OpenCV scales."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def scaled(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """[rows, columns, 3] of a picture [H, W, 3], whatever its proportions: means over pixels where both sides become smaller, else lines
    between them. A picture of that size is returned as it is. size: (rows, columns)."""
    if picture.shape[:2] == size:
        return picture
    is_smaller = size[0] < picture.shape[0] and size[1] < picture.shape[1]
    way = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    return cv2.resize(picture, size[::-1], interpolation=way).astype(np.uint8, copy=False)


def all_scaled(pictures: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The same of pictures [N, H, W, 3]."""
    return pictures if pictures.shape[1:3] == size else np.stack([scaled(one, size) for one in pictures])
