"""What the ego is blamed for, counted as CARLA's leaderboard counts. Source: carla-simulator/scenario_runner.

Checked in `atomic_criteria.py` (master, 2025): class CollisionTest for what is one collision and what is nobody's fault,
MinimumSpeedRouteTest for slow stretches (see `min_speed`). CARLA's kinds by type: walkers are pedestrians, bicycles are
vehicles. Parked vehicles count as vehicles here: CARLA has both parked vehicles and parked props.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import NOBODY, Trip, TripEvent
from sim_suite.driving.world.kinds import ActorKind, EventKind

SAME_PLACE_M: Final = 5.0
"""CollisionTest.COLLISION_RADIUS: until the ego has left the place of a collision, another there is the same one."""
SAME_PARTNER_S: Final = 5.0
"""CollisionTest.MAX_ID_TIME: another collision with the same road user within this time is the same one."""
STANDING_MPS: Final = 0.1
"""CollisionTest.EPSILON: whoever is slower was run into."""


@dataclass(frozen=True)
class Infractions:
    """How often each thing happened on a trip."""

    pedestrian_collisions: int = 0
    vehicle_collisions: int = 0
    static_collisions: int = 0
    red_lights: int = 0
    stop_signs: int = 0
    scenario_timeouts: int = 0
    emergency_vehicles_blocked: int = 0


def count_infractions(trip: Trip) -> Infractions:
    """The infractions among a trip's events."""
    kinds = [event.partner_kind for event in counted_collisions(trip)]
    signs = [event.kind for event in trip.events]
    pedestrians, static = kinds.count(ActorKind.PEDESTRIAN), kinds.count(ActorKind.OBSTACLE) + kinds.count(NOBODY)
    return Infractions(
        pedestrian_collisions=pedestrians,
        vehicle_collisions=len(kinds) - pedestrians - static,
        static_collisions=static,
        red_lights=signs.count(EventKind.RED_LIGHT),
        stop_signs=signs.count(EventKind.STOP_SIGN),
        scenario_timeouts=trip.scenario_timeouts,
        emergency_vehicles_blocked=trip.emergency_vehicles_blocked,
    )


def counted_collisions(trip: Trip) -> list[TripEvent]:
    """Collisions that count: the ego moved, and it is no other contact of the collision before."""
    counted: list[TripEvent] = []
    for event in trip.events:
        if event.kind != EventKind.COLLISION or abs(trip.speed_mps[trip.before(event.time_s)]) < STANDING_MPS:
            continue
        if not counted or not (_same_partner(counted, event) or _same_place(trip, counted[-1], event)):
            counted.append(event)
    return counted


def _same_partner(counted: list[TripEvent], event: TripEvent) -> bool:
    """CARLA remembers the last partner that is no part of the scenery."""
    last = next((one for one in reversed(counted) if one.partner_kind not in (ActorKind.OBSTACLE, NOBODY)), None)
    return last is not None and last.partner == event.partner and event.time_s - last.time_s <= SAME_PARTNER_S


def _same_place(trip: Trip, last: TripEvent, event: TripEvent) -> bool:
    """Whether the ego has stayed at the place of the last collision until this one."""
    path = trip.pose[trip.at(last.time_s) : trip.at(event.time_s) + 1, :2]
    return bool((np.hypot(*(path - path[0]).T) <= SAME_PLACE_M).all())
