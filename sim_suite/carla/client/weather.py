"""A weather of the driving world as CARLA's parameters: the inverse of server/weather.py. Source: ours; the parameters are CARLA's."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.server.weather import CLEAR_M, DAY_DEG, DUSK_DEG, FOG_M
from sim_suite.carla.wire.values import Weather
from sim_suite.driving.world.layout import DARKNESS, RAIN, VISIBILITY


def carla_weather(row: NDArray[np.float32]) -> Weather:
    """row: [WEATHER] of the state. Friction has no counterpart: in CARLA weather changes nothing of how tyres grip."""
    rain = 100.0 * float(row[RAIN])
    sight = min(max(float(row[VISIBILITY]), FOG_M), CLEAR_M)
    fog = 100.0 * math.log(sight / CLEAR_M) / math.log(FOG_M / CLEAR_M)
    altitude = DAY_DEG - float(row[DARKNESS]) * (DAY_DEG - DUSK_DEG)
    high = 45.0 if row[DARKNESS] == 0.0 else altitude  # noon is not the end of twilight
    return Weather()._replace(
        cloudiness=max(rain, fog / 2.0), precipitation=rain, precipitation_deposits=rain, wetness=rain, sun_altitude=high,
        fog_density=fog,
    )  # fmt: skip
