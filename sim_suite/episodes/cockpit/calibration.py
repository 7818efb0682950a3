"""Finds out which axis of a gamepad or wheel is which, and what it reads at its ends, by asking a person to move them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sim_suite.episodes.cockpit.profiles import Pedal, Profile, Steer
from sim_suite.episodes.cockpit.sticks import Stick
from sim_suite.errors import SuiteError

_CLEAR: Final = 0.25  # of what an axis can say: what moves less was not meant
_WHEEL_DEAD_ZONE: Final = 0.02
_PEDAL_DEAD_ZONE: Final = 0.04

REST: Final = "Let go of everything: wheel in the middle, pedals up."
LEFT: Final = "Turn fully to the left and hold it."
RIGHT: Final = "Turn fully to the right and hold it."
THROTTLE: Final = "Let go of the wheel. Press the throttle fully and hold it."
BRAKE: Final = "Let go. Press the brake fully and hold it."


def calibrate(stick: Stick, ask: Callable[[str], None]) -> Profile:
    """The profile of a device. ask: shows a text and returns once the person has done so and the axes were read anew.

    Raises `SuiteError` where nothing moved, or steering moved two different axes.
    """
    ask(REST)
    rest = stick.axes()
    ask(LEFT)
    steer, left = _moved(rest, stick.axes(), LEFT)
    ask(RIGHT)
    other, right = _moved(rest, stick.axes(), RIGHT)
    if other != steer or (left - rest[steer]) * (right - rest[steer]) >= 0.0:
        raise SuiteError(
            f"left moved axis {steer} to {left:.2f} and right axis {other} to {right:.2f}: they must be two ends of one axis. "
            f"Calibrate again, and move nothing else."
        )
    ask(THROTTLE)
    throttle, pressed = _moved(rest, stick.axes(), THROTTLE, but=steer)
    ask(BRAKE)
    brake, braked = _moved(rest, stick.axes(), BRAKE, but=steer)
    if throttle == brake and (pressed - rest[throttle]) * (braked - rest[brake]) > 0.0:
        raise SuiteError("throttle and brake moved the same axis the same way. Calibrate again, one pedal at a time.")
    return Profile(
        stick.name,
        Steer(steer, left, rest[steer], right, _WHEEL_DEAD_ZONE),
        Pedal(throttle, rest[throttle], pressed, _PEDAL_DEAD_ZONE),
        Pedal(brake, rest[brake], braked, _PEDAL_DEAD_ZONE),
        (stick.name.lower(),),
    )


def _moved(rest: tuple[float, ...], now: tuple[float, ...], what: str, but: int = -1) -> tuple[int, float]:
    """(the axis that has moved farthest, what it says). but: one that is not looked at."""
    ways = [0.0 if number == but else abs(a - b) for number, (a, b) in enumerate(zip(now, rest, strict=True))]
    axis = max(range(len(ways)), key=ways.__getitem__, default=-1)
    if axis < 0 or ways[axis] < _CLEAR:
        raise SuiteError(f'nothing moved at "{what}" Calibrate again, and hold it while you press Enter.')
    return axis, now[axis]
