"""Opens the seat that a person asked for: a window, a browser's page, or a file that drives. Source: ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sim_suite.cli import console
from sim_suite.episodes.cockpit.plan import Follower
from sim_suite.episodes.cockpit.ramps import Reach
from sim_suite.episodes.cockpit.script import ScriptedHand, read_script
from sim_suite.episodes.cockpit.seat import Command, Device, Display, Reading
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Seat:
    """Where somebody sits."""

    device: Device
    display: Display | None
    """None: nobody looks on."""
    follower: Follower | None = None
    """Who must know where episodes begin and end."""


@contextmanager
def open_seat(
    script: Path | None, web: int | None, reach: Reach, *, shown: bool, profile: str | None = None
) -> Iterator[Seat]:
    """One seat, put away at the end. reach: of the car's keys; shown: whether a file's drive is looked at; profile: of a gamepad or wheel.

    Raises `SuiteError` where there is no display, the port is taken, or the file makes no sense.
    """
    seat = _seat(script, web, reach, profile, shown=shown)
    try:
        yield seat
    finally:
        if seat.display is not None:
            seat.display.close()


def _seat(script: Path | None, web: int | None, reach: Reach, profile: str | None, *, shown: bool) -> Seat:
    if web is not None:
        from sim_suite.episodes.cockpit.web.seat import WebSeat

        page = WebSeat(web, reach)
        console.note(f"open {page.address} in a browser on this machine")
        console.note(f"from another machine, first: ssh -L {page.port}:127.0.0.1:{page.port} USER@THIS-MACHINE")
        return Seat(page, page, page)
    from sim_suite.episodes.cockpit.window import Window, has_display, require_display

    if script is None:
        from sim_suite.episodes.cockpit.profiles import find_profile
        from sim_suite.episodes.cockpit.sticks import open_stick

        require_display()
        window = Window(reach, open_stick(None if profile is None else find_profile(profile)))
        return Seat(window, window, window)
    hand = ScriptedHand(read_script(script), reach)
    if not shown or not has_display():
        return Seat(hand, None, hand)
    window = Window(reach)
    return Seat(_Watched(hand, window), window, hand)


def calibrate_stick(path: Path | None) -> Path:
    """Ask the person before the terminal to move wheel and pedals; the file that was written. Raises `SuiteError` without a device."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # events are read, nothing is shown
    import pygame

    from sim_suite.episodes.cockpit.calibration import calibrate
    from sim_suite.episodes.cockpit.profiles import own_folder, write_profile
    from sim_suite.episodes.cockpit.sticks import plugged_in

    pygame.display.init()
    sticks = plugged_in()
    if not sticks:
        raise SuiteError("there is no gamepad or wheel to calibrate. Plug one in; the keyboard needs none.")
    stick = sticks[0]
    console.note(f"calibrating {stick.name}")

    def ask(text: str) -> None:
        console.note(f"{text} Then press Enter.")
        sys.stdin.readline()
        pygame.event.pump()

    profile = calibrate(stick, ask)
    word = "".join(sign if sign.isalnum() else "-" for sign in stick.name.lower()).strip("-") or "device"
    target = path or own_folder() / f"{word}.toml"
    write_profile(target, profile)
    return target


class _Watched:
    """A file drives, and a person looks on, who may end it."""

    def __init__(self, hand: Device, window: Device) -> None:
        self._hand, self._window = hand, window

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The file's, and of the person's no more than that they leave."""
        asked, reading = self._window.read(now_s, step_s, speed_mps).commands, self._hand.read(now_s, step_s, speed_mps)
        return replace(reading, commands=(*reading.commands, Command.QUIT)) if Command.QUIT in asked else reading
