"""Draws boxes with class and confidence into a picture. Source: ours."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.detection.boxes import Boxes
from perception.detection.detections import Detections

_GOLDEN: Final = 0.618034  # steps of the golden section set neighbouring numbers' hues far apart
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_SMALL: Final = 480  # pixels of a picture's shorter side at which a letter is _LETTER high
_LETTER: Final = 0.45
_GAP: Final = 4
_LEGEND: Final = 26  # rows below a sheet


def colour_of(number: int) -> tuple[int, int, int]:
    """A class's colour: red, green, blue."""
    red, green, blue = colorsys.hsv_to_rgb((0.02 + number * _GOLDEN) % 1.0, 0.75, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def drawn(
    picture: NDArray[np.uint8], found: Detections, names: tuple[str, ...], labels: bool = True
) -> NDArray[np.uint8]:
    """A copy of [H, W, 3] with each box and, if asked for, its name and confidence; the surest on top."""
    out = picture.copy()
    scale = max(min(picture.shape[:2]) / _SMALL, 1.0)
    thick = max(round(3 * min(picture.shape[:2]) / _SMALL), 1)
    for index in range(len(found) - 1, -1, -1):
        number = int(found.classes[index])
        x0, y0, x1, y1 = (round(float(side)) for side in found.boxes[index])
        cv2.rectangle(out, (x0, y0), (x1 - 1, y1 - 1), colour_of(number), thick)
        if labels:
            _label(out, (x0, y0), f"{names[number]} {found.scores[index]:.2f}", colour_of(number), _LETTER * scale)
    return out


def _label(
    picture: NDArray[np.uint8], corner: tuple[int, int], text: str, colour: tuple[int, int, int], scale: float
) -> None:
    """Dark letters on the box's colour, above its corner; inside where there is no room above."""
    thick = max(round(scale / _LETTER), 1)
    (width, height), below = cv2.getTextSize(text, _FONT, scale, thick)
    x = min(max(corner[0], 0), max(picture.shape[1] - width, 0))
    top = corner[1] - height - below if corner[1] >= height + below else corner[1]
    cv2.rectangle(picture, (x, top), (x + width, top + height + below), colour, cv2.FILLED)
    cv2.putText(picture, text, (x, top + height + below // 2), _FONT, scale, (20, 20, 20), thick, cv2.LINE_AA)


def enlarged(picture: NDArray[np.uint8], found: Detections, times: int) -> tuple[NDArray[np.uint8], Detections]:
    """A picture [H, W, 3] so many times as large, and the boxes in it."""
    if times == 1:
        return picture, found
    size = picture.shape[1] * times, picture.shape[0] * times
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8, copy=False)
    return large, Detections(found.boxes * times, found.scores, found.classes)


def contact_sheet(
    pictures: NDArray[np.uint8],
    found: Sequence[Detections],
    missed: Sequence[Boxes],
    names: tuple[str, ...],
    columns: int = 4,
    enlarge: int = 2,
) -> NDArray[np.uint8]:
    """[rows, columns, 3] Pictures [n, H, W, 3] side by side, `enlarge` times as large, with what was found in the classes' colours and,
    in white, what was missed ([k, 4] corner form each); which colour is what stands below."""
    height, width = (side * enlarge for side in pictures.shape[1:3])
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (height + _GAP) + _LEGEND, columns * (width + _GAP) - _GAP, 3), 255, np.uint8)
    for index, (picture, one, lost) in enumerate(zip(pictures, found, missed, strict=True)):
        row, column = divmod(index, columns)
        top, left = row * (height + _GAP), column * (width + _GAP)
        large, boxes = enlarged(picture, one, enlarge)
        for x0, y0, x1, y1 in np.rint(lost * enlarge).astype(int).tolist():
            cv2.rectangle(large, (x0, y0), (x1 - 1, y1 - 1), (255, 255, 255), 1)
        sheet[top : top + height, left : left + width] = drawn(large, boxes, names, labels=False)
    x, top = _GAP, sheet.shape[0] - _LEGEND + 7
    for colour, name in [
        *((colour_of(number), name) for number, name in enumerate(names)),
        ((255, 255, 255), "missed"),
    ]:
        cv2.rectangle(sheet, (x, top), (x + 14, top + 12), colour, cv2.FILLED)
        cv2.rectangle(sheet, (x, top), (x + 14, top + 12), (20, 20, 20), 1)
        cv2.putText(sheet, name, (x + 20, top + 11), _FONT, _LETTER, (20, 20, 20), 1, cv2.LINE_AA)
        x += 34 + cv2.getTextSize(name, _FONT, _LETTER, 1)[0][0]
    return sheet
