"""Where one looks from: a map from world metres to pixels, and a follower that moves it smoothly. Source: ours."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]

NORTH: Final = math.pi / 2
"""The world angle of the y axis."""
TURN_S: Final = 0.45
"""Time constant with which the picture turns after the car: shorter feels stiff, longer loses the road in a bend."""
ZOOM_S: Final = 1.6
"""Time constant with which the picture widens with speed; slower than any braking, so that it never pumps."""
STANDING_M: Final = 62.0
"""Width of the ground that is seen from a standing car."""
WIDER_S: Final = 2.0
"""Metres of width for each m/s of speed: about two seconds more of the road."""
WIDEST_M: Final = 124.0
AHEAD: Final = 0.68
"""How far down the picture the car is, as a share of its height, when the heading points up: one looks ahead."""


@dataclass(frozen=True)
class Camera:
    """A view straight down. The centre of pixel (column c, row r) has the coordinates (c, r), as in OpenCV."""

    x: float
    y: float
    """The place in the world, metres, ..."""
    across: float = 0.5
    down: float = 0.5
    """... that is seen at this share of the width and height."""
    up: float = NORTH
    """World angle that points up in the picture, rad."""
    scale: float = 8.0
    """Pixels a metre, more than 0."""
    width: int = 640
    height: int = 480
    """Pixels, at least 32."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.x) and math.isfinite(self.y) and math.isfinite(self.up)):
            raise SuiteError(f"a camera needs a finite place and angle, not ({self.x:g}, {self.y:g}), {self.up:g} rad.")
        if not (0.05 <= self.scale <= 200.0 and min(self.width, self.height) >= 32):
            raise SuiteError(
                f"a camera needs 0.05 to 200 pixels a metre and at least 32 x 32 pixels, not {self.scale:g} and "
                f"{self.width} x {self.height}."
            )

    def matrix(self) -> Floats:
        """[2, 3] float64: pixel = matrix @ (x, y, 1)."""
        s, c = self.scale * math.sin(self.up), self.scale * math.cos(self.up)
        column, row = self.across * self.width - 0.5, self.down * self.height - 0.5
        return np.array(
            ((s, -c, column - s * self.x + c * self.y), (-c, -s, row + c * self.x + s * self.y)), dtype=np.float64
        )

    def to_pixels(self, points: Floats) -> Floats:
        """[..., 2] world metres to [..., 2] pixels (column, row)."""
        matrix = self.matrix()
        pixels: Floats = points @ matrix[:, :2].T + matrix[:, 2]
        return pixels

    def to_world(self, pixels: Floats) -> Floats:
        """The inverse of `to_pixels`."""
        matrix = self.matrix()
        points: Floats = (pixels - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        return points

    def box(self) -> tuple[float, float, float, float]:
        """(x_min, y_min, x_max, y_max), metres: around all that is seen."""
        right, bottom = self.width - 0.5, self.height - 0.5
        corners = self.to_world(np.array([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)]))
        (x_min, y_min), (x_max, y_max) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return x_min, y_min, x_max, y_max


class Follower:
    """Moves a camera after a car: the place at once, the angle and the width with a lag, so that the picture is calm."""

    def __init__(self, width: int = 640, height: int = 480, *, north_up: bool = False, zoom: float = 1.0) -> None:
        """zoom: 2 shows things twice as large."""
        self._camera = Camera(0.0, 0.0, width=width, height=height, down=0.5 if north_up else AHEAD)
        self._north_up, self._zoom = north_up, zoom
        self._fresh = True

    def reset(self) -> None:
        """The next view begins anew: as after a car was put elsewhere."""
        self._fresh = True

    def view(self, x: float, y: float, yaw: float, speed: float, seconds: float) -> Camera:
        """The camera for a car at (x, y) metres with this yaw (rad) and speed (m/s), `seconds` after the last view."""
        camera = self._camera
        width_m = min(STANDING_M + WIDER_S * abs(speed), WIDEST_M)
        scale, up = self._zoom * camera.width / width_m, NORTH if self._north_up else yaw
        if not self._fresh:
            turn = math.remainder(up - camera.up, 2.0 * math.pi)
            up = camera.up + turn * (1.0 - math.exp(-seconds / TURN_S))
            scale = camera.scale * (scale / camera.scale) ** (1.0 - math.exp(-seconds / ZOOM_S))
        self._fresh = False
        self._camera = replace(camera, x=x, y=y, up=math.remainder(up, 2.0 * math.pi), scale=scale)
        return self._camera
