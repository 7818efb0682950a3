"""Shows the pictures of each step at their times, and leaves them out where a step would be late for them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim_suite.episodes.cockpit.cars import Car
from sim_suite.episodes.cockpit.pace import Clock, Pace
from sim_suite.episodes.cockpit.seat import Display, Hud, Picture

MOST_SKIPPED: Final = 4
"""Steps in a row without a picture."""
_MARGIN: Final = 1.2  # how much longer than usual a picture may take
_SHARE: Final = 0.2  # of the newest one in what is usual


class Showing:
    """Between the car's pictures and the display."""

    def __init__(self, display: Display | None, car: Car, pace: Pace, clock: Clock) -> None:
        """display: None where nobody looks on; then nothing is drawn."""
        self._display, self._car, self._pace, self._clock = display, car, pace, clock
        self._usual_s, self._row = 0.0, 0
        self._picture: Picture = np.zeros((480, 720, 3), np.uint8)
        self.shown, self.skipped = 0, 0
        """Steps with pictures, and without."""

    @property
    def closed(self) -> bool:
        """Whether the person has shut the display."""
        return self._display is not None and self._display.closed

    def start(self, hud: Hud) -> None:
        """An episode's first picture."""
        for picture in self._car.pictures() if self._display is not None else ():
            self._picture = picture
            self.again(hud)

    def again(self, hud: Hud) -> None:
        """The last picture once more: something else has changed."""
        if self._display is not None:
            self._display.show(self._picture, hud)

    def step(self, hud: Callable[[], Hud]) -> None:
        """Those of the step that has just been taken, if there is time for them."""
        if self._display is None:
            return
        if self._pace.left_s() < _MARGIN * self._usual_s and self._row < MOST_SKIPPED:
            self._row, self.skipped = self._row + 1, self.skipped + 1
            self._car.skip()
            return
        self._row, self.shown = 0, self.shown + 1
        started, took_s = self._clock.now(), 0.0
        for number, picture in enumerate(self._car.pictures()):
            if number:
                took_s += self._clock.now() - started
                self._clock.sleep(max(self._pace.left_s(number / self._car.pictures_a_step), 0.0))
                started = self._clock.now()
            self._picture = picture
            self.again(hud())
        self._usual_s += _SHARE * (took_s + self._clock.now() - started - self._usual_s)
