"""A Q-network, its target network and its optimiser: what one update changes. Sources: targets.py, losses.py."""

from __future__ import annotations

import copy
from typing import NamedTuple

import torch
from torch import Tensor

from agents.value_based.arithmetic import Calculating
from agents.value_based.config import DqnConfig
from agents.value_based.losses import td_loss
from agents.value_based.networks import QNetwork
from agents.value_based.replay import Transitions
from agents.value_based.spec import QSpec
from agents.value_based.targets import double_dqn_targets, dqn_targets
from sim_suite.learning.descent import descend, forget_faded
from sim_suite.learning.probing import faster_precision
from sim_suite.learning.torch_blocks import device_of, seeded

_WEIGHTS = 0
"""What the first weights are drawn by, beside the seed."""


class Update(NamedTuple):
    """What one update saw; on the device, so that nothing waits for it."""

    td_errors: Tensor
    """[B] float32: target less value."""
    loss: Tensor
    value: Tensor
    """Mean value of the chosen actions."""


class Descent:
    """Moves a Q-network towards its targets, a batch at a time."""

    def __init__(self, spec: QSpec, config: DqnConfig, double: bool, seed: int, device: str) -> None:
        """double: whether the online network chooses the next action. The first weights are drawn from the seed."""
        self._spec, self._config, self._double = spec, config, double
        self.device = device_of(device)
        self.network = fresh_network(spec, seed, self.device)
        self.target = copy.deepcopy(self.network) if config.target_every else self.network
        self.optimizer = torch.optim.Adam(self.network.parameters(), config.learning_rate, fused=True)
        self.updates = 0
        """Done so far."""
        self.calculate_in(config.precision)

    def calculate_in(self, precision: str) -> None:
        """Choose the arithmetic of the passes to come, with the numbers that the networks hold now. auto: the faster one, once known."""
        self.precision = precision
        self.online = Calculating(self.network, precision)
        self._aim = self.online if self.target is self.network else Calculating(self.target, precision)

    def learn(self, batch: Transitions, rate: float) -> Update:
        """One step of Adam with step size `rate` on transitions that lie on the device; moves the target network where it is due."""
        if self.precision == "auto":
            shown = self._spec.prepare(batch.observations)
            self.calculate_in(faster_precision(self.network, lambda tried: tried(shown).float().sum(), self.device))
        targets = self._targets(batch)
        values = self.online.module(self._spec.prepare(batch.observations, self.online.dtype))
        chosen = values.float().gather(1, batch.actions[:, None]).squeeze(1)
        loss = td_loss(chosen, targets, batch.weights, self._config.loss)
        descend(self.optimizer, loss, rate, self._config.max_gradient, self.online.hand_gradients_over)
        self.online.follow()
        self.updates += 1
        forget_faded(self.optimizer, self.updates)
        self._move_target()
        return Update((targets - chosen).detach(), loss.detach(), chosen.detach().mean())

    def _targets(self, batch: Transitions) -> Tensor:
        with torch.no_grad():
            following = self._spec.prepare(batch.next_observations, self.online.dtype)
            next_target = self._aim.module(following).float()
            if not self._double:
                return dqn_targets(batch.returns, batch.discounts, next_target)
            next_online = self.online.module(following).float()
            return double_dqn_targets(batch.returns, batch.discounts, next_online, next_target)

    def _move_target(self) -> None:
        every, share = self._config.target_every, self._config.target_share
        if every == 0 or self.updates % every:
            return
        with torch.no_grad():
            for mine, theirs in zip(self.target.parameters(), self.network.parameters(), strict=True):
                mine.lerp_(theirs, share)
        self._aim.follow()


def fresh_network(spec: QSpec, seed: int, device: torch.device) -> QNetwork:
    """A network whose weights are drawn from the seed.

    Convolutions lie channels last: so one update of the network of Mnih et al. 2015 took 29 ms on one core, 37 ms otherwise (batch of 32).
    """
    with seeded(seed, _WEIGHTS):
        network = spec.network()
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # torch's stubs lack it
