"""Drives as it was shown: a cloned policy as an agent. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.explaining import Explainable
from agents.imitation.explaining import open_policy
from agents.imitation.policy import PolicySpec, forward, read_policy, write_policy
from agents.interface import Batch, Interface
from sim_suite.errors import SuiteError


class CloneAgent:
    """A network that has learned from recorded episodes. It keeps no memory but the frames of its view."""

    def __init__(self, spec: PolicySpec, network: nn.Module) -> None:
        """network: one of the spec's. It is used as it is and set to acting while it acts."""
        self.interface = Interface(spec.view, "discrete" if spec.grid.whole else "continuous")
        self.spec = spec
        self.network = network
        self._head = spec.head_of()
        self._dice = torch.Generator().manual_seed(0)

    def seed(self, seed: int) -> None:
        """Begin the random choices of `deterministic=False` anew."""
        self._dice.manual_seed(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B, A] (or [B]) for observations [B, ...] uint8 in the declared view.

        Without `deterministic`, a policy of classes draws each by its share; the others act the same. Raises `SuiteError` for
        observations of another shape than those of training.
        """
        batch = np.asarray(observation)
        if batch.shape[1:] != self.spec.shape:
            raise SuiteError(
                f"this policy was trained on observations of shape {self.spec.shape}, not {batch.shape[1:]}."
            )
        raw = raw_outputs(self.network, self.spec, torch.from_numpy(batch))
        return self._head.act(raw, None if deterministic else self._dice), state

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """The network, opened; see `agents.explaining`."""
        return open_policy(self.spec, self.network, actions)

    def save(self, folder: Path) -> None:
        """Write model.safetensors and policy.json into an existing folder."""
        write_policy(folder, self.spec, self.network)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> CloneAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec, network = read_policy(folder)
        return cls(spec, network.to(torch.device(device)))


def raw_outputs(network: nn.Module, spec: PolicySpec, observation: Tensor) -> Tensor:
    """What an acting network says of observations [B, *shape] uint8: [B, outputs] float32 on the CPU."""
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    with torch.inference_mode():
        raw = forward(network, spec, spec.cut(spec.uncut(observation.to(device)))).float().cpu()
    network.train(training)
    return raw
