"""What a session asks of a seat: a device that says what the hands and feet do, a display that shows how it goes. Source: ours.

The window, the page in a browser, the scripted file and the fakes of tests are devices and displays; the session knows no more of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""[H, W, 3] uint8, RGB."""


@dataclass(frozen=True)
class Hand:
    """Where the steering wheel and the pedals are."""

    steer: float = 0.0
    """[-1, 1], a share of the full lock, left positive."""
    throttle: float = 0.0
    """[0, 1], 1 is pressed down."""
    brake: float = 0.0
    """[0, 1]."""


class Command(StrEnum):
    """What else a person can ask for. One press is one command."""

    PAUSE = "pause"
    """Stop the clock, or go on."""
    RESET = "reset"
    """End this episode and begin the next one."""
    QUIT = "quit"
    """End the session; an episode that is going on is kept."""
    HELP = "help"
    """Show which key does what, and pause."""
    KEEP = "keep"
    """At an episode's end: it is one of the folder's."""
    DISCARD = "discard"
    """At an episode's end: remove it."""
    TAG = "tag"
    """The next of the words that an episode can be marked with."""
    AUTOPILOT = "autopilot"
    """Let the autopilot drive, or take over from it."""
    NEXT_MAP = "next_map"
    """From the next episode on, as the two below."""
    NEXT_TRAFFIC = "next_traffic"
    NEXT_WEATHER = "next_weather"


@dataclass(frozen=True)
class Reading:
    """What a device says at one moment."""

    hand: Hand
    commands: tuple[Command, ...] = ()
    """Since the reading before, in the order they were given."""
    touched: bool = False
    """Whether the person is steering or pressing a pedal now: that ends the autopilot's turn."""
    at_s: float = 0.0
    """When the newest input in it was read, by the session's clock."""


class Device(Protocol):
    """A keyboard, a gamepad, a wheel, a file, a browser's page."""

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The state now. Never blocks.

        `step_s` is the time between two readings that are acted upon, 0 while the session is paused: then hands do not move.
        `speed_mps` is the car's: a key turns the wheel less the faster it goes.
        """


@dataclass(frozen=True)
class Hud:
    """All that is shown beside the picture."""

    hand: Hand = Hand()
    """As it was applied, whoever acted."""
    speed_mps: float = 0.0
    progress: float | None = None
    """[0, 1], the share of the track or route that is behind; None where there is none."""
    recording: bool = False
    """Whether steps are being written down: the red light."""
    paused: bool = False
    driver: str = "you"
    """Who acts: "you", or the autopilot's name."""
    autopilot: bool = False
    """Whether that is the autopilot."""
    fps: float = 0.0
    """Steps in the second before."""
    missed: int = 0
    """Frames of this session that came late."""
    time_s: float = 0.0
    """Of this episode."""
    episode_return: float = 0.0
    infractions: tuple[tuple[str, int], ...] = ()
    """Names and counts in this episode."""
    lines: tuple[str, ...] = ()
    """Short facts: the episode, its seed, map, traffic, weather."""
    overlay: tuple[str, ...] = ()
    """Text over the picture, its first line a title: paused, the help, the end of an episode. Empty: nothing.

    Two spaces or more in a line part two columns: a key and what it does.
    """
    offers: tuple[Command, ...] = ()
    """Commands that do something now: a display may show them as buttons, keep, discard and tag inside the overlay."""


class Display(Protocol):
    """A window, a page, or nothing at all."""

    closed: bool
    """Whether the person has shut it: the session ends."""

    def show(self, picture: Picture, hud: Hud) -> None:
        """Show one picture. Returns soon: it is called between two steps of a fixed rate."""

    def close(self) -> None:
        """Put it away."""
