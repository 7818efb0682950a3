"""What a driving environment's observations and actions look like to Gymnasium. Source: ours."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from sim_suite.driving.sensors.camera.camera_spec import camera_preset
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.sensors.vector_observation import observation_size
from sim_suite.envs.driving.controls import NUM_ACTIONS
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.driving.sensing import sensor_space
from sim_suite.envs.driving.tracker import NUM_WAYPOINTS


def observation_space(options: DrivingOptions) -> spaces.Space[Any]:
    """Of one vehicle."""
    vector = spaces.Box(-1.0, 1.0, (observation_size(options.others),), np.float32)
    if options.observation == "sensors":
        return sensor_space(options)
    if options.observation == "camera":
        return spaces.Box(0, 255, (*camera_preset(options.camera).size, 3), np.uint8)
    raster = spaces.Box(0, 255, preset(options.raster).shape, np.uint8)
    if options.observation == "vector":
        return vector
    return raster if options.observation == "raster" else spaces.Dict({"raster": raster, "vector": vector})


def action_space(options: DrivingOptions) -> spaces.Space[Any]:
    """Of one vehicle."""
    if options.action == "discrete":
        return spaces.Discrete(NUM_ACTIONS)
    return spaces.Box(-1.0, 1.0, (2 if options.action == "continuous" else 2 * NUM_WAYPOINTS,), np.float32)
