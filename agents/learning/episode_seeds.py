"""Seeds of training: every episode, or row of episodes, has its own, and none is one of those that evaluation uses. Source: ours."""

from __future__ import annotations

import numpy as np

FIRST_TRAINING_SEED = 1_000_000
"""Training never resets an environment with a smaller seed: those below belong to evaluation and to tuning."""
_SEED_RANGE = 2**30  # keeps every seed a positive 32-bit integer, which all environments take


def episode_seed(run_seed: int, index: int, episode: int) -> int:
    """Seed of episode number `episode` in environment number `index` of a run."""
    draw = int(np.random.SeedSequence([run_seed, index, episode]).generate_state(1, np.uint64)[0])
    return FIRST_TRAINING_SEED + draw % _SEED_RANGE
