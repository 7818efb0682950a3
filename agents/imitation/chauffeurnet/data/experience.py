"""Driving that experts generate as it is needed, in many worlds at once: generation g of a seed is always the same. Source: ours.

The paper learned from 26 million recorded examples; here experts drive, on maps that no scenario of the evaluation uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.batch import BatchedDriver
from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.pdm import PdmDriver
from agents.imitation.chauffeurnet.data.driving_log import DrivingLog
from agents.imitation.chauffeurnet.data.log import MOVING_MPS, ROW_TICKS, STANDING_TICKS
from agents.imitation.chauffeurnet.data.odd_lights import draw_odd_lights
from agents.imitation.chauffeurnet.data.practice import practice_map
from agents.imitation.chauffeurnet.data.pushes import draw_pushes, push, who_is_pushed
from agents.imitation.chauffeurnet.data.situations import DRAWS, STAGED, stage
from agents.imitation.chauffeurnet.data.turns import Novice, draw_turns
from sim_suite.compiling.sharing import share
from sim_suite.driving.world.kinds import (
    BLOCKED,
    COLLISION,
    OFF_ROAD,
    RED_LIGHT,
    ROUTE_DEVIATION,
    ROUTE_DONE,
    STOP_SIGN,
    TICKS_A_SECOND,
)
from sim_suite.driving.world.layout import SPEED, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.refusals import refuse_outside

MAPS: Final = ("village", "crossroads", "curves", "t_junction", "roundabout", "loop_straight", "highway")
"""Of the shipped maps those that no scenario uses and that the suite `driving` does not keep for judging (studies/driving_routes.py)."""
DRIVERS: Final[Mapping[str, type[BatchedDriver[Any]]]] = MappingProxyType({"pdm": PdmDriver, "idm": IdmDriver})
ENDS: Final = [COLLISION, OFF_ROAD, RED_LIGHT, STOP_SIGN, ROUTE_DEVIATION, BLOCKED, ROUTE_DONE]
"""An episode ends before the row at which one of these has happened: an expert's failures are no examples."""
DECISION_TICKS: Final = 2
"""For which an action holds, as in the environments."""
BUBBLE_M: Final = 120
APPROACH_S: Final = 5.0
"""Of a drive that ends in standing for good, so much before that is left out as well."""
NO_PAST: Final = 0.5
"""Share of episodes in which others have no past when they begin, as in the evaluation's scenarios."""
EXPERIENCE, PRACTICE = 3, 12
"""What a generator of random numbers is for, beside those of feeding.py, recorded.py, learner.py and judging.py."""


@dataclass(frozen=True)
class ExperienceOptions:
    """What a generation consists of. Memory: 200 bytes an actor and row, 5 rows a second and world."""

    maps: tuple[str, ...] = MAPS
    """By name or path; each gets `worlds`."""
    practice: int = 9
    """Beside them so many maps that are drawn anew for each generation (practice.py), 0 to 64."""
    worlds: int = 6
    """On each map, 1 to 4096: as many episodes a generation."""
    seconds: float = 30.0
    """Greatest length of an episode, 5 to 600."""
    actors: int = 24
    """Slots in a world, the agent's and those of staged situations among them, 8 to 256."""
    drivers: tuple[str, ...] = ("pdm", "pdm", "pdm", "idm")
    """Who drives: the maps of a generation take turns, and so do the generations of a map."""
    askew: float = 0.3
    """Share of episodes that begin in motion beside the lane's middle and askew, 0 to 1: an expert shows how one comes back. 0 where
    that is to be learned from perturbed drives alone, as in the paper."""
    handed_over: float = 0.0
    """Share of episodes in which a novice drives by turns with the expert, who corrects it, 0 to 1; above 0 the run must begin with a
    trained network (`start_from`), which is the novice."""
    pushed: float = 0.0
    """Share of episodes in which the expert is made to drive too fast now and then, and slows down again (pushes.py), 0 to 1."""
    odd_lights: float = 0.3
    """Share of episodes in which each light keeps a time of its own (odd_lights.py), 0 to 1."""
    route_m: tuple[float, float] = (150.0, 600.0)
    """Least and greatest length of routes; where a map is too small, its own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", tuple(self.maps))
        object.__setattr__(self, "drivers", tuple(self.drivers))
        if not self.drivers or not (self.maps or self.practice):
            raise SuiteError(
                f"drivers are {list(self.drivers)} and maps {list(self.maps)}, with {self.practice} for practice: "
                "drivers need one name at least, and maps one where there is no practice."
            )
        for name in self.drivers:
            if name not in DRIVERS:
                raise UnknownNameError("driver", name, DRIVERS)
        refuse_outside(self, "practice", 0, 64)
        refuse_outside(self, "worlds", 1, 4096)
        refuse_outside(self, "seconds", 5.0, 600.0)
        refuse_outside(self, "actors", 8, 256)
        refuse_outside(self, "askew", 0.0, 1.0)
        refuse_outside(self, "odd_lights", 0.0, 1.0)
        refuse_outside(self, "handed_over", 0.0, 1.0)
        refuse_outside(self, "pushed", 0.0, 1.0)


def load_maps(options: ExperienceOptions) -> list[DrivingMap]:
    """The maps, in their order; who generates often keeps them, since only the last few that were loaded are kept for all."""
    return [driving_map(name) for name in options.maps]


def generate(
    options: ExperienceOptions,
    seed: int,
    generation: int,
    maps: Sequence[DrivingMap] | None = None,
    novice: Novice | None = None,
) -> list[DrivingLog]:
    """The logs of a generation, one a map: a function of all arguments but `maps`: those of `load_maps`, loaded without it."""
    logs = []
    for number, road_map in enumerate(_grounds(options, seed, generation, maps)):
        rng = np.random.default_rng([seed, EXPERIENCE, generation, number])
        driver = DRIVERS[options.drivers[(generation + number) % len(options.drivers)]]()
        logs.append(drive_worlds(road_map, driver, options, rng, novice))
    return logs


def _grounds(
    options: ExperienceOptions, seed: int, generation: int, maps: Sequence[DrivingMap] | None
) -> Iterator[DrivingMap]:
    """The maps of a generation: those that have a name, then those for practice."""
    yield from load_maps(options) if maps is None else maps
    rng = np.random.default_rng([seed, PRACTICE, generation])
    for number in rng.integers(0, 2**62, options.practice).tolist():
        yield practice_map(number)


def drive_worlds(
    road_map: DrivingMap,
    driver: BatchedDriver[Any],
    options: ExperienceOptions,
    rng: np.random.Generator,
    novice: Novice | None = None,
) -> DrivingLog:
    """Episodes of many worlds, each as long as nothing of ENDS happens. novice: drives as `options.handed_over` says; what it drives is
    not learned from, nor is how anybody is pushed."""
    population = _drawn_population(options, rng)
    world = World(road_map, options.worlds, replace(population, trail=0 if novice is None else novice.trail))
    world.reset(rng.integers(0, 2**62, options.worlds))
    draws = rng.random((options.worlds, DRAWS))
    share(lambda _, begin, end: stage(world.state, world.ground, draws, options.askew, begin, end), options.worlds, 8)
    steps = int(options.seconds * TICKS_A_SECOND) // ROW_TICKS
    log = _new_log(world, steps, (rng.random(options.worlds) < NO_PAST).astype(np.uint8))
    odd = draw_odd_lights(rng, options.worlds, world.state.lights.shape[1], options.odd_lights)
    turns = (
        np.zeros((options.worlds, steps), np.bool_)
        if novice is None
        else draw_turns(rng, options.worlds, options.handed_over, steps)
    )
    pushes = draw_pushes(rng, options.worlds, options.pushed, steps)
    seat = novice.seat(road_map) if novice is not None and turns.any() else None
    memory = np.zeros((options.worlds, driver.memory_size), np.float32)
    actions = np.zeros((options.worlds, 2), np.float32)
    alive = np.ones(options.worlds, np.bool_)
    for step in range(steps):
        alive &= world.state.tally[:, EGO][:, ENDS].sum(axis=1) == 0
        if not alive.any():
            break
        odd.tell(world.state.lights, step * ROW_TICKS)
        _keep(world.state, log, alive, step)
        taught = np.flatnonzero(alive & turns[:, step])
        pushed = alive & ~turns[:, step] & who_is_pushed(world.state, pushes[:, step])
        for others in (taught, np.flatnonzero(pushed)):
            log.learned[log.first[others] + step] = False
        tried = seat.act(world.state, taught) if seat is not None and len(taught) else None
        for _ in range(ROW_TICKS // DECISION_TICKS):
            driver.drive_worlds(world.state, road_map, EGO, DECISION_TICKS, memory, actions, alive)
            if tried is not None:
                actions[taught] = tried
            push(world.state, pushes[:, step], pushed, actions)
            write_controls(world.state, EGO, CONTINUOUS, actions)
            world.step(DECISION_TICKS)
    leave_out_stuck(log)
    return log


def leave_out_stuck(log: DrivingLog) -> None:
    """End episodes in which the agent stands long, up to the end, some time before it came to stand: an expert that finds no way past
    a parked car teaches to stand behind parked cars. Waits that outlast the episode go with them."""
    long, approach = STANDING_TICKS // ROW_TICKS, round(APPROACH_S * TICKS_A_SECOND) // ROW_TICKS
    for episode, (first, end) in enumerate(zip(log.first.tolist(), log.end.tolist(), strict=True)):
        moving = np.flatnonzero(log.body[first:end, EGO, SPEED] >= MOVING_MPS)
        stops = first + (int(moving[-1]) + 1 if len(moving) else 0)
        if end - stops >= long:
            log.end[episode] = max(stops - approach, first)


def _drawn_population(options: ExperienceOptions, rng: np.random.Generator) -> WorldOptions:
    """How many there are of each sort, between nobody and as many as there are slots; rather few, so that most drive freely."""
    room = options.actors - 1 - STAGED
    vehicles = int(rng.random() ** 2 * (room + 1))
    pedestrians = int(rng.integers(0, min(room - vehicles, room // 2) + 1))
    parked = int(rng.integers(0, min(room - vehicles - pedestrians, room // 3) + 1))
    return WorldOptions(
        agents=1, vehicles=vehicles, pedestrians=pedestrians, parked=parked,
        spare=options.actors - 1 - vehicles - pedestrians - parked, bubble_m=BUBBLE_M, route_m=options.route_m,
        max_legs=128,
    )  # fmt: skip


def _new_log(world: World, steps: int, staged: NDArray[np.uint8]) -> DrivingLog:
    """With room for so many rows of each world, all yet to be written."""
    state, count = world.state, world.num_worlds

    def rows(array: NDArray[Any]) -> NDArray[Any]:
        return np.zeros((count * steps, *array.shape[1:]), array.dtype)

    first = np.arange(count, dtype=np.int64) * steps
    return DrivingLog(
        world.map, rows(state.body), rows(state.mind), rows(state.world), rows(state.weather), rows(state.lights),
        state.legs.copy(), state.leg_span.copy(), state.leg_arc.copy(), first, first.copy(),
        staged, np.ones(count * steps, np.bool_),
    )  # fmt: skip


def _keep(state: State, log: DrivingLog, alive: NDArray[np.bool_], step: int) -> None:
    """Write a row of each world that is still driven."""
    chosen = np.flatnonzero(alive)
    rows = log.first[chosen] + step
    for kept, now in ((log.body, state.body), (log.mind, state.mind), (log.world, state.world)):
        kept[rows] = now[chosen]
    log.weather[rows], log.lights[rows] = state.weather[chosen], state.lights[chosen]
    log.end[chosen] = rows + 1
