"""What one Breakout and a batch of them share: frame skip, seeds and starts. Source: the "30 no-op starts" of Mnih et al. 2015.

An episode starts with FIRE, then a wait of a random number of frames.

Without sticky actions the console itself is deterministic: the emulator's seed changes nothing (20 seeds, one episode), so
the wait is the only thing that tells two episodes apart. It is drawn exactly as ale-py's C++ `AtariVectorEnv` draws it, so
that one environment and one of a batch, given the same seed, start on the same frame.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.random import MT19937

from sim_suite.errors import SuiteError

FRAME_SKIP = 4
"""Frames for which one action is held; the 4 of every `*Deterministic-v4` identifier except Space Invaders' 3."""
NOOP_MAX = 30
"""The draw is uniform over 0..29 frames, FIRE's own frame included: 29 different starts. Default of ale-py 0.12."""
SEED_LIMIT = 2**31
"""ale-py keeps seeds as int32 and takes a negative one for "draw one yourself"."""
_WORD = 2**32


def check_rules(noop_max: int, repeat_action_probability: float) -> None:
    """Raise `SuiteError` unless the arguments that one environment and a batch share are in range."""
    if noop_max < 0:
        raise SuiteError(f"noop_max must be 0 or more frames, not {noop_max}.")
    if not 0.0 <= repeat_action_probability <= 1.0:
        raise SuiteError(f"repeat_action_probability must lie in [0, 1], not {repeat_action_probability}.")


def ale_seed(seed: int | None) -> int:
    """The emulator's seed for a Gymnasium seed: itself below 2**31, the remainder above; None draws one at random."""
    if seed is None:
        return secrets.randbelow(SEED_LIMIT)
    if seed < 0:
        raise SuiteError(f"a seed must be 0 or more, not {seed}.")
    return int(seed) % SEED_LIMIT


class StartDraws:
    """The numbers of frames to wait, one for each episode."""

    def __init__(self, seed: int, noop_max: int) -> None:
        """`seed` in [0, 2**31); draws are uniform over 0..noop_max - 1, always 0 where noop_max is 0 or 1."""
        self._bits = MT19937()
        # std::mt19937's own seeding; numpy's modern one differs.
        self._bits._legacy_seeding(np.uint32(seed))
        self._span = max(noop_max, 1)

    def draw(self) -> int:
        """The next wait in frames.

        The multiply-and-reject method of Lemire 2019 (arXiv:1805.10941), which libstdc++ uses behind
        `std::uniform_int_distribution`; other C++ libraries may draw differently, equally fairly.
        """
        reject_below = _WORD % self._span
        while True:
            product = int(self._bits.random_raw()) * self._span
            if product % _WORD >= reject_below:
                return product // _WORD
