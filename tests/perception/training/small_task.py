"""A task that is learned in an instant: on which side of a line through the origin a point lies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from torch import nn
from torch.nn import functional

from perception.training.options import TrainingOptions

QUICK = TrainingOptions(
    updates=60,
    batch_size=32,
    learning_rate=0.05,
    warm_up=5,
    precision="float32",
    layout="channels_first",
    report_every=10,
)


@dataclass(frozen=True)
class SmallConfig:
    hidden: int = 4
    dropout: float = 0.0
    training: TrainingOptions = field(default_factory=lambda: QUICK)


class SmallTask:
    Config = SmallConfig
    classes = ("left", "right")

    def __init__(self, config, seed):
        self.config, self.seed = config, seed
        self.drawn = []

    @property
    def training(self):
        return self.config.training

    def network(self):
        return nn.Sequential(
            nn.Linear(2, self.config.hidden),
            nn.Tanh(),
            nn.Dropout(self.config.dropout),
            nn.Linear(self.config.hidden, 2),
        )

    def batch(self, number):
        self.drawn.append(number)
        return self.points(np.random.default_rng([self.seed, number]), self.training.batch_size)

    def points(self, dice, count):
        points = dice.normal(size=(count, 2)).astype(np.float32)
        return {"points": points, "sides": (points @ [1.0, -2.0] > 0).astype(np.int64)}

    def loss(self, network, batch):
        loss = functional.cross_entropy(network(batch["points"]).float(), batch["sides"])
        return loss, {"cross_entropy": loss.detach()}

    def judge(self, network, device):
        import torch

        held_out = self.points(np.random.default_rng(10**6), 512)
        said = network(torch.from_numpy(held_out["points"]).to(device)).argmax(1).cpu().numpy()
        return {"accuracy": float((said == held_out["sides"]).mean())}
