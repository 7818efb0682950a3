"""Traffic lights as clients know them, over the programmes of the embedded world. Source: ours; programmes are those of
driving/traffic/programmes.py, which every light of a group follows.

A client that sets a state tells the whole group: it holds for as long as that state lasts by its times, or for ever where it is
frozen, then the programme goes on. Times that a client sets change the phase of the group, and with it the junction's cycle.
CARLA's red time is what all show red for between two phases.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.wire import layout
from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.traffic.programmes import CLEARANCE_S
from sim_suite.driving.world import kinds
from sim_suite.driving.world.kinds import TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.terrain import CYCLE, GREEN_FROM, GREEN_TICKS, YELLOW_TICKS

TO_WIRE: Final = {
    kinds.RED: layout.RED, kinds.YELLOW: layout.YELLOW, kinds.GREEN: layout.GREEN, kinds.OFF: layout.OFF,
}  # fmt: skip
FROM_WIRE: Final = {**{wire: own for own, wire in TO_WIRE.items()}, layout.UNKNOWN: kinds.OFF}
UNTOLD: Final = -1
FOR_EVER: Final = 2**31 - 1
"""Tick until which a frozen group is told."""


class Times(NamedTuple):
    """Ticks of one phase."""

    green: int
    yellow: int
    red: int


class Lights:
    """The lights of one episode."""

    def __init__(self, graph: LaneGraph, programme: NDArray[np.int32], told: NDArray[np.int8]) -> None:
        """programme: [G, 4] of the terrain; told: [G] of the state, written here."""
        self.programme: NDArray[np.int32] = programme
        """[G, 4] as it is now; read-only, replaced when times change."""
        self.told_since: NDArray[np.int32] = np.zeros(len(told), np.int32)
        """[G] Tick at which each group was told what it shows."""
        self.changed = True
        """Whether times or what is frozen have changed since somebody last looked, and put it back."""
        self._told = told
        self._until: dict[int, int] = {}
        self._first = programme
        self._junction = graph.group_junction
        self._times = [self._times_of(row) for row in programme]

    @property
    def count(self) -> int:
        """G."""
        return len(self._told)

    @staticmethod
    def _times_of(row: NDArray[np.int32]) -> Times:
        return Times(int(row[GREEN_TICKS]), int(row[YELLOW_TICKS]), round(CLEARANCE_S * TICKS_A_SECOND))

    def times_s(self, group: int) -> tuple[float, float, float]:
        """Seconds of green, yellow and red of a group's phase."""
        green, yellow, red = self._times[group]
        return green * TICK_S, yellow * TICK_S, red * TICK_S

    def is_frozen(self, group: int) -> bool:
        """Whether a client has stopped it."""
        return self._until.get(group) == FOR_EVER

    def tell(self, group: int, state: int, tick: int) -> None:
        """Show a state (layout.LightState) from now on."""
        self.changed = True
        own = FROM_WIRE[state]
        frozen = self.is_frozen(group)
        self._told[group], self.told_since[group] = own, tick
        green, yellow, red = self._times[group]
        lasts = {kinds.GREEN: green, kinds.YELLOW: yellow, kinds.RED: red}.get(own)
        self._until[group] = FOR_EVER if frozen or lasts is None else tick + lasts

    def freeze(self, group: int, stop: bool, tick: int) -> None:
        """Keep what it shows, or let its programme go on."""
        if stop:
            self.changed = True
            if self._told[group] == UNTOLD:
                self.told_since[group] = tick - ticks_in_state(self.programme, self._told, self.told_since, group, tick)
                self._told[group] = light_at(self.programme, self._told, group, tick)
            self._until[group] = FOR_EVER
        else:
            self._release(group)

    def reset(self, groups: list[int]) -> None:
        """Forget what some groups were told, and times that were set for them."""
        for group in groups:
            self._release(group)
            self._times[group] = self._times_of(self._first[group])
        self._rebuild()

    def _release(self, group: int) -> None:
        self.changed = True
        self._told[group] = UNTOLD
        self._until.pop(group, None)

    def expire(self, tick: int) -> None:
        """Let programmes go on where what was told is over. To be called after each tick."""
        if self._until:
            for group in [group for group, until in self._until.items() if until <= tick]:
                self._release(group)

    def set_time(self, group: int, state: int, seconds: float) -> None:
        """How long a group's phase shows green, yellow or (all of its junction) red."""
        ticks = max(round(seconds * TICKS_A_SECOND), 1)
        name = {layout.GREEN: "green", layout.YELLOW: "yellow", layout.RED: "red"}[state]
        self._times[group] = self._times[group]._replace(**{name: ticks})
        for other in self.together(group):
            if self._first[other, GREEN_FROM] == self._first[group, GREEN_FROM]:
                self._times[other] = self._times[group]
        self._rebuild()

    def together(self, group: int) -> list[int]:
        """The groups of the same junction, itself among them."""
        junction = int(self._junction[group])
        return [group] if junction < 0 else np.flatnonzero(self._junction == junction).tolist()

    def _rebuild(self) -> None:
        """Lay the phases of each junction one after the other, in the order of the programme that the map began with."""
        self.changed = True
        programme = self._first.copy()
        done: set[int] = set()
        for group in range(len(programme)):
            if group in done:
                continue
            groups = self.together(group)
            done |= set(groups)
            starts = sorted({int(self._first[one, GREEN_FROM]) for one in groups})
            begin = starts[0]
            for start in starts:
                phase = [one for one in groups if self._first[one, GREEN_FROM] == start]
                times = self._times[phase[0]]
                programme[phase, GREEN_FROM] = begin
                programme[phase, GREEN_TICKS], programme[phase, YELLOW_TICKS] = times.green, times.yellow
                begin += sum(times)
            # A lone phase is red for as long again, as in the map's own programme.
            cycle = begin - starts[0] if len(starts) > 1 else 2 * (begin - starts[0])
            programme[groups, CYCLE] = cycle
        programme.flags.writeable = False
        self.programme = programme


@borrowing
def ticks_in_state(programme: np.ndarray, told: np.ndarray, told_since: np.ndarray, group: int, tick: int) -> int:
    """For how long a group has shown what it shows."""
    if told[group] >= 0:
        return int(tick - told_since[group])
    cycle = programme[group, CYCLE]
    if cycle <= 0:
        return int(tick)
    phase = (tick - programme[group, GREEN_FROM]) % cycle
    green, yellow = programme[group, GREEN_TICKS], programme[group, YELLOW_TICKS]
    if phase < green:
        return int(phase)
    return int(phase - green) if phase < green + yellow else int(phase - green - yellow)
