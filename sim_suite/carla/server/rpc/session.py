"""Calls about the server, the episode, maps, settings and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim_suite.carla.server.blueprints.library import definitions
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.maps import FOLDER, GENERATED
from sim_suite.carla.server.rpc.table import Result, accepts, answers, refuses
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import (
    Settings,
    anything,
    flag,
    items,
    settings,
    settings_row,
    text,
    transform_row,
    whole,
)

if TYPE_CHECKING:
    from sim_suite.carla.server.service import Service

TOPIC = "Session, maps, time"
LOAD = "load_new_episode"


@answers("version", TOPIC)
def version(service: Service) -> str:
    """The release whose protocol is spoken."""
    return layout.VERSION


@answers("get_episode_info", TOPIC)
def get_episode_info(service: Service) -> Wire:
    """The episode's number and the stream of its states; of one that nobody has been told of, the number of the one before."""
    number = service.simulator.episode.number if service.left is None else service.left
    return [number, [service.simulator.token(layout.STATE_STREAM)]]


@answers("get_sensor_token", TOPIC, whole)
def get_sensor_token(service: Service, stream: int) -> Wire:
    """Where a stream is to be had."""
    if stream != layout.STATE_STREAM and service.simulator.episode.on_stream(stream) is None:
        raise RefusedError(
            f"there is no stream {stream}; its sensor was destroyed, or belongs to a world that was left."
        )
    service.expected.add(stream)
    return [service.simulator.token(stream)]


@answers("get_episode_settings", TOPIC)
def get_episode_settings(service: Service) -> Wire:
    """Of the world."""
    return settings_row(service.simulator.settings)


@answers(
    "set_episode_settings", TOPIC, settings,
    remark="fixed_delta_seconds is a multiple of 0.05 s, at most 1 s; rendering, sub-stepping and culling are kept and change nothing",
)  # fmt: skip
def set_episode_settings(service: Service, given: Settings) -> int:
    """The present frame."""
    service.simulator.set_settings(given)
    return service.simulator.frame


@answers(
    "tick_cue",
    TOPIC,
    remark="in asynchronous mode it answers the present frame and steps nothing, as time runs by itself",
)
def tick_cue(service: Service) -> int:
    """The frame that is there then."""
    return service.step() if service.simulator.settings.synchronous else service.simulator.frame


@answers("get_map_info", TOPIC)
def get_map_info(service: Service) -> Wire:
    """Name and spawn points."""
    served = service.simulator.episode.served
    return [FOLDER + served.name, [transform_row(one) for one in served.spawn_points]]


@answers("get_map_data", TOPIC)
def get_map_data(service: Service) -> str:
    """OpenDRIVE."""
    return service.simulator.episode.served.text


@answers("get_available_maps", TOPIC, remark="the maps of `sim-suite maps list`, those of $SIM_SUITE_MAPS among them")
def get_available_maps(service: Service) -> list[str]:
    """Names as CARLA writes them."""
    return service.simulator.shelf.names()


@answers(LOAD, TOPIC, text, flag, anything, result=Result.VOID, remark="layers are not looked at")
def load_new_episode(service: Service, name: str, reset_settings: bool, layers: Wire) -> None:
    """Begin anew on a map; an empty name is the present one."""
    service.load(name, reset_settings)


@answers(
    "copy_opendrive_to_file", TOPIC, text, anything, result=Result.VOID,
    remark="the text is kept in memory until load_new_episode; parameters of the mesh are not looked at",
)  # fmt: skip
def copy_opendrive_to_file(service: Service, opendrive: str, parameters: Wire) -> None:
    """Keep a map's text, for load_new_episode."""
    service.simulator.shelf.keep_text(opendrive)
    service.simulator.shelf.find(GENERATED)  # what cannot be read is refused now


accepts("get_required_files", TOPIC, "there are none", Result.VALUE, [])
accepts(
    "get_navigation_mesh", TOPIC, "empty: people are moved by WalkerControl, not by an AI controller", Result.VALUE, b""
)
accepts("load_map_layer", TOPIC, "maps have no layers")
accepts("unload_map_layer", TOPIC, "maps have no layers")
refuses("request_file", TOPIC, "there are no files to hand out.")


@answers("get_actor_definitions", TOPIC)
def get_actor_definitions(service: Service) -> Wire:
    """The library of blueprints."""
    return definitions()


@answers("is_traffic_manager_running", "Traffic managers", whole)
def is_traffic_manager_running(service: Service, port: int) -> bool:
    """Whether a client has said that it runs one."""
    return port in service.simulator.traffic_managers


@answers("get_traffic_manager_running", "Traffic managers", whole)
def get_traffic_manager_running(service: Service, port: int) -> Wire:
    """Its address and port."""
    return [service.simulator.traffic_managers.get(port, ""), port]


@answers("add_traffic_manager_running", "Traffic managers", anything)
def add_traffic_manager_running(service: Service, place: Wire) -> bool:
    """False where another has the port."""
    row = items(place, 2, "a traffic manager's place")
    address, port = text(row[0]), whole(row[1])
    if port in service.simulator.traffic_managers:
        return False
    service.simulator.traffic_managers[port] = address
    return True


@answers("destroy_traffic_manager", "Traffic managers", whole)
def destroy_traffic_manager(service: Service, port: int) -> bool:
    """Whether there was one."""
    return service.simulator.traffic_managers.pop(port, None) is not None
