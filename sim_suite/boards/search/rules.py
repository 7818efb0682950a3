"""How a search chooses where to look: PUCT or Gumbel, with their constants. Sources at the fields.

Kernels take a rule as a row of numbers, `constants`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

KIND, NOISE_SHARE, CONCENTRATION, C_INIT, C_BASE, CONSIDERED, VISIT_OFFSET, SCALE = range(8)
"""Columns of `constants`."""
PUCT: Final = 0.0
GUMBEL: Final = 1.0
"""What stands in the column KIND."""


@dataclass(frozen=True)
class PuctRule:
    """AlphaZero's search: Silver et al. 2018 (Science 362)."""

    c_init: float = 1.25
    c_base: float = 19652.0
    noise_share: float = 0.25
    """Share of Dirichlet noise in the root's priors where a search explores, 0 to 1."""
    concentration: float = 1.0
    """Of the noise, above 0. AlphaZero: about 10 divided by the number of legal moves, 0.3 in chess and 0.03 in Go."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.noise_share <= 1.0 or self.concentration <= 0.0 or self.c_base <= 0.0 or self.c_init < 0.0:
            raise SuiteError(
                f"PUCT needs noise_share in 0 to 1, concentration and c_base above 0 and c_init of at least 0, not {self}."
            )

    def constants(self) -> NDArray[np.float64]:
        """[8] float64."""
        row = np.zeros(8)
        row[[KIND, NOISE_SHARE, CONCENTRATION, C_INIT, C_BASE]] = (
            PUCT, self.noise_share, self.concentration, self.c_init, self.c_base
        )  # fmt: skip
        return row


@dataclass(frozen=True)
class GumbelRule:
    """Gumbel search: Danihelka et al. 2022 (ICLR 2022). Better than its network from two simulations on."""

    considered: int = 16
    """Moves in the running at the root, at most; the paper's number for Go and chess."""
    visit_offset: float = 50.0
    """c_visit of eq. 8; the paper's."""
    scale: float = 1.0
    """c_scale of eq. 8, for values in [0, 1]; the paper's for Go and chess."""

    def __post_init__(self) -> None:
        if self.considered < 1 or self.visit_offset < 0.0 or self.scale <= 0.0:
            raise SuiteError(
                f"a Gumbel search needs considered of at least 1, visit_offset of at least 0 and scale above 0, not {self}."
            )

    def constants(self) -> NDArray[np.float64]:
        """[8] float64."""
        row = np.zeros(8)
        row[[KIND, CONSIDERED, VISIT_OFFSET, SCALE]] = GUMBEL, self.considered, self.visit_offset, self.scale
        return row


Rule = PuctRule | GumbelRule
