"""The class, told to the generator and named by the critic. Source: Odena et al. 2017 (arXiv:1610.09585) eq. 3."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from perception.training.task import Loss


@dataclass(frozen=True)
class AuxiliaryClassifier:
    """See `Condition`. The critic is not shown the class; it names that of real and of made examples, and both players want it right."""

    classes: int
    weight: float = 1.0
    """Of the cross-entropy beside the adversarial loss; the paper's is 1."""
    critic_share: float = 1.0
    """Of naming made examples in the critic's loss; the paper's is 1. With 0 the critic learns classes from real examples alone, and the
    two cannot agree on a sign of their own."""

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
        """None."""
        return 0

    @property
    def outputs(self) -> int:
        """A logit for each class."""
        return self.classes

    def code(self, labels: Tensor) -> Tensor:
        """[B, K] 1 at the class."""
        return one_hot(labels, self.classes).float()

    def of_real(self, said: Tensor, labels: Tensor) -> Loss:
        """-log P(class | real)."""
        loss = cross_entropy(said, labels)
        return self.weight * loss, {"named_real": (said.argmax(1) == labels).float().mean()}

    def of_made(self, said: Tensor, code: Tensor) -> Loss:
        """-log P(class | made)."""
        loss = cross_entropy(said, code)
        return self.weight * loss, {"named_made": (said.argmax(1) == code.argmax(1)).float().mean()}
