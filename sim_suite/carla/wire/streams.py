"""Streams: tokens, and the messages of the episode's state and of sensors. Source: wire/layout.py."""

from __future__ import annotations

import socket
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.wire import layout
from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import pack
from sim_suite.carla.wire.values import Transform, Vector


class Token(NamedTuple):
    """Where a stream is to be had."""

    stream: int
    port: int
    address: str | None = None
    """IPv4, as four numbers; None for the one at which the client reaches calls."""


class Header(NamedTuple):
    """What stands before each payload."""

    stream_type: int
    frame: int
    elapsed_s: float
    """Of the episode."""
    pose: Transform
    """Of the sensor."""


class EpisodeState(NamedTuple):
    """All actors after a step."""

    header: Header
    episode: int
    platform_s: float
    step_s: float
    map_origin: tuple[int, int, int]
    flags: int
    actors: NDArray[np.void]
    """[N] layout.ACTOR; the same bytes are layout.VEHICLE, WALKER, LIGHT or SIGN by the actor's type."""


def pack_token(token: Token) -> bytes:
    """24 bytes."""
    if token.address is None:
        return layout.TOKEN.pack(token.stream, token.port, layout.PROTOCOL_TCP, layout.ADDRESS_UNSET, b"")
    address = socket.inet_aton(token.address)
    return layout.TOKEN.pack(token.stream, token.port, layout.PROTOCOL_TCP, layout.ADDRESS_IPV4, address)


def read_token(data: bytes) -> Token:
    """The inverse of `pack_token`. Raises WireError."""
    if len(data) != layout.TOKEN.size:
        raise WireError(f"a token has {layout.TOKEN.size} bytes, not {len(data)}.")
    stream, port, protocol, kind, address = layout.TOKEN.unpack(data)
    if protocol != layout.PROTOCOL_TCP or kind not in (layout.ADDRESS_UNSET, layout.ADDRESS_IPV4):
        raise WireError(f"a token names protocol {protocol} and kind of address {kind}; only TCP over IPv4 is known.")
    return Token(stream, port, socket.inet_ntoa(address[:4]) if kind == layout.ADDRESS_IPV4 else None)


def framed(payload: bytes) -> bytes:
    """A message of a stream: its size, then itself."""
    return layout.MESSAGE_SIZE.pack(len(payload)) + payload


def pack_header(header: Header) -> bytes:
    """48 bytes."""
    pose = header.pose
    return layout.HEADER.pack(
        header.stream_type, header.frame, header.elapsed_s, *pose.location, pose.pitch, pose.yaw, pose.roll
    )


def read_header(data: bytes) -> Header:
    """The first 48 bytes of a payload. Raises WireError."""
    if len(data) < layout.HEADER.size:
        raise WireError(f"a payload begins with {layout.HEADER.size} bytes of header; it has {len(data)}.")
    stream_type, frame, elapsed_s, x, y, z, pitch, yaw, roll = layout.HEADER.unpack_from(data)
    return Header(stream_type, frame, elapsed_s, Transform(Vector(x, y, z), pitch, yaw, roll))


def new_state_message(count: int) -> tuple[bytearray, NDArray[np.void]]:
    """(message, actors): room for a state of so many actors, and its records [count] layout.ACTOR in place. `write_state` fills the
    rest, as often as the world steps."""
    start = layout.MESSAGE_SIZE.size + layout.HEADER.size + layout.EPISODE.size
    message = bytearray(start + count * layout.ACTOR.itemsize)
    layout.MESSAGE_SIZE.pack_into(message, 0, len(message) - layout.MESSAGE_SIZE.size)
    return message, np.frombuffer(message, layout.ACTOR, count, start)


def write_state(
    message: bytearray, frame: int, elapsed_s: float, episode: int, platform_s: float, step_s: float
) -> None:
    """Fill in what is said of the whole episode."""
    layout.HEADER.pack_into(
        message, layout.MESSAGE_SIZE.size, layout.StreamType.EPISODE_STATE, frame, elapsed_s, 0, 0, 0, 0, 0, 0
    )
    layout.EPISODE.pack_into(
        message, layout.MESSAGE_SIZE.size + layout.HEADER.size, episode, platform_s, step_s, 0, 0, 0, 0
    )


def read_state(payload: bytes) -> EpisodeState:
    """A state without its size. Raises WireError."""
    header = read_header(payload)
    start = layout.HEADER.size + layout.EPISODE.size
    count, rest = divmod(len(payload) - start, layout.ACTOR.itemsize)
    if header.stream_type != layout.StreamType.EPISODE_STATE or count < 0 or rest:
        raise WireError(f"{len(payload)} bytes of stream type {header.stream_type} are no state of an episode.")
    episode, platform_s, step_s, x, y, z, flags = layout.EPISODE.unpack_from(payload, layout.HEADER.size)
    actors = np.frombuffer(payload, layout.ACTOR, count, start)
    return EpisodeState(header, episode, platform_s, step_s, (x, y, z), flags, actors)


def gnss_payload(header: Header, latitude_deg: float, longitude_deg: float, altitude_m: float) -> bytes:
    """A reading of a GNSS receiver."""
    return pack_header(header) + pack([latitude_deg, longitude_deg, altitude_m])


def imu_payload(header: Header, acceleration: Vector, rotation: Vector, compass_rad: float) -> bytes:
    """A reading of an inertial unit. acceleration: m/s^2; rotation: rad/s; both in the sensor's frame."""
    return pack_header(header) + pack([list(acceleration), list(rotation), compass_rad])


def obstacle_payload(header: Header, own: list[object], other: list[object], distance_m: float) -> bytes:
    """An obstacle ahead. own, other: actors as `spawn_actor` answers them."""
    return pack_header(header) + pack([own, other, distance_m])


def image_payload(header: Header, fov_deg: float, pixels: NDArray[np.uint8]) -> bytes:
    """A picture. pixels: [H, W', 4] BGRA."""
    height, width = pixels.shape[:2]
    return b"".join((pack_header(header), layout.IMAGE.pack(width, height, fov_deg), pixels.data))


def lidar_payload(
    header: Header, angle_rad: float, counts: NDArray[np.uint32], points: NDArray[np.float32] | NDArray[np.void]
) -> bytes:
    """A scan. counts: [channels] points of each; points: channel by channel, [n, 4] x, y, z, intensity or [n] layout.DETECTION."""
    head = layout.LIDAR_SCAN.pack(angle_rad, len(counts))
    return b"".join((pack_header(header), head, counts.tobytes(), points.tobytes()))


def radar_payload(header: Header, detections: NDArray[np.float32]) -> bytes:
    """Detections [n, 4]: m/s away from the sensor, azimuth to the right and altitude in rad, m."""
    return pack_header(header) + detections.tobytes()


def collision_payload(header: Header, own: list[object], other: list[object], impulse: Vector) -> bytes:
    """A collision. own, other: actors as `spawn_actor` answers them; impulse: N s, world frame."""
    return pack_header(header) + pack([own, other, list(impulse)])
