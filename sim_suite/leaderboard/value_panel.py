"""Draws action values beside a frame: a bar for each action, the chosen one marked, and the course of the best value. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image
from sim_suite.envs.driving.picture.lettering import write
from sim_suite.leaderboard.report import figures

SIDE: Final = 420
"""Pixels: height of the drawing, and the most that a frame takes across; Atari's 210 rows twice."""
PANEL: Final = 300
"""Pixels across of what stands beside the frame."""
BACKGROUND: Final[Colour] = (16, 19, 22)
EMPTY: Final[Colour] = (30, 35, 40)
INK: Final[Colour] = (228, 232, 235)
SOFT: Final[Colour] = (146, 156, 164)
CHOSEN: Final[Colour] = (255, 176, 64)
OTHER: Final[Colour] = (84, 126, 170)
ROWS: Final = (44, 270)
"""Between these lines lie the bars."""
ROW: Final = 34
"""Pixels of a row at most."""
LETTERS: Final = 13
"""Pixels of a row at least, for its name and number to stand in it."""
BARS: Final = (104, 224)
"""Columns of the panel between which bars lie."""
PLOT: Final = (318, 404)
"""Between these lines lies the course."""
GUTTER: Final = 64
"""Column of the panel where it begins."""
COURSE: Final = 150
"""Steps of it that are shown."""


@dataclass(frozen=True)
class Shown:
    """What is drawn of one step."""

    names: tuple[str, ...]
    values: NDArray[np.floating[Any]]
    """[A] float, of each action."""
    chosen: int
    course: Sequence[float]
    """The highest value of each of the episode's last COURSE steps, this one last."""
    scale: tuple[float, float]
    """Values at the two ends of a bar; 0 lies between them."""


def scale_for(values: Sequence[float]) -> tuple[float, float]:
    """Ends of the bars that hold all values and 0: 1, 2 or 5 times a power of ten, so that they seldom move."""
    low, high = min(0.0, *values), max(0.0, *values)
    return (0.0 - _round_up(-low), _round_up(high)) if low < high else (0.0, 1.0)


def bar_columns(value: float, scale: tuple[float, float]) -> tuple[int, int]:
    """Columns of the panel from which and before which a bar is filled."""
    low, high = scale
    ends = [round(BARS[0] + (BARS[1] - BARS[0]) * (end - low) / (high - low)) for end in (0.0, value)]
    return min(ends), max(ends)


def beside(frame: Image, shown: Shown) -> Image:
    """The frame [H, W, 3] uint8 with the panel on its right, uint8 [SIDE, w + PANEL, 3]."""
    picture = fitted(frame)
    canvas = np.empty((SIDE, picture.shape[1] + PANEL, 3), np.uint8)
    canvas[:] = BACKGROUND
    top = (SIDE - picture.shape[0]) // 2
    canvas[top : top + picture.shape[0], : picture.shape[1]] = picture
    panel = canvas[:, picture.shape[1] :]
    write(panel, "what each action is worth", 16, 22, 13, SOFT)
    _bars(panel, shown)
    write(panel, "the best of them, step by step", 16, PLOT[0] - 16, 13, SOFT)
    _course(panel, shown.course)
    return canvas


def fitted(frame: Image) -> Image:
    """The frame in a box of SIDE x SIDE: small ones by repeating pixels, larger ones shrunk. Its width is even."""
    height, width = frame.shape[:2]
    zoom = SIDE / max(height, width)
    if zoom >= 1:
        return frame.repeat(int(zoom), axis=0).repeat(int(zoom), axis=1)
    size = (2 * round(width * zoom / 2), round(height * zoom))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def row_lines(count: int) -> list[tuple[int, int]]:
    """First line and line after the last of each action's bar."""
    height = min(ROW, (ROWS[1] - ROWS[0]) / count)
    gap = max(1, round(0.18 * height))
    return [(round(ROWS[0] + k * height) + gap, round(ROWS[0] + (k + 1) * height) - gap) for k in range(count)]


def _bars(panel: Image, shown: Shown) -> None:
    lines = row_lines(len(shown.names))
    lettered = min(ROW, (ROWS[1] - ROWS[0]) / len(lines)) >= LETTERS
    digits = _digits(shown.values)
    for number, (name, value, (first, after)) in enumerate(zip(shown.names, shown.values.tolist(), lines, strict=True)):
        chosen = number == shown.chosen
        panel[first:after, BARS[0] : BARS[1]] = EMPTY
        start, end = bar_columns(value, shown.scale)
        panel[first:after, start:end] = CHOSEN if chosen else OTHER
        if lettered or chosen:
            middle, colour = (first + after - 1) / 2, CHOSEN if chosen else SOFT
            write(panel, name, BARS[0] - 10, middle, 12, colour, bold=chosen, anchor="end")
            write(panel, figures.number(value, digits), PANEL - 16, middle, 12, colour, bold=chosen, anchor="end")
    zero = bar_columns(0.0, shown.scale)[0]
    panel[lines[0][0] - 2 : lines[-1][1] + 2, zero : zero + 1] = INK
    for column, limit in zip(BARS, shown.scale, strict=True):
        write(panel, figures.plain(limit), column, lines[-1][1] + 10, 10, SOFT, anchor="middle")


def _course(panel: Image, course: Sequence[float]) -> None:
    """The newest step is on the right edge; the line fills the height."""
    shown = np.array(course, np.float64)
    low, high = float(shown.min()), float(shown.max())
    digits = _digits(shown)
    write(panel, figures.number(high, digits), GUTTER - 8, PLOT[0] + 6, 10, SOFT, anchor="end")
    if high > low:
        write(panel, figures.number(low, digits), GUTTER - 8, PLOT[1] - 7, 10, SOFT, anchor="end")
    plot = np.full((PLOT[1] - PLOT[0], PANEL - 16 - GUTTER, 3), EMPTY, np.uint8)
    height, width = plot.shape[:2]
    share = (shown - low) / (high - low) if high > low else np.ones(len(shown))
    columns = width - 3 - (len(shown) - 1 - np.arange(len(shown))) * (width - 6) / (COURSE - 1)
    points = np.stack([columns, height - 4 - share * (height - 8)], axis=1)
    brush.line(plot, points, CHOSEN, 1.0)
    x, y = np.rint(points[-1]).astype(int)
    plot[max(y - 2, 0) : y + 3, x - 2 : x + 3] = INK
    panel[PLOT[0] : PLOT[1], GUTTER : GUTTER + width] = plot


def _digits(values: NDArray[np.floating[Any]]) -> int:
    """Digits after the point, four at most, that leave the largest value four in all."""
    largest = float(np.abs(values).max())
    return 3 if largest == 0 else min(4, max(0, 3 - math.floor(math.log10(largest))))


def _round_up(value: float) -> float:
    if value == 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((power * m for m in (1, 2, 5, 10) if power * m >= value), value)
