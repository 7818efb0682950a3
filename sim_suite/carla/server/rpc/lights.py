"""Calls about traffic lights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.rpc.table import Result, accepts, answers
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import flag, number, whole

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

TOPIC = "Traffic lights"
_GROUP = "lights of one signal group always show the same"
_TIMES = "of the whole phase, and the junction's cycle with it; red is what all show red for between phases"


@answers("set_traffic_light_state", TOPIC, whole, whole, result=Result.VOID, remark=_GROUP)
def set_traffic_light_state(service: Service, number: int, state: int) -> None:
    """Show a state for as long as it lasts by the light's times, or while it is frozen."""
    if state not in tuple(layout.LightState):
        raise RefusedError(f"a light cannot show {state}; give 0 red, 1 yellow, 2 green, 3 off or 4 unknown.")
    episode = service.simulator.episode
    episode.lights.tell(episode.find_light(number).group, state, episode.tick)


def _set_time(service: Service, light: int, state: int, seconds: float) -> None:
    episode = service.simulator.episode
    if not 0.0 <= seconds < 3600.0:
        raise RefusedError(f"a light cannot show a colour for {seconds:g} s; give 0 to 3600.")
    episode.lights.set_time(episode.find_light(light).group, state, seconds)


@answers("set_traffic_light_green_time", TOPIC, whole, number, result=Result.VOID, remark=_TIMES)
def set_traffic_light_green_time(service: Service, light: int, seconds: float) -> None:
    """Seconds of green."""
    _set_time(service, light, layout.GREEN, seconds)


@answers("set_traffic_light_yellow_time", TOPIC, whole, number, result=Result.VOID, remark=_TIMES)
def set_traffic_light_yellow_time(service: Service, light: int, seconds: float) -> None:
    """Seconds of yellow."""
    _set_time(service, light, layout.YELLOW, seconds)


@answers("set_traffic_light_red_time", TOPIC, whole, number, result=Result.VOID, remark=_TIMES)
def set_traffic_light_red_time(service: Service, light: int, seconds: float) -> None:
    """Seconds of red."""
    _set_time(service, light, layout.RED, seconds)


@answers("freeze_traffic_light", TOPIC, whole, flag, result=Result.VOID, remark=_GROUP)
def freeze_traffic_light(service: Service, light: int, stop: bool) -> None:
    """Keep what it shows."""
    episode = service.simulator.episode
    episode.lights.freeze(episode.find_light(light).group, stop, episode.tick)


@answers("freeze_all_traffic_lights", TOPIC, flag, result=Result.VOID)
def freeze_all_traffic_lights(service: Service, stop: bool) -> None:
    """Keep what all show."""
    episode = service.simulator.episode
    for group in range(episode.lights.count):
        episode.lights.freeze(group, stop, episode.tick)


@answers("reset_traffic_light_group", TOPIC, whole, result=Result.VOID)
def reset_traffic_light_group(service: Service, light: int) -> None:
    """Begin a junction's programme as the map has it."""
    episode = service.simulator.episode
    episode.lights.reset(episode.lights.together(episode.find_light(light).group))


@answers("reset_all_traffic_lights", TOPIC, result=Result.VOID)
def reset_all_traffic_lights(service: Service) -> None:
    """Begin all programmes as the map has them."""
    episode = service.simulator.episode
    episode.lights.reset(list(range(episode.lights.count)))


@answers("get_group_traffic_lights", TOPIC, whole)
def get_group_traffic_lights(service: Service, light: int) -> Wire:
    """Those of the same junction."""
    episode = service.simulator.episode
    groups = episode.lights.together(episode.find_light(light).group)
    return [one.number for one in episode.actors.values() if one.group in groups]


accepts("get_light_boxes", TOPIC, "lights have no housings", Result.VALUE, [])
