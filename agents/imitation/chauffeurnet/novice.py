"""A trained ChauffeurNet that drives in lessons (data/turns.py), and with whose weights a run begins. Source: ours."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.policy import NETWORKS, ChauffeurPolicy
from agents.naming import Found, find
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import trail_length
from sim_suite.driving.sensors.vector_observation import SPEED_SCALE_MPS
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.layout import SPEED, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.envs.driving.judging import EGO
from sim_suite.errors import SuiteError, UnknownNameError


class ChauffeurNovice:
    """Drives the agents of worlds as its network would in an environment; it stays as it is while another learns."""

    def __init__(self, agent: ChauffeurAgent, occlusion: bool) -> None:
        """occlusion: whether it does not see who is hidden."""
        self._agent, self._occlusion = agent, occlusion
        self.trail = trail_length(agent.policy.spec.raster)
        """Past poses that worlds must keep for it."""

    def seat(self, road_map: DrivingMap) -> ChauffeurSeat:
        """At the wheel on one map."""
        return ChauffeurSeat(self._agent, road_map, self._occlusion)


class ChauffeurSeat:
    """A novice's on one map."""

    def __init__(self, agent: ChauffeurAgent, road_map: DrivingMap, occlusion: bool) -> None:
        self._agent = agent
        self._rasteriser = Rasteriser(road_map, agent.policy.spec.raster)
        self._walls = map_walls(road_map) if occlusion else None

    def act(self, state: State, which: NDArray[np.int64]) -> NDArray[np.float32]:
        """[n, 2] steer and drive of the agents of some worlds, which hold until they are asked again 0.2 s later."""
        rasters = np.empty((len(which), 1, *self._agent.policy.spec.raster.shape), np.uint8)
        visible = None
        if self._walls is not None:
            seen = np.empty((state.num_worlds, 1, state.body.shape[1]), np.uint8)
            see(state, self._walls, seen)
            visible = seen[which]
        self._rasteriser.draw(state, rasters, which=which.astype(np.int32), visible=visible)
        speeds = state.body[which, EGO, SPEED, None] / SPEED_SCALE_MPS
        return self._agent.predict({"raster": rasters[:, 0], "vector": speeds}, deterministic=True)[0]


def find_start(name: str) -> Found:
    """The trained ChauffeurNet that a run is to begin with. Raises `SuiteError` where it is none."""
    try:
        found = find(name)
    except UnknownNameError as error:
        raise SuiteError(
            f"start_from names {name}, where no run is. Train what this one is to begin with, sim-suite train RECIPE --out {name}, or name "
            "another: --set start_from=runs/..."
        ) from error
    if found.folder is None or found.entry is None or found.entry.name not in NETWORKS:
        raise SuiteError(
            f"start_from names {name}, which is no trained ChauffeurNet. Name the folder of a run, or zoo:NAME."
        )
    return found


def begin_with(network: torch.nn.Module, policy: ChauffeurPolicy, found: Found) -> ChauffeurAgent:
    """Give a network the weights of a trained one. Raises `SuiteError` where what they see and say differs."""
    if found.folder is None:
        raise SuiteError(f"{found.name} has no weights.")
    before = ChauffeurAgent.load(found.folder)
    for what in ("network", "raster", "spec", "sizes", "world", "says_road", "says_objects"):
        if getattr(before.policy, what) != getattr(policy, what):
            raise SuiteError(
                f"{found.name} has another {what} ({getattr(before.policy, what)}) than this run would have "
                f"({getattr(policy, what)}). Weights go on with the same one only."
            )
    network.load_state_dict(before.network.state_dict())
    return before
