"""A task with two players: one moves a number towards the other's, which flees; and what they saw is counted in a buffer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import nn

from perception.training.options import TrainingOptions
from perception.training.task import Player

SHORT = TrainingOptions(
    updates=6, batch_size=2, learning_rate=0.1, warm_up=0, weight_decay=0.0, precision="float32",
    layout="channels_first", report_every=1, ahead=0,
)  # fmt: skip


class Number(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.randn(1))


class Chase(nn.Module):
    def __init__(self):
        super().__init__()
        self.hunter, self.prey = Number(), Number()
        self.register_buffer("seen", torch.zeros(()))


@dataclass(frozen=True)
class ChaseConfig:
    turns: int = 3
    bound: float = 1e6
    training: TrainingOptions = field(default_factory=lambda: SHORT)


class ChaseTask:
    Config = ChaseConfig
    classes = ()

    def __init__(self, config, seed):
        self.config, self.seed, self.log = config, seed, []

    @property
    def training(self):
        return self.config.training

    def network(self):
        return Chase()

    def batch(self, number):
        return {"number": np.full(2, number, np.float32)}

    def players(self, network):
        def loss(name, sign):
            def of(batch):
                self.log.append((name, int(batch["number"][0]), torch.rand(()).item()))
                network.seen += 1
                gap = (network.hunter.value - network.prey.value).square().sum()
                return sign * gap, {"gap": gap.detach()}

            return of

        def bound():
            network.hunter.value.clamp_(-self.config.bound, self.config.bound)

        return (
            Player("hunter", network.hunter, loss("hunter", 1.0), self.config.turns, moved=bound),
            Player("prey", network.prey, loss("prey", -1.0), rate=0.5),
        )

    def product(self, network):
        return network.prey

    def loss(self, network, batch):
        losses = [player.loss(batch)[0] for player in self.players(network)]
        return torch.stack(losses).sum(), {}

    def judge(self, network, device):
        return {"value": float(network.value)}


def chase(average=0.0, turns=3, bound=1e6, **changed):
    return ChaseTask(ChaseConfig(turns, bound, replace(SHORT, average=average, **changed)), 4)
