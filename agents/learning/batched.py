"""The environments of a run as one vector environment: a batched one where the suite has it, else single ones in turn. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

import gymnasium as gym
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from agents.interface import Task
from sim_suite.envs.catalog import card
from sim_suite.envs.classic_vector import CLASSIC
from sim_suite.envs.making import make
from sim_suite.envs.views import View


class Keeper(Protocol):
    """Environments whose worlds are arrays: a copy of them is all that steps to come depend on."""

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """The arrays by name; the next step overwrites them."""

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on where a snapshot was taken. Raises `SuiteError` where that was of other worlds."""


class Vectors(Protocol):
    """E environments that are stepped together and begun anew by their masks."""

    @property
    def single_action_space(self) -> gym.Space[Any]:
        """Of one environment."""

    def reset(self, *, seed: Any, options: dict[str, Any]) -> tuple[NDArray[Any], dict[str, Any]]:
        """Begin those of `options["reset_mask"]` [E] bool; observations [E, ...] of all."""

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Observations [E, ...], rewards, terminated, truncated [E]; `final_obs` where the next episode has begun."""


class Batched(NamedTuple):
    """Environments that are stepped together."""

    envs: Vectors
    seeds_of_all: bool
    """Whether a reset of some takes seeds for all: ale-py's takes those of the chosen alone."""
    keeper: Keeper | None = None
    """The environments, where they can be kept as they are; None where they are taken up by repeating actions."""
    follow: int = 1
    """Episodes that one seed serves. Those after the first begin by themselves in the step that ends the one before, and a reset without a
    seed begins the next one."""


FOLLOW: Final = 16
"""Of Breakout: to seed the emulator takes 96 ms, since it reads its cartridge anew, and to begin without a seed 2; to take up an episode
takes as many resets as went before it (Intel Xeon, 2026-11-30)."""
_BREAKOUT: Final = "sim_suite/BreakoutDeterministic-v0"
_CAR_RACING: Final = ("sim_suite/CarRacing-v0", "sim_suite/CarRacingDiscrete-v0")
_DRIVING: Final = ("sim_suite/Driving-v0", "sim_suite/DrivingDiscrete-v0")


def batched(task: Task, view: View, count: int) -> Batched:
    """`count` environments of a task in a view, which do not begin anew by themselves, but for ale-py's."""
    if task.env_id == _BREAKOUT and view.kind == "pixels" and view.size is not None and view.stack > 1:
        from sim_suite.envs.breakout.vector import BreakoutVectorEnv

        envs = BreakoutVectorEnv(count, size=view.size, grey=view.grey, stack=view.stack, **task.kwargs)
        # What sticky actions repeat is drawn by the emulator, which only a seed leads back to.
        is_sticky = task.kwargs.get("repeat_action_probability", 0.0) > 0.0
        return Batched(envs, seeds_of_all=False, follow=1 if is_sticky else FOLLOW)
    if task.env_id in _CAR_RACING and view.kind == "pixels":
        from sim_suite.envs.car_racing.pixel_vector import CarRacingPixelVector

        return Batched(
            CarRacingPixelVector(count, view, **{**card(task.env_id).kwargs, **task.kwargs}), seeds_of_all=True
        )
    if task.env_id in CLASSIC and view.kind == "vector" and not task.kwargs:
        return Batched(CLASSIC[task.env_id](count), seeds_of_all=True)
    # Stored routes may lie on several maps, between which single environments alone can change.
    if task.env_id in _DRIVING and view.kind == "vector" and task.kwargs.get("routes") is None:
        from sim_suite.envs.driving.vector import DrivingVectorEnv

        kwargs = {**card(task.env_id).kwargs, **task.kwargs}
        worlds = DrivingVectorEnv(count, autoreset_mode=AutoresetMode.DISABLED, **kwargs)
        return Batched(worlds, seeds_of_all=True, keeper=worlds if worlds.options.metrics == "counts" else None)
    makers = [partial(make, task.env_id, view, kwargs=task.kwargs) for _ in range(count)]
    return Batched(SyncVectorEnv(makers, autoreset_mode=AutoresetMode.DISABLED), seeds_of_all=True)
