"""Several processes that train one agent together: which one this is, as torchrun tells it. Source: PyTorch's torchrun."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Crew:
    """The processes of one run."""

    rank: int = 0
    """Of this process."""
    size: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and talks."""
        return self.rank == 0


def crew() -> Crew:
    """As torchrun's environment says; alone without it."""
    return Crew(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))
