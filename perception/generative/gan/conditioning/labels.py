"""The class, shown to both players. Source: Mirza and Osindero 2014 (arXiv:1411.1784) eq. 2.

Both take the class as one number out of K; their first layers' weights for it are its embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import one_hot

from perception.generative.gan.conditioning.condition import nothing
from perception.training.task import Loss


@dataclass(frozen=True)
class Labels:
    """See `Condition`."""

    classes: int

    @property
    def is_told(self) -> bool:
        """True."""
        return True

    @property
    def inputs(self) -> int:
        """One for each class."""
        return self.classes

    @property
    def shown(self) -> int:
        """All."""
        return self.classes

    @property
    def outputs(self) -> int:
        """None: that the class fits is part of the score."""
        return 0

    @property
    def critic_share(self) -> float:
        """1, of nothing."""
        return 1.0

    def code(self, labels: Tensor) -> Tensor:
        """[B, K] 1 at the class."""
        return one_hot(labels, self.classes).float()

    def of_real(self, said: Tensor, labels: Tensor) -> Loss:
        """0."""
        return nothing(said)

    def of_made(self, said: Tensor, code: Tensor) -> Loss:
        """0."""
        return nothing(said)
