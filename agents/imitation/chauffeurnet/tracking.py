"""How a car is led through waypoints in which world, and what it reads of the vector beside the raster. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.race_tracker import CarMotion, race_through
from agents.imitation.chauffeurnet.spec import CAR_RACING, DRIVING, ENVS, ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import drive_through, in_vehicle_frame
from sim_suite.driving.sensors.vector_observation import SPEED_SCALE_MPS
from sim_suite.envs.car_racing.map_view import SCALES
from sim_suite.envs.catalog import card
from sim_suite.envs.making import refuse_view
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

Tracker = Callable[[ChauffeurSpec, Prediction, NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
"""Actions [B, A] from what is said of B rasters, on the CPU, and from the vectors [B, n] beside them; the last, [B] float32, is the
tracker's own to change, 0 when an episode begins."""
OWN_SPEED: Final = 0
"""Number of the driving world's vector that is read."""


def world_of(env_id: str) -> str:
    """The world of an environment. Raises `SuiteError` where a ChauffeurNet drives in none such."""
    for world, envs in ENVS.items():
        if env_id in envs:
            return world
    refuse_view(card(env_id), View("both"))
    known = ", ".join(name for envs in ENVS.values() for name in envs)
    raise SuiteError(f"a ChauffeurNet learns to drive in {known}, not in {env_id}.")


def own_speeds(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """[B] m/s, of vectors [B, n] of the driving world."""
    speeds: NDArray[np.float32] = (vectors[:, OWN_SPEED] * SPEED_SCALE_MPS).astype(np.float32)
    return speeds


def _drive(
    spec: ChauffeurSpec, said: Prediction, vectors: NDArray[np.float32], until_s: NDArray[np.float32]
) -> NDArray[np.float32]:
    """[B, 2] steer and drive."""
    places = in_vehicle_frame(spec, said.waypoints.numpy())
    return drive_through(places, said.headings.numpy(), said.speeds.numpy(), own_speeds(vectors), until_s)


def _race(
    spec: ChauffeurSpec, said: Prediction, vectors: NDArray[np.float32], _: NDArray[np.float32]
) -> NDArray[np.float32]:
    """[B, 3] steer, gas and brake."""
    places, speeds = in_vehicle_frame(spec, said.waypoints.numpy()), said.speeds.numpy()
    actions = np.empty((len(places), 3), np.float32)
    for b, (forward, left, turning, _wheel, *omega) in enumerate((vectors * SCALES).tolist()):
        actions[b] = race_through(places[b], speeds[b], CarMotion(forward, left, turning, tuple(omega)))
    return actions


class Handling(NamedTuple):
    """How a car is handled."""

    track: Tracker
    numbers: int
    """A of an action."""
    holds: int
    """Steps for which a decision holds."""


HANDLING: Final[Mapping[str, Handling]] = MappingProxyType(
    {DRIVING: Handling(_drive, 2, 2), CAR_RACING: Handling(_race, 3, 1)}
)
"""By world. In the driving world a decision holds for 0.2 s in the environments' usual steps, as far as waypoints lie apart: the paper's
network takes 0.16 s for one (table 2)."""
