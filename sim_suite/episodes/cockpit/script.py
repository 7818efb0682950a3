"""A file that drives: which keys are held, or where the hand is, at which moment of an episode. Source: ours.

JSON, one object a line; empty lines and lines that begin with # do not count:

    {"at_s": 0.0, "keys": ["up"]}                             from here on these keys are held (keys.STEERING)
    {"at_s": 1.2, "keys": ["up", "left"]}                     [] lets go, so that an autopilot may drive again
    {"step": 90, "hand": {"steer": -0.2, "throttle": 0.5}}    from here on wheel and pedals are just so
    {"at_s": 3.0, "commands": ["autopilot"]}                  pressed once (seat.Command)
    {"at_s": 9.5, "episode": 2, "commands": ["reset"]}        in the session's second episode only
    {"at": "end", "commands": ["tag", "keep"]}                at an episode's end; without such a line it is kept

Times count the seconds that were driven since the episode began, so that pauses change nothing, and steps count from 0. Equal files
give equal drives. Of lines that are due at once, each reading takes one with commands: the next one ends the pause of the one before.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim_suite.episodes.cockpit.keys import STEERING, KeyHand
from sim_suite.episodes.cockpit.ramps import ROAD_CAR, Reach
from sim_suite.episodes.cockpit.seat import Command, Hand, Reading
from sim_suite.errors import SuiteError, UnknownNameError

_NAMES: Final = frozenset({"at_s", "step", "at", "episode", "keys", "hand", "commands"})
_HALF_US: Final = 5e-7  # sums of steps are not exact


@dataclass(frozen=True)
class Line:
    """What is to be done at one moment."""

    at_s: float | None = None
    step: int | None = None
    """One of the two, or neither: at the end."""
    episode: int | None = None
    """In which one; None: in each."""
    keys: frozenset[str] | None = None
    hand: Hand | None = None
    commands: tuple[Command, ...] = ()

    @property
    def at_end(self) -> bool:
        """Whether it is for the end of an episode."""
        return self.at_s is None and self.step is None

    def due(self, time_s: float, step: int) -> bool:
        """Whether its moment has come."""
        if self.step is not None:
            return step >= self.step
        return self.at_s is not None and time_s >= self.at_s - _HALF_US


class ScriptedHand:
    """Drives as a file says. A device, and the session's follower."""

    def __init__(self, lines: tuple[Line, ...], reach: Reach = ROAD_CAR) -> None:
        self._lines = lines
        self._keys: frozenset[str] = frozenset()
        self._fixed: Hand | None = None
        self._wheel = KeyHand(reach)
        self._hand = Hand()
        self._episode = 0
        self._waiting: deque[Line] = deque()
        self._time_s, self._step = 0.0, 0

    def begins(self, episode: int) -> None:
        """From its first line, hands off."""
        self._episode, self._time_s, self._step = episode, 0.0, 0
        self._keys, self._fixed, self._hand = frozenset(), None, Hand()
        self._wheel.let_go()
        self._waiting = deque(line for line in self._mine() if not line.at_end)

    def ends(self) -> None:
        """What is not done yet is not done any more."""
        self._waiting = deque(line for line in self._mine() if line.at_end)
        self._waiting.append(Line(commands=(Command.KEEP,)))

    def read(self, now_s: float, step_s: float, speed_mps: float) -> Reading:
        """The next reading; those with `step_s` above 0 are the steps that are counted."""
        commands: tuple[Command, ...] = ()
        while self._waiting and not commands:
            line = self._waiting[0]
            if not (line.at_end or line.due(self._time_s, self._step)):
                break
            self._waiting.popleft()
            commands = line.commands
            self._obey(line)
        if step_s > 0.0 and Command.PAUSE not in commands and Command.HELP not in commands:
            self._hand = self._wheel.hold(self._keys, speed_mps, step_s) if self._fixed is None else self._fixed
            self._time_s, self._step = self._time_s + step_s, self._step + 1
        return Reading(self._hand, commands, touched=bool(self._keys) or self._fixed is not None, at_s=now_s)

    def _mine(self) -> list[Line]:
        return [line for line in self._lines if line.episode in (None, self._episode)]

    def _obey(self, line: Line) -> None:
        if line.keys is not None:
            self._keys, self._fixed = line.keys, None
        if line.hand is not None:
            self._keys, self._fixed = frozenset(), line.hand


def read_script(path: Path) -> tuple[Line, ...]:
    """What a file says, in its order. Raises `SuiteError` naming the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SuiteError(f"{path} does not exist. Name a file of input, one JSON object a line.") from None
    except UnicodeDecodeError:
        raise SuiteError(f"{path} is no text. An input file holds one JSON object a line.") from None
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_line(line, f"{path}, line {number}"))
    if not found:
        raise SuiteError(f"{path} says nothing. An input file holds lines such as " + '{"at_s": 0, "keys": ["up"]}.')
    return tuple(found)


def _line(text: str, where: str) -> Line:
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        raise SuiteError(f"{where} is no JSON ({error.msg}): {text.strip()[:60]!r}.") from None
    if not isinstance(said, dict):
        raise SuiteError(f'{where} must be an object such as {{"at_s": 0, "keys": ["up"]}}, not {text.strip()[:60]!r}.')
    for name in said:
        if name not in _NAMES:
            raise UnknownNameError(f"word in {where}:", name, _NAMES)
    if len(said.keys() & {"at_s", "step", "at"}) != 1:
        raise SuiteError(f'{where} must say when, by one of "at_s", "step" and "at": "end".')
    if "at" in said and said["at"] != "end":
        raise SuiteError(f'{where}: "at" can only be "end", not {said["at"]!r}.')
    if not said.keys() & {"keys", "hand", "commands"} or {"keys", "hand"} <= said.keys():
        raise SuiteError(f'{where} must say what: "keys" or "hand", and "commands".')
    return Line(
        None if "at_s" not in said else _number(said, "at_s", where, 0.0, math.inf),
        None if "step" not in said else _whole(said, "step", where, 0),
        None if "episode" not in said else _whole(said, "episode", where, 1),
        None if "keys" not in said else frozenset(_words(said, "keys", STEERING, where)),
        None if "hand" not in said else _hand(said["hand"], where),
        tuple(Command(word) for word in _words(said, "commands", {str(one): one for one in Command}, where)),
    )


def _hand(said: Any, where: str) -> Hand:
    if not isinstance(said, dict):
        raise SuiteError(f'{where}: "hand" must be an object of steer, throttle and brake, not {said!r}.')
    for name in said:
        if name not in ("steer", "throttle", "brake"):
            raise UnknownNameError(f"part of the hand in {where}:", name, ("steer", "throttle", "brake"))
    steer = _number(said, "steer", where, -1.0, 1.0) if "steer" in said else 0.0
    throttle, brake = (_number(said, name, where, 0.0, 1.0) if name in said else 0.0 for name in ("throttle", "brake"))
    return Hand(steer, throttle, brake)


def _number(said: Mapping[str, Any], name: str, where: str, low: float, high: float) -> float:
    value = said[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high or math.isinf(value):
        raise SuiteError(f'{where}: "{name}" must be a number from {low:g} to {high:g}, not {value!r}.')
    return float(value)


def _whole(said: Mapping[str, Any], name: str, where: str, low: int) -> int:
    value = said[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise SuiteError(f'{where}: "{name}" must be a whole number of {low} or more, not {value!r}.')
    return value


def _words(said: Mapping[str, Any], name: str, known: Mapping[str, Any], where: str) -> list[str]:
    words = said.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise SuiteError(f'{where}: "{name}" must be a list of words, not {words!r}.')
    for word in words:
        if word not in known:
            raise UnknownNameError(f"word of {name} in {where}:", word, known)
    return words
