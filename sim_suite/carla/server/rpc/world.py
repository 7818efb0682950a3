"""Calls about weather, boxes, rays, drawing, and what is only there with a renderer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim_suite.carla.server.rpc.table import Result, accepts, answers, refuses
from sim_suite.carla.server.scenery import boxes_with_tag, ground_below
from sim_suite.carla.server.sensors.imu import GRAVITY
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import Vector, Weather, number, vector, weather, whole

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

TOPIC = "World"
RENDERING = "Rendering and ROS"
RECORDING = "Recorder"


@answers("get_weather_parameters", TOPIC)
def get_weather_parameters(service: Service) -> Wire:
    """As set."""
    return list(service.simulator.episode.weather)


@answers(
    "set_weather_parameters",
    TOPIC,
    weather,
    result=Result.VOID,
    remark="rain, fog and the sun's height change what is seen; nothing changes grip",
)
def set_weather_parameters(service: Service, wanted: Weather) -> None:
    """From now on."""
    service.simulator.episode.set_weather(wanted)


@answers("get_imui_gravity", TOPIC)
def get_imui_gravity(service: Service) -> float:
    """m/s^2 that inertial units feel."""
    return GRAVITY


refuses("set_imui_gravity", TOPIC, "the embedded world has 9.81 m/s^2 everywhere.", Result.VOID)


@answers(
    "get_all_level_BBs",
    TOPIC,
    whole,
    remark="of the map's objects (buildings, poles, trees, barriers), not of vehicles",
)
def get_all_level_boxes(service: Service, tag: int) -> Wire:
    """Boxes of what the map has along its roads."""
    return boxes_with_tag(service.simulator.episode, tag)


@answers("project_point", TOPIC, vector, vector, number, remark="rays meet the road's height alone")
def project_point(service: Service, origin: Vector, direction: Vector, distance: float) -> Wire:
    """Where a ray meets the ground."""
    return ground_below(service.simulator.episode, origin, direction, distance)


refuses("cast_ray", TOPIC, "rays through scenery are not traced.")
accepts("draw_debug_shape", TOPIC, "there is no picture to draw into")
accepts("query_lights_state", TOPIC, "there are no street lamps", Result.VALUE, [])
accepts("update_lights_state", TOPIC, "there are no street lamps")
accepts("update_day_night_cycle", TOPIC, "there are no street lamps")
accepts("get_environment_objects", TOPIC, "scenery has no parts that could be switched", Result.VALUE, [])
accepts("enable_environment_objects", TOPIC, "scenery has no parts that could be switched")
accepts("get_names_of_all_objects", TOPIC, "scenery has no names", Result.VALUE, [])

accepts("set_annotations_traverse_translucency", RENDERING, "nothing is translucent")
accepts("are_gbuffers_enabled", RENDERING, "there are none", Result.VALUE, False)
accepts("is_sensor_enabled_for_ros", RENDERING, "there is no ROS here", Result.VALUE, False)
accepts("disable_sensor_for_ros", RENDERING, "there is no ROS here")
refuses("enable_sensor_for_ros", RENDERING, "there is no ROS here; CARLA's ROS bridge works as a client.", Result.VOID)
refuses("get_gbuffer_token", RENDERING, "there are no G-buffers.")
for _name in ("apply_color_texture_to_objects", "apply_float_color_texture_to_objects"):
    refuses(_name, RENDERING, "there are no textures.", Result.VOID)
refuses("send", RENDERING, "there is no V2X radio.", Result.VOID)

_REPLAY = "CARLA's recorder files are not written here; `sim-suite drive` records episodes."
for _name in (
    "start_recorder", "show_recorder_file_info", "show_recorder_collisions", "show_recorder_actors_blocked", "replay_file",
):  # fmt: skip
    refuses(_name, RECORDING, _REPLAY)
for _name in (
    "stop_recorder", "stop_replayer", "set_replayer_time_factor", "set_replayer_ignore_hero", "set_replayer_ignore_spectator",
):  # fmt: skip
    accepts(_name, RECORDING, "nothing is recorded or replayed")
