"""A vector environment of Gymnasium's kind, with resets in the same step, as Stable-Baselines3's `VecEnv`. Source: ours.

It copies nothing: the arrays that the vector environment hands out are passed on, so that on the way from the simulator to the
learner observations are copied once at most (make the environment with its default `copy=True`: Stable-Baselines3 keeps the
last observation while it steps).
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

from sim_suite.errors import SuiteError

Array = NDArray[Any]


class NativeVecEnv(VecEnv):
    """Learners of Stable-Baselines3 on a native vector environment.

    The info of a world that ended holds `terminal_observation`, `TimeLimit.truncated` and what `info["final_info"]` told.
    """

    def __init__(self, envs: gym.vector.VectorEnv[Any, Any, Any]) -> None:
        """envs: with `AutoresetMode.SAME_STEP`. Raises `SuiteError` for one that resets otherwise."""
        mode = envs.metadata.get("autoreset_mode")
        if mode != AutoresetMode.SAME_STEP:
            raise SuiteError(f"{envs} resets by {mode}; Stable-Baselines3 needs AutoresetMode.SAME_STEP.")
        self.envs = envs
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)
        self._actions: Array | None = None

    def reset(self) -> Any:
        """Begin an episode in each world, with the seeds and options that were set before."""
        # Gymnasium's annotation knows one seed for all; its vector environments take one for each.
        seeds: Any = self._seeds if any(seed is not None for seed in self._seeds) else None
        if any(options != self._options[0] for options in self._options):
            raise SuiteError(
                "the worlds of a native vector environment share the options of a reset. Give one for all."
            )
        observations, _ = self.envs.reset(seed=seeds, options=self._options[0] or None)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: Array) -> None:
        """Note the actions, [num_envs, ...], for `step_wait`."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, Array, Array, list[dict[str, Any]]]:
        """Observations, rewards, dones and infos of the step."""
        observations, rewards, terminated, truncated, told = self.envs.step(self._actions)
        dones = terminated | truncated
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for i in np.flatnonzero(dones).tolist():
            infos[i] = _row(told.get("final_info", {}), i)
            infos[i]["terminal_observation"] = told["final_obs"][i]
            infos[i]["TimeLimit.truncated"] = bool(truncated[i] and not terminated[i])
        return observations, rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        """Close the vector environment."""
        self.envs.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """The vector environment's attribute, once for each world asked for."""
        return [getattr(self.envs, attr_name)] * len(self._chosen(indices))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of the vector environment, for all worlds."""
        setattr(self.envs, attr_name, value)

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Worlds of a native vector environment are no objects: raises `SuiteError`."""
        raise SuiteError(f"single worlds of {self.envs} have no method {method_name!r}. Call the vector environment's.")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """False for each world asked for."""
        return [False] * len(self._chosen(indices))

    def _chosen(self, indices: Any) -> list[int]:
        return list(self._get_indices(indices))


def _row(told: dict[str, Any], i: int) -> dict[str, Any]:
    """What Gymnasium's batched info says of world i."""
    return {
        name: _row(values, i) if isinstance(values, dict) else values[i]
        for name, values in told.items()
        if not name.startswith("_") and (f"_{name}" not in told or told[f"_{name}"][i])
    }
