"""A trained diffusion network as others use it: pictures by condition. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.generative.diffusion.config import SamplingOptions
from perception.generative.diffusion.sampling import ancestral, ddim, guided
from perception.generative.diffusion.schedule import Schedule
from perception.generative.pixels import as_bytes
from sim_suite.errors import SuiteError

AT_ONCE: Final = 64
"""Pictures of a pass."""


class PictureDiffusion:
    """A network with its schedule, the size of its pictures and the names of its conditions."""

    def __init__(
        self,
        network: nn.Module,
        schedule: Schedule,
        size: tuple[int, int],
        conditions: tuple[str, ...],
        device: torch.device,
        is_velocity: bool = False,
    ) -> None:
        """conditions: of a conditional network, else none; it is put into its evaluating mode. is_velocity: what it tells."""
        self._is_velocity = is_velocity
        self._network, self._schedule, self._device = network.to(device).eval(), schedule, device
        self.size, self.conditions = size, conditions

    def sample(
        self,
        count: int,
        seed: int,
        conditions: NDArray[np.uint8] | None = None,
        options: SamplingOptions | None = None,
        tell: Callable[[int], None] = lambda done: None,
    ) -> NDArray[np.uint8]:
        """[count, H, W, 3] uint8: a function of its arguments, and the first ones are those of any greater count.

        conditions: [count] numbers, for a conditional network. tell: is told how many are made. Raises `SuiteError` for conditions that do
        not fit.
        """
        told = self._checked(conditions, count)
        options = options or SamplingOptions(steps=min(SamplingOptions().steps, self._schedule.steps))
        parts = []
        for begin in range(0, count, AT_ONCE):
            draws = torch.Generator().manual_seed(int(np.random.SeedSequence([seed, begin]).generate_state(1)[0]))
            whole = torch.zeros(AT_ONCE, dtype=torch.int64)
            whole[: min(AT_ONCE, count - begin)] = told[begin : begin + AT_ONCE]
            made = self._made(whole.to(self._device), draws, options)
            parts.append(as_bytes((made + 1.0) / 2.0)[: count - begin])
            tell(min(begin + AT_ONCE, count))
        return np.concatenate(parts)

    def _made(self, conditions: Tensor, draws: torch.Generator, options: SamplingOptions) -> Tensor:
        """[AT_ONCE, 3, H, W] in -1..1."""
        noise = torch.randn((AT_ONCE, 3, *self.size), generator=draws).to(self._device)
        none = torch.full_like(conditions, len(self.conditions))
        teller = guided(self._teller(conditions), self._teller(none), options.guidance)
        with torch.inference_mode():
            if options.way == "ancestral":
                return ancestral(teller, self._schedule, noise, draws)
            return ddim(teller, self._schedule, noise, options.steps, options.eta, draws)

    def _teller(self, conditions: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
        def tell(noisy: Tensor, steps: Tensor) -> Tensor:
            told: Tensor = self._network(noisy, steps, conditions)
            return self._schedule.noise_of(noisy, steps, told) if self._is_velocity else told

        return tell

    def _checked(self, conditions: NDArray[np.uint8] | None, count: int) -> Tensor:
        if conditions is None:
            if self.conditions:
                raise SuiteError(
                    f"this network wants a condition for each picture: {', '.join(self.conditions)} by number."
                )
            return torch.zeros(count, dtype=torch.int64)
        if conditions.shape != (count,) or not self.conditions or np.any(conditions >= len(self.conditions)):
            raise SuiteError(
                f"conditions are [{count}] numbers below {len(self.conditions)}, not {conditions.tolist()}."
            )
        return torch.from_numpy(conditions.astype(np.int64))
