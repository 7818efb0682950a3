"""CycleGAN as a perception task. Source: ours; the paper is cyclegan.py's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.data.source import Pairs
from perception.generative.data.streets import StreetPictures
from perception.generative.drawing import sheet
from perception.generative.gan.losses.least_squares import LeastSquares
from perception.generative.gan.nets.patch import PatchCritic
from perception.generative.gan.nets.resnet import MULTIPLE, ResnetGenerator
from perception.generative.gan.playing import summed
from perception.generative.gan.translation.config import CycleGanConfig
from perception.generative.gan.translation.cyclegan import (
    TO_FIRST,
    TO_SECOND,
    CycleGan,
    Weights,
    critics_loss,
    generators_loss,
)
from perception.generative.gan.translation.judging import Translated, halves, judge_translation
from perception.generative.gan.translation.pool import Pool
from perception.generative.gan.translation.translator import translate
from perception.generative.metrics.domain_network import domain_network
from perception.generative.pixels import signed
from perception.training.options import TrainingOptions
from perception.training.task import Loss, Player, Tensors
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.learning.run_folder import Metrics

SHOWN: Final = 8
"""Scenes that are drawn."""
DIRECTIONS: Final = (TO_FIRST, TO_SECOND)


class CycleGanTask:
    """See `perception.training.task.Task` and `Plays`."""

    Config: ClassVar[type] = CycleGanConfig
    classes: tuple[str, ...] = ()
    picture_size: tuple[int, int] | None = None
    """Of pictures that are varied: any."""

    def __init__(self, config: CycleGanConfig, seed: int) -> None:
        """Raises `SuiteError` where there are not two looks. Nothing is filmed before it is needed."""
        self.config = config
        self.source = StreetPictures(config.data, seed)
        if len(config.data.looks) != 2:
            raise SuiteError(f"CycleGAN translates two looks into each other; looks has {len(config.data.looks)}.")

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    def network(self) -> CycleGan:
        """Of each direction generator, critic and pool."""
        config = self.config
        return CycleGan(
            {name: ResnetGenerator(config.width, config.blocks) for name in DIRECTIONS},
            {name: PatchCritic(3, config.critic.width, config.critic.patch) for name in DIRECTIONS},
            {name: Pool(config.pool, *self.source.size) for name in DIRECTIONS},
        )

    def players(self, network: nn.Module) -> tuple[Player, ...]:
        """See `Plays`: both generators as one, then both critics, as the paper's program has it."""
        assert isinstance(network, CycleGan)
        adversarial, weights = LeastSquares(), Weights(self.config.cycle, self.config.identity)

        def of_generators(batch: Tensors) -> Loss:
            return generators_loss(network, adversarial, weights, signed(batch["first"]), signed(batch["second"]))

        def of_critics(batch: Tensors) -> Loss:
            return critics_loss(network, adversarial, signed(batch["first"]), signed(batch["second"]))

        return (
            Player("generators", network.generators, of_generators),
            Player("critics", network.critics, of_critics, rate=self.config.critic.rate),
        )

    def product(self, network: nn.Module) -> nn.Module:
        """Both generators, by direction."""
        assert isinstance(network, CycleGan)
        return network.generators

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """first and second [B, H, W, 3] uint8: each look's scenes are drawn by themselves, so there are no pairs."""
        count = self.training.batch_size
        first, second = (self.source.pairs(2 * number + side, count) for side in range(2))
        return {"first": first.first, "second": second.second}

    def loss(self, network: nn.Module, batch: Tensors) -> Loss:
        """See `Task`."""
        return summed([player.loss(batch)[0] for player in self.players(network)])

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """See `judge_translation`; of each direction, named by the look that it leads to."""
        told: Metrics = {}
        scenes, others = halves(self._held_out)
        for look, before, paired, far in (
            (self.config.data.looks[0], scenes.second, scenes.first, others.first),
            (self.config.data.looks[1], scenes.first, scenes.second, others.second),
        ):
            made = self.translated(network, before, look, device)
            found = judge_translation(Translated(made, before, paired, scenes.labels, far), device)
            told |= {f"to_{look}_{name}": value for name, value in found.items()}
        return told

    def notes(self) -> Mapping[str, str]:
        """See `perception.training.task.Notes`."""
        return domain_network("streets").notes()

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out scenes: the second look brought into the first, the first, and this brought into the second."""
        scenes = halves(self._held_out)[0]
        chosen = np.linspace(0, len(scenes.labels) - 1, min(SHOWN, len(scenes.labels))).round().astype(int)
        looks = self.config.data.looks
        first, second = scenes.first[chosen], scenes.second[chosen]
        return sheet(
            [
                (looks[1], second),
                (f"made {looks[0]}", self.translated(network, second, looks[0], device)),
                (looks[0], first),
                (f"made {looks[1]}", self.translated(network, first, looks[1], device)),
            ]
        )

    def translated(
        self, network: nn.Module, pictures: NDArray[np.uint8], look: str, device: torch.device
    ) -> NDArray[np.uint8]:
        """[N, H, W, 3] in a look, of pictures [N, H, W, 3] in the other one. Raises `SuiteError` for a look that is neither."""
        if look not in self.config.data.looks:
            raise UnknownNameError("look", look, self.config.data.looks)
        assert isinstance(network, nn.ModuleDict)
        direction = DIRECTIONS[self.config.data.looks.index(look)]
        return translate(network[direction], pictures, device, MULTIPLE)

    def vary(self, network: nn.Module, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """[B, H, W, 3] The same scenes, each in either look by chance; for networks that learn from other looks too."""
        device = next(network.parameters()).device
        goals, made = dice.integers(len(DIRECTIONS), size=len(pictures)), pictures.copy()
        for number, look in enumerate(self.config.data.looks):
            if (goals == number).any():
                made[goals == number] = self.translated(network, pictures[goals == number], look, device)
        return made

    @cached_property
    def _held_out(self) -> Pairs:
        return self.source.held_out_pairs(2 * self.config.judging.pairs)
