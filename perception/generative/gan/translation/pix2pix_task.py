"""pix2pix as a perception task. Source: ours; the paper is pix2pix.py's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import one_hot

from perception.generative.data.source import Pairs
from perception.generative.data.streets import StreetPictures
from perception.generative.drawing import sheet
from perception.generative.gan.losses.non_saturating import NonSaturating
from perception.generative.gan.nets.patch import PatchCritic
from perception.generative.gan.nets.unet import StridedUNet
from perception.generative.gan.playing import summed
from perception.generative.gan.translation.config import Pix2PixConfig
from perception.generative.gan.translation.judging import Translated, halves, judge_translation
from perception.generative.gan.translation.pix2pix import Pix2Pix, critic_loss, generator_loss
from perception.generative.gan.translation.translator import through, translate
from perception.generative.metrics.domain_network import domain_network
from perception.generative.pixels import signed
from perception.segmentation.drawing import coloured
from perception.segmentation.driving.classes import COLOURS
from perception.training.options import TrainingOptions
from perception.training.task import Loss, Player, Tensors
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.learning.run_folder import Metrics

SHOWN: Final = 8
"""Scenes that are drawn."""


class Pix2PixTask:
    """See `perception.training.task.Task` and `Plays`."""

    Config: ClassVar[type] = Pix2PixConfig
    picture_size: tuple[int, int] | None = None
    """Of pictures that are varied: any."""

    def __init__(self, config: Pix2PixConfig, seed: int) -> None:
        """Raises `SuiteError` where looks and source do not fit. Nothing is filmed before it is needed."""
        self.config = config
        self.source = StreetPictures(config.data, seed)
        if len(config.data.looks) != 2:
            raise SuiteError(f"a translation is of two looks, the second its goal; looks has {len(config.data.looks)}.")

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    @property
    def classes(self) -> tuple[str, ...]:
        """Of the labels that are translated; empty where pictures are."""
        return self.source.classes if self.config.source == "labels" else ()

    def network(self) -> Pix2Pix:
        """Generator and critic."""
        channels = len(self.classes) or 3
        critic = self.config.critic
        return Pix2Pix(
            StridedUNet(channels, self.config.width, self.config.levels),
            PatchCritic(channels + 3, critic.width, critic.patch),
        )

    def players(self, network: nn.Module) -> tuple[Player, ...]:
        """See `Plays`: critic, generator."""
        assert isinstance(network, Pix2Pix)
        adversarial = NonSaturating()

        def of_critic(batch: Tensors) -> Loss:
            return critic_loss(network, adversarial, self.shown(batch["shown"]), signed(batch["true"]))

        def of_generator(batch: Tensors) -> Loss:
            shown = self.shown(batch["shown"])
            return generator_loss(network, adversarial, self.config.l1, shown, signed(batch["true"]))

        return (
            Player("critic", network.critic, of_critic, rate=self.config.critic.rate),
            Player("generator", network.generator, of_generator),
        )

    def product(self, network: nn.Module) -> nn.Module:
        """The generator."""
        assert isinstance(network, Pix2Pix)
        return network.generator

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """shown, labels [B, H, W] or pictures [B, H, W, 3], and true, pictures; all uint8."""
        pairs = self.source.pairs(number, self.training.batch_size)
        return {"shown": self._given(pairs), "true": pairs.second}

    def loss(self, network: nn.Module, batch: Tensors) -> Loss:
        """See `Task`."""
        return summed([player.loss(batch)[0] for player in self.players(network)])

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """See `judge_translation`."""
        scenes, others = halves(self._held_out)
        made = self.translated(network, self._given(scenes), device)
        before = None if self.config.source == "labels" else scenes.first
        return judge_translation(Translated(made, before, scenes.second, scenes.labels, others.second), device)

    def notes(self) -> Mapping[str, str]:
        """See `perception.training.task.Notes`."""
        return domain_network("streets").notes()

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out scenes: what is shown, what is made of it, the true picture."""
        scenes = halves(self._held_out)[0]
        chosen = np.linspace(0, len(scenes.labels) - 1, min(SHOWN, len(scenes.labels))).round().astype(int)
        given = self._given(scenes)[chosen]
        first = coloured(given, COLOURS) if self.config.source == "labels" else given
        rows = [first, self.translated(network, given, device), scenes.second[chosen]]
        shown = "labels" if self.config.source == "labels" else self.config.data.looks[0]
        return sheet(list(zip((shown, "made", f"true {self.config.data.looks[1]}"), rows, strict=True)))

    def translated(self, network: nn.Module, given: NDArray[np.uint8], device: torch.device) -> NDArray[np.uint8]:
        """[N, H, W, 3] pictures in the second look. given: labels [N, H, W], or pictures [N, H, W, 3] in the first look."""
        return through(
            network, lambda begin, end: self.shown(torch.from_numpy(given[begin:end]).to(device)), len(given)
        )

    def recast(
        self, network: nn.Module, pictures: NDArray[np.uint8], look: str, device: torch.device
    ) -> NDArray[np.uint8]:
        """[N, H, W, 3] pictures of any size in the second look, of pictures in the first. Raises `SuiteError` for another look, and where
        labels are translated."""
        if self.config.source == "labels":
            raise SuiteError(
                "this pix2pix makes pictures of labels. Train one with source=first to make pictures of pictures."
            )
        if look != self.config.data.looks[1]:
            raise UnknownNameError("look", look, self.config.data.looks[1:])
        return translate(network, pictures, device, 2**self.config.levels)

    def vary(self, network: nn.Module, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """[B, H, W, 3] The same scenes in the second look. Raises `SuiteError` where labels are translated."""
        return self.recast(network, pictures, self.config.data.looks[1], next(network.parameters()).device)

    def shown(self, given: Tensor) -> Tensor:
        """[B, C, H, W] as the networks take it: a plane for each class with 1 where it is, -1 elsewhere; or a picture."""
        if self.config.source == "first":
            return signed(given)
        return one_hot(given.long(), len(self.classes)).permute(0, 3, 1, 2).float().mul(2.0).sub(1.0)

    def _given(self, pairs: Pairs) -> NDArray[np.uint8]:
        return pairs.labels if self.config.source == "labels" else pairs.first

    @cached_property
    def _held_out(self) -> Pairs:
        return self.source.held_out_pairs(2 * self.config.judging.pairs)
