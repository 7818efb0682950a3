"""Weathers by name: what the road holds and how far one sees. Source: ours; friction after Wallman and Astroem 2001 (VTI 911A)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Weather(NamedTuple):
    """The columns of `State.weather`, in their order."""

    friction: float
    """Of the road, 1 on dry asphalt."""
    visibility_m: float
    darkness: float
    """0 noon to 1 night."""
    rain: float
    """0 to 1."""


WEATHERS: Final[Mapping[str, Weather]] = MappingProxyType({
    "clear": Weather(1.0, 300.0, 0.0, 0.0),
    "dusk": Weather(1.0, 200.0, 0.5, 0.0),
    "night": Weather(1.0, 80.0, 1.0, 0.0),
    "rain": Weather(0.7, 150.0, 0.2, 0.5),
    "storm": Weather(0.5, 60.0, 0.5, 1.0),
    "fog": Weather(0.9, 50.0, 0.1, 0.0),
    "snow": Weather(0.25, 100.0, 0.2, 0.3),
    "ice": Weather(0.15, 300.0, 0.0, 0.0),
})  # fmt: skip
