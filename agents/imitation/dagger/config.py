"""What a recipe may say about DAgger, checked once before anything is driven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from agents.imitation.config import ClonerConfig
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside

Start = Literal["warm", "scratch"]
MOST_LAPS: Final = 1_000
"""Of the expert's; their tracks come before those of the rounds (`tracks.py`)."""
MOST_GATHERED: Final = 9_000


@dataclass(frozen=True)
class DaggerConfig(ClonerConfig):
    """Configuration of DAgger. Round 0 is behaviour cloning on the expert's laps."""

    episodes: tuple[str, ...] = ()
    """Folders of recorded episodes that round 0 learns from; `--episodes` writes them here. None: the expert drives `laps`."""
    laps: int = 20
    """Episodes that the expert drives for round 0, where no folder is named."""
    expert: str = "car-racing-pursuit"
    """Who labels (`sim-suite list agents`): one that reads the privileged state, or the environment's own observation."""
    rounds: int = 10
    """Rounds after round 0: drive, label, aggregate, train."""
    laps_per_round: int = 20
    """Episodes driven in each, side by side."""
    beta: float = 0.0
    """In round i >= 1 the expert acts with probability beta**i in each step, the policy otherwise; 0: the policy alone."""
    rescue_after: int = 0
    """Steps without a reward after which the expert drives the car back, then gives it back to the policy; 0: never. A car
    that stands in the grass to the end of its lap teaches little, and a hundred times over."""
    start: Start = "warm"
    """A round's training goes on with the weights of the round before, or begins with fresh ones."""
    displaced_rounds: int = 1
    """Rounds, from 0 on, in which pictures are moved and turned by `shift_m` and `turn_rad`. Later ones have real states off the
    line, and the made-up wheel of moved pictures contradicts the expert's."""
    batches: int = 500
    """Batches a round is trained for. The rate of learning falls along a cosine within each round."""
    first_batches: int = 1000
    """The same, of round 0."""
    last_batches: int = 1000
    """The same, of the last round."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "episodes", tuple(self.episodes))
        if self.view.kind != "pixels":
            raise SuiteError(f"dagger looks at 'pixels', not at {self.view.kind!r}: --set 'view={{kind=\"pixels\"}}'.")
        refuse_less(
            self,
            {
                "laps": 1,
                "rounds": 0,
                "displaced_rounds": 0,
                "laps_per_round": 1,
                "batches": 1,
                "first_batches": 1,
                "last_batches": 1,
            },
        )
        refuse_outside(self, "beta", 0.0, 1.0)
        if self.laps > MOST_LAPS or self.rounds * self.laps_per_round > MOST_GATHERED:
            raise SuiteError(
                f"there are tracks for {MOST_LAPS} laps of the expert and {MOST_GATHERED} of the rounds, not for {self.laps} and "
                f"{self.rounds} x {self.laps_per_round}."
            )

    def batches_of(self, number: int) -> int:
        """Batches that a round (0 to `rounds`) is trained for."""
        if number == 0:
            return self.first_batches
        return self.last_batches if number == self.rounds else self.batches
