"""CARLA's weather in the embedded world: what one sees of it. Source: ours; the parameters are those of CARLA's documentation.

As in CARLA, weather changes nothing of how tyres grip.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.frames import world_yaw
from sim_suite.carla.wire.values import Weather
from sim_suite.driving.sensors.camera.styles import Style
from sim_suite.driving.world.layout import DARKNESS, RAIN, VISIBILITY

DEFAULT_WEATHER: Final = Weather()
CLEAR_M: Final = 300.0
"""As far as one sees without fog, as in a new world."""
FOG_M: Final = 50.0
"""What is seen in the densest: below that is dense fog (UK Met Office)."""
DUSK_DEG: Final = -6.0
"""Of the sun's altitude: the end of civil twilight, when it is dark."""
DAY_DEG: Final = 6.0
_LEFT_AT_RANGE: Final = 0.05
"""Share of light that is left at the end of what one sees (meteorological optical range, WMO-No. 8, part I, 9.1.1)."""


def apply_weather(weather: Weather, row: NDArray[np.float32]) -> None:
    """row: [WEATHER] of the state, written."""
    row[RAIN] = _share(weather.precipitation)
    row[DARKNESS] = min(max((DAY_DEG - weather.sun_altitude) / (DAY_DEG - DUSK_DEG), 0.0), 1.0)
    row[VISIBILITY] = visibility_m(weather)


def visibility_m(weather: Weather) -> float:
    """How far one sees, by the fog alone."""
    return CLEAR_M * math.pow(FOG_M / CLEAR_M, _share(weather.fog_density))


def style_of(weather: Weather) -> Style:
    """How it looks to a camera. The sun's azimuth is a yaw of CARLA's; fog begins at the camera, whatever `fog_distance` says."""
    extinction = -math.log(_LEFT_AT_RANGE) * (1.0 / visibility_m(weather) - 1.0 / CLEAR_M)
    return Style(
        sun_height_deg=min(max(weather.sun_altitude, -90.0), 90.0),
        sun_azimuth_deg=math.degrees(world_yaw(weather.sun_azimuth)),
        clouds=_share(weather.cloudiness),
        rain=_share(weather.precipitation),
        fog_per_m=max(extinction, 0.0),
        noise=0.0,
    )


def _share(percentage: float) -> float:
    return min(max(percentage / 100.0, 0.0), 1.0)
