"""A strip below each picture of a replay: which step, what it brought so far, who acted and how. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.driving.picture.brush import Colour
from sim_suite.envs.driving.picture.lettering import text_width, write
from sim_suite.episodes.actions import actions_of
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.reading import Episode

Picture = NDArray[np.uint8]
STRIP_PX: Final = 56
_PAPER: Final[Colour] = (20, 23, 26)
_INK: Final[Colour] = (227, 230, 232)
_SOFT: Final[Colour] = (154, 164, 171)
_TRACK: Final[Colour] = (54, 61, 67)
_BAR: Final[Colour] = (110, 168, 216)
_SIZE, _MARGIN, _BAR_PX = 13.0, 10, 70
_MOST_BARS: Final = 4


class Captions:
    """Writes below the pictures of one episode."""

    def __init__(self, episode: Episode, pace: float) -> None:
        """pace: moments a second."""
        self._name, self._steps, self._pace = episode.path.stem, len(episode), pace
        self._actions, self._about = episode.read("action"), actions_of(episode.head)
        self._actors = episode.read("actor")
        self._returns = np.concatenate([[0.0], np.cumsum(episode.read("reward"))])

    def below(self, picture: Picture, moment: int) -> Picture:
        """[H + STRIP_PX, W, 3] of the picture seen after `moment` steps; the action is the one then chosen."""
        height, width = picture.shape[:2]
        found = np.empty((height + STRIP_PX, width, 3), np.uint8)
        found[:height], found[height:] = picture, _PAPER
        # After the last step nothing is chosen any more: what was chosen for it stays.
        step = min(moment, self._steps - 1)
        left = f"{self._name}   step {moment} of {self._steps}   {moment / self._pace:.1f} s"
        right = f"{Actor(int(self._actors[step])).name.lower()}   return {self._returns[moment]:.1f}"
        write(found, left, _MARGIN, height + 16, _SIZE, _INK)
        write(found, right, width - _MARGIN, height + 16, _SIZE, _INK, anchor="end")
        self._show_action(found, height + 40, self._actions[step])
        return found

    def _show_action(self, image: Picture, y: int, action: NDArray[np.generic]) -> None:
        about, x = self._about, _MARGIN
        if about.kind == "numbered":
            write(image, f"action: {about.classes[int(action)]}", x, y, _SIZE, _SOFT)
            return
        values = np.array(action, np.float64).ravel()[:_MOST_BARS]
        low_high = list(zip(about.low, about.high, strict=True))
        if about.kind == "driving":  # left is positive there, and shall be seen on the left
            values[0], low_high[0] = -values[0], (-low_high[0][1], -low_high[0][0])
        for name, value, (low, high) in zip(about.names, values, low_high, strict=False):
            write(image, name, x, y, _SIZE, _SOFT)
            x += text_width(name, _SIZE) + 6
            _bar(image, x, y, float(value), low, high)
            x += _BAR_PX + 14


def _bar(image: Picture, x: int, y: int, value: float, low: float, high: float) -> None:
    """From 0, where the range holds it, to the value."""
    low, high = (low, high) if np.isfinite([low, high]).all() and high > low else (-1.0, 1.0)
    start, end = (round(_BAR_PX * (np.clip(v, low, high) - low) / (high - low)) for v in (0.0, value))
    image[y - 4 : y + 5, x : x + _BAR_PX] = _TRACK
    image[y - 4 : y + 5, x + min(start, end) : x + max(start, end, min(start, end) + 2)] = _BAR
