"""The running mean and variance by which an agent's observations were scaled in training, frozen for acting.

Source: Welford 1962 (Technometrics 4(3)) as kept by Stable-Baselines3's VecNormalize; the same arithmetic, in the same order
and precision, so that actions agree bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sim_suite.errors import DamagedFileError


@dataclass(frozen=True)
class ObservationScale:
    """(observation - mean) / sqrt(variance + epsilon), clipped to +-clip."""

    mean: NDArray[np.float64]
    """[...] float64, of one observation's shape."""
    variance: NDArray[np.float64]
    """[...] float64, of one observation's shape."""
    clip: float = 10.0
    """Largest absolute value; VecNormalize's default."""
    epsilon: float = 1e-8
    """Keeps the divisor from zero; VecNormalize's default."""

    @staticmethod
    def of(wrapper: Any) -> ObservationScale | None:
        """The present statistics of a `VecNormalize`, or None where it is None or scales rewards only."""
        if wrapper is None or not wrapper.norm_obs:
            return None
        return ObservationScale(wrapper.obs_rms.mean, wrapper.obs_rms.var, wrapper.clip_obs, wrapper.epsilon)

    def __call__(self, observation: NDArray[Any]) -> NDArray[np.float32]:
        """[B, ...] float -> [B, ...] float32."""
        scaled = (observation - self.mean) / np.sqrt(self.variance + self.epsilon)
        result: NDArray[np.float32] = np.clip(scaled, -self.clip, self.clip).astype(np.float32)
        return result

    def module(self) -> torch.nn.Module:
        """The same as a torch module, in double precision inside."""
        return _ScaleModule(self)

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """The statistics as named arrays; the inverse is `from_arrays`."""
        return {"mean": np.asarray(self.mean), "variance": np.asarray(self.variance)}

    @staticmethod
    def from_arrays(
        arrays: dict[str, NDArray[Any]], shape: tuple[int, ...] | None, clip: float, epsilon: float
    ) -> ObservationScale:
        """shape: of one observation. Raises `DamagedFileError` when the statistics are missing or senseless."""
        try:
            mean, variance = arrays["mean"], arrays["variance"]
        except KeyError as error:
            raise DamagedFileError(f"the observation statistics lack {error}. Save the agent anew.") from error
        if not mean.shape == variance.shape == shape or not np.all(np.isfinite(mean)) or not np.all(variance >= 0):
            raise DamagedFileError(
                f"the observation statistics {mean.shape}, {variance.shape} are senseless for observations {shape}. Save the agent anew."
            )
        return ObservationScale(mean, variance, clip, epsilon)


class _ScaleModule(torch.nn.Module):
    mean: Tensor
    divisor: Tensor

    def __init__(self, scale: ObservationScale) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(np.array(scale.mean)))
        self.register_buffer("divisor", torch.from_numpy(np.sqrt(scale.variance + scale.epsilon)))
        self._clip = scale.clip

    def forward(self, observation: Tensor) -> Tensor:
        """[B, ...] -> [B, ...] float32."""
        return ((observation.double() - self.mean) / self.divisor).clamp(-self._clip, self._clip).float()
