"""Records all worlds of a state, sample by sample, with what measures need. Source: ours; as `recorder.py` does for one trip.

Memory: 30 bytes for each sample of each slot, and 12 more for each sample of the ego: 4,096 worlds x 200 samples x 3 actors are
84 MB. It is taken when it is first written to, so that room for the longest variation costs nothing where all end early.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.compiling import shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.metrics.trip import NOBODY
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import COLLISION, NO_CONTROL
from sim_suite.driving.world.layout import MAX_EVENTS, State
from sim_suite.errors import SuiteError

EGO: Final = 0
"""The slot of the one who is judged."""

# Columns of `Samples.body`: the first four stand where they stand in `State.body`.
LENGTH: Final = 4
WIDTH: Final = 5
BODY: Final = 6

# Columns of `Samples.world`.
COUNT: Final = 0
"""Samples that count."""
FIRST_TICK: Final = 1
INTERVAL: Final = 2
"""Ticks from one sample to the next; 0 before the second."""
ENDED: Final = 3
UNEVEN: Final = 4
"""1 where a sample was taken at another interval."""
IMPACT_TICK: Final = 5
"""Of the ego's first collision, and the slot of its partner; -1 where there was none."""
IMPACT_SLOT: Final = 6
WORLD: Final = 7

# Columns of `Samples.ego`.
WHEELBASE: Final = 0
IMPACT_SPEED: Final = 1
EGO_COLUMNS: Final = 2

MOST_AGO: Final = 126
"""What `Samples.hit` has room for: samples may be 6 s apart."""
_LEAST_WORLDS: Final = 512  # a thread; to copy so many takes as long as to wake one


class Samples(NamedTuple):
    """What was recorded: W worlds, S samples, A slots. World frame as in `State`. Kernels take it as one argument."""

    body: NDArray[np.float32]
    """[W, S, A, BODY] x, y, yaw, speed, length, width"""
    identity: NDArray[np.int32]
    """[W, S, A] Number of the road user in its world."""
    kind: NDArray[np.int8]
    """[W, S, A] ActorKind, or NOBODY where the slot is empty."""
    hit: NDArray[np.int8]
    """[W, S, A] 1 + how many ticks ago a collision of the ego with it was noted, 0: none since the sample before."""
    slip: NDArray[np.float32]
    """[W, S] The ego's angle from the yaw to the velocity."""
    lane: NDArray[np.int32]
    """[W, S, 2] The ego's lane and side lane, as in `State.mind`."""
    world: NDArray[np.int32]
    """[W, WORLD]"""
    ego: NDArray[np.float32]
    """[W, EGO_COLUMNS] wheelbase, m; closing speed of its first collision, m/s"""


class Traces:
    """The traces of W worlds, whose ego has slot 0; begin anew with `clear` when the worlds are reset."""

    def __init__(self, num_worlds: int, actors: int, samples: int) -> None:
        """actors: A, slots of a world; samples: S, room for so many, the one after the reset among them."""
        if min(num_worlds, actors, samples) < 1:
            raise SuiteError(
                f"traces of {num_worlds} worlds, {actors} actors, {samples} samples; give 1 or more of each."
            )
        shape = (num_worlds, samples, actors)
        self.samples = Samples(
            body=np.empty((*shape, BODY), np.float32),
            identity=np.empty(shape, np.int32),
            kind=np.empty(shape, np.int8),
            hit=np.empty(shape, np.int8),
            slip=np.empty(shape[:2], np.float32),
            lane=np.empty((*shape[:2], 2), np.int32),
            world=np.empty((num_worlds, WORLD), np.int32),
            ego=np.empty((num_worlds, EGO_COLUMNS), np.float32),
        )
        self._shape = (num_worlds, actors)
        self.clear()

    @property
    def counts(self) -> NDArray[np.int32]:
        """[W] samples of each world that count."""
        return self.samples.world[:, COUNT].copy()

    def clear(self) -> None:
        """Forget all samples; the memory stays."""
        self._taken = 0
        self.samples.world[:] = 0
        self.samples.world[:, [IMPACT_TICK, IMPACT_SLOT]] = -1
        self.samples.ego[:] = np.nan

    def observe(self, state: State) -> None:
        """Take a sample of each world that has not ended: after the reset, then after each step, always as many ticks apart.

        Collisions are those of the last step, so no step may go unobserved. Raises `SuiteError` where there is no room left or
        the state has other worlds or slots.
        """
        if state.body.shape[:2] != self._shape:
            raise SuiteError(
                f"the traces are of (worlds, actors) {self._shape}, the state has {state.body.shape[:2]}. Make them for this state."
            )
        if self._taken == self.samples.slip.shape[1]:
            raise SuiteError(f"the traces have room for {self._taken} samples, and all are taken. Give more samples.")
        share(
            lambda part, begin, end: _copy(
                self.samples, state.body, state.mind, state.world, state.event, state.event_place, begin, end
            ),
            self._shape[0],
            _LEAST_WORLDS,
        )
        self._taken += 1

    def end(self, worlds: ArrayLike) -> None:
        """Worlds, by number or by a mask [W], whose last sample was the last that counts."""
        chosen = np.asarray(worlds)
        if chosen.size:
            self.samples.world[chosen, ENDED] = 1


@shared
def _copy(
    samples: Samples, body: np.ndarray, mind: np.ndarray, world: np.ndarray, event: np.ndarray, event_place: np.ndarray,
    begin: int, end: int,
) -> None:  # fmt: skip
    """The next sample of worlds begin..end."""
    for w in range(begin, end):
        row = samples.world[w]
        if row[ENDED] != 0:
            continue
        s = row[COUNT]
        for i in range(body.shape[1]):
            for column in range(LENGTH):
                samples.body[w, s, i, column] = body[w, i, column]
            samples.body[w, s, i, LENGTH], samples.body[w, s, i, WIDTH] = body[w, i, col.LENGTH], body[w, i, col.WIDTH]
            samples.identity[w, s, i] = mind[w, i, col.ID]
            samples.kind[w, s, i] = mind[w, i, col.KIND] if mind[w, i, col.CONTROL] != NO_CONTROL else NOBODY
            samples.hit[w, s, i] = 0
        samples.slip[w, s] = body[w, EGO, col.SLIP]
        samples.lane[w, s, 0], samples.lane[w, s, 1] = mind[w, EGO, col.LANE], mind[w, EGO, col.SIDE_LANE]
        tick = world[w, col.TICK]
        if s == 0:
            row[FIRST_TICK], samples.ego[w, WHEELBASE] = tick, body[w, EGO, col.WHEELBASE]
        elif s == 1:
            row[INTERVAL] = tick - row[FIRST_TICK]
        if tick != row[FIRST_TICK] + s * row[INTERVAL]:
            row[UNEVEN] = 1
        for k in range(min(world[w, col.NUM_EVENTS_NOW], MAX_EVENTS)):
            partner = event[w, k, 3]
            if event[w, k, 1] != COLLISION or event[w, k, 2] != EGO or partner < 0:
                continue
            samples.hit[w, s, partner] = 1 + min(tick - event[w, k, 0], MOST_AGO)
            if row[IMPACT_SLOT] < 0:
                row[IMPACT_TICK], row[IMPACT_SLOT] = event[w, k, 0], partner
                samples.ego[w, IMPACT_SPEED] = event_place[w, k, 3]
        row[COUNT] = s + 1
