"""Which key does what, in the window and on the page alike, and a keyboard's hand. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from types import MappingProxyType
from typing import Final

from sim_suite.episodes.cockpit.ramps import ROAD_CAR, Reach, SteeringWheel
from sim_suite.episodes.cockpit.seat import Command, Hand

STEERING: Final[Mapping[str, str]] = MappingProxyType({
    "left": "left", "right": "right", "up": "up", "down": "down",
    "a": "left", "d": "right", "w": "up", "s": "down", "space": "down",
})  # fmt: skip
"""What is held: to which of left, right, up (throttle) and down (brake) it counts."""
PRESSED: Final[Mapping[str, Command]] = MappingProxyType({
    "p": Command.PAUSE, "r": Command.RESET, "escape": Command.QUIT, "h": Command.HELP, "f1": Command.HELP,
    "return": Command.KEEP, "backspace": Command.DISCARD, "delete": Command.DISCARD, "t": Command.TAG,
    "tab": Command.AUTOPILOT, "m": Command.NEXT_MAP, "n": Command.NEXT_TRAFFIC, "b": Command.NEXT_WEATHER,
})  # fmt: skip
"""What is pressed: the command."""
HELP: Final = (
    "Keys",
    "arrows, A D W S  steer, throttle, brake; the space bar brakes too",
    "P  pause",
    "R  end the episode",
    "Tab  the autopilot drives; any driving key takes over",
    "M, N, B  next map, traffic, weather, from the next episode on",
    "Enter  at an episode's end: keep it",
    "Backspace  at an episode's end: discard it",
    "T  at an episode's end: the next word to mark it with",
    "Esc  leave; what was recorded is kept",
    "H  this help",
)
"""Its first line is a title; two spaces part a key and what it does."""


class KeyHand:
    """A hand moved by keys."""

    def __init__(self, reach: Reach = ROAD_CAR) -> None:
        self._wheel = SteeringWheel(reach)

    def hold(self, keys: Iterable[str], speed_mps: float, step_s: float) -> Hand:
        """Where the hand is after keys (names of STEERING; others are ignored) were held for so long."""
        steer, drive = self._wheel.hold(steering_keys(keys), speed_mps, step_s)
        return Hand(steer, max(drive, 0.0), max(-drive, 0.0))

    def let_go(self) -> None:
        """Back to the middle at once, pedals up: an episode begins."""
        self._wheel = SteeringWheel(self._wheel.reach)


def steering_keys(keys: Iterable[str]) -> Set[str]:
    """What the held keys mean: left, right, up, down."""
    return {STEERING[key] for key in keys if key in STEERING}
