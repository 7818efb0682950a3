"""Lights that say anything at any time: an imitator is to heed its own, not what those of other arms show beside it. Source: ours.

Where each light runs its programme, a light is green just when those across are red, and either can be read off the other. Scenarios, and a
CARLA server, switch single lights.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.traffic.programmes import YELLOW_S
from sim_suite.driving.world.kinds import GREEN, RED, TICKS_A_SECOND, YELLOW

GREEN_S: Final = (4.0, 20.0)
"""About programmes' 12 s (`programmes.GREEN_S`): from less than RiLSA's least of 5 s, so that some go out as one comes near."""
RED_S: Final = (4.0, 15.0)
"""So long that one comes to stand, and so short that it ends while an episode of 30 s lasts."""


class OddLights(NamedTuple):
    """The own time of each group of lights [G] in those worlds [W] where they keep to none, ticks."""

    is_odd: NDArray[np.bool_]
    """[W]"""
    green: NDArray[np.int64]
    """[W, G]"""
    cycle: NDArray[np.int64]
    """[W, G] Green, yellow and red."""
    begins: NDArray[np.int64]
    """[W, G] Where in its cycle each is at tick 0."""

    def tell(self, lights: NDArray[np.int8], tick: int) -> None:
        """Write what groups show at a tick into lights [W, G] of a state."""
        at = (tick + self.begins) % self.cycle
        yellow = self.green + round(YELLOW_S * TICKS_A_SECOND)
        shown = np.where(at < self.green, GREEN, np.where(at < yellow, YELLOW, RED))
        lights[self.is_odd] = shown[self.is_odd]


def draw_odd_lights(rng: np.random.Generator, worlds: int, groups: int, share: float) -> OddLights:
    """share: of worlds in which lights are odd."""
    size = (worlds, groups)
    green, red = (np.round(rng.uniform(*span, size) * TICKS_A_SECOND).astype(np.int64) for span in (GREEN_S, RED_S))
    cycle = green + round(YELLOW_S * TICKS_A_SECOND) + red
    return OddLights(rng.random(worlds) < share, green, cycle, rng.integers(0, cycle))
