"""Map, traffic and weather of the next episode, chosen between episodes. Source: ours.

A choice that nobody made is left to the environment: then `reset` gets no option for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sim_suite.envs.driving.weather import WEATHERS
from sim_suite.episodes.cockpit.seat import Command
from sim_suite.errors import SuiteError, UnknownNameError

TRAFFICS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType({
    "none": {"vehicles_per_km": 0.0, "pedestrians_per_km": 0.0, "parked_per_km": 0.0},
    "light": {"vehicles_per_km": 6.0, "pedestrians_per_km": 2.0, "parked_per_km": 0.0},
    "normal": {"vehicles_per_km": 15.0, "pedestrians_per_km": 5.0, "parked_per_km": 0.0},
    "heavy": {"vehicles_per_km": 40.0, "pedestrians_per_km": 15.0, "parked_per_km": 10.0},
})  # fmt: skip
"""Options of a driving world's reset, as far as it has slots for actors."""
_OF: Final[Mapping[Command, str]] = MappingProxyType(
    {Command.NEXT_MAP: "map", Command.NEXT_TRAFFIC: "traffic", Command.NEXT_WEATHER: "weather"}
)


class Choices:
    """What can be chosen, and what is."""

    def __init__(
        self, *, maps: Sequence[str] = (), traffic: str | None = None, weather: str | None = None, offered: bool = True
    ) -> None:
        """maps: those that the environment was made with; offered: whether it has such choices. Raises `SuiteError`."""
        if traffic is not None and traffic not in TRAFFICS:
            raise UnknownNameError("traffic", traffic, TRAFFICS)
        if weather is not None and weather not in WEATHERS:
            raise UnknownNameError("weather", weather, WEATHERS)
        if not offered and (maps or traffic or weather):
            raise SuiteError(
                "--map, --traffic and --weather are for sim_suite/Driving-v0 and sim_suite/Carla-v0. Leave them out here."
            )
        self._names: Mapping[str, tuple[str, ...]] = (
            {"map": tuple(maps), "traffic": tuple(TRAFFICS), "weather": tuple(WEATHERS)} if offered else {}
        )
        self._chosen: dict[str, str | None] = {
            "map": maps[0] if len(maps) > 1 else None, "traffic": traffic, "weather": weather,
        }  # fmt: skip

    def obey(self, command: Command) -> str | None:
        """Go on to the next one; says in a few words what will be, or why not. None: the command is no choice."""
        what = _OF.get(command)
        if what is None:
            return None
        names = self._names.get(what, ())
        if len(names) < 2:
            return (
                "no maps to choose from: start with --map A B or --map all"
                if names or what == "map"
                else f"no {what} here"
            )
        chosen = self._chosen[what]
        self._chosen[what] = names[(names.index(chosen) + 1) % len(names) if chosen else 0]
        return f"next episode's {what}: {self._chosen[what]}"

    def offers(self) -> tuple[Command, ...]:
        """Commands that change something."""
        return tuple(command for command, what in _OF.items() if len(self._names.get(what, ())) > 1)

    def options(self) -> dict[str, Any] | None:
        """For `reset`; None where all is left to the environment."""
        found: dict[str, Any] = {}
        for what, name in self._chosen.items():
            if name is not None:
                found |= TRAFFICS[name] if what == "traffic" else {what: name}
        return found or None

    def lines(self) -> tuple[str, ...]:
        """What was chosen, for the display."""
        return tuple(f"{what} {name}" for what, name in self._chosen.items() if name is not None)
