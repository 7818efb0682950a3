"""What a traffic light shows at a tick. Source: ours; programmes.py makes the programmes."""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.world.kinds import GREEN, OFF, RED, YELLOW

_GREEN_FROM, _GREEN_TICKS, _YELLOW_TICKS, _CYCLE = range(4)  # columns of terrain.programme


@borrowing
def light_at(programme: np.ndarray, lights: np.ndarray, group: int, tick: int) -> int:
    """Light of a group. programme: [G, 4]; lights: [G] int8 of the world, -1 where the programme holds; group: -1 is OFF."""
    if group < 0:
        return OFF
    told = int(lights[group])
    if told >= 0:
        return told
    cycle = programme[group, _CYCLE]
    if cycle <= 0:
        return OFF
    phase = (tick - programme[group, _GREEN_FROM]) % cycle
    if phase < programme[group, _GREEN_TICKS]:
        return GREEN
    if phase < programme[group, _GREEN_TICKS] + programme[group, _YELLOW_TICKS]:
        return YELLOW
    return RED


@borrowing
def ticks_of_red_left(programme: np.ndarray, lights: np.ndarray, group: int, tick: int) -> int:
    """How long a group stays red from now, ticks; 0 where it is not red; 10,000 where it was told to be red."""
    if light_at(programme, lights, group, tick) != RED:
        return 0
    if lights[group] >= 0:
        return 10_000
    cycle = programme[group, _CYCLE]
    return int(cycle - (tick - programme[group, _GREEN_FROM]) % cycle)


@borrowing
def lights_at(programme: np.ndarray, lights: np.ndarray, tick: int, shown: np.ndarray) -> None:
    """`light_at` of all groups. shown: [G] int8, filled."""
    for group in range(len(shown)):
        shown[group] = light_at(programme, lights, group, tick)
