"""What is still known of actors that are gone. Source: ours.

The traffic manager in a client's process asks for the box and the physics of actors that it has seen; it may ask after they were
destroyed, and an error then ends the client's process. So both are kept for a while.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from sim_suite.carla.wire.rpc import Wire

MOST: Final = 4096
"""Actors that are remembered."""


class Memory:
    """Answers by call and actor, the last few."""

    def __init__(self) -> None:
        """Empty."""
        self._kept: OrderedDict[tuple[str, int], Wire] = OrderedDict()

    def keep(self, call: str, actor: int, answer: Wire) -> None:
        """Remember what a call would have answered."""
        self._kept.pop((call, actor), None)  # to the end
        self._kept[call, actor] = answer
        if len(self._kept) > 2 * MOST:
            self._kept.popitem(last=False)

    def recall(self, call: str, actor: int) -> Wire:
        """What was kept; None where nothing was."""
        return self._kept.get((call, actor))
