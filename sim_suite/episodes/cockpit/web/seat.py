"""The page as a seat at the wheel: a device and a display in one, for a machine without a screen. Source: ours.

The page says which keys are down; the same keyboard as the window's makes hands and feet of them, here, at the session's rate.
Nobody there (no page, a page without the focus, one that has said nothing for `SILENCE_S`): all keys are let go, the session is paused.
Nobody there for `patience_s`: the seat is closed, so the session ends and keeps what it has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from sim_suite.episodes.cockpit.keys import PRESSED, STEERING, KeyHand, steering_keys
from sim_suite.episodes.cockpit.ramps import ROAD_CAR, Reach
from sim_suite.episodes.cockpit.seat import Command, Hand, Hud, Picture, Reading
from sim_suite.episodes.cockpit.web.messages import Held, Pressed
from sim_suite.episodes.cockpit.web.server import Server

SILENCE_S: Final = 2.0
"""The page says something each half second."""
PATIENCE_S: Final = 600.0
_AT_REST: Final = 0.05
_NOTHING: Final = Held(frozenset(), None, False)


class WebSeat:
    """`Device` and `Display`. Open `address` in a browser."""

    def __init__(
        self,
        port: int,
        reach: Reach = ROAD_CAR,
        *,
        clock: Callable[[], float] = time.perf_counter,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Serve at once. `port` 0: any free one. `reach`: how far a held key leads. `clock`: seconds that pass for people.

        Raises `SuiteError` where the port is taken, not allowed, or none.
        """
        self.closed = False
        self._keys, self._clock, self._patience_s = KeyHand(reach), clock, patience_s
        self._lock = threading.Lock()
        self._held, self._heard_s = _NOTHING, clock()
        self._tapped: set[str] = set()
        self._commands: list[Command] = []
        self._input_s = self._there_s = clock()
        self._server = Server(port, self, {**dict.fromkeys(STEERING), **PRESSED})

    @property
    def address(self) -> str:
        """With its secret: whoever knows it, on this machine, may drive."""
        return self._server.address

    @property
    def port(self) -> int:
        """Where it serves."""
        return self._server.port

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """What the page's person does. Pauses a session that runs (`step_s` above 0) while nobody is there."""
        real_s = self._clock()
        with self._lock:
            held, keys, commands = self._held, self._held.keys | self._tapped, self._commands
            there, input_s = held.present and real_s - self._heard_s <= SILENCE_S, self._input_s
            self._tapped, self._commands = set(), []
        if there:
            self._there_s = real_s
        else:
            held, keys = _NOTHING, frozenset()
            self.closed = self.closed or real_s - self._there_s > self._patience_s
            if step_s > 0 and Command.PAUSE not in commands:
                commands.append(Command.PAUSE)
        hand, touched = self._keys.hold(keys, speed_mps, step_s), bool(steering_keys(keys))
        if held.hand is not None and not touched:
            hand, touched = held.hand, _is_held(held.hand)
        return Reading(hand, tuple(commands), touched, now_s - (real_s - input_s))

    def begins(self, episode: int) -> None:
        """Wheel back to the middle, pedals up. The first one begins paused: the page may have been open for long."""
        self._keys.let_go()
        if episode == 1:
            with self._lock:
                self._commands = [Command.PAUSE]

    def ends(self) -> None:
        """Nothing: what is held is let go of when the next one begins."""

    def show(self, picture: Picture, hud: Hud) -> None:
        """Give the page a picture, if one is there. Takes the time of a copy."""
        self._server.offer(picture, hud)

    def close(self) -> None:
        """Tell the page that the session is over, and stop serving."""
        self.closed = True
        self._server.close()

    def heard(self, message: Held | Pressed | None) -> None:
        """The server's thread: the page said something, or gave a sign of life."""
        now_s = self._clock()
        with self._lock:
            self._heard_s = now_s
            if isinstance(message, Pressed):
                self._commands.append(message.command)
            elif message is not None:
                if message == self._held:
                    return
                pressed = message.keys - self._held.keys
                self._commands += [PRESSED[key] for key in sorted(pressed & PRESSED.keys())]
                self._tapped |= pressed
                self._held = message
            else:
                return
            self._input_s = now_s

    def left(self) -> None:
        """The server's thread: the page has gone."""
        with self._lock:
            self._held, self._tapped = _NOTHING, set()


def _is_held(hand: Hand) -> bool:
    return max(abs(hand.steer), hand.throttle, hand.brake) > _AT_REST
