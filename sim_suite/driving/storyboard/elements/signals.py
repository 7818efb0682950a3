"""Lights that a scenario switches by itself. Source: OpenSCENARIO XML 1.3, `TrafficSignalController`."""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.driving.storyboard.numbers import Number


@dataclass(frozen=True)
class SignalPhase:
    """What lights show for a time."""

    name: str
    duration: Number
    """Seconds."""
    states: tuple[tuple[str, str], ...]
    """Id of a light in the map, and what it shows."""


@dataclass(frozen=True)
class SignalController:
    """Phases one after the other, again and again; the first begins with the simulation."""

    name: str
    phases: tuple[SignalPhase, ...]
    delay: Number = 0.0
    """Seconds by which it begins later than the controller `reference`."""
    reference: str = ""
