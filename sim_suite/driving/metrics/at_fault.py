"""No at-fault collision: 1 where the ego caused none, 0.5 after one with a thing, 0 after one with a road user or two with things.

Source: motional/nuplan-devkit, `no_ego_at_fault_collisions.py` and its configuration (master, commit e924167), where kinds of
collision, thresholds and the formula were checked. The ego is at fault when it runs into one that stands, hits with its front
bumper, or hits sideways while it is between lanes or off the road; not when it stands itself or is hit from behind.

Ours: the collisions are those that the simulator noted, and both boxes are carried from the sample before to the contact, since
a simulator pushes boxes apart where the original only finds them overlapping. A partner that was not recorded is the ego's fault.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.boxes import boxes_touch
from sim_suite.driving.metrics.trip import NOBODY, Floats, Others, Road, Trip, TripEvent
from sim_suite.driving.world.kinds import ActorKind, EventKind

STANDING_MPS: Final = 0.05
"""Up to this a road user stands (`is_track_stopped`)."""
BEHIND_RAD: Final = float(np.deg2rad(150.0))
"""Farther round than this from the heading, seen from the rear axle, is behind (`is_agent_behind`)."""
BUMPER_M: Final = 0.1
"""Ours: the front bumper's depth to either side of the front edge, for the error of carrying boxes forward."""
ALLOWED_THINGS: Final = 1
"""max_violation_threshold_object; for pedestrians, bicycles and vehicles it is 0."""


def first_collisions(trip: Trip) -> list[TripEvent]:
    """The first collision with each partner: later ones with the same do not count again."""
    first: dict[tuple[int, float], TripEvent] = {}
    for event in trip.events:
        if event.kind == EventKind.COLLISION:
            first.setdefault((event.partner, event.time_s if event.partner == NOBODY else 0.0), event)
    return list(first.values())


def at_fault_collisions(trip: Trip, road: Road, others: Others) -> list[TripEvent]:
    """Those of the first collisions that the ego caused."""
    return [event for event in first_collisions(trip) if _caused(trip, road, others, event)]


def collision_score(at_fault: list[TripEvent]) -> float:
    """1, 0.5 or 0: the product over groups of max(0, 1 - number / (allowed + 1))."""
    kinds = [event.partner_kind for event in at_fault]
    things = sum(kind in (ActorKind.OBSTACLE, NOBODY) for kind in kinds)
    if len(kinds) > things:
        return 0.0
    return max(0.0, 1.0 - things / (ALLOWED_THINGS + 1))


def relative_bearing(pose: Floats, wheelbase_m: float, x: Floats, y: Floats) -> Floats:
    """Angle in [0, pi] from the heading to points, seen from the rear axle. pose: [..., 3]; x, y: [...]."""
    rear_x = pose[..., 0] - wheelbase_m / 2 * np.cos(pose[..., 2])
    rear_y = pose[..., 1] - wheelbase_m / 2 * np.sin(pose[..., 2])
    turn = np.arctan2(y - rear_y, x - rear_x) - pose[..., 2]
    return np.asarray(np.abs(np.arctan2(np.sin(turn), np.cos(turn))))


def _caused(trip: Trip, road: Road, others: Others, event: TripEvent) -> bool:
    now = trip.before(event.time_s)
    if abs(trip.speed_mps[now]) <= STANDING_MPS:
        return False
    places = np.flatnonzero(others.identity[now] == event.partner)
    if places.size == 0 or abs(others.speed_mps[now, places[0]]) <= STANDING_MPS:
        return True
    ahead_s = max(event.time_s - float(trip.time_s[now]), 0.0)
    ego = trip.pose[now].copy()
    ego[:2] += trip.velocity[now] * ahead_s
    partner, speed = others.pose[now, places[0]].copy(), others.speed_mps[now, places[0]]
    partner[:2] += speed * ahead_s * np.array([np.cos(partner[2]), np.sin(partner[2])])
    if relative_bearing(ego, trip.wheelbase_m, partner[0], partner[1]) > BEHIND_RAD:
        return False
    front = ego + trip.length_m / 2 * np.array([np.cos(ego[2]), np.sin(ego[2]), 0.0])
    bumper = np.array([2 * BUMPER_M, trip.width_m])
    return bool(boxes_touch(front, bumper, partner, others.size_m[now, places[0]])) or bool(
        road.between_lanes[trip.at(event.time_s)]
    )
