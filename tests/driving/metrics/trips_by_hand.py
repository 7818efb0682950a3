"""Small trips whose metrics can be worked out by hand, and the same trips seen from another frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim_suite.driving.metrics.trip import Others, Road, Trip, TripEvent, nobody
from sim_suite.driving.world.kinds import ActorKind, EventKind

CAR_SIZE = (4.0, 2.0)


def straight(speed=10.0, seconds=10.0, step=0.1, route=1000.0, **changes):
    """A car 4 m long, 2 m wide and 3 m between its axles that drives east from the origin at one speed, alone, in its lane."""
    count = round(seconds / step) + 1
    time = step * np.arange(count)
    pose = np.stack([speed * time, np.zeros(count), np.zeros(count)], axis=1)
    trip = Trip(
        time_s=time,
        pose=pose,
        speed_mps=np.full(count, float(speed)),
        slip_rad=np.zeros(count),
        progress_m=np.clip(speed * time, 0, route),
        route_length_m=route,
        length_m=4.0,
        width_m=2.0,
        wheelbase_m=3.0,
        road=road(count),
        others=nobody(count),
    )
    return replace(trip, **changes)


def road(count, **changes):
    """One lane that runs east, 15 m/s."""
    plain = Road(
        np.full(count, 15.0), np.zeros(count), *(np.zeros(count, bool) for _ in range(4))
    )  # off_road, outside_lanes, in_junction, between_lanes
    return replace(plain, **changes)


def others(trip, *users):
    """Road users (x, y, yaw, speed, kind), each from its place at the start; identities 1, 2, ..."""
    count, number = len(trip.time_s), len(users)
    if not users:
        return nobody(count)
    start = np.array([user[:3] for user in users], float)
    speed = np.array([user[3] for user in users], float)
    pose = np.repeat(start[None], count, axis=0)
    elapsed = trip.time_s - trip.time_s[0]
    pose[..., 0] += elapsed[:, None] * speed * np.cos(start[:, 2])
    pose[..., 1] += elapsed[:, None] * speed * np.sin(start[:, 2])
    return Others(
        pose,
        np.repeat(speed[None], count, axis=0),
        np.full((count, number, 2), CAR_SIZE),
        np.repeat(np.array([[int(user[4]) for user in users]]), count, axis=0),
        np.repeat(np.arange(1, number + 1)[None], count, axis=0),
    )


def hit(time_s, kind=ActorKind.CAR, partner=1, x=0.0, y=0.0):
    """A collision."""
    return TripEvent(time_s, EventKind.COLLISION, x, y, partner, int(kind))


def seen_from_elsewhere(trip, turn, dx, dy, later):
    """The same trip in a frame turned and moved, with another origin of time."""

    def place(pose):
        x, y = pose[..., 0], pose[..., 1]
        cos, sin = np.cos(turn), np.sin(turn)
        return np.stack([cos * x - sin * y + dx, sin * x + cos * y + dy, pose[..., 2] + turn], axis=-1)

    return replace(
        trip,
        time_s=trip.time_s + later,
        pose=place(trip.pose),
        road=replace(trip.road, lane_yaw=trip.road.lane_yaw + turn),
        others=replace(trip.others, pose=place(trip.others.pose)),
        events=tuple(replace(event, time_s=event.time_s + later) for event in trip.events),
    )


def wandering(seed):
    """A trip with everything in it: bends, braking, traffic, a bit of everything that goes wrong."""
    rng = np.random.default_rng(seed)
    count, step = 120, 0.1
    time = step * np.arange(count)
    speed = np.clip(8 + np.cumsum(rng.normal(0, 0.15, count)), 0, 20)
    yaw = np.cumsum(rng.normal(0, 0.02, count))
    course = yaw + 0.01
    xy = np.cumsum(np.stack([speed * np.cos(course), speed * np.sin(course)], axis=1) * step, axis=0)
    progress = np.maximum.accumulate(xy[:, 0].clip(0, 200))
    trip = Trip(
        time, np.column_stack([xy, yaw]), speed, np.full(count, 0.01), progress, 200.0, 4.5, 1.9, 2.8,
        road=Road(
            rng.uniform(6, 12, count), yaw + rng.normal(0, 0.1, count), rng.random(count) < rng.choice([0, 0.02]),
            rng.random(count) < 0.05, rng.random(count) < 0.3, rng.random(count) < 0.2,
        ),
    )  # fmt: skip
    kinds = rng.choice([0, 1, 3, 4, 5, 6], 6)
    users = [
        (*rng.uniform(-20, 120, 1), *rng.uniform(-30, 30, 1), rng.uniform(-3, 3), rng.uniform(0, 9), k) for k in kinds
    ]
    trip = replace(trip, others=others(trip, *users))
    events = [
        hit(t, kinds[p - 1], p) for t, p in zip(np.sort(rng.uniform(0.5, 11, 3)), rng.integers(1, 7, 3), strict=True)
    ]
    events += [TripEvent(5.0, EventKind.RED_LIGHT, 0, 0)] * int(rng.integers(0, 2))
    return replace(trip, events=tuple(sorted(events, key=lambda event: event.time_s)))
