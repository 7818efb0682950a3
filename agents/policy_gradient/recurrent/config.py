"""What a recipe may say about a run of recurrent PPO, besides what `PpoConfig` has."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents.policy_gradient.config import PpoConfig
from agents.policy_gradient.options import MemoryOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less


@dataclass(frozen=True)
class RecurrentPpoConfig(PpoConfig):
    """PPO whose policy remembers the episode; it learns from sequences."""

    memory: MemoryOptions = field(default_factory=MemoryOptions)
    """What policy and critic remember by."""
    sequence: int = 0
    """Steps of each sequence; divides `rollout`. Gradients go no further back. 0 for the whole rollout."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_less(self, {"sequence": 0})
        if self.precision != "float32":
            raise SuiteError(f"recurrent PPO learns in float32, not in {self.precision}. Leave precision out.")
        if self.rollout % self.sequence_steps:
            raise SuiteError(
                f"sequences of {self.sequence} steps do not fill a rollout of {self.rollout}. Set sequence to one of its divisors."
            )
        count = self.envs * self.rollout // self.sequence_steps
        if self.minibatches > count:
            raise SuiteError(
                f"a rollout of {self.rollout} steps of {self.envs} environments is {count} sequences of {self.sequence_steps}, which do "
                f"not fill {self.minibatches} minibatches. Ask for fewer, or for shorter sequences."
            )

    @property
    def sequence_steps(self) -> int:
        """Steps of each sequence."""
        return self.sequence or self.rollout
