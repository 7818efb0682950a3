"""A GAN that makes pictures from noise, as a perception task: players, batches, judgement, pictures. Source: ours; members name theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.gan.conditioning.information import Information
from perception.generative.gan.config import GanConfig
from perception.generative.gan.drawing import sheet
from perception.generative.gan.judging import named, shared_nats, tabulated
from perception.generative.gan.maker import Made, Maker
from perception.generative.gan.members.registry import build_member
from perception.generative.gan.nets.dcgan import Critic, Generator
from perception.generative.gan.pixels import signed
from perception.generative.gan.playing import Pair, critic_loss, generator_loss, summed
from perception.generative.metrics.ladder import Judged
from perception.training.options import TrainingOptions
from perception.training.task import Loss, Player, Tensors
from sim_suite.errors import SuiteError
from sim_suite.learning.run_folder import Metrics

JUDGING_SEED: Final = 0
"""Of made pictures that are judged and shown."""
COLUMNS: Final = 12
"""Pictures of a row that are shown."""


class GanTask:
    """See `perception.training.task.Task` and `Plays`."""

    Config: ClassVar[type] = GanConfig

    def __init__(self, config: GanConfig, seed: int) -> None:
        """Raises `SuiteError` where member and data do not fit. Nothing is drawn before it is needed."""
        self.config = config
        self.source = config.data.open(seed)
        self.member = build_member(config.member, config.options, len(self.classes))
        if self.member.condition.is_told and len(self.classes) == 1:
            raise SuiteError(
                f"{config.member} tells classes apart, and {config.data.source} has one alone, {self.classes[0]}. Choose another "
                f"data.source, or member=dcgan."
            )
        self._judge: Judged | None = None

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    @property
    def classes(self) -> tuple[str, ...]:
        """The conditions of the data."""
        return self.source.conditions

    def network(self) -> Pair:
        """Generator and critic. Raises `SuiteError` for pictures that are no squares of a power of 2."""
        config, condition = self.config, self.member.condition
        rows, columns = self.source.size
        if rows != columns:
            raise SuiteError(f"pictures of a GAN are squares, not {rows} x {columns}.")
        return Pair(
            Generator(config.noise, condition.inputs, rows, config.width),
            Critic(condition.shown, condition.outputs, rows, config.width, self.member.critic_norm),
        )

    def players(self, network: nn.Module) -> tuple[Player, ...]:
        """See `Plays`: the critic, as many turns as the member gives it, then the generator."""
        assert isinstance(network, Pair)
        return (
            Player(
                "critic",
                network.critic,
                lambda batch: critic_loss(network, self.member, signed(batch["pictures"]), batch["labels"].long()),
                turns=self.member.turns,
                rate=self.config.critic_rate,
                moved=lambda: self.member.regulariser.moved(network.critic),
            ),
            Player(
                "generator",
                network.generator,
                lambda batch: generator_loss(network, self.member, batch["labels"].long()),
            ),
        )

    def product(self, network: nn.Module) -> nn.Module:
        """The generator."""
        assert isinstance(network, Pair)
        return network.generator

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """pictures [B, H, W, 3] uint8 and labels [B] uint8."""
        shown = self.source.batch(number, self.training.batch_size)
        return {"pictures": shown.pictures, "labels": shown.conditions}

    def loss(self, network: nn.Module, batch: Tensors) -> Loss:
        """See `Task`."""
        return summed([player.loss(batch)[0] for player in self.players(network)])

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """Made pictures beside held-out ones (`metrics.ladder`); of signs, the share that a classifier takes for what they were to show,
        or what a code without labels tells of the class that it takes them for."""
        asked = np.arange(self.config.judging.pictures) % len(self.classes)
        made = self.opened(network, device).make(asked, JUDGING_SEED)
        return self._judged(device).figures(made.pictures) | self._named(made, asked, device)

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Made pictures, a row for each class; the rows have no names where classes are not told."""
        asked = np.repeat(np.arange(len(self.classes)), COLUMNS)
        made = self.opened(network, device).make(asked, JUDGING_SEED)
        return sheet(made.pictures, COLUMNS, self.classes if self.member.condition.is_told else ())

    def _named(self, made: Made, asked: NDArray[np.int64], device: torch.device) -> Metrics:
        condition = self.member.condition
        if self.config.data.source != "signs" or not condition.inputs:
            return {}
        said = named(made.pictures, device)
        if condition.is_told:
            return {"named": float((said == asked).mean())}
        assert isinstance(condition, Information)
        codes = made.codes[:, : condition.categories].argmax(axis=1)
        return {"code_class_nats": shared_nats(tabulated(codes, said, (condition.categories, len(self.classes))))}

    def _judged(self, device: torch.device) -> Judged:
        if self._judge is None:
            self._judge = Judged(self.config.data, self.source, self.config.judging.pictures, device)
        return self._judge

    def opened(self, network: nn.Module, device: torch.device) -> Maker:
        """The generator as others use it."""
        return Maker(network, self.member.condition, self.classes, device)
