"""A ChauffeurNet that drives by what it perceives: pictures and readings in place of the simulator's raster. Source: ours, after Bansal et
al. 2018, section 3, where a perception system stands in this place.

The network, its tracker and its state are those of `ChauffeurAgent`; `perception.surroundings` draws the raster that it is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.opening import open_chauffeur
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.spec import DRIVING, ENVS
from agents.imitation.chauffeurnet.tracking import OWN_SPEED
from agents.interface import Batch, Interface, Task
from perception.sources import Truth
from perception.surroundings.options import SurroundingsOptions
from perception.surroundings.perceiver import Look, Memory, Perceiver
from sim_suite.driving.sensors.vector_observation import SPEED_SCALE_MPS
from sim_suite.envs.driving.sensing import CAR
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

ZOO: Final = Path(__file__).parents[2] / "zoo"
DRIVER: Final = ZOO / "chauffeurnet-m4"
"""The checkpoint that drives where none is named."""


class PerceivedState(NamedTuple):
    """Of B cars."""

    held: NDArray[np.float64]
    """[B, 2 + A] `ChauffeurAgent`'s."""
    memories: tuple[Memory, ...]
    """What each remembers."""


class PerceivedAgent:
    """A ChauffeurNet with eyes. It is built from a checkpoint's driver and the networks of `SurroundingsOptions`."""

    driver: ClassVar[Path] = DRIVER
    is_guarded: ClassVar[bool] = False
    """Whether a safety layer checks what the network plans, by what is perceived."""
    options: ClassVar[SurroundingsOptions] = SurroundingsOptions()
    positioning: ClassVar[str | None] = None
    """Of its car (`sim_suite.driving.sensors.navigation.positioning`); None: whichever the environment gives it."""

    def __init__(self, driver: ChauffeurAgent, options: SurroundingsOptions | None = None) -> None:
        """Raises SuiteError for a driver of another world, and for networks that do not fit."""
        if driver.policy.world != DRIVING:
            raise SuiteError(
                f"cameras are on cars of the driving world; this network drives in {driver.policy.world!r}."
            )
        self.interface = Interface(View("sensors", positioning=self.positioning), "continuous")
        self.envs = ENVS[DRIVING]
        self.perceiver = Perceiver(options or self.options, driver.policy.spec.raster)
        self._driver = driver
        self.with_labels = False
        """Whether pictures are segmented for people's sake, too."""
        self.last_looks: list[Look | None] = []
        """Of the last `predict`, for films: None of cars that did not look."""

    @property
    def policy(self) -> ChauffeurPolicy:
        """The network's."""
        return self._driver.policy

    @classmethod
    def for_task(cls, task: Task, seed: int) -> PerceivedAgent:
        """With the class's driver and options. Nothing of the task is needed, and nothing is random but what `seed` is told."""
        agent = cls(open_driver(cls.driver, cls.is_guarded))
        agent.seed(seed)
        return agent

    def seed(self, seed: int) -> None:
        """Begin the random choices of `deterministic=False` anew."""
        self._driver.seed(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], PerceivedState]:
        """Actions [B, 2]. observation: arrays [B, ...] of `sim_suite.envs.driving.sensing`, or a list of B such dictionaries.

        Pictures are looked at every second step, when the network decides; readings are used in each.
        """
        cars = _cars(observation)
        starts = np.zeros(len(cars), np.bool_) if episode_start is None else np.asarray(episode_start, np.bool_)
        before: PerceivedState | None = state
        raster = np.zeros((len(cars), *self.policy.spec.raster.shape), np.uint8)
        vector = np.zeros((len(cars), OWN_SPEED + 1), np.float32)
        memories: list[Memory | None] = [None] * len(cars)
        self.last_looks = [None] * len(cars)
        for rows in _once(cars):
            # The evaluation shows copies in place of worlds that are over, and to fill its batches.
            own = rows[0] if before is None else _row_of(int(cars[rows[0]]["navigation"][CAR]), rows, before)
            memory, look = self._see(cars[own], own, before, bool(starts[own]))
            for row in rows:
                memories[row], self.last_looks[row] = memory, look
                vector[row, OWN_SPEED] = memory.ego.speed_mps / SPEED_SCALE_MPS
                if look is not None:
                    raster[row] = look.scene.as_bytes()
        held = None if before is None else before.held
        actions, held = self._driver.predict({"raster": raster, "vector": vector}, held, starts, deterministic)
        return actions, PerceivedState(held, tuple(one for one in memories if one is not None))

    def _see(
        self, seen: dict[str, Any], row: int, before: PerceivedState | None, starts: bool
    ) -> tuple[Memory, Look | None]:
        """What a car remembers after this step, and its look where it looks."""
        if before is None or starts:
            return self.perceiver.look(self.perceiver.begin(seen), seen, self.with_labels)
        memory = self.perceiver.move(before.memories[row], seen)
        if not self._driver.decides(before.held)[row]:
            return memory, None
        return self.perceiver.look(memory, seen, self.with_labels)


class RoadSeeingAgent(PerceivedAgent):
    """The same without a map of the drivable area: its cameras tell where there is road."""

    options = SurroundingsOptions(road="camera")


class PlainReceiverAgent(PerceivedAgent):
    """The same with a receiver by itself and a magnetic compass: it draws its map as far off as it believes to be somewhere else."""

    positioning = "gnss"


class MapMatchingAgent(PlainReceiverAgent):
    """The same, and it holds the ground that its cameras see against the map."""

    options = SurroundingsOptions(place="matched")


def perceiving(folder: Path, is_guarded: bool = False) -> type[PerceivedAgent]:
    """`PerceivedAgent` with the ChauffeurNet of a checkpoint's folder at the wheel."""
    return type("PerceivingAgent", (PerceivedAgent,), {"driver": folder, "is_guarded": is_guarded})


def open_driver(folder: Path, is_guarded: bool = False) -> ChauffeurAgent:
    """A ChauffeurNet that is shown what is perceived: errors that it was taught by are not added again."""
    agent = open_chauffeur(folder)
    return ChauffeurAgent(agent.policy, agent.network, Truth(agent.policy.spec.raster), is_guarded)


def _cars(observation: Batch) -> list[dict[str, Any]]:
    if not isinstance(observation, dict):
        return list(observation)
    return [{name: part[car] for name, part in observation.items()} for car in range(len(observation["navigation"]))]


def _once(cars: list[dict[str, Any]]) -> list[list[int]]:
    """Rows of the same car: of one number, and with readings that are the same to the last bit, their noise too."""
    groups: dict[bytes, list[int]] = {}
    for row, seen in enumerate(cars):
        groups.setdefault(np.asarray(seen["navigation"]).tobytes(), []).append(row)
    return list(groups.values())


def _row_of(car: int, rows: list[int], before: PerceivedState) -> int:
    """The row that has shown this car before: one that begins to show it, since its own is over, remembers another."""
    return next((row for row in rows if before.memories[row].car == car), rows[0])
