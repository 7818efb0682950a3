"""What sensors see of a map: solids and the ground, made when the first sensor asks, shared by all. Source: driving/sensors."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL
from sim_suite.driving.sensors.camera.camera_ground import CameraGround, camera_ground
from sim_suite.driving.sensors.ranging.ray_casting import RayCaster
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.solid_grid import SolidGrid
from sim_suite.driving.world.terrain import DrivingMap


class Surroundings:
    """Of one map."""

    def __init__(self, driving_map: DrivingMap) -> None:
        """Nothing is made yet."""
        self._map = driving_map
        self._grounds: dict[float, CameraGround] = {}

    @cached_property
    def scenery(self) -> SolidGrid:
        """Buildings, trees, posts, lights and signs."""
        return build_scenery(self._map)

    def ground(self, metres_per_texel: float) -> CameraGround:
        """What lies where; a kilometre of town takes a second, three for the finest."""
        if metres_per_texel not in self._grounds:
            ground = camera_ground(self._map, metres_per_texel)
            # Of one layout on all maps, with crosswalks or without: kernels would be compiled for each, while a client waits.
            self._grounds[metres_per_texel] = ground._replace(walk=np.ascontiguousarray(ground.walk))
        return self._grounds[metres_per_texel]

    @cached_property
    def rays(self) -> RayCaster:
        """For lidars and radars."""
        return RayCaster(self.scenery, self.ground(METRES_PER_TEXEL))
