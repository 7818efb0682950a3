"""How the world looks to a camera: light, weather, surfaces, and what the camera itself adds. Source: ours.

The styles are listed here, those to train on apart from those that are held out, and their list has a hash (`list_hash`), which a
report of a held-out test should print: the list was made before anything was trained on it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError, UnknownNameError

SURFACES: Final = ("town", "dry", "red", "pale")
"""Sets of colours of the ground and of buildings."""

# Columns of a packed style, [STYLE] float32.
SUN_X: Final = 0
SUN_Y: Final = 1
SUN_Z: Final = 2
"""Towards the sun; below 0 at night."""
SUN_RED: Final = 3
AMBIENT_RED: Final = 6
ZENITH_RED: Final = 9
HORIZON_RED: Final = 12
"""Four colours, linear RGB each: of the sun's light, of the light from everywhere else, of the sky above and at the horizon."""
LAMPS: Final = 15
"""1 where lamps are lit."""
CLOUDS: Final = 16
RAINING: Final = 17
FOG_PER_M: Final = 18
SURFACE: Final = 19
NOISE: Final = 20
"""Standard deviation, parts of white."""
GAIN_RED: Final = 21
"""Of the three colours: exposure and colour balance."""
STYLE: Final = 24


@dataclass(frozen=True)
class Style:
    """Light, weather, surfaces and camera. Raises SuiteError for a value that is out of range."""

    sun_height_deg: float = 45.0
    """Above the horizon, -90 to 90; below 0 it is night, and lamps are lit below LAMPS_DEG."""
    sun_azimuth_deg: float = 130.0
    """From east, counter-clockwise, as yaw."""
    clouds: float = 0.3
    """0 to 1, overcast: then nothing casts shadows."""
    rain: float = 0.0
    """0 to 1: streaks, and a road that reflects."""
    fog_per_m: float = 0.0
    """Extinction, 1/m, 0 to 1: of light that is 1 / fog_per_m away a share of 1/e is left (Koschmieder 1924)."""
    surfaces: str = "town"
    """One of SURFACES."""
    noise: float = 0.004
    """Of the sensor: standard deviation in parts of white, 0 to 0.5."""
    exposure: float = 1.0
    """0.1 to 10."""
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """By which red, green and blue are multiplied, 0.1 to 10."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "balance", tuple(self.balance))
        for name, low, high in (
            ("sun_height_deg", -90.0, 90.0), ("sun_azimuth_deg", -360.0, 360.0), ("clouds", 0.0, 1.0),
            ("rain", 0.0, 1.0), ("fog_per_m", 0.0, 1.0), ("noise", 0.0, 0.5), ("exposure", 0.1, 10.0),
        ):  # fmt: skip
            value = getattr(self, name)
            if not low <= value <= high:
                raise SuiteError(f"{name} of a style is {value}; give {low:g} to {high:g}.")
        if len(self.balance) != 3 or not all(0.1 <= gain <= 10.0 for gain in self.balance):
            raise SuiteError(f"balance of a style is {self.balance}; give three numbers of 0.1 to 10.")
        if self.surfaces not in SURFACES:
            raise UnknownNameError("set of surfaces", self.surfaces, SURFACES)


LAMPS_DEG: Final = 4.0
TRAINING: Final[dict[str, Style]] = {
    "noon": Style(sun_height_deg=62.0, sun_azimuth_deg=250.0, clouds=0.15),
    "morning": Style(sun_height_deg=24.0, sun_azimuth_deg=20.0, clouds=0.3, balance=(1.04, 1.0, 0.94)),
    "afternoon": Style(sun_height_deg=38.0, sun_azimuth_deg=205.0, clouds=0.45, surfaces="dry"),
    "overcast": Style(sun_height_deg=40.0, clouds=1.0, noise=0.008),
    "drizzle": Style(sun_height_deg=35.0, clouds=0.95, rain=0.35, fog_per_m=0.003, noise=0.01),
    "haze": Style(sun_height_deg=30.0, sun_azimuth_deg=70.0, clouds=0.6, fog_per_m=0.008, surfaces="pale"),
    "dusk": Style(sun_height_deg=3.0, sun_azimuth_deg=160.0, clouds=0.4, noise=0.015),
    "night": Style(sun_height_deg=-25.0, clouds=0.2, noise=0.02),
}
"""To train on."""
HELD_OUT: Final[dict[str, Style]] = {
    "low_sun": Style(
        sun_height_deg=11.0, sun_azimuth_deg=310.0, clouds=0.25, surfaces="red", balance=(1.08, 1.0, 0.88)
    ),
    "downpour": Style(sun_height_deg=30.0, clouds=1.0, rain=0.9, fog_per_m=0.007, noise=0.02),
    "fog": Style(sun_height_deg=28.0, clouds=1.0, fog_per_m=0.028, noise=0.012, surfaces="dry"),
    "rainy_night": Style(sun_height_deg=-20.0, clouds=1.0, rain=0.6, fog_per_m=0.004, noise=0.03, surfaces="red"),
    "cold": Style(
        sun_height_deg=33.0, sun_azimuth_deg=95.0, clouds=0.5, surfaces="pale", balance=(0.9, 1.0, 1.15), noise=0.02
    ),
}
"""Never to be trained on: lower and redder sun, more rain, thicker fog and other colours than any above."""
STYLES: Final[dict[str, Style]] = TRAINING | HELD_OUT


def style(name: str) -> Style:
    """One of `STYLES`. Raises UnknownNameError."""
    if name not in STYLES:
        raise UnknownNameError("style", name, STYLES)
    return STYLES[name]


def training_styles(names: Sequence[str]) -> dict[str, Style]:
    """Those of `TRAINING` with these names, in that order; all for no name. Raises UnknownNameError."""
    for name in names:
        if name not in TRAINING:
            raise UnknownNameError("style for training", name, TRAINING)
    return {name: TRAINING[name] for name in names} or TRAINING


def list_hash() -> str:
    """SHA-256 of the names and fields of all styles, in their two lists; 64 hexadecimal digits."""
    listed = {
        part: {name: dataclasses.asdict(one) for name, one in styles.items()}
        for part, styles in (("training", TRAINING), ("held_out", HELD_OUT))
    }
    return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()


def pack_style(chosen: Style) -> NDArray[np.float32]:
    """[STYLE] as kernels take it.

    The sky of a clear day goes from blue to a paler horizon, which reddens as the sun sinks; clouds grey both and take the sun's part
    into the light from everywhere.
    """
    height, azimuth = math.radians(chosen.sun_height_deg), math.radians(chosen.sun_azimuth_deg)
    day = _ramp(chosen.sun_height_deg, -8.0, 12.0)
    low = 1.0 - _ramp(chosen.sun_height_deg, 2.0, 30.0)
    cover = chosen.clouds
    open_sun = day * (1.0 - cover) ** 1.5
    grey = np.array([0.62, 0.66, 0.72]) * (0.35 + 0.65 * day)
    zenith = np.array([0.10, 0.26, 0.62]) * day + np.array([0.006, 0.009, 0.022]) * (1.0 - day)
    horizon = np.array([0.58, 0.74, 0.92]) * day + np.array([0.03, 0.032, 0.05]) * (1.0 - day)
    glow = np.array([1.0, 0.52, 0.22]) * (0.1 + 0.9 * day) * low * _ramp(chosen.sun_height_deg, -10.0, -2.0)
    horizon = horizon * (1.0 - 0.6 * low * (1.0 - cover)) + 0.6 * glow * (1.0 - cover)
    covered = grey * (day + 0.03)
    zenith, horizon = (colour * (1.0 - 0.9 * cover) + 0.9 * cover * covered for colour in (zenith, horizon))
    sun = np.array([1.0, 0.95 - 0.3 * low, 0.86 - 0.55 * low]) * 1.25 * open_sun
    ambient = np.array([0.40, 0.46, 0.56]) * day * (1.0 - 0.35 * low) * (1.0 + 0.6 * cover) + np.array(
        [0.016, 0.018, 0.03]
    )
    if chosen.sun_height_deg < 0.0:  # what lights then are lamps
        sun = np.array([1.0, 0.82, 0.58]) * 0.9
    row = np.zeros(STYLE, np.float32)
    row[SUN_X : SUN_Z + 1] = (
        math.cos(height) * math.cos(azimuth), math.cos(height) * math.sin(azimuth), math.sin(height)
    )  # fmt: skip
    for column, colour in ((SUN_RED, sun), (AMBIENT_RED, ambient), (ZENITH_RED, zenith), (HORIZON_RED, horizon)):
        row[column : column + 3] = colour
    row[LAMPS], row[CLOUDS], row[RAINING] = float(chosen.sun_height_deg < LAMPS_DEG), cover, chosen.rain
    row[FOG_PER_M], row[SURFACE], row[NOISE] = chosen.fog_per_m, SURFACES.index(chosen.surfaces), chosen.noise
    row[GAIN_RED:STYLE] = chosen.exposure * np.array(chosen.balance)
    return row


def _ramp(value: float, low: float, high: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)
