"""Driving in CARLA's world by Gymnasium's interface: the task of `sim_suite/Driving-v0`, the car moved by a CARLA server. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.client.failures import CarlaFailure, NotRepeatedError
from sim_suite.driving.world.layout import X, Y
from sim_suite.envs.carla.link import BROKEN, Link, mirror_of
from sim_suite.envs.carla.options import CarlaOptions
from sim_suite.envs.driving.env import FIRST, DrivingEnv
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.options import DrivingOptions, options_of
from sim_suite.errors import SuiteError

REPEATS: Final = 3
"""So often is an episode begun again for failures in a row."""
SAME_M: Final = 0.1
"""A repeated episode that comes out so near is the same one: a tenth of what lanes leave beside a car."""


@dataclass(frozen=True)
class Beginning:
    """What an episode began with, to begin it again."""

    map: str
    seed: NDArray[np.int64]
    options: DrivingOptions
    routes: list[int]


class Nowhere:
    """In place of a fleet: what a server's map is like is known when it is on it."""

    def __getattr__(self, name: str) -> Any:
        raise SuiteError("the car is nowhere before the first reset. Call reset first.")


class CarlaEnv(DrivingEnv):
    """
    ## Description
    The task of `sim_suite/Driving-v0` in the world of a CARLA 0.9.16 server, ours (`sim-suite carla-server`) or CARLA's own: the server
    moves the car, in synchronous steps of 0.05 s. Routes, traffic, people, lights and the rules are those of `Driving-v0` for the same
    seed; the others are put where they drive before each step, as bodies without physics, and the lights are set likewise. The map is
    read from the server (`to_opendrive`); one that it has not, and we have, is sent to it. Not yet compared with Unreal.

    ## Action Space
    As `sim_suite/Driving-v0`. Steering is a share of the largest wheel angle of the driving world's car, however far the wheels of
    CARLA's turn.

    ## Observation Space
    As `sim_suite/Driving-v0`, drawn and computed by the suite. Road users of other clients are observed from the first step on, as far as
    there are empty slots (`actors`). Readings of CARLA's own sensors are in `info["sensors"]`, each of the frame that was stepped to.

    ## Rewards
    As `sim_suite/Driving-v0`.

    ## Starting State
    As `sim_suite/Driving-v0`.

    ## Episode End
    As `sim_suite/Driving-v0`; the last step's `info["left_out"]` names what was asked for and is not to be had there, such as ice. Where
    the server is lost or hangs in an episode, it is connected to again, the episode is begun again, its actions are repeated, and it goes
    on where it was; `info["repeated"]` of that step names the failure. What cannot be repeated raises the failure
    (`sim_suite.carla.client.failures`), and the next reset connects anew.

    ## Arguments
    Those of `sim_suite.envs.carla.options.CarlaOptions` by keyword (those of `Driving-v0` but for `model`, and `server`, `timeout_s`,
    `reconnect_s`, `vehicle`, `sensors`), and `render_mode` as `Driving-v0`. `close` puts the server's settings back; so does the end of
    the process, whatever ends it.

    ## Version History
    * v0: first version.
    """

    options: CarlaOptions

    def __init__(self, render_mode: str | None = None, **options: Any) -> None:
        self._link: Link | None = None
        self._asked = ""
        self._beginning: Beginning | None = None
        self._actions: list[NDArray[np.float32]] = []
        self._repeated = ""
        super().__init__(render_mode, **options)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode. Raises `CarlaFailure` where there is no server to begin it on."""
        return super().reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """As `Driving-v0`. Raises `CarlaFailure` where the episode is lost."""
        self._repeated = ""
        observation, reward, terminated, truncated, info = super().step(action)
        if self.options.sensors:
            info["sensors"] = dict(mirror_of(self._fleet).readings)
        left_out = mirror_of(self._fleet).left_out
        if left_out and (terminated or truncated):
            info["left_out"] = sorted(left_out)
        if self._repeated:
            info["repeated"] = self._repeated
        return observation, reward, terminated, truncated, info

    def close(self) -> None:
        """Leave the server's world as it was found, and close the window, where there is one."""
        super().close()
        if self._link is not None:
            self._link.close()

    def _first_fleet(self) -> Fleet:
        return cast(Fleet, Nowhere())

    def _read(self, options: dict[str, Any]) -> CarlaOptions:
        return options_of(CarlaOptions, options)

    def _fleet_on(self, name: str) -> Fleet:
        if self._link is None:
            self._link = Link(self.options)
        self._asked = name
        return self._link.fleet(name, self.options)

    def _begin(self, fleet: Fleet, seed: NDArray[np.int64], options: DrivingOptions, numbers: list[int]) -> None:
        self._beginning = Beginning(self._asked, seed, options, numbers)
        self._actions.clear()
        try:
            self._enter(fleet)
        except BROKEN as failure:
            self._repeat(failure, None)

    def _enter(self, fleet: Fleet) -> None:
        first = self._beginning
        assert first is not None
        fleet.reset(FIRST, first.seed, first.options, first.routes, mirror_of(fleet).enter)

    def _advance(self, fleet: Fleet) -> None:
        action = fleet.actions.copy()
        where = self._place()
        try:
            super()._advance(fleet)
        except BROKEN as failure:
            self._repeat(failure, where)
            fleet.actions[:] = action
            super()._advance(fleet)
        self._actions.append(action)

    def _repeat(self, failure: CarlaFailure, where: NDArray[np.float32] | None) -> None:
        """Begin the episode again on a new connection and drive it as far as it was. where: the place that it must come out at.

        Raises the failure where there is no server any more, or none that lasts; `NotRepeatedError` where it went another way.
        """
        link, first = self._link, self._beginning
        assert link is not None
        assert first is not None
        self._repeated = type(failure).__name__
        for _ in range(REPEATS):
            self._is_running = False  # should it end here
            link.again(failure)
            try:
                fleet = link.fleet(first.map, self.options)
                self._enter(fleet)
                for action in self._actions:
                    fleet.actions[:] = action
                    fleet.step()
            except BROKEN as another:
                failure = another
                continue
            metres = 0.0 if where is None else float(np.hypot(*(self._place() - where)))
            if metres > SAME_M:
                raise NotRepeatedError(failure, metres)
            self._is_running = True
            return
        raise failure

    def _place(self) -> NDArray[np.float32]:
        body: NDArray[np.float32] = self._fleet.state.body[0, EGO]
        place: NDArray[np.float32] = body[[X, Y]].copy()
        return place
