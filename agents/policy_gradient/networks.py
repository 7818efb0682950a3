"""Networks from observations to a distribution of actions and to what a state is worth.

Policy and value have dense layers of their own (Schulman et al. 2017). Weights are orthogonal; the policy's last layer is a hundredth of
that, so that a run begins with actions that hardly depend on the state: Andrychowicz et al. 2021 (arXiv:2006.05990), section 3.2.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from agents.policy_gradient.distributions import Categorical, Distribution, Gaussian, deviation_of, raw_of
from agents.policy_gradient.features import features_of
from agents.policy_gradient.options import DeviationOptions, NetworkOptions, ScaleOptions
from agents.policy_gradient.scaling import ObservationScale, RunningScale

_GAIN: Final = math.sqrt(2)
_POLICY_GAIN: Final = 0.01
_NONLINEARITIES: Final = {"tanh": torch.tanh, "relu": torch.relu}


class PolicyNetwork(nn.Module):
    """Scale, fixed features, and two stacks of dense layers; the value's only where there is a critic."""

    def __init__(self, width: int, outputs: int, continuous: bool, options: NetworkOptions, critic: bool) -> None:
        """width: N, components of what it is shown; outputs: A, numbered actions or components of one.

        Weights come from torch's global generator.
        """
        super().__init__()
        self.scale = _scale_of(options.scale, width)
        self.features, found = features_of(options.features, width)
        self.policy = Stack(found, outputs, options, _POLICY_GAIN)
        self.deviation = Deviation(found, outputs, options.deviation) if continuous else None
        self.critic = Stack(found, 1, options, 1.0) if critic else None

    def policy_parameters(self) -> list[Tensor]:
        """Those of the policy and its deviation, which a critic has none of."""
        return [*self.policy.parameters(), *([] if self.deviation is None else self.deviation.parameters())]

    def encode(self, shown: Tensor) -> Tensor:
        """[B, N] float32 -> [B, M]: what the layers that learn are shown. Nothing in it is learned with the policy."""
        with torch.no_grad():
            features: Tensor = self.features(self.scale(shown))
        return features

    def distribution(self, features: Tensor) -> Distribution:
        """[B, M] of `encode` -> what the policy says."""
        said = self.policy(features)
        return Categorical.of(said) if self.deviation is None else Gaussian(said, self.deviation(features))

    def value(self, features: Tensor) -> Tensor:
        """[B, M] of `encode` -> what each state is worth, [B]."""
        assert self.critic is not None, "a network without a critic has no values"
        values: Tensor = self.critic(features).squeeze(1)
        return values

    def forward(self, shown: Tensor) -> Tensor:
        """[B, N] float32 -> [B, A]: logits, or means in units of half the action's range. With a gradient to what is shown."""
        said: Tensor = self.policy(self.features(self.scale(shown)))
        return said


class Deviation(nn.Module):
    """The standard deviation of continuous actions: one for all states, or one for each."""

    def __init__(self, width: int, outputs: int, options: DeviationOptions) -> None:
        """width: M, features; outputs: A."""
        super().__init__()
        self.smallest = options.smallest
        raw = torch.full((outputs,), raw_of(options.initial, options.smallest))
        self.layer = nn.Linear(width, outputs) if options.of_state else None
        if self.layer is None:
            self.raw = nn.Parameter(raw)
        else:
            nn.init.orthogonal_(self.layer.weight, _POLICY_GAIN)
            self.layer.bias.data.copy_(raw)

    def forward(self, features: Tensor) -> Tensor:
        """[B, M] -> [A], or [B, A] where it depends on the state; above 0."""
        return deviation_of(self.raw if self.layer is None else self.layer(features), self.smallest)


class Stack(nn.Module):
    """Dense layers with a nonlinearity between them. One module: calls of small ones cost more than they compute."""

    def __init__(self, width: int, outputs: int, options: NetworkOptions, gain: float) -> None:
        """width: M; outputs: A; gain: of the last layer's weights."""
        super().__init__()
        widths = [width, *options.hidden, outputs]
        gains = [*[_GAIN] * len(options.hidden), gain]
        self.layers = nn.ModuleList(map(_dense, widths[:-1], widths[1:], gains))
        self.activation = options.activation
        self._bend = _NONLINEARITIES[options.activation]

    @property
    def linears(self) -> list[nn.Linear]:
        """The layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    def forward(self, features: Tensor) -> Tensor:
        """[B, M] -> [B, A]."""
        *inner, last = self.linears
        for layer in inner:
            features = self._bend(functional.linear(features, layer.weight, layer.bias))
        return functional.linear(features, last.weight, last.bias)


def _dense(width: int, units: int, gain: float) -> nn.Linear:
    layer = nn.Linear(width, units)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


def _scale_of(options: ScaleOptions, width: int) -> nn.Module:
    if options.kind == "running":
        return RunningScale(width)
    if options.kind == "fixed":
        return ObservationScale(options.centre, options.spread)
    return nn.Identity()
