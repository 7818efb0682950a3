"""What the server serves: the present episode, settings, frames, and the registry of traffic managers. Source: ours; the meaning of
frames and settings is CARLA's. No sockets here: `publish` hands finished messages to whoever listens.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sim_suite.carla.server.episode import Episode
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.maps import MapShelf
from sim_suite.carla.server.memory import Memory
from sim_suite.carla.server.sensors.warming import is_compiled, warm
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.streams import framed
from sim_suite.carla.wire.values import Description, Settings
from sim_suite.compiling import noticed
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.errors import SuiteError

MOST_TICKS: Final = 20
"""Of one step: a second."""


@dataclass(frozen=True)
class SimulatorOptions:
    """Which world is served. Checked when built."""

    map: str = "town_1km"
    """A map's name (`sim-suite maps list`) or the path of an OpenDRIVE file."""
    seed: int = 0
    """Of the embedded world."""
    max_actors: int = 512
    """Bodies that a world has room for."""

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**62:
            raise SuiteError(f"seed is {self.seed}; give 0 or more.")
        if not 1 <= self.max_actors <= 4096:
            raise SuiteError(f"max_actors is {self.max_actors}; give 1 to 4096.")


class Simulator:
    """One served world."""

    def __init__(self, options: SimulatorOptions, token: Callable[[int], bytes]) -> None:
        """token: of a stream's id."""
        self.options = options
        self.shelf = MapShelf()
        self.settings = Settings()
        self.frame = 0
        self.traffic_managers: dict[int, str] = {}
        """Address by port, of clients that run one."""
        self.notes: list[str] = []
        """What was refused, once each, for whoever runs the server."""
        self.token = token
        self._streams = itertools.count(layout.STATE_STREAM + 1)
        self._episodes = itertools.count(1)
        self._gone = Memory()
        self._began = time.monotonic()
        with noticed("the world behind CARLA's calls"):
            self.episode = self._new_episode(options.map)
            self._compile()

    def _compile(self) -> None:
        """Do what clients ask for in an episode that nobody sees: kernels that this machine has not compiled yet take longer than a client
        waits."""
        served = self.episode.served
        trial = Episode(0, served, 0, 4, itertools.count(layout.STATE_STREAM + 1), self.token, Memory())
        if served.spawn_points:
            car = trial.spawn(Description(0, "vehicle.tesla.model3", ()), served.spawn_points[0])
            trial.motion_of(car.number)
        trial.step(1)
        trial.state_message(0, 0.0, True)
        if not is_compiled():
            warm(trial)
        trial.leave()

    def _new_episode(self, name: str) -> Episode:
        served = self.shelf.find(name)
        options = self.options
        return Episode(
            next(self._episodes), served, options.seed, options.max_actors, self._streams, self.token,
            self._gone,
        )  # fmt: skip

    @property
    def step_ticks(self) -> int:
        """Ticks of 0.05 s that a step takes."""
        delta = self.settings.fixed_delta_s
        return 1 if not delta else round(delta / TICK_S)

    def load(self, name: str, reset_settings: bool) -> None:
        """Begin a new episode on a map, an empty name for the present one. Raises RefusedError, with the old episode kept."""
        found = self._new_episode(name or self.episode.served.name)
        self.episode.leave()
        self.episode = found
        if reset_settings:
            self.settings = Settings()

    def set_settings(self, settings: Settings) -> None:
        """Raises RefusedError for what the embedded world cannot do."""
        delta = settings.fixed_delta_s
        if delta:  # scripts write 0 for none
            ticks = round(delta / TICK_S)
            if not 1 <= ticks <= MOST_TICKS or abs(ticks * TICK_S - delta) > 1e-4:
                raise RefusedError(
                    f"fixed_delta_seconds is {delta:g}; the embedded world steps by {TICK_S} s: give a multiple of it, at most "
                    f"{MOST_TICKS * TICK_S:g}, or None for {TICK_S}."
                )
        self.settings = settings

    def left_alone(self) -> None:
        """The last client has gone: time is nobody's to keep, and no traffic manager is left."""
        self.settings = self.settings._replace(synchronous=False)
        self.traffic_managers.clear()

    def step(self) -> None:
        """One frame on."""
        self.episode.step(self.step_ticks)
        self.frame += 1

    def messages(self, listened: Callable[[int], bool], stepped: bool) -> Iterator[tuple[int, bytes | bytearray]]:
        """(stream, message) of the present frame: sensors' before the state, so that who has seen the state has all."""
        state = self.episode.state_message(self.frame, time.monotonic() - self._began, stepped)
        if stepped:
            for stream, payload in self.episode.readings(self.frame, listened):
                yield stream, framed(payload)
        yield layout.STATE_STREAM, state

    def note(self, text: str) -> None:
        """Remember for the server's terminal."""
        self.notes.append(text)
