"""One tick of a world: note who is where, decide for everybody, move everybody, then see what came of it. Source: ours.

Decisions read the state at the start of the tick and write nothing that another decision reads, and so do moves: the order of
actors in their slots changes nothing, and neither does the number of worlds or threads.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called, shared
from sim_suite.driving.dynamics.move import controls_of, move_vehicle
from sim_suite.driving.rules.judge import judge
from sim_suite.driving.traffic.drive import drive, signals
from sim_suite.driving.traffic.leaders import find_leader
from sim_suite.driving.traffic.presence import Presence, forget, note_all
from sim_suite.driving.traffic.walkers import walk
from sim_suite.driving.world.contact import collide, note_told
from sim_suite.driving.world.kinds import (
    AGENT,
    BICYCLE,
    NO_CONTROL,
    PEDESTRIAN,
    SCRIPT,
    STILL,
    TRAFFIC,
)
from sim_suite.driving.world.layout import (
    CONTROL,
    FRICTION,
    FULL,
    FULL_MARK,
    GAP,
    JUDGED,
    KIND,
    LANE,
    NUM_ACTORS,
    SIGNALS,
    TICK,
    TRAIL_TICKS,
    YAW,
    State,
    X,
    Y,
)
from sim_suite.driving.world.locate import find_lane, locate_vehicle
from sim_suite.driving.world.recycle import recycle
from sim_suite.driving.world.terrain import Ground

_ZERO: Final = np.float32(0.0)
QUEUE_M: Final = np.float32(60.0)
"""So far ahead it is looked whom an agent stands behind."""


@called
def decide_actor(state: State, ground: Ground, presence: Presence, w: int, t: int, i: int) -> None:
    """Decide for slot i of world w; only vehicles of the traffic model have anything to decide here."""
    mind = state.mind[w, i]
    if mind[CONTROL] == TRAFFIC and mind[KIND] <= BICYCLE:
        drive(
            presence, t, i, state.body[w], state.mind[w], state.path[w, i], state.span[w, i], state.controls[w, i],
            state.world[w], state.lights[w], ground.terrain, state.world[w, TICK],
        )  # fmt: skip


@called
def move_actor(state: State, ground: Ground, presence: Presence, w: int, t: int, i: int) -> None:
    """Move slot i of world w by what was decided for it."""
    body, mind = state.body[w, i], state.mind[w, i]
    control = mind[CONTROL]
    if control in (NO_CONTROL, STILL, SCRIPT):
        return
    friction = state.weather[w, FRICTION]
    if control == TRAFFIC and mind[KIND] == PEDESTRIAN:
        walk(presence, t, body, mind, state.world[w], state.lights[w], ground.terrain, state.world[w, TICK])
    elif control == TRAFFIC:
        told = state.controls[w, i, 2]
        mind[FULL] = 1 if told > FULL_MARK / 2 else 0
        body[GAP] = told - np.float32(FULL_MARK) if mind[FULL] == 1 else told
        move_vehicle(body, mind, state.controls[w, i, 0], state.controls[w, i, 1], friction)
    else:
        if state.path[w, i, 0] >= 0:
            # Who stands behind another before a junction must be known to stand in a queue: else all others wait for it.
            body[GAP], _, _, _ = find_leader(
                presence, t, i, body, mind, state.path[w, i], state.span[w, i], ground.terrain, QUEUE_M
            )
        wheel, accel = controls_of(
            body, mind, state.controls[w, i, 0], state.controls[w, i, 1], state.controls[w, i, 2], friction
        )
        move_vehicle(body, mind, wheel, accel, friction)
        if mind[LANE] >= 0 and state.path[w, i, 0] >= 0:
            mind[SIGNALS] = signals(body, mind, state.path[w, i], state.span[w, i], ground.terrain, accel)


@called
def place_actor(state: State, ground: Ground, w: int, i: int) -> None:
    """Bring slot i's place on its path and its lanes up to date after the move, and judge it if it is judged."""
    body, mind = state.body[w, i], state.mind[w, i]
    control = mind[CONTROL]
    if control in (NO_CONTROL, STILL):
        return
    if mind[KIND] > BICYCLE:
        if control != TRAFFIC:  # people that are told where to go, obstacles of a script
            find_lane(body, mind, ground)
        return
    routed = i < state.legs.shape[1]
    row = i if routed else 0
    legs = state.legs[w, row] if routed else state.legs[w, 0, :0]
    locate_vehicle(
        body, mind, state.path[w, i], state.span[w, i], legs, state.leg_span[w, row], state.leg_arc[w, row],
        state.world[w], ground,
    )  # fmt: skip
    told = control == SCRIPT and i < state.tally.shape[1]  # an agent's place that a script has taken
    if control == AGENT or told or (control == TRAFFIC and state.world[w, JUDGED] == 1):
        judge(
            i, body, mind, state.path[w, i], state.span[w, i], state.leg_arc[w, row], legs, state.world[w],
            state.lights[w], state.event[w], state.event_place[w], state.tally[w], ground,
        )  # fmt: skip


@borrowing
def keep_trail(state: State, w: int, actors: int) -> None:
    """Every TRAIL_TICKS the poses move down the list and the present one comes first."""
    length = state.trail.shape[2]
    if length == 0 or state.world[w, TICK] % TRAIL_TICKS != 0:
        return
    for i in range(actors):
        trail = state.trail[w, i]
        for h in range(length - 1, 0, -1):
            for column in range(4):
                trail[h, column] = trail[h - 1, column]
        there = state.mind[w, i, CONTROL] != NO_CONTROL
        trail[0, 0], trail[0, 1], trail[0, 2] = state.body[w, i, X], state.body[w, i, Y], state.body[w, i, YAW]
        trail[0, 3] = np.float32(state.mind[w, i, KIND] + 1) if there else _ZERO


@shared
def step_worlds(
    state: State, ground: Ground, presence: Presence, push: np.ndarray, ticks: int, t: int, begin: int, end: int
) -> None:  # fmt: skip
    """Worlds begin..end by so many ticks, with the scratch memory of thread t."""
    for w in range(begin, end):
        for _ in range(ticks):
            _tick(state, ground, presence, push, w, t)


@shared
def move_world(state: State, ground: Ground, presence: Presence) -> None:
    """The first half of a tick of a single world: everybody decides and moves; `settle_world` is the other. Who is moved by another
    simulator has been put where that says before the second half."""
    _move(state, ground, presence, 0, 0)


@shared
def settle_world(state: State, ground: Ground, push: np.ndarray, told: np.ndarray) -> None:
    """The second half of a tick of a single world: time passes, and what came of the moves is seen. told: [K, 5] float32, collisions that
    the other simulator saw: slots (-1 for what is no actor), normal x and y, closing speed m/s (`contact.note_told`)."""
    state.world[0, TICK] += 1
    note_told(told, state.body[0], state.mind[0], state.world[0], state.event[0], state.event_place[0], state.tally[0])
    _settle(state, ground, push, 0, 0)


@borrowing
def _tick(state: State, ground: Ground, presence: Presence, push: np.ndarray, w: int, t: int) -> None:
    _move(state, ground, presence, w, t)
    state.world[w, TICK] += 1
    _settle(state, ground, push, w, t)


@borrowing
def _move(state: State, ground: Ground, presence: Presence, w: int, t: int) -> None:
    actors = state.world[w, NUM_ACTORS]
    note_all(presence, t, state.body[w], state.mind[w], state.path[w], state.span[w], actors, ground.terrain)
    for i in range(actors):
        decide_actor(state, ground, presence, w, t, i)
    for i in range(actors):
        move_actor(state, ground, presence, w, t, i)
    forget(presence, t)


@borrowing
def _settle(state: State, ground: Ground, push: np.ndarray, w: int, t: int) -> None:
    actors = state.world[w, NUM_ACTORS]
    collide(
        push[t], state.body[w], state.mind[w], actors, state.world[w], state.event[w], state.event_place[w],
        state.tally[w],
    )  # fmt: skip
    for i in range(actors):
        place_actor(state, ground, w, i)
    recycle(state, ground, w)
    keep_trail(state, w, actors)
