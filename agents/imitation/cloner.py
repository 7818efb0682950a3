"""A network on its way to act as it was shown, a minibatch at a time. What behaviour cloning and DAgger have in common. Source: ours.

All random choices of a batch (dropout, mirror, shift) are drawn from (seed, number of the batch), so a run that was stopped goes on
to the same bits without a generator's state on disk.
"""

from __future__ import annotations

from typing import Final

import gymnasium as gym
import torch
from torch import Tensor

from agents.imitation.augmenting import CAR_RACING, correction, displaced, mirrored, shown_otherwise, speed_mps
from agents.imitation.config import ClonerConfig
from agents.imitation.heads import Head
from agents.imitation.policy import PolicySpec, forward
from agents.interface import Task
from perception.augmentation.augmenter import augmenter_of
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import device_of, seeded, threads

GROUNDS: Final = ("sim_suite/CarRacing-v0", "CarRacing-v3")
"""Environments whose pictures can be moved and turned."""
DISPLACED: Final = 0.8
"""Share of pictures that are moved and turned, where any are."""
_WEIGHTS: Final = 0
"""What the first weights are drawn by, beside the seed; batch n is by n + 1."""


class Cloner:
    """A network and its optimiser (AdamW)."""

    def __init__(self, spec: PolicySpec, config: ClonerConfig, seed: int, device: str) -> None:
        """The first weights are drawn from the seed. device: auto, cpu or cuda. Raises `SuiteError` for cuda where there is none."""
        self.spec = spec
        self.device = device_of(device)
        self._config, self._seed = config, seed
        self._augmenter = augmenter_of(config.augment)
        with seeded(seed, _WEIGHTS):
            self.network = spec.network(config.dropout)
        self.network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )

    def learn(
        self, observations: Tensor, actions: Tensor, number: int, rate: float, head: Head, *, displace: bool = True
    ) -> float:
        """One step of the optimiser on observations [B, *shape] uint8 and actions [B, A] (or [B]); returns the loss.

        number: of the batch in the run; rate: of learning; head: which knows the loss, its weights on the device; displace: whether
        pictures are moved and turned where the configuration says so.
        """
        config = self._config
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.network.train()
        with seeded(self._seed, number + 1), threads(config.threads):
            shown = self._shown(self.spec.uncut(observations), number)
            pictures, wanted = self._augmented(shown, actions, displace)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
                raw = forward(self.network, self.spec, pictures.to(self.device))
            loss = head.loss(raw.float(), head.targets(wanted.numpy()).to(self.device))
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
        return float(loss.detach())

    def _shown(self, pictures: Tensor, number: int) -> Tensor:
        """Pictures [B, C, H, W] uint8 of a batch as the configuration's augmenter shows them."""
        if self._augmenter is None:
            return pictures
        colours = 1 if self.spec.view.grey else 3
        return shown_otherwise(pictures, colours, self._augmenter, self._config.augment_share, [self._seed, number])

    def _augmented(self, pictures: Tensor, actions: Tensor, displace: bool) -> tuple[Tensor, Tensor]:
        """Pictures [B, C, H, W] and actions as the configuration asks for them, rows cut off."""
        config, count = self._config, len(actions)
        uncut, pictures = pictures, self.spec.cut(pictures)
        if config.mirror:
            pictures, actions = mirrored(pictures, actions, torch.rand(count) < 0.5)
        if displace and (config.shift_m or config.turn_rad):
            chosen = torch.rand(count) < DISPLACED
            left_m = (2 * torch.rand(count) - 1) * config.shift_m * chosen
            left_rad = (2 * torch.rand(count) - 1) * config.turn_rad * chosen
            wheel = correction(left_m, left_rad, speed_mps(uncut), config.wheel_gain)
            pictures, actions = displaced(pictures.float(), actions, left_m, left_rad, CAR_RACING, wheel)
        return pictures, actions


def refuse_augmenting(config: ClonerConfig, task: Task, picture: tuple[int, int, int]) -> None:
    """Raise `SuiteError` where pictures [C, H, W] of the task cannot be mirrored, moved or turned as the configuration asks."""
    if config.mirror and not isinstance(task.action_space, gym.spaces.Box):
        raise SuiteError("mirror turns the wheel round, which whole numbers do not have: leave it out.")
    if (config.shift_m or config.turn_rad) and not (task.env_id in GROUNDS and picture[1:] == (96, 96)):
        raise SuiteError(
            f"shift_m and turn_rad need to know how the picture lies on the road: that is known of {' and '.join(GROUNDS)} in their "
            f"own 96 x 96, not of {task.env_id} in {picture[1]} x {picture[2]}. Set both to 0."
        )
