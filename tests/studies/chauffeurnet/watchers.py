"""Agents that look at a raster, for the study's tests: they know nothing but what they see."""

import os

import numpy as np
import torch

from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from agents.interface import Interface
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.envs.views import View

SMALL = preset("small")
AHEAD = slice(SMALL.ego_row_col[0] - 40, SMALL.ego_row_col[0] - 3)
BESIDE = slice(SMALL.ego_row_col[1] - 2, SMALL.ego_row_col[1] + 2)


class Watcher:
    """Goes straight on, and brakes while somebody is within 20 m ahead."""

    def __init__(self):
        self.interface = Interface(View("raster", raster="small"), "continuous")

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        somebody = observation[:, SMALL.channels.index("actors_0"), AHEAD, BESIDE].any(axis=(1, 2))
        drive = np.where(somebody, -0.6, 0.25)
        return np.stack([np.zeros(len(drive)), drive], axis=1).astype(np.float32), None


class Crasher(Watcher):
    """Ends its process."""

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        os._exit(9)


class Policy:
    """What a study asks of a policy."""

    spec = ChauffeurSpec(SMALL, 2, waypoints=3)


class Foreseer(Watcher):
    """Drives like the other, and says what an untrained network says."""

    def __init__(self):
        super().__init__()
        self.policy = Policy()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.network = ChauffeurNet(
                self.policy.spec, Sizes(maps=(8, 8), dilations=(1,), fold=1, hidden=8, meta=8)
            ).eval()

    def foresee(self, rasters):
        with torch.inference_mode():
            return self.network(torch.from_numpy(np.ascontiguousarray(rasters)))
