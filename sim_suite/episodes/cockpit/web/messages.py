"""What page and server say to each other. From the page: short JSON texts. To the page: a JSON text, or a picture with its HUD as one
binary message, so that the two are never of different moments. Source: ours.

A picture's message is: length of the JSON part, uint32 little-endian; that part (`Hud`'s fields, `frame`, `round_trip_ms`); a JPEG.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2

from sim_suite.episodes.cockpit.seat import Command, Hand, Hud, Picture

JPEG_QUALITY: Final = 85
"""Measured on pictures of CarRacing (600 x 400) and of a town (640 x 480): JPEG 0.5 and 0.8 ms, 13 and 56 kB; PNG 9 and 53 ms, 17 and
349 kB; lossless WebP 26 and 735 ms. What is recorded is never taken from these pictures."""
MAX_MESSAGE_BYTES: Final = 4096
"""From the page."""
_MAX_KEYS: Final = 16
_LARGEST: Final = 1e3


@dataclass(frozen=True)
class Held:
    """All that is held down or turned now, sent at each change: a message more or less is mended by the next."""

    keys: frozenset[str]
    """Names of keys: up, left, space, p, ..."""
    hand: Hand | None
    """Of a gamepad, or of the wheel and pedals on a touch screen; None: there is none, or it is let go."""
    present: bool
    """Whether the page is in the foreground and has the focus."""


@dataclass(frozen=True)
class Pressed:
    """A button of the page."""

    command: Command


@dataclass(frozen=True)
class Drawn:
    """The page has drawn this picture."""

    frame: int


def read_message(text: str | bytes) -> Held | Pressed | Drawn:
    """What the page said. Raises `ValueError` where our page would not say it."""
    if not isinstance(text, str):
        raise ValueError("a binary message")
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    match said:
        case {"type": "held", "keys": list(keys), "hand": hand, "present": bool(present)}:
            if len(keys) > _MAX_KEYS or not all(isinstance(key, str) for key in keys):
                raise ValueError(f"keys: names, at most {_MAX_KEYS}")
            return Held(frozenset(keys), None if hand is None else _hand(hand), present)
        case {"type": "pressed", "command": str(command)}:
            return Pressed(Command(command))
        case {"type": "drawn", "frame": int(frame)}:
            return Drawn(frame)
    raise ValueError("none of held, pressed, drawn")


def _hand(said: object) -> Hand:
    if not isinstance(said, list) or len(said) != 3:
        raise ValueError("hand: three numbers")
    steer, throttle, brake = (_number(value) for value in said)
    return Hand(min(max(steer, -1.0), 1.0), min(max(throttle, 0.0), 1.0), min(max(brake, 0.0), 1.0))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > _LARGEST:
        raise ValueError("hand: a number between -1 and 1")
    return float(value)


def say_hello(keys: Mapping[str, str | None]) -> str:
    """The first message to the page: which keys count, and the first key of each command."""
    first: dict[str, str] = {}
    for key, command in keys.items():
        if command is not None:
            first.setdefault(command, key)
    return json.dumps({"keys": list(keys), "commands": first})


def pack(picture: Picture, hud: Hud, frame: int, round_trip_ms: float | None) -> bytes:
    """A picture and its HUD as one message."""
    facts = {**_finite(asdict(hud)), "frame": frame, "round_trip_ms": round_trip_ms}
    text = json.dumps(facts, allow_nan=False).encode()
    done, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    assert done
    return struct.pack("<I", len(text)) + text + jpeg.tobytes()


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """(HUD's fields, JPEG): the inverse of `pack`, for other clients than the page."""
    (length,) = struct.unpack_from("<I", message)
    return json.loads(message[4 : 4 + length]), message[4 + length :]


def _finite(facts: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no number that is none: such a one is shown as missing."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in facts.items()
    }
