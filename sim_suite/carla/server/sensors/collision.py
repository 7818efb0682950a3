"""The collision detector: whom its vehicle runs into, and with what impulse. Source: CARLA's documentation of
sensor.other.collision; the impulse is that of the embedded world's inelastic contact (driving/world/contact.py).

One reading when a contact begins; touching the same partner on and on is the same collision.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from sim_suite.carla.frames import carla_vector
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.wire.layout import StreamType
from sim_suite.carla.wire.streams import collision_payload
from sim_suite.driving.dynamics.vehicles import MASS_KG, PARAMETERS
from sim_suite.driving.world.kinds import SCRIPT, STILL
from sim_suite.driving.world.layout import CONTROL, KIND


def reduced_mass_kg(mind: tuple[int, int], other: tuple[int, int]) -> float:
    """Of two bodies, each (kind, control); one that forces do not move weighs without bound."""
    inverse = sum(
        0.0 if control in (SCRIPT, STILL) else 1.0 / float(PARAMETERS[kind, MASS_KG]) for kind, control in (mind, other)
    )
    return 1.0 / inverse if inverse > 0.0 else 0.0


class Collision:
    """One detector."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """attributes: none of its own."""

    def read(self, moment: Moment) -> list[bytes]:
        """A reading for each contact that began in this step."""
        episode = moment.episode
        own = episode.actors.get(moment.actor.parent)
        if own is None:
            return []
        found = []
        for contact in episode.contacts:
            if own.slot not in (contact.slot, contact.partner):
                continue
            other = episode.in_slot(contact.partner if own.slot == contact.slot else contact.slot)
            if other is None or (own.slot == contact.partner and contact.mirrored):
                continue
            mind = episode.world.state.mind[0]
            pair = [(int(mind[slot, KIND]), int(mind[slot, CONTROL])) for slot in (contact.slot, contact.partner)]
            size = contact.closing_mps * reduced_mass_kg(pair[0], pair[1])
            way = contact.direction if own.slot == contact.slot else contact.direction + math.pi
            impulse = carla_vector(size * math.cos(way), size * math.sin(way), 0.0)
            header = moment.header(StreamType.COLLISION)
            found.append(collision_payload(header, episode.actor_row(own), episode.actor_row(other), impulse))
        return found


COLLISION: Final = SensorKind("sensor.other.collision", StreamType.COLLISION, (), Collision)
