"""Squares, discs and triangles on a noisy ground: whether a detector learns at all shows in a minute. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.detection.data.frames import HELD_OUT_SEED, Frames, Tell, tell_nobody
from perception.detection.detections import Truths
from sim_suite.errors import SuiteError

CLASSES: Final = ("square", "disc", "triangle")
_TRAINING, _HELD_OUT = 0, 1
_SHIFT: Final = 4  # binary digits of a pixel to which corners are drawn
_CONTRAST: Final = 60  # levels by which a shape's colour differs from the ground's in one channel at least
_TRIES: Final = 20  # places tried for a shape before it is left out, so that none hides another


@dataclass(frozen=True)
class ShapesOptions:
    """How many pictures, and what is in them."""

    frames: int = 400
    """Of training."""
    held_out_frames: int = 100
    size: tuple[int, int] = (64, 64)
    """(height, width), pixels."""
    most: int = 4
    """Shapes in a picture: 1 to this."""
    sides: tuple[int, int] = (8, 28)
    """Smallest and largest side of a shape, pixels."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", tuple(self.size))
        object.__setattr__(self, "sides", tuple(self.sides))
        for name in ("frames", "held_out_frames", "most"):
            if getattr(self, name) < 1:
                raise SuiteError(f"{name} must be 1 or more, not {getattr(self, name)}.")
        if not 3 <= self.sides[0] <= self.sides[1] < min(self.size):
            raise SuiteError(f"sides {self.sides} must rise from 3 or more to less than the picture's {self.size}.")


class Shapes:
    """See `frames.FrameSource`."""

    classes = CLASSES

    def __init__(self, options: ShapesOptions, seed: int) -> None:
        """seed: of training. Picture i depends on the seed and i alone."""
        self._options, self._seed = options, seed

    def training(self, tell: Tell = tell_nobody) -> Frames:
        """See `FrameSource`."""
        return self._frames((self._seed, _TRAINING), self._options.frames, tell)

    def held_out(self, tell: Tell = tell_nobody) -> dict[str, Frames]:
        """See `FrameSource`."""
        return {"new_shapes": self._frames((HELD_OUT_SEED, _HELD_OUT), self._options.held_out_frames, tell)}

    def _frames(self, key: tuple[int, int], count: int, tell: Tell) -> Frames:
        drawn = []
        for number in range(count):
            drawn.append(_draw(self._options, np.random.default_rng((*key, number))))
            tell(number + 1, count)
        return Frames(np.stack([picture for picture, _ in drawn]), tuple(truth for _, truth in drawn))


def _draw(options: ShapesOptions, dice: np.random.Generator) -> tuple[NDArray[np.uint8], Truths]:
    height, width = options.size
    ground = dice.integers(40, 216, 3)
    picture = np.clip(ground + dice.normal(0, 12, (height, width, 3)), 0, 255).astype(np.uint8)
    boxes: list[tuple[int, int, int, int]] = []
    classes = []
    for _ in range(int(dice.integers(1, options.most + 1))):
        place = _free_place(options, boxes, dice)
        if place is None:
            continue
        number = int(dice.integers(len(CLASSES)))
        colour = dice.integers(0, 256, 3)
        channel = int(dice.integers(3))
        colour[channel] = (ground[channel] + dice.integers(_CONTRAST, 256 - _CONTRAST)) % 256
        _paint(picture, place, number, tuple(int(value) for value in colour))
        boxes.append(place)
        classes.append(number)
    return picture, Truths(
        np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64), np.zeros(len(boxes), np.bool_)
    )


def _free_place(
    options: ShapesOptions, taken: list[tuple[int, int, int, int]], dice: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """(x0, y0, x1, y1) that touches no other; None where none was found."""
    for _ in range(_TRIES):
        side = int(dice.integers(options.sides[0], options.sides[1] + 1))
        x, y = int(dice.integers(options.size[1] - side)), int(dice.integers(options.size[0] - side))
        if all(x + side < box[0] or box[2] < x or y + side < box[1] or box[3] < y for box in taken):
            return x, y, x + side, y + side
    return None


def _paint(picture: NDArray[np.uint8], box: tuple[int, int, int, int], number: int, colour: tuple[int, ...]) -> None:
    """Fill the box with its shape."""
    x0, y0, x1, y1 = box
    if CLASSES[number] == "square":
        picture[y0:y1, x0:x1] = colour
    elif CLASSES[number] == "disc":
        one = 1 << _SHIFT
        centre = ((x0 + x1 - 1) * one // 2, (y0 + y1 - 1) * one // 2)
        cv2.circle(picture, centre, (x1 - x0) * one // 2 - one // 4, colour, cv2.FILLED, cv2.LINE_8, _SHIFT)
    else:
        corners = np.array([[x0, y1 - 1], [x1 - 1, y1 - 1], [(x0 + x1 - 1) // 2, y0]], np.int32)
        cv2.fillPoly(picture, [corners], colour)
