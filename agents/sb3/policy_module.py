"""A Stable-Baselines3 policy as one torch graph: from the view's observation to the action, everything between included.

For export: scaling, picture layout, one-hot coding, the network, and the clip or rescaling of actions, with the raw output
(logits, action values or means) beside the action. Source: ours, after the predict methods of Stable-Baselines3.
"""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.preprocessing import preprocess_obs
from torch import Tensor, nn

from agents.learning.picture_layout import channels_first_tensor
from agents.sb3.observation_scale import ObservationScale
from agents.sb3.policy_file import PolicySpec
from sim_suite.errors import SuiteError


class PolicyModule(nn.Module):
    """observation [B, ...] -> (action [B, ...], raw [B, ...])."""

    output_names: tuple[str, ...] = ("action", "raw")
    input_names: tuple[str, ...] = ("observation",)

    def __init__(self, spec: PolicySpec, network: Any, scale: ObservationScale | None) -> None:
        """The arguments of `Sb3Agent`. Raises `SuiteError` for action spaces other than Discrete and Box."""
        super().__init__()
        if not isinstance(spec.action_space, spaces.Discrete | spaces.Box):
            raise SuiteError(
                f"only policies with Discrete or Box actions can be exported or explained, not {spec.action_space}."
            )
        self.network = network
        self.scale = nn.Identity() if scale is None else scale.module()
        self._spec = spec
        self.states = int(spec.observation_space.n) if isinstance(spec.observation_space, spaces.Discrete) else 0
        self.ending = _Ending(spec.action_space, network.squash_output)

    def example(self) -> tuple[Tensor, ...]:
        """One observation of zeros, as the view gives it."""
        return (example_observation(self._spec),)

    def forward(self, observation: Tensor) -> tuple[Tensor, ...]:
        """See the class."""
        raw = self.scores(self.prepare(observation))
        return self.ending(raw), raw

    def prepare(self, observation: Tensor) -> Tensor:
        """View -> what the network's first layer sees: [B, ...] float32."""
        batch = self.scale(channels_first_tensor(observation, self._spec.view))
        if isinstance(self._spec.observation_space, spaces.Discrete):
            batch = batch.reshape(-1)
        prepared = preprocess_obs(batch, self._spec.observation_space, self.network.normalize_images)
        assert isinstance(prepared, Tensor)
        return prepared

    def scores(self, prepared: Tensor) -> Tensor:
        """Logits, action values, or mean before clipping or squashing: [B, A]."""
        network = self.network
        match self._spec.algorithm.name:
            case "sb3-dqn":
                return network.q_net(network.features_extractor(prepared))  # type: ignore[no-any-return]
            case "sb3-qrdqn":
                quantiles = network.quantile_net(network.features_extractor(prepared))
                return quantiles.view(-1, network.n_quantiles, int(network.action_space.n)).mean(dim=1)  # type: ignore[no-any-return]
            case "sb3-sac" | "sb3-tqc":
                return network.mu(network.latent_pi(network.features_extractor(prepared)))  # type: ignore[no-any-return]
            case "sb3-td3" | "sb3-ddpg":
                return network.mu[:-1](network.features_extractor(prepared))  # type: ignore[no-any-return]
            case "sb3-ars":
                layers = network.action_net
                layers = layers[:-1] if isinstance(layers[-1], nn.Tanh) and network.squash_output else layers
                return layers(network.features_extractor(prepared))  # type: ignore[no-any-return]
            case _:
                features = network.pi_features_extractor(prepared)
                return network.action_net(network.mlp_extractor.forward_actor(features))  # type: ignore[no-any-return]


class RecurrentPolicyModule(PolicyModule):
    """(observation [B, ...], hidden [B, layers, H], cell [B, layers, H], episode_start [B]) -> (action, raw, hidden, cell)."""

    output_names = ("action", "raw", "next_hidden", "next_cell")
    input_names = ("observation", "hidden", "cell", "episode_start")

    def example(self) -> tuple[Tensor, ...]:
        """Zeros: one observation, an empty memory, and the mark that no episode begins."""
        lstm = self.network.lstm_actor
        memory = torch.zeros(1, lstm.num_layers, lstm.hidden_size)
        return example_observation(self._spec), memory, memory.clone(), torch.zeros(1)

    def forward(self, observation: Tensor, *memory: Tensor) -> tuple[Tensor, ...]:
        """See the class. The memory is wiped where an episode starts."""
        hidden, cell, episode_start = memory
        keep = (1 - episode_start).reshape(-1, 1, 1)
        carried = ((hidden * keep).transpose(0, 1).contiguous(), (cell * keep).transpose(0, 1).contiguous())
        features = self.network.pi_features_extractor(self.prepare(observation))
        output, (hidden, cell) = self.network.lstm_actor(features.unsqueeze(0), carried)
        raw = self.network.action_net(self.network.mlp_extractor.forward_actor(output.squeeze(0)))
        return self.ending(raw), raw, hidden.transpose(0, 1), cell.transpose(0, 1)


class _Ending(nn.Module):
    """Raw output -> action: the greedy choice, or squashed to the bounds, or clipped to them."""

    low: Tensor
    high: Tensor

    def __init__(self, space: spaces.Discrete | spaces.Box, squash: bool) -> None:
        super().__init__()
        self._squash = squash
        self._shape = None if isinstance(space, spaces.Discrete) else space.shape
        if isinstance(space, spaces.Box):
            self.register_buffer("low", torch.from_numpy(space.low.copy()))
            self.register_buffer("high", torch.from_numpy(space.high.copy()))

    def forward(self, raw: Tensor) -> Tensor:
        """[B, A] -> [B] int64 or [B, ...] float32."""
        if self._shape is None:
            return raw.argmax(dim=1)
        raw = raw.reshape(-1, *self._shape)
        if self._squash:
            return self.low + (0.5 * (torch.tanh(raw) + 1.0) * (self.high - self.low))
        return torch.maximum(torch.minimum(raw, self.high), self.low)


def example_observation(spec: PolicySpec) -> Tensor:
    """One observation [1, ...] of zeros in the view (not in the network's layout)."""
    space = spec.observation_space
    if spec.view.kind != "pixels":
        return torch.zeros(1, *(space.shape or ()), dtype=_torch_dtype(space))
    assert space.shape is not None
    channels, height, width = space.shape
    frames = (spec.view.stack,) if spec.view.stack > 1 else ()
    colours = () if spec.view.grey else (3,)
    assert channels == spec.view.stack * (1 if spec.view.grey else 3)
    return torch.zeros(1, *frames, height, width, *colours, dtype=torch.uint8)


def _torch_dtype(space: spaces.Space[Any]) -> torch.dtype:
    dtype: torch.dtype = getattr(torch, str(space.dtype))
    return dtype
