"""CARLA's weather in the embedded world: what one sees of it. Source: ours; the parameters are those of CARLA's documentation.

As in CARLA, weather changes nothing of how tyres grip.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.wire.values import Weather
from sim_suite.driving.world.layout import DARKNESS, RAIN, VISIBILITY

DEFAULT_WEATHER: Final = Weather()
CLEAR_M: Final = 300.0
"""As far as one sees without fog, as in a new world."""
FOG_M: Final = 50.0
"""What is seen in the densest: below that is dense fog (UK Met Office)."""
DUSK_DEG: Final = -6.0
"""Of the sun's altitude: the end of civil twilight, when it is dark."""
DAY_DEG: Final = 6.0


def apply_weather(weather: Weather, row: NDArray[np.float32]) -> None:
    """row: [WEATHER] of the state, written."""
    row[RAIN] = min(max(weather.precipitation / 100.0, 0.0), 1.0)
    row[DARKNESS] = min(max((DAY_DEG - weather.sun_altitude) / (DAY_DEG - DUSK_DEG), 0.0), 1.0)
    row[VISIBILITY] = CLEAR_M * (FOG_M / CLEAR_M) ** min(max(weather.fog_density / 100.0, 0.0), 1.0)
