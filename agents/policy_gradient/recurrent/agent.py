"""Acts by a policy network that remembers the episode. Source: Hochreiter and Schmidhuber 1997 (Neural Computation 9)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.explaining import Explainable
from agents.interface import Batch
from agents.policy_gradient.agent import PolicyAgent, PolicyGraph
from agents.policy_gradient.distributions import Distribution
from agents.policy_gradient.recurrent.memory import wiped
from agents.policy_gradient.recurrent.network import RecurrentNetwork
from agents.policy_gradient.recurrent.spec import RecurrentSpec
from agents.policy_gradient.spec import read_policy
from sim_suite.errors import SuiteError


class RecurrentAgent(PolicyAgent):
    """A trained policy with a memory, or one in training.

    The state that `predict` takes and returns is that of the policy's LSTM, [B, 2, H] float32: what it says, and its cells. None stands for
    zeros, and what belongs to an episode that has just begun is wiped first.
    """

    spec: RecurrentSpec
    network: RecurrentNetwork

    def __init__(self, spec: RecurrentSpec, network: RecurrentNetwork, seed: int = 0) -> None:
        """network: one of the spec's, used as it is."""
        super().__init__(spec, network, seed)

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """Raises `SuiteError`: see `agents.explaining`."""
        raise SuiteError(
            "recurrent-ppo cannot be explained: what it does depends on its memory, not on the observation alone. "
            "Train ppo with a stack of frames."
        )

    def torch_module(self) -> tuple[nn.Module, tuple[Tensor, ...]]:
        """The deterministic policy as one graph, memory in and out, and an example of its inputs; see `agents.export`."""
        blank = torch.zeros(1, self.network.units)
        return RecurrentGraph(self.spec, self.network).eval(), (
            self.spec.example(),
            blank,
            blank.clone(),
            torch.zeros(1),
        )

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> RecurrentAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec, network = read_policy(folder, RecurrentSpec)
        assert isinstance(spec, RecurrentSpec)
        assert isinstance(network, RecurrentNetwork)
        return cls(spec, network.to(torch.device(device)))

    def _said(
        self, observations: Batch, state: Any | None, episode_start: NDArray[np.bool_] | None
    ) -> tuple[Distribution, NDArray[np.float32]]:
        shown = self._shown(observations)
        blank = self.network.blank(len(shown))[:, 0]
        held = blank if state is None else torch.from_numpy(_known(state, tuple(blank.shape))).to(self._device)
        if episode_start is not None:
            held = wiped(held, np.asarray(episode_start, np.bool_))
        with torch.inference_mode():
            said, kept = self.network.policy_memory.step(self.network.encode(shown), held)
            return self.network.distribution(said), kept.cpu().numpy()


def _known(state: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Raises `SuiteError` for another state than that of `shape`."""
    given: NDArray[np.float32] = np.asarray(state, np.float32)
    if given.shape != shape:
        raise SuiteError(
            f"{shape[0]} observations go with a state of shape {shape}, not {given.shape}: give back what the last call returned, "
            f"or None where no episode is open."
        )
    return given


class RecurrentGraph(PolicyGraph):
    """(observation [B, ...], hidden [B, H], cell [B, H], episode_start [B]) -> (action, logits or mean [B, A], hidden, cell)."""

    input_names = ("observation", "hidden", "cell", "episode_start")

    def __init__(self, spec: RecurrentSpec, network: RecurrentNetwork) -> None:
        super().__init__(spec, network)
        self._recurrent = network
        self.output_names = (*self.output_names, "next_hidden", "next_cell")

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See the class. episode_start: 1 where an episode begins, whose memory is wiped, else 0; float32."""
        observation, hidden, cell, episode_start = inputs
        network = self._recurrent
        keep = (1 - episode_start)[:, None]
        state = torch.stack([hidden * keep, cell * keep], dim=1)
        told, kept = network.policy_memory.step(network.encode(self.spec.prepare(observation)), state)
        said = self.in_units(network.policy(told))
        return self.action(said), said, kept[:, 0], kept[:, 1]
