"""What a recipe may say about the road users that are learned from. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class RoadUserOptions:
    """How many are filmed for training, and how their pictures are changed. Held-out ones depend on none of it."""

    towns: int = 24
    """Of training, 1 to 1000."""
    worlds: int = 64
    """Driven in each town, 1 to 256."""
    moments: int = 4
    """At which each world is filmed, 3 s from each other, 1 to 1000."""
    exposed: float = 0.7
    """Share of pictures for training that are taken as by another camera: exposure, balance, contrast and noise, 0 to 1."""

    def __post_init__(self) -> None:
        for name, high in (("towns", 1000), ("worlds", 256), ("moments", 1000)):
            refuse_outside(self, name, 1, high)
        refuse_outside(self, "exposed", 0.0, 1.0)
