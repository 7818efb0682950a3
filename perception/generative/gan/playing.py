"""The game of all members: the critic's turn and the generator's, with the loss and condition that a member plugs in. Source: Goodfellow
et al. 2014 (arXiv:1406.2661), algorithm 1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from perception.generative.gan.members.member import Member
from perception.training.task import Loss


class Pair(nn.Module):
    """Two adversaries. generator: [B, noise + inputs] -> [B, ...], with the attribute `noise`; critic: ([B, ...], [B, shown]) -> `Said`."""

    def __init__(self, generator: nn.Module, critic: nn.Module) -> None:
        super().__init__()
        self.generator, self.critic = generator, critic


def critic_loss(pair: Pair, member: Member, real: Tensor, labels: Tensor) -> Loss:
    """Of real examples [B, ...] float32 with their classes [B] int64, and of as many made ones."""
    condition = member.condition
    code = condition.code(labels)
    shown = code[:, : condition.shown]
    with torch.no_grad():
        made = pair.generator(with_noise(code, _noise_of(pair))).float()
    of_real, of_made = pair.critic(real, shown), pair.critic(made, shown)
    loss = member.loss.critic(of_real.score, of_made.score)
    terms = {"adversarial": loss.detach(), "gap": (of_real.score.mean() - of_made.score.mean()).detach()}
    penalty = member.regulariser.penalty(lambda places: pair.critic(places, shown).score, real, made)
    if penalty is not None:
        loss, terms["penalty"] = loss + penalty, penalty.detach()
    naming_real, told_real = condition.of_real(of_real.extra, labels)
    naming_made, told_made = condition.of_made(of_made.extra, code)
    return loss + naming_real + condition.critic_share * naming_made, terms | told_real | told_made


def generator_loss(pair: Pair, member: Member, labels: Tensor) -> Loss:
    """Of as many made examples as there are classes [B] int64 to be made."""
    condition = member.condition
    code = condition.code(labels)
    said = pair.critic(pair.generator(with_noise(code, _noise_of(pair))), code[:, : condition.shown])
    loss = member.loss.generator(said.score)
    more, told = condition.of_made(said.extra, code)
    return loss + more, {"adversarial": loss.detach(), **told}


def with_noise(code: Tensor, noise: int) -> Tensor:
    """[B, noise + inputs] What a generator is given: standard normal numbers, then the code [B, inputs]."""
    return torch.cat([torch.randn(len(code), noise, device=code.device), code], dim=1)


def summed(losses: list[Tensor]) -> Loss:
    """Of all players, from which a run's arithmetic is chosen."""
    return torch.stack(losses).sum(), {}


def _noise_of(pair: Pair) -> int:
    return int(pair.generator.noise)  # type: ignore[arg-type]  # torch has an attribute of a module as tensor or module
