"""A log that is written by hand: the agent drives east along a straight street, one car stands beside it, another comes towards it."""

from __future__ import annotations

import numpy as np

from agents.imitation.chauffeurnet.data.driving_log import DrivingLog
from agents.imitation.chauffeurnet.data.log import ROW_TICKS
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import AGENT, CAR, PARKED, STILL, TRAFFIC
from sim_suite.driving.world.terrain import prepare

STREET = prepare(load_map("straight_street"))
START = 100.0, -1.75
"""In the middle of the right lane."""
LENGTH_M, WIDTH_M = 4.5, 1.8
PARKED_AT = 130.0, -4.0
ONCOMING_AT = 160.0, 1.75


def straight_log(speed: float = 10.0, episodes: int = 1, rows: int = 31) -> DrivingLog:
    """Episodes of equal length; each begins at START."""
    count, actors = episodes * rows, 4
    step = np.tile(np.arange(rows), episodes)
    body = np.zeros((count, actors, col.BODY), np.float32)
    mind = np.zeros((count, actors, col.MIND), np.int32)
    body[..., col.LENGTH], body[..., col.WIDTH] = LENGTH_M, WIDTH_M
    mind[:, 0, col.CONTROL], mind[:, 1, col.CONTROL], mind[:, 2, col.CONTROL] = AGENT, STILL, TRAFFIC
    mind[:, :, col.KIND] = CAR, PARKED, CAR, CAR
    body[:, 0, col.X], body[:, 0, col.Y], body[:, 0, col.SPEED] = START[0] + 0.2 * speed * step, START[1], speed
    body[:, 1, col.X], body[:, 1, col.Y], body[:, 1, col.YAW] = *PARKED_AT, 0.3
    body[:, 2, col.X], body[:, 2, col.Y] = ONCOMING_AT[0] - 1.0 * step, ONCOMING_AT[1]
    body[:, 2, col.YAW], body[:, 2, col.SPEED] = np.pi, 5.0
    world = np.zeros((count, col.WORLD), np.int32)
    world[:, col.TICK], world[:, col.NUM_ACTORS] = ROW_TICKS * step, actors
    weather = np.zeros((count, col.WEATHER), np.float32)
    weather[:, col.FRICTION], weather[:, col.VISIBILITY] = 1.0, 300.0
    first = np.arange(episodes) * rows
    return DrivingLog(
        STREET, body, mind, world, weather, np.full((count, len(STREET.graph.group_ids)), -1, np.int8),
        np.full((episodes, 1, 4), -1, np.int32), np.zeros((episodes, 1, 4, 2), np.float32),
        np.zeros((episodes, 1, 5), np.float32), first, first + rows, np.zeros(episodes, np.uint8), np.ones(count, np.bool_),
    )  # fmt: skip
