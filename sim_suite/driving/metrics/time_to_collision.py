"""Time to collision: when boxes would touch if everybody went on as at this moment, in seconds.

Source: motional/nuplan-devkit, `time_to_collision_within_bound.py` and its configuration (master, commit e924167), where the
step, the horizon (exclusive), the bound and the choice of road users were checked: those ahead, and those beside while the
ego is between lanes, off the road or in a junction; none after it has collided with the ego; 0 at an at-fault collision; none
while the ego stands. Ours: the ego goes on along its velocity where the original takes its heading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim_suite.driving.metrics.at_fault import BEHIND_RAD, first_collisions, relative_bearing
from sim_suite.driving.metrics.boxes import boxes_touch, radius
from sim_suite.driving.metrics.trip import NOBODY, Bools, Floats, Others, Road, Trip, TripEvent

STEP_S: Final = 0.1
HORIZON_S: Final = 3.0
LEAST_S: Final = 0.95
"""At or below this it is too short (least_min_ttc)."""
STANDING_MPS: Final = 0.005
AHEAD_RAD: Final = float(np.deg2rad(30.0))
"""Closer than this to the heading, seen from the rear axle, is ahead (`is_agent_ahead`)."""
EXPOSED_S: Final = 1.5
"""Minderhoud & Bovy 2001 call the time spent below a threshold the time exposed TTC; 1.5 s is a usual one."""


def time_to_collision(trip: Trip, road: Road, others: Others, at_fault: Sequence[TripEvent]) -> Floats:
    """[T] seconds, a multiple of STEP_S; inf where nothing would touch within the horizon or the ego stands."""
    times = projected(trip, others, relevant(trip, road, others))
    times[[trip.at(event.time_s) for event in at_fault]] = 0.0
    return times


def within_bound(times: Floats) -> float:
    """1 where the time to collision always was above LEAST_S, else 0."""
    return float((times > LEAST_S).all())


def relevant(trip: Trip, road: Road, others: Others) -> Bools:
    """[T, B] whom the ego may run into."""
    angle = relative_bearing(trip.pose[:, None], trip.wheelbase_m, others.pose[..., 0], others.pose[..., 1])
    beside = (road.between_lanes | road.in_junction)[:, None] & (angle <= BEHIND_RAD)
    chosen = (others.kind != NOBODY) & ((angle < AHEAD_RAD) | beside)
    chosen &= (np.abs(trip.speed_mps) > STANDING_MPS)[:, None]
    for event in first_collisions(trip):
        chosen[trip.at(event.time_s) :] &= others.identity[trip.at(event.time_s) :] != event.partner
    return np.asarray(chosen)


def projected(trip: Trip, others: Others, chosen: Bools) -> Floats:
    """[T] the first step at which the ego's box touches one of the chosen [T, B]."""
    size = np.array([trip.length_m, trip.width_m])
    course = others.pose[..., 2]
    velocity = others.speed_mps[..., None] * np.stack([np.cos(course), np.sin(course)], axis=-1)
    gap = others.pose[..., :2] - trip.pose[:, None, :2]
    closing = velocity - trip.velocity[:, None]
    nearest_s = np.clip(-(gap * closing).sum(-1) / np.maximum((closing**2).sum(-1), 1e-12), 0.0, HORIZON_S)
    nearest = np.linalg.norm(gap + closing * nearest_s[..., None], axis=-1)
    time, place = np.nonzero(chosen & (nearest <= radius(size) + radius(others.size_m)))
    steps = STEP_S * np.arange(1, round(HORIZON_S / STEP_S))
    ego = np.repeat(trip.pose[time, None], len(steps), axis=1)
    other = np.repeat(others.pose[time, place, None], len(steps), axis=1)
    ego[..., :2] += trip.velocity[time, None] * steps[:, None]
    other[..., :2] += velocity[time, place, None] * steps[:, None]
    touch = boxes_touch(ego, size, other, others.size_m[time, place, None])
    first = np.where(touch.any(axis=1), steps[touch.argmax(axis=1)], np.inf)
    found = np.full(len(trip.time_s), np.inf)
    np.minimum.at(found, time, first)
    return found
