"""Which axis and button of a gamepad or steering wheel does what, and how it is calibrated: shipped files and people's own. Source: ours.

A profile is a TOML file:

    name = "A wheel"
    match = ["g29", "g923"]          # parts of device names that it is for, lower case
    curve = 1.0                      # of steering: 1 as it is, 2 finer around the middle

    [steer]
    axis = 0
    left = -1.0                      # what the axis reads at the ends and at rest: turned around, it is inverted
    middle = 0.0
    right = 1.0
    dead_zone = 0.02                 # a share of the way from the middle that counts as none

    [throttle]                       # and [brake] likewise
    axis = 2
    released = 1.0
    pressed = -1.0
    dead_zone = 0.02

    [buttons]
    9 = "pause"                      # seat.Command

It is looked for as a path, then in the user's folder, then among the shipped ones (`profiles/`).
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import tomli_w

from sim_suite.episodes.cockpit.seat import Command
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import write_atomic
from sim_suite.toml_files import read_toml, shipped

SHIPPED: Final = Path(__file__).parent / "profiles"
FALLBACK: Final = "gamepad"
"""For a device that no profile names."""
_LEAST_WAY: Final = 0.05


@dataclass(frozen=True)
class Steer:
    """An axis with a middle."""

    axis: int
    left: float = -1.0
    middle: float = 0.0
    right: float = 1.0
    dead_zone: float = 0.05

    def __post_init__(self) -> None:
        _check(self.axis, self.dead_zone, (self.left, self.middle, self.right))
        between = min(self.left, self.right) < self.middle < max(self.left, self.right)
        if not between or min(abs(self.left - self.middle), abs(self.right - self.middle)) < _LEAST_WAY:
            raise SuiteError(
                f"the middle of steering must lie between left and right, not at {self.middle} between {self.left} and {self.right}."
            )

    def read(self, raw: float) -> float:
        """[-1, 1], left positive."""
        end, sign = (self.left, 1.0) if (raw - self.middle) * (self.left - self.middle) > 0.0 else (self.right, -1.0)
        return sign * _beyond((raw - self.middle) / (end - self.middle), self.dead_zone)


@dataclass(frozen=True)
class Pedal:
    """An axis that rests at one end."""

    axis: int
    released: float = -1.0
    pressed: float = 1.0
    dead_zone: float = 0.05

    def __post_init__(self) -> None:
        _check(self.axis, self.dead_zone, (self.released, self.pressed))
        if abs(self.pressed - self.released) < _LEAST_WAY:
            raise SuiteError(
                f"a pedal must read differently when it is pressed, not {self.pressed} after {self.released}."
            )

    def read(self, raw: float) -> float:
        """[0, 1]"""
        return _beyond((raw - self.released) / (self.pressed - self.released), self.dead_zone)


@dataclass(frozen=True)
class Profile:
    """All of one device."""

    name: str
    steer: Steer
    throttle: Pedal
    brake: Pedal
    match: tuple[str, ...] = ()
    """Parts of device names, lower case."""
    curve: float = 1.0
    """Power of steering, 0.5 to 3."""
    buttons: Mapping[int, Command] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not 0.5 <= self.curve <= 3.0:
            raise SuiteError(f"curve must be from 0.5 to 3, not {self.curve!r}.")

    @property
    def axes(self) -> int:
        """How many a device must have."""
        return 1 + max(self.steer.axis, self.throttle.axis, self.brake.axis)


def read_profile(path: Path) -> Profile:
    """A file's. Raises `SuiteError` naming it and what is wrong."""
    said = read_toml(path)
    known = {"name", "match", "curve", "steer", "throttle", "brake", "buttons"}
    for name in said:
        if name not in known:
            raise UnknownNameError(f"key in {path}:", name, known)
    try:
        return Profile(
            str(said.get("name", path.stem)), Steer(**said["steer"]), Pedal(**said["throttle"]), Pedal(**said["brake"]),
            tuple(str(part).lower() for part in said.get("match", ())), float(said.get("curve", 1.0)),
            {int(button): Command(command) for button, command in said.get("buttons", {}).items()},
        )  # fmt: skip
    except SuiteError as error:
        raise SuiteError(f"{path}: {error}") from None
    except KeyError as error:
        raise SuiteError(f"{path} has no table [{error.args[0]}]; it needs steer, throttle and brake.") from None
    except (TypeError, ValueError) as error:
        raise SuiteError(f"{path} is no profile: {error}. `sim-suite drive --calibrate` writes one.") from None


def write_profile(path: Path, profile: Profile) -> None:
    """The inverse of `read_profile`."""
    facts = {
        "name": profile.name, "match": list(profile.match), "curve": profile.curve,
        "steer": asdict(profile.steer), "throttle": asdict(profile.throttle), "brake": asdict(profile.brake),
        "buttons": {str(button): str(command) for button, command in sorted(profile.buttons.items())},
    }  # fmt: skip
    write_atomic(path, tomli_w.dumps(facts))


def own_folder() -> Path:
    """Where a person's own profiles lie."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", Path.home()))
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "sim-suite" / "profiles"


def find_profile(name: str) -> Profile:
    """By path or name. Raises `SuiteError` where there is none."""
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise SuiteError(f"{name} does not exist. `sim-suite drive --calibrate` writes a profile.")
        return read_profile(Path(name))
    for folder in (own_folder(), SHIPPED):
        if (folder / f"{name}.toml").is_file():
            return read_profile(folder / f"{name}.toml")
    raise UnknownNameError(
        "profile", name, {*shipped(own_folder()), *shipped(SHIPPED)}, f"Yours are in {own_folder()}."
    )


def profile_for(device: str) -> Profile:
    """That of a device by its name: a person's own before a shipped one, then the fallback."""
    for folder in (own_folder(), SHIPPED):
        for name in shipped(folder):
            profile = read_profile(folder / f"{name}.toml")
            if any(part in device.lower() for part in profile.match):
                return profile
    return read_profile(SHIPPED / f"{FALLBACK}.toml")


def _check(axis: object, dead_zone: object, ends: tuple[object, ...]) -> None:
    if isinstance(axis, bool) or not isinstance(axis, int) or axis < 0:
        raise SuiteError(f"an axis is a whole number from 0 on, not {axis!r}.")
    for name, value, high in (("dead_zone", dead_zone, 0.9), *(("an end", end, 2.0) for end in ends)):
        low = 0.0 if name == "dead_zone" else -high
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise SuiteError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")


def _beyond(share: float, dead_zone: float) -> float:
    """What is left of a way beyond a dead zone, [0, 1], without a jump at its border; 0 for what is no number."""
    if math.isnan(share):
        return 0.0
    return min(max((share - dead_zone) / (1.0 - dead_zone), 0.0), 1.0)
