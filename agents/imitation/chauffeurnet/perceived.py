"""A ChauffeurNet that drives by what it perceives: pictures and readings in place of the simulator's raster. Source: ours, after Bansal et
al. 2018, section 3, where a perception system stands in this place.

The network, its tracker and its state are those of `ChauffeurAgent`; `perception.surroundings` draws the raster that it is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents import checkpoint
from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.spec import DRIVING, ENVS
from agents.imitation.chauffeurnet.tracking import OWN_SPEED
from agents.interface import Batch, Interface, Task
from perception.sources import Truth
from perception.surroundings.options import SurroundingsOptions
from perception.surroundings.perceiver import Look, Memory, Perceiver
from sim_suite.driving.sensors.vector_observation import SPEED_SCALE_MPS
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
    options: ClassVar[SurroundingsOptions] = SurroundingsOptions()

    def __init__(self, driver: ChauffeurAgent, options: SurroundingsOptions | None = None) -> None:
        """Raises SuiteError for a driver of another world, and for networks that do not fit."""
        if driver.policy.world != DRIVING:
            raise SuiteError(
                f"cameras are on cars of the driving world; this network drives in {driver.policy.world!r}."
            )
        self.interface = Interface(View("sensors"), "continuous")
        self.envs = ENVS[DRIVING]
        self.perceiver = Perceiver(options or self.options, driver.policy.spec.raster)
        self._driver = driver
        self.last_looks: list[Look | None] = []
        """Of the last `predict`, for films: None of cars that did not look."""

    @property
    def policy(self) -> ChauffeurPolicy:
        """The network's."""
        return self._driver.policy

    @classmethod
    def for_task(cls, task: Task, seed: int) -> PerceivedAgent:
        """With the class's driver and options. Nothing of the task is needed, and nothing is random but what `seed` is told."""
        agent = cls(open_driver(cls.driver))
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
        memories: list[Memory] = []
        self.last_looks = []
        for car, seen in enumerate(cars):
            if car and _is_copy(seen, cars[car - 1]):
                # The evaluation shows copies in place of worlds that are over, and to fill its batches.
                memories.append(memories[-1])
                self.last_looks.append(self.last_looks[-1])
                raster[car], vector[car] = raster[car - 1], vector[car - 1]
                continue
            is_first = before is None or bool(starts[car])
            memory = self.perceiver.begin(seen) if is_first else self.perceiver.move(before.memories[car], seen)  # type: ignore[union-attr]  # not first
            look: Look | None = None
            if is_first or self._driver.decides(before.held)[car]:  # type: ignore[union-attr]  # likewise
                memory, look = self.perceiver.look(memory, seen, self.with_labels)
                raster[car] = look.scene.as_bytes()
            vector[car, OWN_SPEED] = memory.ego.speed_mps / SPEED_SCALE_MPS
            memories.append(memory)
            self.last_looks.append(look)
        held = None if before is None else before.held
        actions, held = self._driver.predict({"raster": raster, "vector": vector}, held, starts, deterministic)
        return actions, PerceivedState(held, tuple(memories))

    with_labels: bool = False
    """Whether pictures are segmented for people's sake, too."""


class RoadSeeingAgent(PerceivedAgent):
    """The same without a map of the drivable area: its cameras tell where there is road."""

    options = SurroundingsOptions(road="camera")


def perceiving(folder: Path) -> type[PerceivedAgent]:
    """`PerceivedAgent` with the ChauffeurNet of a checkpoint's folder at the wheel."""
    return type("PerceivingAgent", (PerceivedAgent,), {"driver": folder})


def open_driver(folder: Path) -> ChauffeurAgent:
    """A ChauffeurNet that is shown what is perceived: errors that it was taught by are not added again."""
    agent, _ = checkpoint.load(folder)
    if not isinstance(agent, ChauffeurAgent):
        raise SuiteError(
            f"{folder} is no ChauffeurNet. Name a run of `sim-suite train chauffeurnet`, or zoo:chauffeurnet-m4."
        )
    return ChauffeurAgent(agent.policy, agent.network, Truth(agent.policy.spec.raster))


def _cars(observation: Batch) -> list[dict[str, Any]]:
    if not isinstance(observation, dict):
        return list(observation)
    return [{name: part[car] for name, part in observation.items()} for car in range(len(observation["navigation"]))]


def _is_copy(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two cars have read and seen the same to the last bit: their sensors' noise alone makes that one car."""
    return all(np.array_equal(one[name], other[name]) for name in ("navigation", *sorted(set(one) - {"navigation"})))
