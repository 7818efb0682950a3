"""The arrays and constants that drawing a CarRacing frame is about. Source: ours, and Gymnasium's CarRacing.

"Picture" is Gymnasium's large picture of 1000 x 800 before its vertical flip: x right, y up, whole numbers in the middle
of a pixel. "Frame" is the observation: column and row, whole numbers at the edges of a pixel.

Kernels take these constants in when `sim_suite.compiling` compiles them, which watches the files that name it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Single = np.float32
Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]
Whole = NDArray[np.int64]

SIZE: Final = 96
"""Rows and columns of the frame."""
WORLD_ROWS: Final = 84
"""Rows above the indicators, whose bar is the lowest 5/40 of the picture."""
COLUMN: Final = 1000 / 96
ROW: Final = 800 / 96
"""Picture pixels in a column and in a row of the frame."""
CAR_X: Final = 500.0
CAR_Y: Final = 200.0
"""Where the hull's origin lies in the picture: half its width, a quarter of its height."""
PATCH_PERIOD_M: Final = 2000.0 / 6.0 / 10.0
"""From the left edge of one patch of light grass to that of the next."""
VIEW_REACH: Final = 900.0
"""No picture pixel of the world lies farther from the hull: 500 across and 600 along, rounded up."""
FIELD_M: Final = 2000.0 / 6.0
"""From the middle to the edge of the playfield, beyond which the picture is black."""

# One row of the geometry array is a quadrilateral of the road.
VERTICES: Final = 0  # x, y of the front left, front right, rear right and rear left corner [m]
CENTRE: Final = 8  # x, y [m]
SPREAD: Final = 10  # how far the front, right, rear and left edge is drawn outside of its line [picture pixels]
GEOMETRY_COLUMNS: Final = 14
REACH_M: Final = 8.0
"""No quadrilateral reaches farther from its centre: the road's are 13.3 m across and 3.5 m along."""

# The scene array holds what changes from step to step.
HULL: Final = 0  # x, y [m], angle [rad]
ZOOM: Final = 3  # picture pixels a metre
WHEELS: Final = 4  # x, y [m], angle, phase [rad] of each of the four
SPEED: Final = 20
OMEGAS: Final = 21  # of the four wheels [rad/s]
STEER: Final = 25  # angle of the front left wheel's joint [rad]
GYRO: Final = 26  # yaw rate [rad/s]
BACKGROUND: Final = 27  # red, green, blue
GRASS: Final = 30  # red, green, blue
SCENE_LENGTH: Final = 33

# The window around the car, in whole rows and columns of the frame. The hull reaches 42 picture pixels from its origin.
WINDOW_TOP: Final = 66
WINDOW_ROWS: Final = 12
WINDOW_LEFT: Final = 44
WINDOW_COLUMNS: Final = 8
CANVAS_TOP: Final = 550  # WINDOW_TOP in picture pixels, counted from the top
CANVAS_ROWS: Final = 100
CANVAS_LEFT: Final = 458  # WINDOW_LEFT in picture pixels, rounded down
CANVAS_COLUMNS: Final = 84

CAR_SCALE: Final = 0.02
"""Metres in a unit of the car's outline."""
HULL_OUTLINE: Final = np.array(
    [
        *[(-60, 130), (60, 130), (60, 110), (-60, 110)],
        *[(-15, 120), (15, 120), (20, 20), (-20, 20)],
        *[(25, 20), (50, -10), (50, -40), (20, -90), (-20, -90), (-50, -40), (-50, -10), (-25, 20)],
        *[(-50, -120), (50, -120), (50, -90), (-50, -90)],
    ],
    dtype=np.float64,
)
"""Front wing, nose, body and rear wing of Gymnasium's car."""
HULL_PARTS: Final = np.array([0, 4, 8, 16, 20])
WHEEL_RADIUS: Final = 27.0
WHEEL_HALF_WIDTH: Final = 14.0

EMPTY: Final = 0
TYRE: Final = 1
STRIPE: Final = 2
PAINT: Final = 3
STRIPE_GREY: Final = 77.0
PAINT_RED: Final = 204.0
