"""Which tracks a run drives on: none twice, none of the leaderboard's. Source: ours."""

from __future__ import annotations

from typing import Final

from agents.learning.episode_seeds import episode_seed

_GATHERED, _EVOLVED, _JUDGED = 0, 1, 2
_A_GENERATION: Final = 10_000
"""More tracks than a generation drives."""


def gathered_on(seed: int, number: int) -> int:
    """The track of drive `number` that M learns from, in the run with this seed."""
    return episode_seed(seed, _GATHERED, number)


def evolved_on(seed: int, generation: int, tracks: int) -> list[int]:
    """The tracks of a generation's candidates."""
    return [episode_seed(seed, _EVOLVED, generation * _A_GENERATION + track) for track in range(tracks)]


def judged_on(seed: int, tracks: int) -> list[int]:
    """The tracks on which a run chooses among its controllers."""
    return [episode_seed(seed, _JUDGED, track) for track in range(tracks)]
