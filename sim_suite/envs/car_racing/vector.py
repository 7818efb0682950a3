"""Many CarRacing worlds at once, spread over worker processes that write into shared memory. Source: ours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from sim_suite.envs.car_racing.crew import Crew
from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.worlds import NOT_FINISHED, Order, Worlds
from sim_suite.errors import SuiteError

Array = NDArray[Any]
Frames = NDArray[np.uint8]


class CarRacingVectorEnv(VectorEnv[Frames, Array, Array]):
    """`num_envs` worlds of `CarRacingEnv`; world i with seed s + i equals the single environment with that seed.

    Observations are uint8 [num_envs, 96, 96, 3]; actions float32 [num_envs, 3], or int64 [num_envs] with
    `continuous=False`. A world that ends is reset in the same step: the observation is then the new episode's first, and
    `info["final_obs"]` and `info["final_info"]` hold what the old one ended with.

    * `max_episode_steps`: steps after which a world is truncated.
    * `num_workers`: processes beside this one, which takes its share of the worlds too; None takes one for each further
      processor that this process may use, 0 steps all worlds in this one.
    * `copy`: False returns the shared memory itself, which the next step overwrites.

    The other arguments are those of `CarRacingEnv`. An error in a worker closes the environment and is raised here as a
    `SuiteError`. After Ctrl-C the environment can be stepped on or closed.
    """

    metadata: ClassVar[dict[str, Any]] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}  # type: ignore[misc]

    def __init__(
        self,
        num_envs: int = 1,
        *,
        max_episode_steps: int = 1000,
        num_workers: int | None = None,
        copy: bool = True,
        render_mode: str | None = None,
        lap_complete_percent: float = 0.95,
        domain_randomize: bool = False,
        continuous: bool = True,
        labels: bool = False,
    ) -> None:
        self._crew: Crew | None = None
        self._is_open = True
        if render_mode is not None:
            raise SuiteError(
                f"many worlds have no picture, so render_mode must be None, not {render_mode!r}. Render one."
            )
        if num_envs < 1 or max_episode_steps < 1 or (num_workers is not None and num_workers < 0):
            raise SuiteError(
                f"num_envs and max_episode_steps must be at least 1 and num_workers at least 0 or None, "
                f"not {num_envs}, {max_episode_steps} and {num_workers}."
            )
        # Made here too: for its spaces, its checks, and so that numba's disk cache is filled before workers read it.
        single = CarRacingEnv(None, lap_complete_percent, domain_randomize, continuous, labels)
        self.num_envs = num_envs
        self.single_observation_space = single.observation_space
        self.single_action_space = single.action_space
        self.observation_space = batch_space(single.observation_space, num_envs)
        self.action_space = batch_space(single.action_space, num_envs)
        self._copy = copy
        order = Order(num_envs, max_episode_steps, lap_complete_percent, domain_randomize, continuous, labels)
        workers = min(_processors() - 1 if num_workers is None else num_workers, num_envs - 1)
        own = num_envs // (workers + 1)
        self._crew = Crew(order, workers, own) if workers else None
        memory: Any = bytearray(order.nbytes()) if self._crew is None else self._crew.memory
        self._arrays = order.arrays(memory)
        self._own_worlds = Worlds(order, memory, 0, own)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frames, dict[str, Any]]:
        """Begin new episodes: world i with `seed + i`, or with `seed[i]`; None goes on with each world's own generator.

        options: {"randomize": bool} as for one environment; {"reset_mask": bool [num_envs]} leaves the others running.
        """
        options = dict(options or {})
        mask = np.asarray(options.pop("reset_mask", np.ones(self.num_envs, dtype=np.bool_)))
        seeds = [seed + i for i in range(self.num_envs)] if isinstance(seed, int | np.integer) else seed
        seeds = [None] * self.num_envs if seeds is None else [None if s is None else int(s) for s in seeds]
        if len(seeds) != self.num_envs or mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise SuiteError(
                f"{self.num_envs} worlds take as many seeds and a reset_mask of as many bool, "
                f"not {len(seeds)} seeds and a mask of {mask.dtype} {mask.shape}."
            )
        self._refuse_closed()
        chosen = mask.tolist()
        if self._crew is None:
            self._own_worlds.reset(seeds, chosen, options)
        else:
            self._crew.reset(seeds, chosen, options, lambda: self._own_worlds.reset(seeds, chosen, options))
        infos: dict[str, Any] = {}
        if "labels" in self._arrays:
            for i in np.flatnonzero(mask):
                self._add_info(infos, {"labels": self._arrays["labels"][i]}, int(i))
        return self._own("frames"), infos

    def step(self, actions: Array) -> tuple[Frames, Array, Array, Array, dict[str, Any]]:
        """Step every world. Raises `SuiteError` when the actions have another shape than `action_space`."""
        target = self._arrays["actions"]
        actions = np.asarray(actions)
        if actions.shape != target.shape:
            raise SuiteError(f"actions must have shape {target.shape}, one row for each world, not {actions.shape}.")
        self._refuse_closed()
        target[:] = actions
        if self._crew is None:
            self._own_worlds.step()
        else:
            self._crew.step(self._own_worlds.step)
        return self._own("frames"), self._own("rewards"), self._own("terminated"), self._own("truncated"), self._infos()

    def close_extras(self, **kwargs: Any) -> None:
        """End the workers."""
        self._is_open = False
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close()

    def __del__(self) -> None:
        self.close()

    def _infos(self) -> dict[str, Any]:
        a = self._arrays
        infos: dict[str, Any] = {}
        for i in np.flatnonzero(a["terminated"] | a["truncated"]).tolist():
            final = {} if a["lap"][i] == NOT_FINISHED else {"lap_finished": bool(a["lap"][i])}
            if "final_labels" in a:
                final["labels"] = a["final_labels"][i].copy()
            self._add_info(infos, {"final_obs": a["final_frames"][i].copy(), "final_info": final}, i)
        if "labels" in a:
            infos["labels"] = self._own("labels")
            infos["_labels"] = np.ones(self.num_envs, dtype=np.bool_)
        return infos

    def _refuse_closed(self) -> None:
        if not self._is_open:
            raise SuiteError("this CarRacingVectorEnv is closed. Make a new one.")

    def _own(self, name: str) -> Array:
        return self._arrays[name].copy() if self._copy else self._arrays[name]


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
