"""A gamepad or steering wheel as a device: raw axes in, a hand out. Source: ours; SDL's quirk of axes by measurement.

SDL says 0 of an axis until it has moved for the first time, which for a trigger that rests at -1 means half pressed. So an axis that has
only ever said 0 is taken as at rest.
"""

from __future__ import annotations

import os
from typing import Any, Final, Protocol

from sim_suite.episodes.cockpit.profiles import Profile, profile_for
from sim_suite.episodes.cockpit.seat import Command, Hand, Reading
from sim_suite.errors import SuiteError

_TOUCH: Final = 0.05  # of the way: less is a hand that lies on the wheel
_MOVED: Final = 1e-3


class Stick(Protocol):
    """Raw axes and buttons."""

    name: str

    def axes(self) -> tuple[float, ...]:
        """[-1, 1] each."""

    def buttons(self) -> tuple[bool, ...]:
        """Which are down."""


class StickDevice:
    """A device made of a stick and its profile."""

    def __init__(self, stick: Stick, profile: Profile) -> None:
        """Raises `SuiteError` where the device has too few axes for the profile."""
        if len(stick.axes()) < profile.axes:
            raise SuiteError(
                f"{stick.name} has {len(stick.axes())} axes, but the profile {profile.name} needs {profile.axes}. "
                f"Calibrate it: sim-suite drive --calibrate."
            )
        self._stick, self._profile = stick, profile
        self._moved: set[int] = set()
        self._down: tuple[bool, ...] = ()
        self._last: tuple[float, ...] = ()
        self._at_s = 0.0

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The state now."""
        axes, profile = self._stick.axes(), self._profile
        self._moved |= {number for number, raw in enumerate(axes) if raw != 0.0}
        if len(self._last) != len(axes) or any(abs(a - b) > _MOVED for a, b in zip(axes, self._last, strict=True)):
            self._last, self._at_s = axes, now_s
        steer = profile.steer.read(axes[profile.steer.axis]) if profile.steer.axis in self._moved else 0.0
        steer = abs(steer) ** profile.curve * (1.0 if steer > 0.0 else -1.0)
        throttle, brake = (
            pedal.read(axes[pedal.axis]) if pedal.axis in self._moved else 0.0
            for pedal in (profile.throttle, profile.brake)
        )
        hand = Hand(steer + 0.0, throttle, brake)
        return Reading(hand, self._commands(), max(abs(steer), throttle, brake) > _TOUCH, self._at_s)

    def _commands(self) -> tuple[Command, ...]:
        """Of the buttons that went down since the last look."""
        before, self._down = self._down, self._stick.buttons()
        fresh = [down and not (number < len(before) and before[number]) for number, down in enumerate(self._down)]
        return tuple(
            command
            for number, command in sorted(self._profile.buttons.items())
            if number < len(fresh) and fresh[number]
        )


class PygameStick:
    """One that is plugged in."""

    def __init__(self, joystick: Any) -> None:  # pygame's
        self._joystick = joystick
        self.name: str = joystick.get_name()

    def axes(self) -> tuple[float, ...]:
        """As of the last time that events were read."""
        return tuple(self._joystick.get_axis(number) for number in range(self._joystick.get_numaxes()))

    def buttons(self) -> tuple[bool, ...]:
        """As of the last time that events were read."""
        return tuple(bool(self._joystick.get_button(number)) for number in range(self._joystick.get_numbuttons()))


def plugged_in() -> list[PygameStick]:
    """All of this machine."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    pygame.joystick.init()
    return [PygameStick(pygame.joystick.Joystick(number)) for number in range(pygame.joystick.get_count())]


def open_stick(profile: Profile | None) -> StickDevice | None:
    """The first that is plugged in, by the profile given or else by its own; None where there is none.

    Raises `SuiteError` where a profile was asked for and there is nothing that it could be for.
    """
    sticks = plugged_in()
    if not sticks:
        if profile is not None:
            raise SuiteError(
                f"there is no gamepad or wheel for the profile {profile.name}. Plug one in, or leave --profile out."
            )
        return None
    return StickDevice(sticks[0], profile or profile_for(sticks[0].name))
