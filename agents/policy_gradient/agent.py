"""Acts by a policy network: the likeliest action, or one that is drawn. Source: Sutton and Barto 2018, chapter 13."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.explaining import Explainable, Meaning
from agents.interface import Batch, Interface
from agents.learning.observing import known
from agents.policy_gradient.acting import chosen_by_chance
from agents.policy_gradient.distributions import Distribution, Gaussian
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.spec import PolicySpec, read_policy, write_policy
from sim_suite.errors import SuiteError


class PolicyAgent:
    """A trained policy, or one in training."""

    def __init__(self, spec: PolicySpec, network: PolicyNetwork, seed: int = 0) -> None:
        """network: one of the spec's, used as it is."""
        self.interface = Interface(spec.view, "discrete" if spec.choices else "continuous")
        self.spec = spec
        self.network = network
        self.seed(seed)

    def seed(self, seed: int) -> None:
        """Begin the random choices of `deterministic=False` anew."""
        self._rng = np.random.default_rng(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions for observations [B, ...] in the declared view: [B] int64, or [B, A] float32 within the bounds.

        deterministic: the likeliest, else drawn from the policy. Raises `SuiteError` for observations of another kind than in training.
        """
        said, state = self._said(observation, state, episode_start)
        if isinstance(said, Gaussian):
            drawn = said.mean.cpu().numpy()
            if not deterministic:
                drawn = drawn + said.deviation.cpu().numpy() * self._rng.standard_normal(drawn.shape, np.float32)
            return self.spec.bounded(drawn), state
        logs = said.logs.cpu().numpy()
        return (logs.argmax(axis=1) if deterministic else chosen_by_chance(logs, self._rng)), state

    def probabilities(self, observations: Batch) -> NDArray[np.float32]:
        """How likely each numbered action is, [B, A] float32. Raises `SuiteError` for continuous ones."""
        said, _ = self._said(observations, None, None)
        if isinstance(said, Gaussian):
            raise SuiteError("a policy of continuous actions has no probabilities: ask its network for a distribution.")
        chances: NDArray[np.float32] = said.logs.exp().cpu().numpy()
        return chances

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """See `agents.explaining`. Raises `SuiteError` where there are more or fewer names than outputs."""
        spec = self.spec
        if len(actions) != spec.outputs:
            raise SuiteError(
                f"this policy has {spec.outputs} outputs, so that {len(actions)} names do not fit: {list(actions)}."
            )

        def prepare(observation: Batch) -> Tensor:
            return spec.prepare(torch.as_tensor(np.asarray(observation), device=self._device))

        graph = PolicyGraph(spec, self.network).eval()
        choices = (tuple(range(spec.choices)),) if spec.choices else ()
        colours = (1 if spec.view.grey else 3) if spec.view.kind == "pixels" else 0
        meaning: Meaning = "logit" if spec.choices else "mean"
        return Explainable(self.network.eval(), prepare, graph.said, tuple(actions), meaning, choices, colours)

    def torch_module(self) -> tuple[nn.Module, Tensor | tuple[Tensor, ...]]:
        """The deterministic policy as one graph, and an example of its input; see `agents.export`."""
        return PolicyGraph(self.spec, self.network).eval(), self.spec.example()

    def save(self, folder: Path) -> None:
        """Write model.safetensors and policy.json into an existing folder."""
        write_policy(folder, self.spec, self.network)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> PolicyAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec, network = read_policy(folder)
        return cls(spec, network.to(torch.device(device)))

    @property
    def _device(self) -> torch.device:
        return next(self.network.parameters()).device

    def _said(
        self, observations: Batch, state: Any | None, episode_start: NDArray[np.bool_] | None
    ) -> tuple[Distribution, Any | None]:
        """What the policy says, and the state for the next call."""
        with torch.inference_mode():
            return self.network.distribution(self.network.encode(self._shown(observations))), state

    def _shown(self, observations: Batch) -> Tensor:
        """As the network is shown them."""
        batch = known(observations, self.spec.shape, self.spec.states)
        return self.spec.prepare(torch.from_numpy(batch).to(self._device))


class PolicyGraph(nn.Module):
    """observation [B, ...] -> (action, logits [B, A] or means [B, A] in the action's unit)."""

    low: Tensor
    high: Tensor
    input_names: tuple[str, ...] = ("observation",)

    def __init__(self, spec: PolicySpec, network: PolicyNetwork) -> None:
        super().__init__()
        self.network = network
        self.states = spec.states
        self.output_names: tuple[str, ...] = ("action", "logits" if spec.choices else "mean")
        self.spec = spec
        self.register_buffer("low", torch.tensor(spec.low))
        self.register_buffer("high", torch.tensor(spec.high))

    def said(self, shown: Tensor) -> Tensor:
        """[B, N] or [B, C, H, W] as the network is shown it -> logits, or means in the action's unit before they are clipped."""
        return self.in_units(self.network(shown))

    def in_units(self, said: Tensor) -> Tensor:
        """Logits as they are; means in units of half the range in the action's unit."""
        return said if self.spec.choices else (self.low + self.high) / 2 + said * ((self.high - self.low) / 2)

    def action(self, said: Tensor) -> Tensor:
        """The likeliest of what `in_units` told."""
        return said.argmax(dim=1) if self.spec.choices else said.clamp(self.low, self.high)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        (observation,) = inputs
        said = self.said(self.spec.prepare(observation))
        return self.action(said), said
