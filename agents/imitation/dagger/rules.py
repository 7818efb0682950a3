"""DAgger's rules: which tracks a round is driven on, and who acts in each step.

Source: Ross, Gordon and Bagnell 2011 (arXiv:1011.0686), algorithm 3.1: pi_i = beta_i pi* + (1 - beta_i) pi^_i.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.dagger.config import MOST_GATHERED, MOST_LAPS

FIRST_SEED: Final = 30_000
"""Of training tracks: above the leaderboard's, which end at 29,999."""
_RUN: Final = MOST_LAPS + MOST_GATHERED
"""Seeds that a run may use; runs of different seeds share no track."""
_MIXING: Final = 0xBE7A
"""Keeps these random numbers apart from others drawn from the same seed."""


def expert_seeds(seed: int, laps: int) -> list[int]:
    """Seeds of the episodes that the expert drives for round 0 of the run with this seed."""
    return [FIRST_SEED + _RUN * seed + lap for lap in range(laps)]


def round_seeds(seed: int, number: int, laps: int) -> list[int]:
    """Seeds of the episodes of round `number` >= 1, `laps` each round."""
    first = FIRST_SEED + _RUN * seed + MOST_LAPS + (number - 1) * laps
    return [first + lap for lap in range(laps)]


def beta_of(number: int, beta: float) -> float:
    """The probability that the expert acts in a step of round `number`: 1 in round 0, then beta**number.

    With beta = 0 that is I(i = 1), the parameter-free version, which the paper found to do best more often than not.
    """
    return float(beta**number)


def expert_acts(seed: int, number: int, lap: int, beta: float, most_steps: int) -> NDArray[np.bool_]:
    """[most_steps] in which steps of a lap the expert acts. Drawn from (seed, round, lap), whatever happens in the lap."""
    chance = beta_of(number, beta)
    return np.random.default_rng([seed, _MIXING, number, lap]).random(most_steps) < chance
