"""How events are noted: once when they begin, in the world's list and in the agent's tally. Source: ours."""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.world.layout import GOING_ON, MAX_EVENTS, NUM_EVENTS_NOW, TICK, X, Y


@borrowing
def note_event(
    world: np.ndarray, event: np.ndarray, event_place: np.ndarray, tally: np.ndarray, body: np.ndarray, kind: int,
    who: int, partner: int, value: np.float32, value_2: np.float32,
) -> None:  # fmt: skip
    """Write a row, if there is room, and count it. world, event, event_place, tally: the world's rows; body: the actor's."""
    row = world[NUM_EVENTS_NOW]
    world[NUM_EVENTS_NOW] = row + 1
    if row < MAX_EVENTS:
        event[row, 0], event[row, 1], event[row, 2], event[row, 3] = world[TICK], kind, who, partner
        event_place[row, 0], event_place[row, 1] = body[X], body[Y]
        event_place[row, 2], event_place[row, 3] = value, value_2
    if who < tally.shape[0]:
        tally[who, kind] += 1


@borrowing
def begins(mind: np.ndarray, kind: int, now: bool) -> bool:
    """Whether a state that holds now did not hold before; keeps in mind that it does."""
    bit = 1 << kind
    before = mind[GOING_ON] & bit != 0
    if now:
        mind[GOING_ON] |= bit
    else:
        mind[GOING_ON] &= ~bit
    return now and not before
