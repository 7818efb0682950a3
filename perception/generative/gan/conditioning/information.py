"""A code without labels that a picture must give away again. Source: Chen et al. 2016 (arXiv:1606.03657) eq. 5 and 6.

One categorical code and some continuous ones; the critic's outputs are Q(c | x): logits of the first, mean and log variance of a normal
distribution for each of the others. Both players raise the lower bound of the mutual information, as in the paper's own program.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from perception.generative.gan.conditioning.condition import nothing
from perception.training.task import Loss

LEAST_LOG_VARIANCE: Final = -6.0
"""Of Q, ours: a standard deviation of 0.05 in a code of -1..1; to be surer would outweigh all else."""


@dataclass(frozen=True)
class Information:
    """See `Condition`."""

    categories: int
    """Of the categorical code, evenly drawn."""
    continuous: int
    """Codes that are evenly drawn from -1..1."""
    weight: float = 1.0
    """Lambda of the categorical code; the paper's is 1 (section 7.2)."""
    continuous_weight: float = 0.1
    """Lambda of the continuous ones; the paper has "a smaller one"."""

    @property
    def is_told(self) -> bool:
        """False."""
        return False

    @property
    def inputs(self) -> int:
        """All codes."""
        return self.categories + self.continuous

    @property
    def shown(self) -> int:
        """None."""
        return 0

    @property
    def outputs(self) -> int:
        """Of Q."""
        return self.categories + 2 * self.continuous

    @property
    def critic_share(self) -> float:
        """1: Q learns from made examples alone."""
        return 1.0

    def code(self, labels: Tensor) -> Tensor:
        """Drawn, whatever the labels."""
        drawn = torch.randint(self.categories, (len(labels),), device=labels.device)
        rest = 2.0 * torch.rand(len(labels), self.continuous, device=labels.device) - 1.0
        return torch.cat([one_hot(drawn, self.categories).float(), rest], dim=1)

    def of_real(self, said: Tensor, labels: Tensor) -> Loss:
        """0: nobody knows the code of a real example."""
        return nothing(said)

    def of_made(self, said: Tensor, code: Tensor) -> Loss:
        """-log Q of both parts, weighed; told is the bound L_I = H(c) + E log Q(c | x) of each, in nats."""
        logits, mean, log_variance = torch.split(said, [self.categories, self.continuous, self.continuous], dim=1)
        chosen, value = torch.split(code, [self.categories, self.continuous], dim=1)
        of_category = cross_entropy(logits, chosen)
        of_value = normal_surprise(value, mean, log_variance.clamp(min=LEAST_LOG_VARIANCE)).sum(dim=1).mean()
        terms = {
            "category_nats": math.log(self.categories) - of_category.detach(),
            "continuous_nats": self.continuous * math.log(2.0) - of_value.detach(),
        }
        return self.weight * of_category + self.continuous_weight * of_value, terms


def normal_surprise(value: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """-log of a normal distribution's density, in nats, one by one."""
    return 0.5 * (math.log(2.0 * math.pi) + log_variance + (value - mean).square() * (-log_variance).exp())
