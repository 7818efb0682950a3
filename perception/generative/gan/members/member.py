"""A member of the family: what is played for, what is told, what keeps the critic smooth. Source: ours; each member names its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.gan.conditioning.condition import Condition, Unconditional
from perception.generative.gan.losses.adversarial import AdversarialLoss
from perception.generative.gan.losses.non_saturating import NonSaturating
from perception.generative.gan.losses.regularising import Regulariser, Unregularised

NormName = Literal["batch", "none"]


@dataclass(frozen=True)
class Member:
    """The defaults are DCGAN."""

    loss: AdversarialLoss = field(default_factory=NonSaturating)
    condition: Condition = field(default_factory=Unconditional)
    regulariser: Regulariser = field(default_factory=Unregularised)
    turns: int = 1
    """Of the critic for each one of the generator."""
    critic_norm: NormName = "batch"
