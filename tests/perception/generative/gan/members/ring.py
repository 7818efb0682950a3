"""A GAN of points in the plane: eight narrow heaps on a circle, each a class. A generator that has found one heap alone scores 1."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from perception.generative.gan.members.registry import build_member
from perception.generative.gan.nets.dcgan import Said
from perception.generative.gan.playing import Pair, critic_loss, generator_loss, summed, with_noise
from perception.training.options import TrainingOptions
from perception.training.task import Player

HEAPS, WIDTH, NEAR = 8, 0.05, 0.25
TRAINING = TrainingOptions(
    updates=500, batch_size=128, learning_rate=2e-3, warm_up=10, weight_decay=0.0, betas=(0.5, 0.9), clip=1e6,
    precision="float32", layout="channels_first", report_every=100, ahead=0, average=0.9,
)  # fmt: skip


@dataclass(frozen=True)
class RingConfig:
    member: str
    options: dict = field(default_factory=dict)
    training: TrainingOptions = field(default_factory=lambda: TRAINING)


class PointGenerator(nn.Module):
    noise = 2

    def __init__(self, inputs, width):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(self.noise + inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2)
        )

    def forward(self, inputs):
        return self.layers(inputs)


class PointCritic(nn.Module):
    def __init__(self, shown, outputs, width):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2 + shown, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1 + outputs)
        )

    def forward(self, points, shown):
        said = self.layers(torch.cat([points, shown], dim=1))
        return Said(said[:, 0], said[:, 1:])


class RingTask:
    Config = RingConfig
    classes = tuple(str(heap) for heap in range(HEAPS))

    def __init__(self, config, seed, width=64):
        self.config, self.seed, self.width = config, seed, width
        self.member = build_member(config.member, config.options, HEAPS)

    @property
    def training(self):
        return self.config.training

    def network(self):
        condition = self.member.condition
        return Pair(
            PointGenerator(condition.inputs, self.width), PointCritic(condition.shown, condition.outputs, self.width)
        )

    def players(self, network):
        return (
            Player(
                "critic",
                network.critic,
                lambda batch: critic_loss(network, self.member, batch["points"], batch["labels"]),
                self.member.turns,
                moved=lambda: self.member.regulariser.moved(network.critic),
            ),
            Player("generator", network.generator, lambda batch: generator_loss(network, self.member, batch["labels"])),
        )

    def product(self, network):
        return network.generator

    def batch(self, number):
        dice = np.random.default_rng([self.seed, number])
        labels = dice.integers(HEAPS, size=self.training.batch_size)
        points = middles()[labels] + WIDTH * dice.normal(size=(len(labels), 2))
        return {"points": points.astype(np.float32), "labels": labels}

    def loss(self, network, batch):
        return summed([player.loss(batch)[0] for player in self.players(network)])

    def judge(self, network, device):
        """heaps: that a fair share of 800 points lies on; near: share that lies on one; asked: share that lies on the one of its class."""
        torch.manual_seed(0)
        labels = torch.arange(800) % HEAPS
        points = network(with_noise(self.member.condition.code(labels), network.noise)).numpy()
        apart = np.linalg.norm(points[:, None] - middles()[None], axis=2)
        nearest, is_near = apart.argmin(1), apart.min(1) < NEAR
        counts = np.bincount(nearest[is_near], minlength=HEAPS)
        return {
            "heaps": float((counts >= 800 / HEAPS / 4).sum()),
            "near": float(is_near.mean()),
            "asked": float((is_near & (nearest == labels.numpy())).mean()),
        }


def middles():
    turns = 2.0 * math.pi * np.arange(HEAPS) / HEAPS
    return np.stack([np.cos(turns), np.sin(turns)], axis=1)
