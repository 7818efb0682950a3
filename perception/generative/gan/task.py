"""A GAN that makes pictures from noise, as a perception task: players, batches, judgement, pictures. Source: ours; members name theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.drawing import sheet
from perception.generative.gan.conditioning.information import Information
from perception.generative.gan.config import GanConfig
from perception.generative.gan.judging import named, shared_nats, tabulated
from perception.generative.gan.maker import Maker
from perception.generative.gan.members.registry import build_member
from perception.generative.gan.nets.dcgan import Critic, Generator
from perception.generative.gan.playing import Pair, critic_loss, generator_loss, summed
from perception.generative.metrics.ladder import Judged
from perception.generative.pixels import signed
from perception.training.options import TrainingOptions
from perception.training.task import Loss, Player, Tensors
from sim_suite.errors import SuiteError
from sim_suite.learning.run_folder import Metrics

JUDGING_SEED: Final = 0
"""Of made pictures that are judged and shown."""
ROWS: Final = 4
"""Of pictures that are shown."""
COLUMNS: Final = 16
"""Where there are no classes to have one each."""


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
        """Made pictures beside noise and held-out ones, see `Judged`; of signs by a code without labels also what that tells of the class
        that a classifier takes them for."""
        asked = (np.arange(self.config.judging.pictures) % len(self.classes)).astype(np.uint8)
        made = self.opened(network, device).make(asked, JUDGING_SEED)
        condition = self.member.condition
        told = self._judged.figures(made.pictures, asked if condition.is_told else None)
        if isinstance(condition, Information) and self.config.data.source == "signs":
            codes = made.codes[:, : condition.categories].argmax(axis=1)
            said = named(made.pictures, device)
            told["code_class_nats"] = shared_nats(tabulated(codes, said, (condition.categories, len(self.classes))))
        return told

    def notes(self) -> Mapping[str, str]:
        """See `perception.training.task.Notes`."""
        return self._judged.network.notes()

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures and below them made ones, a column for each class that is told; else as many."""
        columns = len(self.classes) if self.member.condition.is_told else COLUMNS
        asked = np.tile(np.arange(columns) % len(self.classes), ROWS)
        made = self.opened(network, device).make(asked, JUDGING_SEED).pictures
        rows = [("held out", self._real(columns))]
        rows += [
            (f"made by {self.config.member}" if number == 0 else "", part)
            for number, part in enumerate(np.split(made, ROWS))
        ]
        names = [name.replace("_", " ") for name in self.classes] if self.member.condition.is_told else []
        return sheet(rows, names)

    def _real(self, count: int) -> NDArray[np.uint8]:
        """[count, H, W, 3] Held-out pictures: of each class that is told the first, black where there is none; else the first ones."""
        true = self._judged.reference
        if not self.member.condition.is_told:
            return true.pictures[:count]
        black = np.zeros_like(true.pictures[0])
        return np.stack([next(iter(true.pictures[true.conditions == one]), black) for one in range(count)])

    @cached_property
    def _judged(self) -> Judged:
        return Judged(self.config.data, self.source, self.config.judging.pictures)

    def opened(self, network: nn.Module, device: torch.device) -> Maker:
        """The generator as others use it."""
        return Maker(network, self.member.condition, self.classes, device)
