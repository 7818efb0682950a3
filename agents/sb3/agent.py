"""Acts with a policy that Stable-Baselines3 trained, and keeps it as a checkpoint without pickle.

Actions equal those of Stable-Baselines3's own `predict`, bit for bit: the same network classes are rebuilt from a fixed
table and filled with the same numbers. What `deterministic=False` means depends on the algorithm: actor-critic methods draw
from their distribution, value-based ones act at random with the exploration rate that training ended with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray

from agents.explaining import Explainable
from agents.interface import Batch, Interface
from agents.learning.picture_layout import channels_first
from agents.sb3.explaining import open_policy
from agents.sb3.observation_scale import ObservationScale
from agents.sb3.policy_file import PolicySpec, read_policy, write_policy
from agents.sb3.policy_module import PolicyModule, RecurrentPolicyModule, example_observation
from agents.sb3.streams import ActingStream
from sim_suite.errors import SuiteError


class Sb3Agent:
    """A policy of Stable-Baselines3 or sb3-contrib."""

    def __init__(self, spec: PolicySpec, network: Any, scale: ObservationScale | None = None, seed: int = 0) -> None:
        """network: the acting part of a policy that fits `spec`; scale: how its observations were normalised, if they were."""
        discrete = isinstance(spec.action_space, spaces.Discrete)
        self.interface = Interface(spec.view, "discrete" if discrete else "continuous")
        self.spec = spec
        self.network = network
        self.scale = scale
        self._stream = ActingStream(seed, network.device)
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin the random choices of `deterministic=False` anew."""
        self._stream.seed(seed)
        self._explorer = np.random.default_rng(seed)
        if getattr(self.network, "use_sde", False):
            with self._stream.active():
                self.network.reset_noise()

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B, ...] for observations [B, ...] in the declared view, within the bounds of the action space.

        Recurrent policies take and return their LSTM's state, a pair of [layers, B, hidden] float32. Raises `SuiteError`
        when the observations have another shape than those of training.
        """
        batch = self._prepare(np.asarray(observation))
        if deterministic:
            actions, state = self.network.predict(batch, state, episode_start, deterministic=True)
        else:
            with self._stream.active():
                actions, state = self.network.predict(batch, state, episode_start, deterministic=False)
            actions = self._explore(actions)
        return actions, state

    def example_shape(self) -> tuple[int, ...]:
        """Shape of one observation in the declared view."""
        return tuple(example_observation(self.spec).shape[1:])

    def torch_module(self) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
        """The deterministic policy as one graph with scaling and clipping inside, and an example of its inputs; see `agents.export`."""
        module_class = RecurrentPolicyModule if self.spec.algorithm.recurrent else PolicyModule
        module = module_class(self.spec, self.network, self.scale).eval()
        return module, module.example()

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """The acting network, opened; see `agents.explaining`. Raises `SuiteError` for recurrent policies."""
        return open_policy(self.spec, self.network, self.scale, actions)

    def save(self, folder: Path) -> None:
        """Write model.safetensors and policy.json into an existing folder."""
        write_policy(folder, self.spec, self.network, self.scale)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> Sb3Agent:
        """Read what `save` wrote. Raises `SuiteError` for an unknown name and `DamagedFileError` for numbers that do not fit."""
        spec, network, scale = read_policy(folder)
        return cls(spec, network.to(torch.device(device)), scale)

    def _prepare(self, batch: NDArray[Any]) -> NDArray[Any]:
        batch = channels_first(batch, self.spec.view)
        expected = self.spec.observation_space.shape
        if batch.shape[1:] != expected:
            raise SuiteError(
                f"this {self.spec.algorithm.name} agent was trained on observations of shape {expected}, not {batch.shape[1:]}."
            )
        return batch if self.scale is None else self.scale(batch)

    def _explore(self, actions: NDArray[Any]) -> NDArray[Any]:
        if self.spec.epsilon == 0 or not isinstance(self.spec.action_space, spaces.Discrete):
            return actions
        random = self._explorer.integers(int(self.spec.action_space.n), size=actions.shape)
        return np.where(self._explorer.random(actions.shape) < self.spec.epsilon, random, actions)
