"""What a recipe may say about a replay memory, checked once before anything is allocated.

Sources: Mnih et al. 2015 (Nature 518); Sutton and Barto 2018, section 7.1 (n-step returns); Schaul et al. 2016 (arXiv:1511.05952).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.refusals import refuse_less, refuse_outside


@dataclass(frozen=True)
class ReplayOptions:
    """How much is remembered, how rewards are summed, and how rows are drawn."""

    capacity: int = 1_000_000
    """Rows of all environments together: one a step, and one more for the last observation of an episode. Mnih et al. 2015: 1,000,000."""
    n_step: int = 1
    """Rewards that are summed before the bootstrap, 1 or more. 1 is Q-learning (Sutton and Barto 2018, eq. 6.8)."""
    discount: float = 0.99
    """Gamma per step, 0 to 1. Mnih et al. 2015: 0.99."""
    alpha: float = 0.0
    """How strongly a row's priority shapes its probability, 0 to 1; 0 draws all rows alike. Schaul et al. 2016, table 3: 0.6."""
    beta: float = 0.4
    """Strength of the importance weights at the start of the run, 0 to 1. Schaul et al. 2016, table 3: 0.4."""
    beta_end: float = 1.0
    """The same at the end of `beta_share`, 0 to 1; 1 makes up for the priorities in full."""
    beta_share: float = 1.0
    """Share of the run over which beta goes from start to end in a line, 0 to 1."""
    priority_epsilon: float = 1e-6
    """Added to each |TD error|, so that a row without error is drawn at times; above 0. Schaul et al. 2016 name no value;
    OpenAI Baselines has this one."""

    def __post_init__(self) -> None:
        refuse_less(self, {"capacity": 2, "n_step": 1})
        for name in ("discount", "alpha", "beta", "beta_end", "beta_share"):
            refuse_outside(self, name, 0.0, 1.0)
        refuse_outside(self, "priority_epsilon", 0.0, 1.0, open_below=True)

    @property
    def prioritised(self) -> bool:
        """Whether rows are drawn by priority."""
        return self.alpha > 0.0

    def beta_at(self, progress: float) -> float:
        """Beta after this share of the run, 0 to 1."""
        done = 1.0 if progress >= self.beta_share else progress / self.beta_share
        return self.beta + (self.beta_end - self.beta) * done
