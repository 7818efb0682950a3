"""Networks from observations to a distribution of actions and to what a state is worth.

Policy and value have dense layers of their own (Schulman et al. 2017). Weights are orthogonal; the policy's last layer is a hundredth of
that, so that a run begins with actions that hardly depend on the state: Andrychowicz et al. 2021 (arXiv:2006.05990), section 3.2.
"""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor, nn

from agents.learning.convolutions import convolutions
from agents.policy_gradient.distributions import Categorical, Distribution, Gaussian, deviation_of, raw_of
from agents.policy_gradient.features import features_of
from agents.policy_gradient.options import DeviationOptions, NetworkOptions, ScaleOptions
from agents.policy_gradient.scaling import ObservationScale, RunningScale
from sim_suite.learning.probing import autocast

_GAIN: Final = math.sqrt(2)
_POLICY_GAIN: Final = 0.01
_NONLINEARITIES: Final = {"tanh": nn.Tanh, "relu": nn.ReLU}


class PolicyNetwork(nn.Module):
    """Scale and fixed features, or convolutions that policy and critic share; then a stack of dense layers for each."""

    def __init__(
        self,
        shape: tuple[int, ...],
        outputs: int,
        continuous: bool,
        options: NetworkOptions,
        critic: bool,
        recalled: tuple[int, int] = (0, 0),
    ) -> None:
        """shape: [N] of what it is shown, or [C, H, W] of a picture; outputs: A, numbered actions or components of one.

        recalled: widths of what stands between the features and the dense layers of policy and critic; 0 for nothing.
        Weights come from torch's global generator. Raises `SuiteError` for pictures below 36 x 36.
        """
        super().__init__()
        self.learns_features = len(shape) == 3
        """Whether `encode` has a gradient."""
        self.scale = _scale_of(options.scale, shape[0])
        self.features, found = _convolved(shape) if self.learns_features else features_of(options.features, shape[0])
        self.width = found
        """M, of what `encode` makes."""
        seen, valued = recalled[0] or found, recalled[1] or found
        self.policy = _stack(seen, outputs, options, _POLICY_GAIN)
        self.deviation = Deviation(seen, outputs, options.deviation) if continuous else None
        self.critic = _stack(valued, 1, options, 1.0) if critic else None

    def policy_parameters(self) -> list[Tensor]:
        """Those of the policy and its deviation, which a critic has none of."""
        return [*self.policy.parameters(), *([] if self.deviation is None else self.deviation.parameters())]

    def encode(self, shown: Tensor) -> Tensor:
        """[B, N] or [B, C, H, W] float32 -> [B, M]: what the dense layers are shown; of vectors, nothing in it is learned."""
        with torch.set_grad_enabled(self.learns_features and torch.is_grad_enabled()):
            features: Tensor = self.features(self.scale(shown))
        return features

    def distribution(self, features: Tensor, precision: str = "float32") -> Distribution:
        """[B, M] of `encode` -> what the policy says, float32. precision: of the dense layers' sums."""
        with autocast(features.device, precision):
            said = self.policy(features)
        said = said.float()
        return Categorical.of(said) if self.deviation is None else Gaussian(said, self.deviation(features))

    def value(self, features: Tensor, precision: str = "float32") -> Tensor:
        """[B, M] of `encode` -> what each state is worth, [B] float32. precision: of the dense layers' sums."""
        assert self.critic is not None, "a network without a critic has no values"
        with autocast(features.device, precision):
            values: Tensor = self.critic(features).squeeze(1)
        return values.float()

    def forward(self, shown: Tensor) -> Tensor:
        """[B, N] or [B, C, H, W] float32 -> [B, A]: logits, or means in units of half the range. With a gradient to what is shown."""
        said: Tensor = self.policy(self.features(self.scale(shown)))
        return said


class Deviation(nn.Module):
    """The standard deviation of continuous actions: one for all states, one for each, or that of noise by features."""

    def __init__(self, width: int, outputs: int, options: DeviationOptions) -> None:
        """width: M, features; outputs: A."""
        super().__init__()
        self.smallest = options.smallest
        raw = torch.full((outputs,), raw_of(options.initial, options.smallest))
        self.noisy = options.kind == "noise"
        """Whether it is that of noise with a weight for each feature and component, `weights`."""
        self.layer = nn.Linear(width, outputs) if options.kind == "state" else None
        if self.layer is None:
            self.raw = nn.Parameter(raw.repeat(width, 1) if self.noisy else raw)
        else:
            nn.init.orthogonal_(self.layer.weight, _POLICY_GAIN)
            self.layer.bias.data.copy_(raw)

    def forward(self, features: Tensor) -> Tensor:
        """[B, M] -> [A], or [B, A] where it depends on the state; above 0."""
        if self.noisy:  # Raffin et al. 2021, eq. 9; what is learned of it leaves the features alone, as in section 3
            variance = features.detach().square() @ self.weights().square()
            return (variance + self.smallest**2).sqrt()
        return deviation_of(self.raw if self.layer is None else self.layer(features), self.smallest)

    def weights(self) -> Tensor:
        """Of noise by features: the deviation of each of its weights, [M, A]."""
        return deviation_of(self.raw, self.smallest)


def _stack(width: int, outputs: int, options: NetworkOptions, gain: float) -> nn.Sequential:
    """Dense layers with a nonlinearity between them. gain: of the last layer's weights."""
    layers: list[nn.Module] = []
    for units in options.hidden:
        layers += [_dense(width, units, _GAIN), _NONLINEARITIES[options.activation]()]
        width = units
    return nn.Sequential(*layers, _dense(width, outputs, gain))


def _convolved(shape: tuple[int, ...]) -> tuple[nn.Module, int]:
    layers, found = convolutions(shape)
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.orthogonal_(layer.weight, _GAIN)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # it has one
    return nn.Sequential(*layers), found


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
