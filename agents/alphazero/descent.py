"""A network and its optimiser: what one update changes. Sources: losses.py; Kingma and Ba 2015 (Adam)."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor

from agents.alphazero.config import AlphaZeroConfig
from agents.alphazero.losses import entropy, policy_loss, value_loss
from agents.alphazero.networks import ResidualNetwork
from agents.alphazero.replay import Lesson
from sim_suite.boards.game import Game
from sim_suite.learning.descent import descend
from sim_suite.learning.probing import autocast, faster_precision
from sim_suite.learning.torch_blocks import seeded

_WEIGHTS: Final = 0
"""What the first weights are drawn by, beside the seed."""


class Update(NamedTuple):
    """What one update saw, scalars."""

    value_loss: Tensor
    policy_loss: Tensor
    policy_excess: Tensor
    """The policy's loss above the least possible: the divergence from what the searches taught, nats."""


class Descent:
    """Moves a network towards what games taught, a batch at a time."""

    def __init__(self, game: Game, config: AlphaZeroConfig, seed: int, device: torch.device) -> None:
        """The first weights are drawn from the seed."""
        self._config, self.device = config, device
        with seeded(seed, _WEIGHTS):
            network = ResidualNetwork(game.planes, game.shape, game.actions, config.network)
        self.network: ResidualNetwork = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), config.learning_rate, weight_decay=2.0 * config.l2, fused=True
        )
        self.updates = 0
        """Done so far."""
        self.precision: str = config.precision

    def learn(self, lesson: Lesson, rate: float) -> Update:
        """One step with step size `rate`."""
        lesson = Lesson(*(part.to(self.device) for part in lesson))
        self.network.train()
        if self.precision == "auto":
            self.precision = faster_precision(self.network, lambda tried: _sum(tried, lesson.planes), self.device)
        with autocast(self.device, self.precision):
            logits, values = self.network(lesson.planes)
        apart, beside = (
            value_loss(values.float(), lesson.values),
            policy_loss(logits.float(), lesson.legal, lesson.policies),
        )
        descend(self.optimizer, apart + beside, rate, self._config.max_gradient)
        self.updates += 1
        return Update(apart.detach(), beside.detach(), beside.detach() - entropy(lesson.policies))


def _sum(network: torch.nn.Module, planes: Tensor) -> Tensor:
    logits, values = network(planes)
    total: Tensor = logits.float().sum() + values.float().sum()
    return total
