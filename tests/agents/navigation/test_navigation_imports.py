"""What importing costs: neither torch nor numba, nor CARLA's client."""

from __future__ import annotations

import subprocess
import sys

import pytest

NAMES = (
    "agents.navigation.basic_agent:BasicAgent",
    "agents.navigation.behavior_agent:BehaviorAgent",
    "agents.navigation.behavior_types:Cautious,Normal,Aggressive",
    "agents.navigation.constant_velocity_agent:ConstantVelocityAgent",
    "agents.navigation.controller:VehiclePIDController,PIDLongitudinalController,PIDLateralController",
    "agents.navigation.global_route_planner:GlobalRoutePlanner",
    "agents.navigation.local_planner:LocalPlanner,RoadOption",
    "agents.tools.hints:ObstacleDetectionResult,TrafficLightDetectionResult",
    "agents.tools.misc:compute_distance,compute_magnitude_angle,distance_vehicle,draw_waypoints,get_speed,"
    "get_trafficlight_trigger_location,is_within_distance,positive,vector",
)


@pytest.fixture(scope="module")
def loaded():
    lines = [f"from {module} import {what}" for module, what in (name.split(":") for name in NAMES)]
    code = "import sys\n" + "\n".join(lines) + "\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_names_that_scripts_import_are_there_and_load_nothing_heavy(loaded):
    assert "agents.navigation.behavior_agent" in loaded
    assert not {"torch", "numba", "carla", "gymnasium", "networkx", "scipy"} & loaded
