"""The environments of the suite: what each is, how long an episode lasts, and the scores a reader needs beside a result.

One card an environment. `registration` tells Gymnasium about those that are ours, `making` builds any of them in the view
that an agent asks for. Third parties add cards through the entry-point group `sim_suite.envs` (a function that returns
an iterable of `EnvCard`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from sim_suite.envs.views import Kind
from sim_suite.errors import UnknownNameError
from sim_suite.plugins import collect


@dataclass(frozen=True)
class Reference:
    """A score to compare with, and where it comes from."""

    value: float
    source: str


@dataclass(frozen=True)
class EnvCard:
    """One environment, by its Gymnasium identifier."""

    id: str
    family: str
    """tabular, classic control, atari, car racing, boards, driving."""
    summary: str
    max_episode_steps: int
    """Steps after which an episode is truncated (not terminated)."""
    views: tuple[Kind, ...]
    """What an agent may choose to look at; the first is the environment's own observation."""
    do_nothing: int | tuple[float, ...]
    """The action that does nothing, or the nearest thing to it."""
    random: Reference
    """Mean return of uniformly random actions."""
    idle: Reference
    """Mean return of the do-nothing action."""
    best: Reference
    """The best published, or the exact optimum where that is known."""
    entry_point: str | None = None
    """`module:Class` for environments of ours; None for those that Gymnasium or ale-py register."""
    vector_entry_point: str | None = None
    registers: str | None = None
    """A package that registers the environment when it is imported; Gymnasium knows it by itself where this is None."""
    state_reader: str | None = None
    """`module:function` from the unwrapped environment to its privileged state, where the view "state" is offered."""
    map_view: str | None = None
    """`module:Class`, a wrapper made with (environment, view) that draws the views "raster" and "both" where they are offered and the
    environment does not draw them itself."""
    privileged: tuple[Kind, ...] = ("state",)
    """Views that tell what the environment's own observation could not; who looks at them is marked in every table."""
    keys: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Numbered action of each key (left, right, up, down, space) for play by hand; the first that is held counts."""
    quicken: str | None = None
    """`module:function` that makes an environment of Gymnasium's faster and leaves every bit of what it gives."""
    compiles: bool = False
    """Whether its first episode on a machine compiles kernels for long: then one process begins alone."""
    kwargs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Defaults of the keyword arguments."""
    ready: str | None = None
    """`module:function` that raises unless the server is there that episodes need, for environments that need one; called with the
    keyword arguments before a run begins."""


_MEASURED = "measured: python -m sim_suite.studies.references, 200 episodes, seeds from 20000, 2026-11-21"
_FROZEN_4 = "exact: dynamic programming on the transition table, 100 steps"
_FROZEN_8 = "exact: dynamic programming on the transition table, 200 steps"
_CAR = "sim_suite.envs.car_racing.env:CarRacingEnv"
_CAR_VECTOR = "sim_suite.envs.car_racing.vector:CarRacingVectorEnv"
_CAR_MAP = "sim_suite.envs.car_racing.map_view:MapView"
_CAR_STATE = "sim_suite.envs.car_racing.read_state:read_state"
_WORLD_MODELS = "World Models, Ha & Schmidhuber 2018 (arXiv:1803.10122), 100 tracks of CarRacing-v0: 906 +- 21"
_RAINBOW_TABLE = (
    "C51, Bellemare et al. 2017 (arXiv:1707.06887), 200 M frames, no-op starts, as tabulated by Hessel et al. 2018"
)

_TWO_WAYS = MappingProxyType({"right": 1, "left": 0})
_LAKE_KEYS = MappingProxyType({"left": 0, "down": 1, "right": 2, "up": 3})  # FrozenLake's order
_BREAKOUT_KEYS = MappingProxyType({"space": 1, "right": 2, "left": 3})  # ALE's minimal action set of Breakout
_DRIVING = "sim_suite.envs.driving.env:DrivingEnv"
_DRIVING_VECTOR = "sim_suite.envs.driving.vector:DrivingVectorEnv"
_DRIVING_STATE = "sim_suite.envs.driving.state:read_state"
_SCENARIO = "sim_suite.envs.scenarios.env:ScenarioEnv"
_MEASURED_DRIVING = "measured: python -m sim_suite.studies.references, 200 episodes, seeds from 20000, 2026-11-28"
_MEASURED_SCENARIO = "measured: python -m sim_suite.studies.references, 200 episodes, seeds from 20000, 2026-11-28"
_ELSEWHERE = "that of sim_suite/Driving-v0, whose car is a kinematic bicycle; not measured on a CARLA server"
_BY_IDM = "measured: the expert idm, who knows the world's state, 200 episodes, seeds from 20000, 2026-11-28"
_DRIVING_KEYS = MappingProxyType({"down": 3, "left": 22, "right": 26, "up": 31})  # brake hard; turn at low throttle; go
_CAR_KEYS = MappingProxyType({"right": 1, "left": 2, "up": 3, "down": 4})  # Gymnasium's discrete CarRacing

_CARDS: tuple[EnvCard, ...] = (
    EnvCard(
        "sim_suite/SixStates-v0",
        "tabular",
        "six states in a row: a battery at one end, a can at the other; deterministic",
        100,
        ("vector",),
        0,
        Reference(2.98, _MEASURED),
        Reference(1.0, _MEASURED),
        Reference(5.0, "exact: always right"),
        entry_point="sim_suite.envs.tabular.six_states:SixStatesEnv",
        keys=_TWO_WAYS,
    ),
    EnvCard(
        "sim_suite/GridWorld-v0",
        "tabular",
        "4x4 gridworld, two terminal corners, every step costs 1",
        100,
        ("vector",),
        0,
        Reference(-17.05, _MEASURED),
        Reference(-81.4, _MEASURED),
        Reference(-2.0, "exact: shortest path, mean over the 14 starts"),
        entry_point="sim_suite.envs.tabular.grid_world:GridWorldEnv",
        keys=_LAKE_KEYS,
    ),
    EnvCard(
        "FrozenLake-v1",
        "tabular",
        "cross a slippery 4x4 lake without falling in",
        100,
        ("vector",),
        0,
        Reference(0.01394, _FROZEN_4),
        Reference(0.0, _MEASURED),
        Reference(0.74419, _FROZEN_4 + ", time-aware policy"),
        keys=_LAKE_KEYS,
    ),
    EnvCard(
        "FrozenLake8x8-v1",
        "tabular",
        "cross a slippery 8x8 lake without falling in",
        200,
        ("vector",),
        0,
        Reference(0.00190, _FROZEN_8),
        Reference(0.0, _MEASURED),
        Reference(0.91322, _FROZEN_8 + ", time-aware policy"),
        keys=_LAKE_KEYS,
    ),
    EnvCard(
        "CartPole-v1",
        "classic control",
        "balance a pole on a cart",
        500,
        ("vector",),
        0,
        Reference(21.59, _MEASURED),
        Reference(9.43, _MEASURED),
        Reference(500.0, "the cap; reached by many"),
        keys=_TWO_WAYS,
    ),
    EnvCard(
        "MountainCarContinuous-v0",
        "classic control",
        "rock an underpowered car out of a valley, paying for force",
        999,
        ("vector",),
        (0.0,),
        Reference(-33.23, _MEASURED),
        Reference(0.0, _MEASURED),
        Reference(96.67, "RL Baselines3 Zoo, ARS, 500,000 steps"),
    ),
    EnvCard(
        "Pendulum-v1",
        "classic control",
        "swing a pendulum up and hold it there",
        200,
        ("vector",),
        (0.0,),
        Reference(-1213.1, _MEASURED),
        Reference(-1198.3, _MEASURED),
        Reference(-145.0, "RL Baselines3 Zoo"),
    ),
    EnvCard(
        "ALE/Breakout-v5",
        "atari",
        "Breakout, frame skip 4, sticky actions 0.25",
        27000,
        ("pixels",),
        0,
        Reference(1.34, _MEASURED),
        Reference(0.0, _MEASURED),
        Reference(307.5, "C51 with the IMPALA network, Dopamine JAX, 40 M frames, sticky actions, training return"),
        registers="ale_py",
        keys=_BREAKOUT_KEYS,
    ),
    EnvCard(
        "sim_suite/BreakoutDeterministic-v0",
        "atari",
        "Breakout, frame skip 4, no sticky actions (the rules of BreakoutDeterministic-v4)",
        27000,
        ("pixels",),
        0,
        Reference(1.27, _MEASURED),
        Reference(0.0, _MEASURED),
        Reference(748.0, _RAINBOW_TABLE),
        entry_point="sim_suite.envs.breakout.env:BreakoutEnv",
        vector_entry_point="sim_suite.envs.breakout.vector:BreakoutVectorEnv",
        keys=_BREAKOUT_KEYS,
    ),
    EnvCard(
        "CarRacing-v3",
        "car racing",
        "drive one lap of a random track from 96x96 pixels (Gymnasium's own drawing)",
        1000,
        ("pixels", "state", "raster", "both"),
        (0.0, 0.0, 0.0),
        Reference(-32.35, _MEASURED),
        Reference(-93.15, _MEASURED),
        Reference(906.0, _WORLD_MODELS),
        quicken="sim_suite.envs.car_racing.swift_frames:quicken",
        state_reader=_CAR_STATE,
        map_view=_CAR_MAP,
        privileged=("state", "raster", "both"),
    ),
    EnvCard(
        "sim_suite/CarRacing-v0",
        "car racing",
        "CarRacing-v3's physics and rewards, drawn many times faster",
        1000,
        ("pixels", "state", "raster", "both"),
        (0.0, 0.0, 0.0),
        Reference(-32.35, _MEASURED),
        Reference(-93.15, _MEASURED),
        Reference(906.0, _WORLD_MODELS),
        entry_point=_CAR,
        vector_entry_point=_CAR_VECTOR,
        state_reader=_CAR_STATE,
        map_view=_CAR_MAP,
        privileged=("state", "raster", "both"),
    ),
    EnvCard(
        "sim_suite/CarRacingDiscrete-v0",
        "car racing",
        "the fast CarRacing with the five keys a person has",
        1000,
        ("pixels", "state", "raster", "both"),
        0,
        Reference(-55.6, _MEASURED),
        Reference(-93.15, _MEASURED),
        Reference(906.0, _WORLD_MODELS),
        entry_point=_CAR,
        vector_entry_point=_CAR_VECTOR,
        state_reader=_CAR_STATE,
        map_view=_CAR_MAP,
        privileged=("state", "raster", "both"),
        kwargs=MappingProxyType({"continuous": False}),
        keys=_CAR_KEYS,
    ),
    EnvCard(
        "sim_suite/Driving-v0",
        "driving",
        "drive a route of 200 to 400 m through a town with traffic, lights and the rules of the road",
        3000,
        ("vector", "raster", "both", "state", "sensors"),
        (0.0, 0.0),
        Reference(-193.01, _MEASURED_DRIVING),
        Reference(-11.80, _MEASURED_DRIVING),
        Reference(39.21, _BY_IDM),
        entry_point=_DRIVING,
        vector_entry_point=_DRIVING_VECTOR,
        state_reader=_DRIVING_STATE,
        compiles=True,
    ),
    EnvCard(
        "sim_suite/DrivingDiscrete-v0",
        "driving",
        "the same with 35 actions: seven wheel angles times five pedal positions",
        3000,
        ("vector", "raster", "both", "state", "sensors"),
        17,
        Reference(-176.13, _MEASURED_DRIVING),
        Reference(-11.80, _MEASURED_DRIVING),
        Reference(39.21, _BY_IDM + ", with continuous actions"),
        entry_point=_DRIVING,
        vector_entry_point=_DRIVING_VECTOR,
        state_reader=_DRIVING_STATE,
        compiles=True,
        kwargs=MappingProxyType({"action": "discrete"}),
        keys=_DRIVING_KEYS,
    ),
    EnvCard(
        "sim_suite/Carla-v0",
        "driving",
        "the task of Driving-v0 in the world of a CARLA server, which moves the car",
        3000,
        ("vector", "raster", "both", "state"),
        (0.0, 0.0),
        Reference(-193.01, _ELSEWHERE),
        Reference(-11.80, _ELSEWHERE),
        Reference(39.21, _ELSEWHERE),
        entry_point="sim_suite.envs.carla.env:CarlaEnv",
        state_reader=_DRIVING_STATE,
        compiles=True,
        ready="sim_suite.carla.client.ready:refuse_unready",
    ),
    EnvCard(
        "sim_suite/Scenario-v0",
        "driving",
        "drive the ego of a scenario, by default one in which a car cuts in; every episode is a variation of it",
        1200,
        ("vector", "raster", "both", "state", "sensors"),
        (0.0, 0.0),
        Reference(-11.92, _MEASURED_SCENARIO),
        Reference(6.24, _MEASURED_SCENARIO),
        Reference(
            24.51, "measured: the expert pdm, who knows the world's state, 200 episodes, seeds from 20000, 2026-11-28"
        ),
        entry_point=_SCENARIO,
        state_reader=_DRIVING_STATE,
        compiles=True,
    ),
)


@cache
def cards() -> Mapping[str, EnvCard]:
    """All environments by identifier, plug-ins included. Raises `SuiteError` when a plug-in reuses a name."""
    from sim_suite.envs.boards.cards import board_cards  # here, because it needs this file

    return collect("sim_suite.envs", (*_CARDS, *board_cards()), lambda card: card.id)


def card(env_id: str) -> EnvCard:
    """The card of one environment. Raises `UnknownNameError` with the nearest names."""
    try:
        return cards()[env_id]
    except KeyError:
        raise UnknownNameError("environment", env_id, cards(), "`sim-suite list envs` shows all.") from None
