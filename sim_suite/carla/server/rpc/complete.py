"""The table of calls with all of its parts: importing them is what fills it."""

from __future__ import annotations

from typing import Final

from sim_suite.carla.server.rpc import actors, batch, lights, session, vehicles, world
from sim_suite.carla.server.rpc.table import CALLS, reply_to

PARTS: Final = (session, actors, vehicles, lights, world, batch)

__all__ = ["CALLS", "PARTS", "reply_to"]
