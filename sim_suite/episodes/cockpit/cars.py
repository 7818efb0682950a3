"""What the cockpit must know of each family of environments: signs of actions, speed, progress, infractions, pictures. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.envs.catalog import card
from sim_suite.envs.driving.fleet import COUNTS
from sim_suite.envs.driving.judging import EGO
from sim_suite.episodes.cockpit.racing_picture import RacingPicture
from sim_suite.episodes.cockpit.ramps import RACING_CAR, ROAD_CAR, Reach
from sim_suite.episodes.cockpit.seat import Hand, Picture
from sim_suite.errors import SuiteError

Action = NDArray[np.float32]
CAR_RACING_HZ: Final = 50.0
_INFRACTIONS: Final[Mapping[str, int]] = MappingProxyType(
    {name.replace("_", " "): column for name, column in COUNTS.items() if name != "route_done"}
)
"""What the driving world counts: name to column of `State.tally`."""


class Car(Protocol):
    """An environment as somebody who drives it sees it."""

    rate_hz: float
    """Steps a second."""
    pictures_a_step: int
    reach: Reach
    """Of keys."""

    def action(self, hand: Hand) -> Action:
        """The environment's action."""

    def hand(self, action: Action) -> Hand:
        """The inverse: what an action does to wheel and pedals."""

    def speed_mps(self) -> float:
        """Never negative."""

    def progress(self) -> float | None:
        """[0, 1], the share of the track or route that is behind."""

    def begin(self) -> None:
        """An episode has begun."""

    def note(self) -> None:
        """A step is over."""

    def infractions(self) -> tuple[tuple[str, int], ...]:
        """Names and counts in this episode, of those that happened."""

    def pictures(self) -> Iterator[Picture]:
        """Of the last step; of the start, one."""

    def skip(self) -> None:
        """Nobody will look at the last step's."""


class RacingCar:
    """`sim_suite/CarRacing-v0`: its first action is steering to the right, our hand's to the left."""

    rate_hz = CAR_RACING_HZ
    pictures_a_step = 1
    reach = RACING_CAR

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        self._world = _world(env)
        self._picture = RacingPicture(self._world)
        self._off, self._times_off = False, 0

    def action(self, hand: Hand) -> Action:
        """[steer to the right, gas, brake]"""
        return np.array([-hand.steer, hand.throttle, hand.brake], np.float32)

    def hand(self, action: Action) -> Hand:
        """The inverse."""
        steer, gas, brake = np.asarray(action, np.float64).tolist()
        return Hand(_within(-steer, -1.0), _within(gas, 0.0), _within(brake, 0.0))

    def speed_mps(self) -> float:
        """Of the hull."""
        velocity = self._world.car.hull.linearVelocity
        return math.hypot(velocity.x, velocity.y)

    def progress(self) -> float | None:
        """The share of tiles that were touched."""
        return float(self._world.tile_visited_count) / len(self._world.track)

    def begin(self) -> None:
        """Nothing has happened yet."""
        self._off, self._times_off = False, 0

    def note(self) -> None:
        """Look whether the car has left the road."""
        off = not any(wheel.tiles for wheel in self._world.car.wheels)
        self._times_off += off and not self._off
        self._off = off

    def infractions(self) -> tuple[tuple[str, int], ...]:
        """How often all four wheels left the road."""
        return (("off the road", self._times_off),) if self._times_off else ()

    def pictures(self) -> Iterator[Picture]:
        """One, [480, 720, 3]."""
        yield self._picture.draw()

    def skip(self) -> None:
        """It is drawn only when it is asked for."""


class RoadCar:
    """`sim_suite/Driving-v0` with continuous actions, made with render_mode "rgb_array_list": a picture a tick."""

    reach = ROAD_CAR

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        self._env, self._world = env, _world(env)
        self.pictures_a_step = int(self._world.options.ticks_per_step)
        self.rate_hz = TICKS_A_SECOND / self.pictures_a_step

    def action(self, hand: Hand) -> Action:
        """[steer to the left, drive]; the brake wins."""
        return np.array([hand.steer, -hand.brake if hand.brake > 0.0 else hand.throttle], np.float32)

    def hand(self, action: Action) -> Hand:
        """The inverse."""
        steer, drive = np.asarray(action, np.float64).tolist()
        return Hand(_within(steer, -1.0), _within(drive, 0.0), _within(-drive, 0.0))

    def speed_mps(self) -> float:
        """Of the car."""
        return abs(float(self._world.live_state.body[0, EGO, layout.SPEED]))

    def progress(self) -> float | None:
        """The share of the route."""
        state = self._world.live_state
        legs = int((state.legs[0, EGO] >= 0).sum())
        length_m = float(state.leg_arc[0, EGO, legs])
        return min(float(state.body[0, EGO, layout.ROUTE_ARC]) / length_m, 1.0) if length_m > 0.0 else None

    def begin(self) -> None:
        """The world counts by itself."""

    def note(self) -> None:
        """The world counts by itself."""

    def infractions(self) -> tuple[tuple[str, int], ...]:
        """What the rules have counted."""
        tally = self._world.live_state.tally[0, EGO].tolist()
        return tuple((name, int(tally[column])) for name, column in _INFRACTIONS.items() if tally[column])

    def pictures(self) -> Iterator[Picture]:
        """One a tick, [480, 640, 3]."""
        drawn: Any = self._env.render()
        yield from drawn or ()

    def skip(self) -> None:
        """They are drawn already, and would be shown with the next step's."""
        self._env.render()


_CARS: Final[Mapping[str, tuple[type[RacingCar | RoadCar], str | None]]] = {
    "car racing": (RacingCar, None),
    "driving": (RoadCar, "rgb_array_list"),
}
"""By family: the car, and the render mode that it needs."""


def render_mode(env_id: str) -> str | None:
    """What an environment must be made with to be driven and looked at. Raises `SuiteError` where nobody can sit in it."""
    return _kind(env_id)[1]


def reach_of(env_id: str) -> Reach:
    """Of keys, in its car. Raises `SuiteError` where nobody can sit in it."""
    return _kind(env_id)[0].reach


def _kind(env_id: str) -> tuple[type[RacingCar | RoadCar], str | None]:
    family = card(env_id).family
    if family not in _CARS:
        raise SuiteError(
            f"{env_id} is nothing to drive. Drive sim_suite/CarRacing-v0 or sim_suite/Driving-v0; `sim-suite play` has the others."
        )
    return _CARS[family]


def car_of(env: gym.Env[Any, Any]) -> Car:
    """The car of an environment that was made with `render_mode`. Raises `SuiteError` for one without wheel and pedals."""
    assert env.spec is not None
    if not isinstance(env.action_space, gym.spaces.Box) or env.action_space.shape not in ((3,), (2,)):
        raise SuiteError(
            f"{env.spec.id} with the actions {env.action_space} has no wheel and pedals. Drive it with continuous actions: "
            f"leave out --set action=..., or name sim_suite/CarRacing-v0 or sim_suite/Driving-v0."
        )
    return _kind(env.spec.id)[0](env)


def _world(env: gym.Env[Any, Any]) -> Any:  # the families' worlds have no common type
    return env.unwrapped


def _within(value: float, low: float) -> float:
    return min(max(value, low), 1.0)
